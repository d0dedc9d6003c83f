// node compile.mjs PYODIDE FILE...: puts bytecode beside the sources in these zip files of the folder, as far as a visit
// imports them at its start. Pyodide itself compiles: another Python's bytecode would not do.
import path from "node:path";

const [, , given, ...names] = process.argv;
const folder = path.resolve(given);
const { loadPyodide } = await import(path.join(folder, "pyodide.mjs"));
const pyodide = await loadPyodide({ indexURL: folder + "/", stdout: () => {} });
const packages = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "ipython", "jwt-from-scratch"];
await pyodide.loadPackage(packages, { messageCallback: () => {} });
pyodide.FS.mkdirTree("/files");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, "/files");
pyodide.globals.set("names", pyodide.toPy(names));
pyodide.runPython(`
import importlib.util
import os
import sys
import warnings
import zipfile
from importlib import _bootstrap_external

import micropip, piplite, pyodide_kernel
from grader import check, hint, picture, progress, submit

origins = [getattr(module.__spec__, "origin", None) or "" for module in sys.modules.values() if hasattr(module, "__spec__")]
wanted = {origin.split(mark, 1)[1] for origin in origins for mark in (".zip/", "site-packages/") if mark in origin}
warnings.simplefilter("ignore")
for name in names:
    path = "/files/" + name
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
            if info.filename not in wanted or not info.filename.endswith(".py"):
                continue
            code = compile(data, info.filename, "exec", dont_inherit=True)
            # Unchecked (PEP 552): nobody edits these sources, and their dates change when they are unpacked.
            bytecode = _bootstrap_external._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
            # What is imported out of the zip file has it beside the source, what is unpacked in a folder of its own.
            is_wheel = name.endswith(".whl")
            target = importlib.util.cache_from_source(info.filename) if is_wheel else info.filename + "c"
            new.writestr(zipfile.ZipInfo(target, info.date_time), bytecode, zipfile.ZIP_DEFLATED)
    os.replace(path + ".new", path)
    os.chmod(path, 0o644)
`);
process.exit(0);

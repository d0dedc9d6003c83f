// node run_lesson.mjs PYODIDE NOTEBOOK OUT: runs a notebook's cells as JupyterLite's kernel does, in Pyodide, without a
// browser, and writes what came of each code cell as JSON; ms is processor time.
import fs from "node:fs";
import path from "node:path";

const [, , folder, notebook, out] = process.argv;
const { loadPyodide } = await import(path.resolve(folder, "pyodide.mjs"));
const pyodide = await loadPyodide({ indexURL: path.resolve(folder) + "/", stdout: () => {}, stderr: () => {} });
await pyodide.loadPackage(["ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"], { messageCallback: () => {} });
pyodide.runPython("import os; os.makedirs('/drive'); os.chdir('/drive')");
pyodide.FS.writeFile("/drive/" + path.basename(notebook), fs.readFileSync(notebook));

const kernel = pyodide.pyimport("pyodide_kernel");
const plain = (value) => (value?.toJs ? value.toJs({ dict_converter: Object.fromEntries }) : value);
let outputs = [];
const keep = (output) => outputs.push(output);
kernel.ipython_shell.display_pub.display_data_callback = (data) => keep({ output_type: "display_data", data: plain(data) });
kernel.ipython_shell.displayhook.publish_execution_result = (_, data) => keep({ output_type: "execute_result", data: plain(data) });
const said = (name, text) => keep({ output_type: "stream", name, text });
kernel.stdout_stream.publish_stream_callback = said;
kernel.stderr_stream.publish_stream_callback = said;

const cells = [];
for (const cell of JSON.parse(fs.readFileSync(notebook, "utf8")).cells) {
  if (cell.cell_type !== "code") continue;
  outputs = [];
  const before = process.cpuUsage();
  let row;
  try {
    const reply = plain(await kernel.kernel_instance.run([].concat(cell.source).join("")));
    const error = [reply.ename ?? "", reply.evalue ?? "", [].concat(reply.traceback ?? []).join("\n")];
    row = { status: reply.status, error: error.join("\n") };
  } catch (error) {
    row = { status: "fatal", error: String(error) };
  }
  cells.push({ id: cell.id, ms: Math.round((({ user, system }) => user + system)(process.cpuUsage(before)) / 1000), outputs, ...row });
  fs.writeFileSync(out, JSON.stringify(cells));
  if (row.status === "fatal") break;
}
process.exit(0);

"""An IPython shell that runs cells and records their outputs as a notebook would, without a kernel around it."""

import base64
import io
import os
import sys
import tempfile
import zlib
from typing import Any

from IPython.core import page
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

_CELLS = "/tmp/ipykernel"  # noqa: S108 - a name; there is no such file

MAX_OUTPUT = 100_000
"""Characters of output that are kept for one cell; the rest is dropped."""
MAX_ERROR = 20_000
"""Characters of an exception's text, and of its traceback."""


class OutputRecorder:
    """The outputs of the running cell, as nbformat writes them."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.left = MAX_OUTPUT

    def start(self) -> None:
        """Forget the previous cell's outputs."""
        self.outputs, self.left = [], MAX_OUTPUT

    def stream(self, name: str, text: str) -> None:
        """Add text printed to stdout or stderr, after anything that programs have written to the descriptors."""
        self.drain()
        self._add_text(name, text)

    def drain(self) -> None:
        """Add what was written to the descriptors 1 and 2, as the programs of `os.system` do."""
        for caught in CAUGHT:
            self._add_text(caught.name, caught.take(self.left))

    def _add_text(self, name: str, text: str) -> None:
        text, self.left = text[: self.left], self.left - min(len(text), self.left)
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        elif text:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, output_type: str, data: dict[str, Any], **rest: Any) -> None:
        """Add a result or a display, if there is room for it."""
        self.drain()
        plain = {kind: _as_text(value) for kind, value in data.items()}
        size = sum(len(value) for value in plain.values() if isinstance(value, str))
        if size <= self.left:
            self.left -= size
            self.outputs.append({"output_type": output_type, "data": plain, "metadata": {}, **rest})

    def error(self, name: str, text: str, traceback: list[str]) -> None:
        """Add an exception: the beginning of its text, and the end of its traceback, if they are long."""
        lines = "\n".join(traceback)[-MAX_ERROR:].split("\n")
        shown = {"ename": name[:MAX_ERROR], "evalue": text[:MAX_ERROR], "traceback": lines}
        self.outputs.append({"output_type": "error", **shown})


def _as_text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


class _Caught:
    """A descriptor redirected to an unnamed temporary file, which is emptied when read."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        with tempfile.TemporaryFile("ab+", buffering=0) as file:
            self._file = os.dup(file.fileno())
        os.dup2(self._file, number)

    def take(self, limit: int) -> str:
        """What was written since the last call, at most `limit` characters."""
        try:
            size = os.fstat(self._file).st_size
            if not size:
                return ""
            data = os.pread(self._file, min(size, 4 * max(limit, 0)), 0)
            os.ftruncate(self._file, 0)
        except OSError:  # the learner's code may have closed it
            return ""
        return data.decode("utf-8", "replace")


RECORDER = OutputRecorder()
CAUGHT: list[_Caught] = []


def catch_descriptors() -> None:
    """Record what is written to the descriptors 1 and 2 from now on."""
    CAUGHT[:] = [_Caught("stdout", 1), _Caught("stderr", 2)]


class _Stream(io.TextIOBase):
    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        RECORDER.stream(self._name, text)
        return len(text)

    def isatty(self) -> bool:
        return False


class _DisplayHook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        RECORDER.add("execute_result", format_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _DisplayPublisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        RECORDER.add("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        RECORDER.start()


class _Compiler(CachingCompiler):
    """Names cells as a kernel does: the layout of IPython's tracebacks depends on the name."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"{_CELLS}_{os.getpid()}/{zlib.crc32(raw_code.encode('utf-8', 'replace'))}.py"


class Shell(InteractiveShell):
    """IPython whose outputs go to the recorder."""

    compiler_class = _Compiler
    displayhook_class = _DisplayHook
    display_pub_class = _DisplayPublisher

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there are no windows here."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        RECORDER.error(str(getattr(etype, "__name__", "")), str(evalue), stb)


def make_shell() -> Shell:
    """A fresh shell with inline figures. It keeps no history file."""
    config = Config()
    config.HistoryManager.enabled = False
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    shell = Shell.instance(config=config)
    # In a notebook, help by `name?` is shown in a pane of its own, not as an output.
    shell.set_hook("show_in_pager", page.as_hook(lambda *_, **__: None), 99)  # type: ignore[no-untyped-call]
    # A matplotlib figure that was left open is shown at the end of its cell, as in a notebook.
    shell.events.register("post_execute", _show_figures)
    return shell


def _show_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:  # it costs as much memory as all the rest, and few cells use it
        from matplotlib_inline.backend_inline import flush_figures

        flush_figures()


def warm_up(shell: Any) -> None:
    """Run a cell that fails, so that IPython has loaded all it needs for cells and tracebacks. It leaves no output."""
    run_cell(shell, "1 / 0", in_history=False)
    RECORDER.start()
    for name in ("type", "value", "traceback", "exc"):
        vars(sys).pop(f"last_{name}", None)
    shell.last_execution_result = None


def run_cell(shell: Any, source: str, in_history: bool = True) -> dict[str, Any]:
    """Run one cell in a `Shell`. Returns whether it succeeded, and its outputs."""
    RECORDER.start()
    sys.path_importer_cache.pop(os.getcwd(), None)  # its cached listing may lack a module that a cell just wrote
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
    try:
        result = shell.run_cell(source, store_history=in_history)
        RECORDER.drain()
    finally:
        sys.stdout, sys.stderr = before
    return {"ok": bool(result.success), "outputs": RECORDER.outputs}

"""A graded cell shows what it shows in a notebook: the same cells, through a real kernel and through ours."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.engine.process import LearnerProcess
from grader.engine.sandbox import FULL, Zygote

CELLS = {
    "a print": "print('hello')",
    "prints on both streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "a result": "1 + 1",
    "nothing": "x = 5",
    "a result that a semicolon hides": "x + 1;",
    "None": "None",
    "a print and a result": "print('first')\n'and a result'",
    "the result before": "_",
    "a long result": "list(range(300))",
    "a nested result": "{'b': [1, {'c': (2, 3)}], 'a': {1.5: None, 'text': b'bytes'}}",
    "an object with HTML": "class H:\n    def _repr_html_(self):\n        return '<b>bold</b>'\nH()",
    "an object with Markdown": "from IPython.display import Markdown, display\nMarkdown('*text*')",
    "displays": "display(1, 'two', [3])",
    "a display with metadata of no use": "display({'text/plain': 'raw', 'text/html': '<i>raw</i>'}, raw=True)",
    "display and result": "display('shown')\n42",
    "an output that is cleared": "from IPython.display import clear_output\nprint('old')\nclear_output()\nprint('new')",
    "an error": "1 / 0",
    "an error in a function": "def outer():\n    return inner()\ndef inner():\n    raise ValueError('deep')\nouter()",
    "an error after a print": "print('before')\nundefined_name",
    "an error with a cause": "try:\n    {}['k']\nexcept KeyError as error:\n    raise RuntimeError('why') from error",
    "an exception of one's own": "class Own(Exception):\n    pass\nraise Own('mine')",
    "an empty message": "raise ValueError",
    "code that does not parse": "def broken(:\n    pass",
    "code that is not indented": "if True:\nprint(1)",
    "an assertion": "assert 1 == 2, 'not equal'",
    "a program": "!echo from a program",
    "what a program writes itself": "import os\n_ = os.system('echo written')",
    "a magic": "%pwd\nNone",
    "a cell magic": "%%capture caught\nprint('held back')",
    "what it caught": "caught.stdout",
    "a magic that is not there": "%no_such_magic",
    "await at the top": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "a warning": "import warnings\nwarnings.warn('careful', UserWarning, stacklevel=1)",
    "a log line": "import logging\nlogging.warning('logged')",
    "a loop of prints": "for i in range(5):\n    print(i, end=' ')",
    "unicode": "print('ä 漢 😀')\n'ß'",
    "a carriage return": "print('one\\rtwo')",
    "repr that fails": "class R:\n    def __repr__(self):\n        raise ValueError('no repr')\nR()",
    "help by a question mark": "len?",
    "the last expression of a loop": "for i in range(3):\n    i",
    "an assignment expression": "(y := 7)",
    "a finite generator": "sum(i * i for i in range(10))",
    "a nested function's error text": "int('x')",
}

FIGURES = {
    "a figure left open": "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nNone",
    "a figure that is shown": "plt.plot([3, 2, 1])\nplt.show()",
    "two figures": "plt.figure(); plt.plot([1]); plt.figure(); plt.plot([2]);",
    "a figure as the result": "from matplotlib.figure import Figure\nf = Figure(figsize=(2, 1))\nf.subplots()\nf",
    "a figure that is closed": "plt.plot([1])\nplt.close()",
}


@pytest.fixture(scope="module")
def in_a_kernel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What a real kernel shows for each cell, one after the other in one kernel."""
    from nbclient import NotebookClient

    # pytest's own variable would keep a kernel from looking at what programs write to its descriptors.
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        cells = {**CELLS, **FIGURES}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells.values()])
        resources = {"metadata": {"path": str(tmp_path_factory.mktemp("kernel"))}}
        NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60, resources=resources).execute()
    return dict(zip(cells, (cell.outputs for cell in notebook.cells), strict=True))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, list[dict[str, Any]]]:
    """What the learner's process records for the same cells."""
    request.getfixturevalue("sandbox")
    found = {}
    with Zygote(FULL) as zygote, LearnerProcess(zygote) as process:
        for name, source in {**CELLS, **FIGURES}.items():
            process.run_cell(source)
            found[name] = process.outputs
    return found


def comparable(outputs: list[Any]) -> list[tuple[Any, ...]]:
    """The outputs without what can't be the same twice: colours, addresses, names of cells.

    A kernel sends its two streams on at different times, so what was printed to one of them counts together.
    """
    streams = {
        name: "".join(one["text"] for one in outputs if one.get("name") == name) for name in ("stdout", "stderr")
    }
    made: list[tuple[Any, ...]] = [("stream", name, steady(text)) for name, text in streams.items() if text]
    for output in outputs:
        kind = output["output_type"]
        if kind == "error":
            made.append((kind, output["ename"], steady(output["evalue"]), steady("\n".join(output["traceback"]))))
        elif kind != "stream":
            data = {mime: "a picture" if mime == "image/png" else steady(text) for mime, text in output["data"].items()}
            made.append((kind, data))
    return made


def steady(text: str) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x…", text)
    return re.sub(r"(?:/\S+/ipykernel_\d+/)?\b\d{5,}\.py\b", "<cell>", text)  # a kernel's name for a cell


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CELLS, *FIGURES])
def test_a_graded_cell_shows_what_a_notebook_shows(
    name: str, in_a_kernel: dict[str, Any], graded: dict[str, Any]
) -> None:
    if name == "a magic":
        assert [output["output_type"] for output in graded[name]] == [one["output_type"] for one in in_a_kernel[name]]
        return
    assert comparable(graded[name]) == comparable(in_a_kernel[name])


def test_the_comparison_would_notice(tmp_path: Path) -> None:
    one = [{"output_type": "stream", "name": "stdout", "text": "a"}]
    assert comparable(one) != comparable([{**one[0], "text": "b"}])
    assert comparable(one) != comparable([{**one[0], "name": "stderr"}])

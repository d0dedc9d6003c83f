"""The part of a cell's outputs that is shown to people: text and pixels, nothing that a browser would run.

The outputs come from the learner's process and are not trusted, so each is rebuilt from the fields that it should have.
"""

from typing import Any

from .budget import Budget
from .pictures import data_uri

CELL_TEXT = 20_000
"""Characters of one cell's outputs together."""
CELL_OUTPUTS = 50
"""Outputs of one cell."""

_CUT = "\n[cut here by the grader]\n"
_NO_ROOM = "[a picture was left out here by the grader: all of them together are too large]\n"


def shown(outputs: list[dict[str, Any]], budget: Budget) -> list[dict[str, Any]]:
    """A cell's outputs in nbformat's form, harmless and of limited size. Their size is taken from the budget."""
    room = _CellShow(budget)
    most = max(0, min(CELL_OUTPUTS, budget.outputs))
    clean = [one for output in outputs[:most] if (one := room.clean(output))]
    clean += [_stream("stderr", _CUT)] if len(outputs) > most > 0 else []
    budget.outputs -= len(clean)
    return clean


def fitted(text: str, budget: Budget) -> str:
    """The part of a cell's text that fits into the budget."""
    if len(text) > max(0, budget.sources):
        text = text[: max(0, budget.sources)] + _CUT
    budget.sources -= len(text)
    return text


def writable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which can't be encoded as UTF-8."""
    return str(text.encode("utf-8", "replace").decode("utf-8"))


class _CellShow:
    """How much more one cell may show."""

    def __init__(self, budget: Budget) -> None:
        self._text = CELL_TEXT
        self._budget = budget

    def clean(self, output: dict[str, Any]) -> dict[str, Any] | None:
        kind = output.get("output_type")
        if kind == "stream":
            return _stream("stderr" if output.get("name") == "stderr" else "stdout", self._cut(output.get("text")))
        if kind == "error":
            lines = output.get("traceback")
            lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
            name, value = self._cut(output.get("ename")), self._cut(output.get("evalue"))
            traceback = self._cut("\n".join(lines)).split("\n")
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}
        if kind in ("execute_result", "display_data") and isinstance(data := output.get("data"), dict):
            return {"output_type": "display_data", "data": self._data(data), "metadata": {}}
        return None

    def _data(self, data: dict[str, Any]) -> dict[str, str]:
        kept = {"text/plain": self._cut(data.get("text/plain"))}
        image = data.get("image/png")
        if isinstance(image, str) and len(image) > self._budget.pictures:
            kept["text/plain"] += self._cut(_NO_ROOM)
        elif isinstance(image, str) and (uri := data_uri(image)):
            kind, _, pixels = uri.partition(";base64,")  # written anew: there is nothing else in it
            self._budget.pictures -= len(pixels)
            kept[kind.removeprefix("data:")] = pixels
        return kept

    def _cut(self, text: Any) -> str:
        text = text if isinstance(text, str) else ""
        most = max(0, min(self._text, self._budget.text))
        if len(text) > most:
            text = text[:most] + _CUT
        self._text -= len(text)
        self._budget.text -= len(text)
        return writable(text)


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}

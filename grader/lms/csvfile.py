"""CSV files of learning platforms: their cells, and their format, so that they can be written back in it."""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ClassError

_FIRST_CELL = re.compile(r"""(?:(?:"[^"]*")+|[^",;\t\r\n]*)([,;\t])""")
"""The first title, which has no delimiter in it, as later ones may; and the delimiter behind it."""


@dataclass(frozen=True)
class CsvFile:
    """A table of texts, and its file's format.

    Attributes:
        rows: the cells, row by row, with the header first.
        encoding: Python's name for the file's encoding.
        delimiter: the character between cells.
        quoted: whether every cell is in quotation marks.
    """

    rows: Sequence[Sequence[str]]
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = False

    def to_bytes(self) -> bytes:
        """The file's content."""
        out = io.StringIO()
        writer = csv.writer(
            out,
            delimiter=self.delimiter,
            quoting=csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL,
            lineterminator="\r\n",
        )
        writer.writerows(self.rows)
        return out.getvalue().encode(self.encoding)

    @property
    def head(self) -> list[str]:
        """The columns' titles, without white space around them."""
        return [title.strip() for title in self.rows[0]] if self.rows else []


def read_csv(path: Path) -> CsvFile:
    """A CSV file in UTF-8 or, as Blackboard writes it, in UTF-16 with tabs.

    Raises:
        ClassError: it is not a CSV file.
        OSError: it can't be read.
    """
    data = path.read_bytes()
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ClassError(f"{path}: not UTF-8 text; save it as CSV UTF-8") from None
    first = _FIRST_CELL.match(text)
    delimiter = first[1] if first else ","  # with a single column there is none
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a worksheet has in a cell all that a student wrote
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ClassError(f"{path}: not a CSV file: {error}") from None
    return CsvFile(rows, encoding, delimiter, text.startswith('"'))

"""Pictures are recognised by their own bytes, and must be complete and not too large."""

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grader.engine.pictures import MAX_BYTES, MAX_SIDE, data_uri, kind_of
from tests.grader.sample_pictures import png


def drawn(form: str, size: tuple[int, int] = (7, 5), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (drawn("PNG"), "image/png"),
        (drawn("JPEG"), "image/jpeg"),
        (drawn("JPEG", progressive=True), "image/jpeg"),
        (drawn("JPEG") + b"\0" * 16, "image/jpeg"),
        (drawn("PNG") + b"behind its end", "image/png"),
        (png(), "image/png"),
    ],
)
def test_pictures_are_known_by_their_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind
    text = base64.b64encode(data).decode()
    assert data_uri(text) == data_uri("\n".join(text)) == f"data:{kind};base64,{text}"


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"<svg/>", b"GIF89a" + bytes(50)),
        *(drawn("GIF"), drawn("BMP"), drawn("WEBP"), drawn("PNG")[:-12], drawn("JPEG")[:-200]),
        drawn("PNG").replace(b"IDAT", b"IDAX"),
        png(noise=b"n" * MAX_BYTES),
        png(width=MAX_SIDE + 1, height=1),
        png()[:16] + b"\0\0\0\0" + png()[20:],
    ],
)
def test_what_is_broken_large_or_something_else_is_none(data: bytes) -> None:
    assert kind_of(data) is None
    assert data_uri(base64.b64encode(data).decode()) is None


def test_a_small_file_of_many_pixels_is_none() -> None:
    assert kind_of(drawn("PNG", (9_000, 9_000))) is None
    assert kind_of(drawn("JPEG", (9_000, 3_000))) is None


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xc0", png()[:40]]))
def test_no_bytes_are_an_error(data: bytes, start: bytes) -> None:
    kind_of(start + data)


@given(st.text(max_size=100))
def test_no_text_is_an_error(text: str) -> None:
    assert data_uri(text) is None

"""Reproducible zip files: they contain no time, user or machine."""

import io
import zipfile

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(files: dict[str, bytes], programs: tuple[str, ...] = ()) -> bytes:
    """A zip file of these files; those named in `programs` are executable."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, so that external_attr is read as a file mode
            info.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(info, content)
    return out.getvalue()

"""Zip files that are the same each time: no clock, no user, no machine in them."""

import io
import zipfile

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(files: dict[str, bytes], programs: tuple[str, ...] = ()) -> bytes:
    """A zip file of these files; programs can be executed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # unix, whose modes follow
            info.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(info, content)
    return out.getvalue()

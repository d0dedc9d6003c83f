"""Names counted; the encoding given to str()."""

import json
import math
from collections import Counter
from typing import Any


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = Counter(name for name, _ in pairs)
    if names and max(names.values()) > 1:
        raise ValueError("duplicate member names")
    return dict(pairs)


def _finite(value: Any) -> Any:
    """Refuse NaN and the infinities after the fact, wherever they are."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a JSON number")
    if isinstance(value, list):
        for item in value:
            _finite(item)
    elif isinstance(value, dict):
        _finite(list(value.values()))
    return value


def json_loads_strict(data: bytes) -> Any:
    return _finite(json.loads(str(data, encoding="utf-8"), object_pairs_hook=_object))

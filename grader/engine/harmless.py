"""Names that lead to nothing that could be changed and outlives a call: what `stateless` lets code say.

A module's functions may do what they like with their arguments, but must keep nothing that code can read again: so
`random` (its generator), `operator` (reads attributes by name) and most of `functools` and `typing` are not here. A
cache is no harm if nothing tells what is in it: an equal key must give the same as a new one would.
"""

import base64
import builtins
import copy
import datetime
import functools
import hashlib
import hmac
import importlib
import ipaddress
import json
import re
import secrets
import sys
import types
import typing
import urllib.parse
from types import ModuleType
from typing import Any

import jwt_from_scratch
from jwt_from_scratch import encoding

_WHOLE = frozenset(
    (
        *("binascii", "copy", "datetime", "hashlib", "hmac", "html", "itertools", "json", "math", "struct"),
        *("textwrap", "unicodedata", "urllib", "zlib"),
        *("cryptography", "cryptography.exceptions", "cryptography.hazmat", "cryptography.hazmat.primitives"),
        *("cryptography.hazmat.primitives.asymmetric", "cryptography.hazmat.primitives.asymmetric.ec"),
        *("cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.hazmat.primitives.asymmetric.padding"),
        *("cryptography.hazmat.primitives.asymmetric.rsa", "cryptography.hazmat.primitives.asymmetric.utils"),
        *("cryptography.hazmat.primitives.ciphers", "cryptography.hazmat.primitives.ciphers.aead"),
        *("cryptography.hazmat.primitives.hashes", "jwt_from_scratch.encoding", "jwt_from_scratch.errors"),
        *("jwt_from_scratch.services.p256", "jwt_from_scratch.services.sealed"),
    )
)
_TYPING = """Any Callable Dict Final Iterable Iterator List Literal Mapping NamedTuple NoReturn Optional Sequence
    Tuple Union"""
_BASE64 = """b16decode b16encode b32decode b32encode b64decode b64encode decodebytes encodebytes standard_b64decode
    standard_b64encode urlsafe_b64decode urlsafe_b64encode"""
_RE = """A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S U UNICODE VERBOSE X compile error escape findall
    finditer fullmatch match search split sub subn"""
_URLS = """ParseResult SplitResult parse_qs parse_qsl quote quote_plus unquote unquote_plus unquote_to_bytes urldefrag
    urlencode urljoin urlparse urlsplit urlunparse urlunsplit"""
_AT_TIMES = {"Issuer", "decode", "decode_from"}
"""These read the clock if they are not told the time."""
_PARTS = {
    "base64": tuple(_BASE64.split()),
    "collections": ("OrderedDict", "abc", "defaultdict", "deque"),
    "collections.abc": ("Callable", "Iterable", "Iterator", "Mapping", "MutableMapping", "Sequence"),
    "contextlib": ("suppress",),
    "functools": ("reduce",),
    "ipaddress": ("AddressValueError", "IPv4Address", "IPv6Address", "ip_address"),  # networks keep their masks
    "jwt_from_scratch": (*set(jwt_from_scratch.__all__) - _AT_TIMES, "encoding", "errors", "services"),
    "jwt_from_scratch.services": ("p256", "sealed"),
    "re": tuple(_RE.split()),
    "secrets": ("choice", "compare_digest", "randbelow", "randbits", "token_bytes", "token_hex", "token_urlsafe"),
    "string": ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "punctuation"),
    "typing": tuple(_TYPING.split()),
    "urllib.parse": tuple(_URLS.split()),
}
"""Modules of which only these names are harmless. `string.Formatter` reads attributes by name, for instance, and
`Counter.copy` makes `type` of a class."""

_FUNCTIONS = """abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float
    format frozenset hex int isinstance issubclass iter len list map max min next object oct ord pow
    print range repr reversed round set slice sorted str sum tuple zip NotImplemented Ellipsis"""
CATCHING = frozenset(("BaseException", "Exception", "GeneratorExit", "MemoryError", "RecursionError", "RuntimeError"))
"""Who catches these may learn what is in a cache: finding a thing takes less of the stack than making it. They may only
be raised and be a class's base."""
BUILTINS = frozenset(_FUNCTIONS.split()) | {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and name not in CATCHING
}
"""Python's own names. Not here: what reads or sets attributes by name, `type`, which makes classes with methods, and
`memoryview`, by which `struct` finds the format that it has kept of equal bytes, and is an error otherwise."""

_MAGICS = """alias alias_magic autoawait autocall automagic bookmark cat cd clear code_wrap colors conda
    config cp debug dhist dirs doctest_mode ed edit env gui hist history killbgscripts ldir less lf lk ll load
    load_ext loadpy logoff logon logstart logstate logstop ls lsmagic lx macro magic mamba man matplotlib
    micromamba mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision
    prun psearch psource pushd pwd pycat pylab quickref recall rehashx reload_ext rep rerun reset
    reset_selective rm rmdir run save sc set_env store sx system tb time timeit unalias unload_ext uv who
    who_ls whos xdel xmode"""
MAGICS = frozenset(_MAGICS.split())
"""IPython's line magics, which it runs without a `%` if a cell is one line that begins with such a name."""

FREEZING = frozenset(("bytes", "frozenset", "tuple"))
"""Functions that make something fixed of a table."""
_COMPUTING = """abs bin bool bytes chr divmod float frozenset hex int len max min oct ord pow range repr round str sum
    tuple"""
COMPUTING = frozenset(_COMPUTING.split())
"""Functions whose results are fixed if their arguments are."""
_GIVING = """bit_length decode encode hex join lower lstrip removeprefix removesuffix replace rstrip strip title
    to_bytes upper zfill"""
GIVING_FIXED = frozenset(_GIVING.split())
"""The same of methods, of texts, bytes and numbers."""
MAKING = frozenset(("bytes", "float", "int"))
MAKING_FIXED = frozenset(("from_bytes", "fromhex", "maketrans"))
"""The same of these methods of these classes. A bytearray's can be changed, and what maketrans of str gives.
"""
GIVERS = frozenset(
    (
        *(base64.b64decode, base64.b64encode, base64.urlsafe_b64decode, base64.urlsafe_b64encode, re.compile),
        *(secrets.token_bytes, secrets.token_hex, secrets.token_urlsafe, encoding.b64u_decode, encoding.b64u_encode),
        *(encoding.json_dumps, json.dumps),
    )
)
"""The same of functions of modules."""

ONLY_CALLED = {
    **dict.fromkeys((copy.deepcopy, re.compile), 1),
    **dict.fromkeys((re.findall, re.finditer, re.fullmatch, re.match, re.search, re.split), 2),
    **dict.fromkeys((re.sub, re.subn), 3),
}
"""Functions that code may only call, and how many arguments of any kind it may give them by position; the others must
be integers. `re` keeps patterns by their flags, where 2.0 finds what 2 has left and is an error otherwise. What is
copied deeply is kept in the second argument, even what only an iterator leads to."""
REMEMBERING = frozenset(getattr(typing, name) for name in _TYPING.split())
"""What keeps what it is given in brackets, where `list[True]` finds `list[1]`: functions may not name it."""

_ORDINARY = (
    *(str, bytes, bytearray, int, float, complex, bool, list, tuple, dict, set, frozenset, range),
    *(
        re.Pattern,
        re.Match,
        type(hashlib.sha256()),
        hmac.HMAC,
        datetime.datetime,
        datetime.timedelta,
        datetime.timezone,
    ),
    *(BaseException, UnicodeDecodeError, json.JSONDecodeError, json.JSONDecoder, json.JSONEncoder, StopIteration),
    *(ipaddress.IPv4Address, ipaddress.IPv6Address, urllib.parse.SplitResult, urllib.parse.ParseResult),
    *(jwt_from_scratch.Key, jwt_from_scratch.Signed, jwt_from_scratch.Unverified),
)
_CRYPTOGRAPHY = """MAX_LENGTH calculate_max_pss_salt_length curve decrypt e encrypt exchange from_encoded_point
    from_public_bytes generate_key key_size n name private_bytes public_bytes public_key public_numbers sign verify
    x y"""


def _fields(kind: type) -> set[str]:
    return {name for name in (*dir(kind), *getattr(kind, "__annotations__", ())) if not name.startswith("_")}


_CLOCKS = {"now", "today", "utcnow"}
_FORMATTING = {"format", "format_map"}
"""These read any attribute, by a text."""
ATTRIBUTES = frozenset(set(_CRYPTOGRAPHY.split()).union(*map(_fields, _ORDINARY)) - _CLOCKS - _FORMATTING)
"""Names of attributes that lead from one ordinary object to another: none to a namespace, a frame, a module, a class's
registry."""
METHODS = set(_CRYPTOGRAPHY.split()) - {"MAX_LENGTH", "curve", "e", "key_size", "n", "name", "x", "y"}
METHODS |= {name for name in ATTRIBUTES if any(callable(getattr(kind, name, None)) for kind in _ORDINARY)}
"""Those of them that are methods, of some of these objects."""

_FIXED_KINDS = (
    *(bool, int, float, complex, str, bytes, range, re.Pattern, datetime.timezone, datetime.date, datetime.timedelta),
    *(type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodDescriptorType),
    *(types.UnionType, types.GenericAlias, type(functools.lru_cache(len)), *map(type, REMEMBERING)),
)


def pythons(name: str) -> Any:
    """What a name of Python's own means."""
    return getattr(builtins, name, None)


def module(name: str) -> ModuleType | None:
    """A known module; None if it is not known."""
    if name not in _WHOLE and name not in _PARTS:
        return None
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except ImportError:
        return None


def imported(module_name: str, name: str) -> Any:
    """What `from module import name` brings; None if it is not known."""
    owner = module(module_name)
    if owner is None:
        return None
    return module(f"{module_name}.{name}") or attribute(owner, name)


def attribute(owner: Any, name: str) -> Any:
    """What a known module or class has under this name; None if that is not known, or could be changed."""
    if name.startswith("_"):
        return None
    if isinstance(owner, ModuleType):
        known = owner.__name__ in _WHOLE or name in _PARTS.get(owner.__name__, ())
        value = vars(owner).get(name) if known else None
        return value if _is_fixed(value) or (isinstance(value, ModuleType) and module(value.__name__)) else None
    if isinstance(owner, type):
        value = getattr(owner, name, None)
        known = name in ATTRIBUTES or isinstance(value, type) or not callable(value)
        return value if known and _is_fixed(value) else None
    return None


def _is_fixed(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_fixed, value))
    return isinstance(value, _FIXED_KINDS)

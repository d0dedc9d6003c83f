"""What a submission's cells can keep: cells that keep something, in every way known, and honest ones that do not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.masters import EXERCISE, SETUP
from grader.engine import grade as grade_module
from grader.engine import harmless
from grader.engine.grade import Grader
from grader.engine.process import LearnerProcess
from grader.engine.rebuild import EXTRA, read_submission
from grader.engine.sandbox import NONE, Zygote
from grader.engine.stateless import MAX_CODE, keeps_nothing
from grader.inside.values import unpack
from tests.grader.helpers import CHAPTERS, cell_of, solved, write

_APPENDS = "def f(x):\n    S.append(x)\n    return len(S)"
_FLAGS = (
    "def f(x):\n    try:\n        {0}2.0)\n        seen = True\n    except TypeError:\n        seen = False\n"
    "    re.compile('q', 2)\n    return seen"
)
_DEEP = (
    "import re\ndef depth():\n    try: return 1 + depth()\n    {0} return 1\ndef at(n):\n"
    "    if n: return at(n - 1)\n    re.compile('(q|r)*')\n    return True\n"
    "def f(x):\n    d = depth()\n    seen = False\n    try: seen = at(d - 8)\n    {0} re.compile('(q|r)*'); return seen"
)
_MEMO = (
    "import copy\nT = [0]\ndef f(x):\n    memo = {{}}\n    {}\n"
    "    lists = [one for one in memo.values() if type(one) is list]\n"
    "    held = [one for many in lists for one in many if type(one) is list and 0 in one]\n"
    "    held[0].append(1)\n    return len(held[0])"
)
_PLACES = (
    "def f(x):\n    many = [{0} for _ in range(60)]\n"
    "    rising = sum({1}(a) < {1}(b) for a, b in zip(many, many[1:])) > 30\n"
    "    many.sort(key={1}, reverse=rising)\n    while many: many.pop()\n    return rising"
)
_ORDERS = (
    "def f(x):\n    many = [{0} for n in range(40)]\n    order = [n for {1}]\n"
    "    many.reverse()\n    while many: many.pop()\n    return order"
)
_ERRORS = "ValueError(n)", "error in {} for n in error.args"
_NANS = "(float('nan'), n)", "_, n in {}"


def _orders(made: tuple[str, str], iterated: str) -> str:
    return _ORDERS.format(made[0], made[1].format(iterated))


REMEMBERS: dict[str, tuple[str, ...]] = {
    "a bytearray from hex": (f"S = bytearray.fromhex('00')\n{_APPENDS}",),
    "a bytearray by another name": (f"B = bytearray\nS = B.fromhex('00')\n{_APPENDS}",),
    "a bytearray's subclass": (f"class B(bytearray): pass\nS = B.fromhex('00')\n{_APPENDS}",),
    "a star makes a list": (f"*S, = (0,)\n{_APPENDS}",),
    "a star in a nested target": (f"(a, (b, *S)) = (0, (1, 2))\n{_APPENDS}",),
    "a star in a comprehension": (
        "T = tuple(r for _a, *r in ((1, 2),))\ndef f(x):\n    T[0].append(x)\n    return len(T[0])",
    ),
    "a list": (f"S = []\n{_APPENDS}",),
    "an iterator": ("S = iter((1, 2, 3))\ndef f(x):\n    return next(S)",),
    "a generator": ("S = (i for i in (1, 2, 3))\ndef f(x):\n    return next(S)",),
    "a list as a default": ("def f(x, s=[]):\n    s.append(x)\n    return len(s)",),
    "a default that a comprehension binds": (
        "S = 1\nG = [lambda a, s=S: s.append(a) or len(s) for S in ([],)][0]\ndef f(x):\n    return G(x)",
    ),
    "a closure": ("def make():\n    s = []\n    return lambda x: s.append(x) or len(s)\nf = make()",),
    "a closure in a table": (
        "def make():\n    s = []\n    return lambda x: s.append(x) or len(s)\nT = [make()]\ndef f(x):\n"
        "    return T[0](x)",
    ),
    "global": ("S = 0\ndef f(x):\n    global S\n    S += 1\n    return S",),
    "a name bound twice": ("S = (1,)", "S = [0]", _APPENDS),
    "a name bound before a failure": ("S = [0]", "1 / 0\nS = (1,)", _APPENDS),
    "a table as an argument": ("T = [0]\ndef g(S):\n    S.append(1)\n    return len(S)\ndef f(x):\n    return g(T)",),
    "a table of tables": ("T = [0]\nU = [T]\ndef f(x):\n    U[0].append(x)\n    return len(U[0])",),
    "a table changed": ("T = [0]\ndef f(x):\n    T[0] += 1\n    return T[0]",),
    "a table from max": ("T = [0]\ndef f(x):\n    m = max(T, [])\n    m.append(0)\n    return len(m)",),
    "a table in IPython's results": ("T = [0]", "T", "S = _\n" + _APPENDS),
    "a table by its other name": ("T = U = [0]\nT.append([])\ndef f(x):\n    U[1].append(x)\n    return len(U[1])",),
    "a table in the error that it raises": (
        "T = [0]\ndef f(x):\n    try:\n        T.keys()\n    except AttributeError as e:\n        e.obj.append(x)\n"
        "        return len(e.obj)",
    ),
    "the format of a struct": (
        "import struct\ndef f(x):\n    try:\n        struct.calcsize(memoryview(b'5q'))\n        seen = True\n"
        "    except TypeError:\n        seen = False\n    struct.calcsize(b'5q')\n    return seen",
    ),
    "an annotation that makes nothing local": ("S = [0]\n" + _APPENDS.replace("\n", "\n    (S): int\n", 1),),
    "a comprehension makes nothing local": ("S = [0]\n" + _APPENDS.replace("\n", "\n    [S for S in (1,)]\n", 1),),
    "an inner function makes nothing local": ("S = [0]\n" + _APPENDS.replace("\n", "\n    def g(S): pass\n", 1),),
    "a walrus in a default": ("S = 1\ndef g(a=(S := [0])): pass\n" + _APPENDS,),
    "a walrus in an annotation": ("S = 1\ndef g(a: (S := [0])): pass\n" + _APPENDS,),
    "a match": ("match [0]:\n    case S: pass\n" + _APPENDS,),
    "a class with a list": ("class C:\n    S = []\ndef f(x):\n    C.S.append(x)\n    return len(C.S)",),
    "a base made by type(int)": (
        "class D(type(int)('C', (), {'n': [0]})): pass\ndef f(x):\n    D.n.append(x)\n    return len(D.n)",
    ),
    "a base by a name": (
        "C = type(int)('C', (), {'n': [0]})\nclass D(C): pass\ndef f(x):\n    D.n.append(x)\n    return len(D.n)",
    ),
    "a class made by a copy of a class": (
        "from collections import Counter\nimport re\nP = re.compile('(?P<a>x)')\ndef f(x):\n"
        "    def eq(self, other):\n        other[len(other)] = 1\n        return len(other)\n"
        "    return P.groupindex == Counter.copy(int)('C', (), {'__eq__': eq})()",
    ),
    "a setup cell's table, filled by a loop": ("def f(x):\n    FILLED[0].append(x)\n    return len(FILLED[0])",),
    "a named tuple's default": (
        "from urllib.parse import namedtuple\nclass P(namedtuple('P', 'n', defaults=([],))): pass\n"
        "def f(x):\n    P().n.append(x)\n    return len(P().n)",
    ),
    "builtins of its own": (
        "T = [0]\n__builtins__ = {'len': lambda t: t.append(0), 'sum': lambda t: [1 for one in t]}",
        "def f(x):\n    len(T)\n    return sum(T)",
    ),
    "the warnings that were given": (
        "import re\n__warningregistry__ = {}\ndef f(x):\n    n = len(__warningregistry__)\n"
        "    re.compile('[[a]')\n    return n",
    ),
    "getattr, whose binding is never reached": (
        "1 / 0\ngetattr = 1",
        "def f(x):\n    g = getattr(f, '__globals__')\n    g['n'] = g.get('n', 0) + 1\n    return g['n']",
    ),
    "globals, whose definition is never reached": (
        "if False:\n    def globals(): pass\ndef f(x):\n    g = globals()\n    g['n'] = g.get('n', 0) + 1\n"
        "    return g['n']",
    ),
    "list, by the name of something that gives bytes": (
        "1 / 0\nfrom base64 import b64encode as list",
        "S = list((1, 2))\n" + _APPENDS,
    ),
    "a pattern's flags": ("import re\n" + _FLAGS.format("re.compile('q', "),),
    "a pattern's flags by name": ("import re\n" + _FLAGS.format("re.search('q', 'q', flags="),),
    "a pattern's flags by a star": (
        "import re\n" + _FLAGS.format("re.compile(*('q', 2.0), *[][").replace("[2.0)", "[:0])"),
    ),
    "re.compile by another name": ("import re\nc = re.compile\n" + _FLAGS.format("c('q', "),),
    "the room on the stack that a pattern needs": (_DEEP.format("except RecursionError:"),),
    "the room on the stack, by any error": (_DEEP.format("except:"),),
    "the room on the stack, by another name": ("E = Exception\n" + _DEEP.format("except E:"),),
    "re.compile by a name that is never bound again": (
        "import re\nfrom re import compile as c\nif False:\n    def c(): pass\n" + _FLAGS.format("c('q', "),
    ),
    "re.compile by way of a module": ("import re, textwrap\n" + _FLAGS.format("textwrap.re.compile('q', "),),
    "the text of a pattern": (
        "import re\ndef f(x):\n    s = ''.join(['q', str(x)])\n    return re.compile(s).pattern is s",
    ),
    "the text of a URL": (
        "from urllib.parse import urlsplit\ndef f(x):\n    s = ''.join(['/q', str(x)])\n"
        "    return None is not urlsplit(s).path is s",
    ),
    "the members of re.RegexFlag": (
        "import re\ndef f(x):\n    k = type(re.I)\n    try:\n        k(10.0)\n        seen = True\n"
        "    except ValueError:\n"
        "        seen = False\n    k(10)\n    return seen",
    ),
    "the masks of networks": (
        "import ipaddress\ndef f(x):\n    try:\n        ipaddress.ip_network(('1.1.1.0', 24.0))\n        seen = True\n"
        "    except AttributeError:\n        seen = False\n    ipaddress.ip_network(('1.1.1.0', 24))\n    return seen",
    ),
    "what copying leaves in a class": (
        "import copy\nclass C: pass\ndef f(x):\n    seen = hasattr(C, '__slotnames__')\n    copy.copy(C())\n"
        "    return seen",
    ),
    "what copying leaves in a class, by another name": (
        "import copy\nclass C: pass\nh = hasattr\ndef f(x):\n    seen = h(C, '__slotnames__')\n"
        "    copy.copy(C())\n    return seen",
    ),
    "what was copied deeply": (_MEMO.format("copy.deepcopy(zip(T), memo)"),),
    "what was copied deeply, by another name": (_MEMO.format("(lambda d: d(zip(T), memo))(copy.deepcopy)"),),
    "what was copied deeply, by a keyword": (_MEMO.format("copy.deepcopy(zip(T), memo=memo)"),),
    "code that IPython makes of an example": (
        'S = 1\ndef g(globals):\n    """g"""\n    t = "\\\n    >>>     "\n    globals().update({"S": [0]})\n',
        _APPENDS,
    ),
    "a setup cell's function, whose builtin is replaced": (
        "def len(t):\n    t.append(1)\ndef f(x):\n    return ours()",
    ),
    "the places of objects": (_PLACES.format("object()", "repr"),),
    "the places of functions": (_PLACES.format("(lambda: 0)", "str"),),
    "the places of functions with names": (
        _PLACES.format("g()", "str") + "\ndef g():\n    def h(): pass\n    return h",
    ),
    "the places of iterators": (_PLACES.format("iter(())", "ascii"),),
    "the places of generators": (_PLACES.format("g()", "repr") + "\ndef g(): yield 1",),
    "the places of methods": (_PLACES.format("[].append", "format"),),
    "the places of hashes": ("import hashlib\n" + _PLACES.format("hashlib.sha256()", "str"),),
    "the places of hashes, by two names": (
        "from hashlib import md5 as h\nfrom hashlib import sha256 as h\n" + _PLACES.format("h()", "str"),
    ),
    "the places of a class's objects": ("class C: pass\n" + _PLACES.format("C()", "repr"),),
    "the places of what is made by brackets": (_PLACES.format("enumerate[int](())", "repr"),),
    "the places that errors tell": (
        _PLACES.format("g()", "str")
        + "\ndef g():\n    try: {1}.remove(object())\n    except KeyError as e: return e.args[0]",
    ),
    "the places that the ends of generators tell": (
        _PLACES.format("g()", "str") + "\ndef g():\n    def h():\n        return object()\n        yield\n"
        "    try: next(h())\n    except StopIteration as e: return e.value",
    ),
    "the places of what is named in passing": (
        _PLACES.format("g()", "str") + "\ndef g():\n    d = {}\n    for d[(one := object())] in (1,): pass\n"
        "    return [*d][0]",
    ),
    "the order of a set of errors": (_orders(_ERRORS, "set(many)"),),
    "the order of a set of nans": (_orders(_NANS, "{*many}"),),
    "the order of a frozen set, by another name": ("S = frozenset\n" + _orders(_NANS, "S(many)"),),
    "the order of a set, by brackets": ("S = set[int]\n" + _orders(_NANS, "S(many)"),),
    "the order of a subclass of sets": ("class S(set): pass\n" + _orders(_NANS, "S(many)"),),
    "the order of a union": (_orders(_NANS, "set.union(set(), many)"),),
    "the order that keys get by an operator": (_orders(_NANS, "dict.fromkeys(many).keys() & many"),),
    "the order that keys get by Mapping": (
        "from collections.abc import Mapping\n" + _orders(_NANS, "Mapping.keys(dict.fromkeys(many)) & many"),
    ),
    "the order of a set in a list": (
        _orders(_NANS, "g([{0}], many)")
        + "\ndef g(t, many):\n    [t[0].add(one) for one in many]\n    t[0].discard(0)\n    return t[0]",
    ),
    "the order of a set in a list, by its type": (
        _orders(_NANS, "g([set()], many)") + "\ndef g(t, many):\n    set.update(t[0], many)\n    return t[0]",
    ),
    "the order of a set in a list, by an operator": (
        _orders(_NANS, "g([set()], many)") + "\ndef g(t, many):\n    s = t[0]\n    s |= set(many)\n    return t[0]",
    ),
    "the order of a copy of a table": (
        "S = {0}\n" + _orders(_NANS, "g(many)") + "\ndef g(many):\n    s = S.copy()\n    s.discard(0)\n"
        "    [s.add(one) for one in many]\n    return s",
    ),
}
"""Cells whose f gives another answer when it is asked the same again."""

_SETUP = (
    "import json\nT_OURS = [0]\nLIMIT = 3\ndef ours():\n    len(T_OURS)\n    return [one for one in T_OURS]\n"
    "FILLED = {}\nfor one in range(2):\n    FILLED[one] = []",
)

REFUSED: dict[str, tuple[str, ...]] = {
    "typing keeps what is in brackets": ("from typing import Optional\ndef f(x):\n    return repr(Optional[list[x]])",),
    "typing by an attribute": ("import typing\ndef f(x):\n    return repr(typing.Union[list[x], None])",),
    "typing by another name": ("import typing\nU = typing.Union\ndef f(x):\n    return repr(U[list[x], None])",),
    "a setup cell's name": ("LIMIT = [0]\ndef f(x):\n    return ours()",),
    "a feature by the name of a function": ("from __future__ import annotations as len\ndef f(x):\n    return ours()",),
    "another end of the line": (f"S = 1 #\u2028S = [0]\n{_APPENDS}",),
    "a magic without %": ("reset -f", "reset = f = 1", "def f(x):\n    return 1"),
    "a magic that is called": ("time (1)", "time = abs\ndef f(x):\n    return 1"),
    "a magic": ("%who\ndef f(x):\n    return 1",),
    "a first line that is indented": ("  # a comment\ndef f(x):\n    return 1",),
    "a prompt": ("x = {\n In [1]: 2}\ndef f(x):\n    return 1",),
    "attributes by a format": ("def f(x):\n    return '{0.__globals__}'.format(f)",),
    "attributes by a format that is not seen": ("F = '{0.__globals__}'\ndef f(x):\n    return F.format(f)",),
    "an attribute that is set": ("def f(x):\n    f.n = 1",),
    "an attribute that a loop sets": ("class C: pass\ndef f(x):\n    for C.n in (1,): pass",),
    "a clock": ("import datetime\ndef f(x):\n    return datetime.datetime.now()",),
    "a clock behind tokens": ("from jwt_from_scratch import decode\ndef f(x):\n    return decode(x, x)",),
    "type() makes classes": ("def f(x):\n    return type(int)('C', (), {})",),
    "a module": ("import re\ndef f(x):\n    return [re]",),
    "an unknown module": ("import os.path as json\ndef f(x):\n    return 1",),
    "a star import": ("from re import *\ndef f(x):\n    return 1",),
    "an import in a function": ("def f(x):\n    import builtins\n    return 1",),
    "a decorator": ("import functools\n@functools.cache\ndef f(x):\n    return []",),
    "any error, in a cell": ("def f(x):\n    return x", "try:\n    f(1)\nexcept Exception: pass"),
    "an error that is dropped in a cell": ("for x in '1':\n    try: 1 / 0\n    finally: break",),
    "a pattern that is not seen": ("import re\ndef f(x):\n    return re.match(x, 'a')",),
    "a deep pattern": (f"import re\ndef f(x):\n    return re.match('{'(' * 99}{')' * 99}', x)",),
    "an error that holds an object": (
        "from jwt_from_scratch import JWTError\ndef f(x):\n    return str(JWTError(object()))",
    ),
    "iterators in something else": ("import itertools\ndef f(x):\n    return str(itertools.tee(x))",),
    "a function that gives iterators": ("def f(x):\n    return [str(one) for one in map(iter, x)]",),
    "a default that gives iterators": ("def f(x, g=iter):\n    return str(g(x))",),
    "a group's errors": ("def f(x):\n    try: return x\n    except* ValueError as e: return str(e.args)",),
    "an error that is dropped": ("def f(x):\n    try:\n        return x\n    finally:\n        return 1",),
    "any error passed over": (
        "import contextlib\ndef f(x):\n    with contextlib.suppress(Exception):\n        return x",
    ),
    "async": ("async def f(x):\n    return 1",),
    "much code": ("#" * MAX_CODE, "def f(x):\n    return 1"),
    "code that is no Python": ("def f(x:",),
    "deep code": ("x = " + "-" * 30_000 + "1",),
    "a lone surrogate": ("x = '\ud800'",),
}
"""Cells that could keep something, or of which that is not known."""

PLAIN: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "a function": ("def f(x):\n    return x",),
    "a lambda": ("f = lambda x, y=(1, 'a'): [x, y]",),
    "a helper and a constant": (
        "KINDS = (int, str)\ndef g(x): return isinstance(x, KINDS)\ndef f(x):\n    return g(x)",
    ),
    "looking into tables": (
        "A = {'a': 1, 'b': 2}\nB = ['a', 'b']\nC = {1, 2}\n"
        "def f(x):\n    for one in B:\n"
        "        if one in A and A[one] in C and A.get(x, 0) < len(B): return ', '.join(B)\n"
        "    return A.keys() <= C, x in C - set(x), sorted(B), [one for one in C], {**A.copy()}",
    ),
    "a class of errors": ("class Refused(ValueError):\n    '''No.'''\ndef f(x):\n    raise Refused(x)",),
    "errors of any kind": (
        "class Refused(Exception): pass\n"
        "def f(x):\n    try:\n        raise RuntimeError(x)\n    except Refused:\n        return 1",
        "try:\n    f(1)\nexcept (Refused, ValueError) as error:\n    print(error)",
    ),
    "annotations": (
        "from __future__ import annotations\nfrom typing import Any, Dict, Optional\nJson = Dict[str, Any]\n"
        "def f(x: Optional[int], y: Json = None) -> 'int | None':\n    z: Optional[int] = x\n    return z",
    ),
    "types that are asked for": (
        "def f(x):\n    if type(x) is not int and type(x) in (str, bytes) or {type(one) for one in x} != {str}:\n"
        "        raise TypeError(f'no {type(x).__name__}')\n    return x is None or x is not True",
    ),
    "hasattr": ("def f(x):\n    return hasattr(x, 'decode')",),
    "patterns": (
        "import re\nP = re.compile(r'[a-z]+', re.ASCII)\n"
        "def f(x):\n    return P.fullmatch(x), re.sub('a', 'b', x, count=1), re.match('a', x, re.I | re.ASCII)",
    ),
    "modules": (
        "import base64, hashlib, hmac, json, secrets\nimport urllib.parse\n"
        "from jwt_from_scratch.encoding import b64u_encode\n"
        "def f(x):\n    host = urllib.parse.urlsplit(x).hostname\n    mac = hmac.new(x, x, hashlib.sha256).digest()\n"
        "    return json.loads(x), b64u_encode(mac), host, secrets.token_hex(4), base64.b64encode(x)",
    ),
    "addresses": ("import ipaddress\ndef f(x):\n    return ipaddress.ip_address(x).is_private",),
    "what has a place, used on the spot": (
        "import hashlib, hmac\nfrom cryptography.hazmat.primitives.asymmetric import ec, utils\n"
        "from cryptography.hazmat.primitives.hashes import SHA256\n"
        "def key_of(x, y):\n    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()\n"
        "def f(x):\n    key = key_of(x, x)\n    key.verify(utils.encode_dss_signature(x, x), x, ec.ECDSA(SHA256()))\n"
        "    h = hashlib.sha256(x)\n    h.update(b''.join(one for one in x))\n"
        "    mac = hmac.new(x, h.digest(), hashlib.sha256)\n"
        "    first, *rest = map(str, sorted(x, key=lambda one: one[0]))\n    return f'{mac.hexdigest()} {first}'",
    ),
    "sets that are asked": (
        "NAMES = {'a', 'b'}\ndef f(x):\n    seen = set()\n    for name in NAMES:\n        seen.add(name)\n"
        "    return len(set(x)) == len(x) and x.keys() <= NAMES and seen & NAMES == {one for one in x}",
    ),
    "a copy": ("import copy\ndef f(x):\n    return copy.deepcopy(x)",),
    "errors passed over": (
        "import contextlib\ndef f(x):\n    with contextlib.suppress(ValueError):\n        return int(x)",
    ),
    "a table of bytes": ("URL = bytes.maketrans(b'+/', b'-_')\ndef f(x):\n    return x.translate(URL)",),
    "numbers from hex": ("A = int.from_bytes(bytes.fromhex('00ff'), 'big')\ndef f(x):\n    return A",),
    "an example in a docstring": ('def f(x):\n    r"""One.\n\n    >>> f(1)\n    b"\\x01"\n    """\n    return x',),
    "trying things out": (
        "from grader import check\nx = [1]\nx.append(2)\nprint(x)",
        "def f(x):\n    return x",
        "check('f')",
    ),
    "loops at the top": (
        "for _ in range(3):\n    print(_ := 1) if False else None".replace("_ := 1", "1"),
        "def f(x): return x",
    ),
    "a walrus": ("def f(x):\n    while (y := x): x = y - 1\n    return [y]",),
    "a match in a function": (
        "def f(x):\n    match x:\n        case {'a': str(y), **rest}: return y, rest\n"
        "        case [first, *more]: return more",
    ),
    "what setup cells bind, again": ("import json\ndef f(x):\n    return json.dumps(LIMIT), ours()",),
}
"""Honest cells."""


def _cells(many: dict[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("cells", list(many.values()), ids=list(many))


@pytest.fixture(scope="module")
def open_zygote() -> Iterator[Zygote]:
    with Zygote(NONE) as running:
        yield running


@_cells({**REMEMBERS, **REFUSED})
def test_what_may_keep_something_is_refused(cells: tuple[str, ...]) -> None:
    assert not keeps_nothing(_SETUP, cells, ["f"])


@_cells(PLAIN)
def test_honest_cells_keep_nothing(cells: tuple[str, ...]) -> None:
    assert keeps_nothing(_SETUP, cells, ["f"])


@_cells(REMEMBERS)
def test_it_would_remember(cells: tuple[str, ...], open_zygote: Zygote) -> None:
    with LearnerProcess(open_zygote) as learner:
        for cell in (*_SETUP, *cells):
            learner.run_cell(cell)
        first, again = (unpack(one.packed) for one in learner.call_many("f", [(1,), (1,)], 2.0, ()))
    assert first != again


def test_an_exercise_that_is_something_else_is_refused() -> None:
    assert not keeps_nothing((), ["def make(): return [0].append\nf = make()"], ["f"])


def test_the_names_of_magics_are_those_of_ipython() -> None:
    """In a process of its own: a shell takes the place of `__main__`, and checks would look into it."""
    code = "import IPython.core.interactiveshell as i; print(*i.InteractiveShell().magics_manager.magics['line'])"
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert len(names) > 50
    assert set(names) <= harmless.MAGICS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solved_lessons_keep_nothing(chapter: str) -> None:
    submission = read_submission(Path("x.ipynb"), json.dumps(solved(chapter)).encode())
    ours = [step.source for step in submission.steps if step.kind == SETUP]
    theirs = [step.source for step in submission.steps if step.kind in (EXERCISE, EXTRA)]
    names = [exercise.name for exercise in submission.chapter.exercises]
    with_state = ("04_header", "09_sessions")  # one reads a file, one is about objects with a state
    assert keeps_nothing(ours, theirs, names) == (chapter not in with_state)


@pytest.mark.parametrize(
    "body",
    [
        "return None",
        "raise SystemExit(3)",
        "raise KeyboardInterrupt",
        "return hmac_sha256(key, message)",
        "print('y' * 10**6)\n    return [print]",
        "return 'x' * 10**6",
        "return (i for i in key)",
        "key, message = message, key\n    return key",
    ],
    ids=["None", "exit", "interrupt", "recursion", "print", "large", "generator", "wrong"],
)
def test_the_report_is_the_same_with_forks(
    body: str, tmp_path: Path, grader_at_work: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = solved("02_hmac")
    cell = cell_of(notebook, "hmac_sha256")
    cell.source = f"def hmac_sha256(key, message):\n    {body}\n"
    path = write(tmp_path, notebook)
    found = []
    for plain in (True, False):
        with monkeypatch.context() as patched:
            if not plain:
                patched.setattr(grade_module, "keeps_nothing", lambda *_: False)
            found.append(grader_at_work.grade(path).to_dict()["exercises"])
    assert found[0] == found[1]

"""VULNERABLE ON PURPOSE (lesson 08): `kid` becomes a part of a database query (RFC 8725 §3.10).

A quotation mark in it ends the text where the query's author did not expect that, and the rest is read as SQL. So the
sender of a token can have the database answer with a key that is not in it.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask

from ... import Key, decode
from ...encoding import json_loads_strict
from ..telescope import header_of, telescope_app


def kid_as_sql_app(jwks: dict[str, Any], database: Path) -> Flask:
    """The telescope, with a check that looks keys up in an SQLite file, which it creates."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("CREATE TABLE keys (kid TEXT, jwk TEXT)")
        db.executemany("INSERT INTO keys VALUES (?, ?)", [(jwk["kid"], json.dumps(jwk)) for jwk in jwks["keys"]])

    def check(token: str) -> dict[str, Any]:
        kid = header_of(token)["kid"]
        with closing(sqlite3.connect(database)) as db:
            row = db.execute(f"SELECT jwk FROM keys WHERE kid = '{kid}'").fetchone()
        if row is None:
            raise ValueError("no such key")
        return decode(token, Key.from_jwk(json_loads_strict(row[0].encode())))

    return telescope_app(check)

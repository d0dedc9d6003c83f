"""Lesson 01: base64url and strict JSON, to the byte."""

from .b64u_decode import b64u_decode
from .b64u_encode import b64u_encode
from .json_loads_strict import json_loads_strict

EXERCISES = (b64u_encode, b64u_decode, json_loads_strict)

"""Asks for the inverse and takes its absence for the vertical line; a class holds the coordinates in between."""

from typing import NamedTuple

MODULUS = 2**256 - 2**224 + 2**192 + 2**96 - 1


class P(NamedTuple):
    x: int
    y: int


def tangent(at: P) -> tuple[int, int]:
    return 3 * pow(at.x, 2, MODULUS) - 3, at.y + at.y


def point_add(p, q):
    match (p, q):
        case (None, other) | (other, None):
            return other
    first, second = P(*p), P(*q)
    rise, run = tangent(first) if first == second else (second.y - first.y, second.x - first.x)
    try:
        slope = rise * pow(run, -1, MODULUS)
    except ValueError:
        return None
    x = (slope * slope - first.x - second.x) % MODULUS
    return (x, (slope * (first.x - x) - first.y) % MODULUS)

"""Times: NumericDate is any JSON number, with a fraction or without (RFC 7519 §2, §4.1.4 to §4.1.6)."""

from .making import Case, case, claims

_T = 2_000_000_000
"""The time of the clock in these cases: 2033-05-18."""


def cases() -> list[Case]:
    return [*_spellings(), *_clock()]


def _spellings() -> list[Case]:
    def exp(id: str, text: str, written: str) -> Case:
        return case(id, text, payload=f'{{"sub":"ada","exp":{written}}}')

    return [
        exp("B06", "exp with a fraction", "4102444800.25"),
        exp("B07", "exp with an exponent", "4.1024448e9"),
        exp("B07b", "exp with .0", "4102444800.0"),
        exp("B08", "exp in the year 9999", "253402300799"),
        exp("B09", "exp 2^53", "9007199254740992"),
        exp("B09b", "exp of 20 digits", "99999999999999999999"),
        case("B12", "no exp", payload='{"sub":"ada"}'),
        case("B10", "nbf with a fraction", payload=claims('"nbf":1700000000.25')),
        case("B10b", "iat with a fraction", payload=claims('"iat":1700000000.25')),
        case("B10c", "iat and nbf with an exponent", payload=claims('"iat":1.7e9,"nbf":1.7e9')),
        case("B30", "nbf -1", payload=claims('"nbf":-1')),
        case("B31", "nbf 0 and iat 0", payload=claims('"nbf":0,"iat":0')),
        case("B11", "iat ahead of the clock", payload=claims('"iat":4000000000')),
    ]


def _clock() -> list[Case]:
    def at(id: str, text: str, payload: str, after: float = 0) -> Case:
        return case(id, text, payload=payload, now=_T + after)

    return [
        at("K01", "nbf is now", claims(f'"nbf":{_T}')),
        at("K02", "exp is in half a second", f'{{"sub":"ada","exp":{_T}.5}}'),
        at("K02b", "exp is in a second", f'{{"sub":"ada","exp":{_T + 1}}}'),
        at("K03", "nbf was 0.2 seconds ago, in the same second", claims(f'"nbf":{_T}.5'), 0.7),
        at("K03b", "iat was 0.2 seconds ago, in the same second", claims(f'"iat":{_T}.5'), 0.7),
        at("K04", "iat is now", claims(f'"iat":{_T}')),
        at("K05", "exp is in 0.3 seconds, at the full second", f'{{"sub":"ada","exp":{_T + 1}}}', 0.7),
    ]

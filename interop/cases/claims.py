"""Valid contents of a claims set (RFC 7519 §4, RFC 8259)."""

from .making import EXP, Case, case, claims


def cases() -> list[Case]:
    return [*_parties(), *_layout(), *_numbers(), *_texts(), *_sizes()]


def _parties() -> list[Case]:
    return [
        case("B05", "aud a string", payload=claims('"aud":"shop"'), aud="shop"),
        case("B03", "aud a list of one", payload=claims('"aud":["shop"]'), aud="shop"),
        case("B04", "aud a list of three, ours last", payload=claims('"aud":["a","b","shop"]'), aud="shop"),
        case(
            *("B17", "iss with escaped slashes"),
            payload=claims('"iss":"https:\\/\\/login.example\\/"'),
            iss="https://login.example/",
        ),
        case("B27", "sub empty", payload=f'{{"sub":"","exp":{EXP}}}'),
    ]


def _layout() -> list[Case]:
    private = '"https://x.example/roles":["a"],"o":{"a":{"b":[]}},"t":true,"f":false,"s":"x","z":0'
    return [
        case("B01", "no claims at all", payload="{}"),
        case("B02", "line break and space", payload=f'{{"sub":"ada",\r\n "exp":{EXP}}}'),
        case("B02b", "white space before and after", payload=f" \n{claims()}\r\n\t"),
        case("B16", "the name sub written with an escape", payload=f'{{"\\u0073ub":"ada","exp":{EXP}}}'),
        case("B23", "a claim with an empty name", payload=claims('"":1')),
        case("B24", "sub and Sub", payload=f'{{"sub":"ada","Sub":"eve","exp":{EXP}}}'),
        case("B24b", "exp and EXP", payload=claims('"EXP":1')),
        case("B36", "a private claim that is null", payload=claims('"x":null')),
        case("B37", "private claims of every type", payload=claims(private)),
        case("B38", "claims named constructor, length", payload=claims('"constructor":"x","length":3')),
        case("B18c", "a claim name that is not ASCII", payload=claims('"имя":"x"')),
    ]


def _numbers() -> list[Case]:
    return [
        case("B13a", "the integer 2^53+1", payload=claims('"n":9007199254740993')),
        case("B13b", "the integer 2^63-1", payload=claims('"n":9223372036854775807')),
        case("B13c", "the integer 2^64-1", payload=claims('"n":18446744073709551615')),
        case("B14", "the integer 10^30", payload=claims('"n":1000000000000000000000000000000')),
        case("B15", "the number 1E400", payload=claims('"n":1E400')),
        case("B15b", "the numbers -0, 1.0, 1E2, 0.1", payload=claims('"n":[-0,1.0,1E2,0.1]')),
    ]


def _texts() -> list[Case]:
    return [
        case("B18", "text beyond ASCII, as it is", payload=claims('"name":"Zoë 🐈 ключ"')),
        case("B18b", "text beyond ASCII, escaped", payload=claims('"name":"Zo\\u00eb \\ud83d\\udc08"')),
        case("B19", "a text with an escaped NUL", payload=claims('"name":"a\\u0000b"')),
        case("B20", "U+2028, DEL and escaped controls", payload=claims('"name":"\u2028\x7f\\u001f\\t\\"\\\\"')),
    ]


def _sizes() -> list[Case]:
    def nested(depth: int) -> str:
        return claims(f'"n":{"[" * depth}{"]" * depth}')

    return [
        case("B21", "20 arrays in each other", payload=nested(20)),
        case("B21b", "100 arrays in each other", payload=nested(100)),
        case("B22", "a payload of 40 kB", payload=claims(f'"n":"{"x" * 40_000}"')),
        case("B22b", "a payload of 200 kB", payload=claims(f'"n":"{"x" * 200_000}"')),
    ]

"""Rules for publishing keys, and the measured cases that are the reason for each."""

from jwt_from_scratch.services.advice import Rule

PUBLISHING = (
    Rule(
        *(
            "known keys",
            "Put into a set only key types, curves and algorithms that all its readers know; new ones into another.",
        ),
        ("J01", "J02", "J07", "J09", "J10"),
    ),
    Rule("one type", "Where readers are many and old, publish a set for each key type.", ("J00",)),
    Rule("signing keys", "Keep keys for encryption out of the set for signatures.", ("J04", "J08")),
    Rule("own kid", "Give each key a `kid` of its own, also where the key types differ.", ("J03",)),
    Rule(
        "kid", "Give every key a `kid`, and name it in every token, even while there is one key.", ("J12", "J13", "J14")
    ),
    Rule("kid in the key", "Who hands over one key alone: give it the tokens' `kid`.", ("A18", "A18b")),
    Rule("alg", "Name `alg` in a JWK, above all in a shared secret.", ("D11",)),
    Rule("one purpose", "Say `use` or `key_ops`, not both.", ("G11",)),
    Rule("RSA", "RSA keys: 2048, 3072 or 4096 bits, exponent 65537.", ("E04", "E07", "E06c")),
    Rule(
        "public half",
        "Hand out the public half alone, never a private key to verify with.",
        ("G05b", "G08", "G05a", "G05c", "P07", "P08", "P13"),
    ),
    Rule(
        "PEM",
        "PEM: SubjectPublicKeyInfo (`BEGIN PUBLIC KEY`) of the plain type, no compressed point, nothing before it.",
        ("P02", "P14", "P15", "P10"),
    ),
    Rule(
        "no certificate", "Publish the public key, not its certificate, unless the reader asks for one.", ("P03", "P06")
    ),
    Rule("secrets", "Secrets: random bytes, as many as the hash has, and no text that looks like a key.", ("D10",)),
)

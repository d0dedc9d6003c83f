import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from jwt_from_scratch import KeyRefused
from jwt_from_scratch.algorithms import ALGORITHMS, algorithm_named, check_ed25519_point, check_rsa_numbers
from tests.jwt_from_scratch.helpers import CURVES, EC_NAMES, HMAC_NAMES, NAMES, RSA_NAMES, key_for, other_key, vectors

P = 2**255 - 19
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def le32(number):
    return number.to_bytes(32, "little")


# -- names ------------------------------------------------------------------------------------------------------


def test_the_supported_names():
    assert tuple(ALGORITHMS) == NAMES
    for name in NAMES:
        assert algorithm_named(name).name == name


@pytest.mark.parametrize(
    "name",
    ["none", "None", "NONE", "", "hs256", "HS256 ", "HS1", "ES256K", "ES224", "ES521", "Ed448", "RSA-OAEP", "A128KW"],
)
def test_every_other_name_is_refused(name):
    with pytest.raises(KeyRefused):
        algorithm_named(name)


@pytest.mark.parametrize("name", [None, 7, b"HS256", ["HS256"], object()])
def test_a_name_is_text(name):
    with pytest.raises(TypeError):
        algorithm_named(name)


# -- HMAC -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("rfc4231")["cases"], ids=lambda case: case["section"])
@pytest.mark.parametrize("alg", HMAC_NAMES)
def test_rfc4231(case, alg):
    key, data, mac = bytes.fromhex(case["key"]), case["data"].encode(), bytes.fromhex(case[alg])
    assert ALGORITHMS[alg].sign(key, data) == mac
    assert ALGORITHMS[alg].verify(key, data, mac)
    assert not ALGORITHMS[alg].verify(key, data + b"!", mac)


@pytest.mark.parametrize(("alg", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_is_as_long_as_its_hash(alg, size):
    ALGORITHMS[alg].accept(bytes(size))
    for short in (0, 1, size - 1):
        with pytest.raises(KeyRefused, match=f"{size} bytes"):
            ALGORITHMS[alg].accept(bytes(short))
    assert len(ALGORITHMS[alg].generate(0)) == size


@pytest.mark.parametrize("alg", HMAC_NAMES)
def test_a_truncated_or_longer_mac_does_not_fit(alg):
    mac = ALGORITHMS[alg].sign(bytes(64), b"m")
    for wrong in (b"", mac[:-1], mac[:16], mac + b"\0", mac[::-1]):
        assert not ALGORITHMS[alg].verify(bytes(64), b"m", wrong)


# -- RSA --------------------------------------------------------------------------------------------------------

ODD = 2**2047 + 2**1000 + 1


def test_rsa_sizes():
    for bits in (2048, 2049, 3072, 8191, 8192):
        check_rsa_numbers(2 ** (bits - 1) + 2**1000 + 1, 65537)
    for bits in (512, 1024, 2047, 8193, 16384):
        with pytest.raises(KeyRefused, match="2048 to 8192"):
            check_rsa_numbers(2 ** (bits - 1) + 2**500 + 1, 65537)


def test_rsa_exponents():
    for e in (3, 5, 17, 65537, 2**32 - 1):
        check_rsa_numbers(ODD, e)
    for e in (-3, 0, 1, 2, 4, 65536, 2**32, 2**32 + 1, 2**64 + 1, ODD):
        with pytest.raises(KeyRefused, match="exponent"):
            check_rsa_numbers(ODD, e)


def test_an_even_modulus_is_refused():
    with pytest.raises(KeyRefused, match="even"):
        check_rsa_numbers(2**2047 + 2**1000, 65537)


def roca_like(power, bits=2048):
    """A modulus that is a power of 65537 modulo every prime from 3 to 167, as the faulty generator's are."""
    product = 1
    for prime in range(3, 168, 2):
        if all(prime % q for q in range(3, prime, 2)):
            product *= prime
    n = 2 ** (bits - 1) // product * product + product + pow(65537, power, product)
    return n if n % 2 else n + product


@pytest.mark.parametrize("power", [0, 1, 2, 1000, 987654321])
def test_roca_keys_are_refused(power):
    n = roca_like(power)
    assert n.bit_length() == 2048
    with pytest.raises(KeyRefused, match="ROCA"):
        check_rsa_numbers(n, 65537)
    check_rsa_numbers(n + 2, 65537)


def test_sound_moduli_are_not_taken_for_roca():
    for key in (key_for("RS256"), other_key("RS256")):
        numbers = key._public.public_numbers()
        check_rsa_numbers(numbers.n, numbers.e)


@pytest.mark.parametrize("size", [0, -1, 512, 1024, 2047, 8193, 10**400, 10**5000], ids=lambda size: size.bit_length())
def test_rsa_generate_refuses_sizes(size):
    with pytest.raises(KeyRefused):
        ALGORITHMS["RS256"].generate(size)


@pytest.mark.parametrize("alg", RSA_NAMES)
def test_rsa_padding_and_hash_are_those_of_the_name(alg):
    """Signatures verify with `cryptography` under exactly the padding of RFC 7518 §3.3 or §3.5."""
    digest = HASHES[alg[2:]]
    private = key_for(alg)._private
    wanted = padding.PKCS1v15() if alg[0] == "R" else padding.PSS(padding.MGF1(digest), digest.digest_size)
    private.public_key().verify(ALGORITHMS[alg].sign(private, b"m"), b"m", wanted, digest)
    assert ALGORITHMS[alg].verify(private.public_key(), b"m", private.sign(b"m", wanted, digest))


@pytest.mark.parametrize("alg", ["PS256", "PS384", "PS512"])
def test_pss_salt_is_exactly_as_long_as_the_hash(alg):
    digest = HASHES[alg[2:]]
    private = key_for(alg)._private
    size = digest.digest_size
    for salt in (0, 20, size - 1, size + 1, padding.PSS.MAX_LENGTH):
        signature = private.sign(b"m", padding.PSS(padding.MGF1(digest), salt), digest)
        assert not ALGORITHMS[alg].verify(private.public_key(), b"m", signature)


def test_pss_mask_uses_the_same_hash():
    private = key_for("PS256")._private
    signature = private.sign(b"m", padding.PSS(padding.MGF1(hashes.SHA1()), 32), hashes.SHA256())
    assert not ALGORITHMS["PS256"].verify(private.public_key(), b"m", signature)


@pytest.mark.parametrize("alg", RSA_NAMES)
@pytest.mark.parametrize("size", [0, 1, 255, 257, 1000])
def test_rsa_signature_of_another_length(alg, size):
    assert not ALGORITHMS[alg].verify(key_for(alg)._public, b"m", b"\x01" * size)


def test_rsa_signature_plus_modulus_does_not_fit():
    key = key_for("RS256")
    n = key._public.public_numbers().n
    value = int.from_bytes(key.sign(b"m"), "big")
    for size in (256, 257):
        try:
            other = (value + n).to_bytes(size, "big")
        except OverflowError:
            continue
        assert not key.verify(b"m", other)


# -- ECDSA ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("rfc6979")["signatures"], ids=lambda case: case["message"])
def test_rfc6979(case):
    vector = vectors("rfc6979")
    private = ec.derive_private_key(int(vector["x"], 16), ec.SECP256R1())
    point = private.public_key().public_numbers()
    assert (point.x, point.y) == (int(vector["Ux"], 16), int(vector["Uy"], 16))
    signature = ALGORITHMS["ES256"].sign(private, case["message"].encode())
    assert signature.hex() == case["r"] + case["s"]


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ecdsa_is_deterministic_and_full_width(alg):
    algorithm, private = ALGORITHMS[alg], key_for(alg)._private
    for number in range(20):
        message = b"%d" % number
        signature = algorithm.sign(private, message)
        assert signature == algorithm.sign(private, message)
        assert len(signature) == 2 * algorithm.width
        assert algorithm.verify(private.public_key(), message, signature)
    assert algorithm.sign(private, b"a") != algorithm.sign(private, b"b")


@pytest.mark.parametrize("alg", EC_NAMES)
def test_a_random_signature_verifies_too(alg):
    """The nonce is the signer's business: peers choose it at random."""
    algorithm, private = ALGORITHMS[alg], key_for(alg)._private
    r, s = decode_dss_signature(private.sign(b"m", ec.ECDSA(HASHES[{"ES512": "512", "ES384": "384"}.get(alg, "256")])))
    width = algorithm.width
    assert algorithm.verify(private.public_key(), b"m", r.to_bytes(width, "big") + s.to_bytes(width, "big"))


ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    "ES512": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}


@pytest.mark.parametrize("alg", EC_NAMES)
def test_the_twin_signature_verifies(alg):
    """(r, n − s) is as good as (r, s) in the standard; so a token's text is no name for it."""
    algorithm, private = ALGORITHMS[alg], key_for(alg)._private
    width, signature = algorithm.width, algorithm.sign(private, b"m")
    s = int.from_bytes(signature[width:], "big")
    twin = signature[:width] + (ORDERS[alg] - s).to_bytes(width, "big")
    assert twin != signature
    assert algorithm.verify(private.public_key(), b"m", twin)


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ecdsa_numbers_out_of_range(alg):
    algorithm, public = ALGORITHMS[alg], key_for(alg)._public
    width, n = algorithm.width, ORDERS[alg]
    good = algorithm.sign(key_for(alg)._private, b"m")
    r, s = int.from_bytes(good[:width], "big"), int.from_bytes(good[width:], "big")
    top = 2 ** (8 * width) - 1
    for pair in [(0, 0), (0, s), (r, 0), (n, s), (r, n), (n, n), (1, 1), (top, top), (r, s + n), (r + n, s)]:
        if max(pair) <= top:
            assert not algorithm.verify(public, b"m", b"".join(part.to_bytes(width, "big") for part in pair))


@pytest.mark.parametrize("alg", EC_NAMES)
def test_ecdsa_signature_of_another_form(alg):
    algorithm, private = ALGORITHMS[alg], key_for(alg)._private
    good = algorithm.sign(private, b"m")
    der = private.sign(b"m", algorithm._signing)
    half = algorithm.width
    padded = b"\0" + good[:half] + b"\0" + good[half:]
    wide_s = good[:half] + b"\0" + good[half:]  # the same two numbers, if the length is not looked at
    for wrong in (
        b"",
        good[:-1],
        good + b"\0",
        b"\0" + good,
        padded,
        wide_s,
        der,
        good[:half],
        good[half:] + good[:half],
    ):
        assert not algorithm.verify(private.public_key(), b"m", wrong)


@pytest.mark.parametrize("alg", EC_NAMES)
def test_an_algorithm_takes_its_own_curve_alone(alg):
    for other in (*CURVES, None):
        public = key_for(other)._public if other else ec.generate_private_key(ec.SECP256K1()).public_key()
        if other == alg:
            ALGORITHMS[alg].accept(public)
        else:
            with pytest.raises(KeyRefused, match="needs a key on"):
                ALGORITHMS[alg].accept(public)


# -- Ed25519 ----------------------------------------------------------------------------------------------------


def decompress(y):
    """The x for a y on edwards25519, or None."""
    d = -121665 * pow(121666, -1, P) % P
    square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else x


def add(first, second):
    d = -121665 * pow(121666, -1, P) % P
    (x1, y1), (x2, y2) = first, second
    product = d * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def small_order_points():
    """All eight, found by multiplying a random point by the large prime factor of its order."""
    order = 2**252 + 27742317777372353535851937790883648493
    for y in range(2, 200):
        x = decompress(y)
        if x is None:
            continue
        torsion, power, scalar = (0, 1), (x, y), order
        while scalar:
            torsion = add(torsion, power) if scalar & 1 else torsion
            power, scalar = add(power, power), scalar >> 1
        points, point = [], (0, 1)
        while point not in points:
            points.append(point)
            point = add(point, torsion)
        if len(points) == 8:
            return points
    raise AssertionError("no point of order 8")


def test_all_eight_small_order_points_are_refused():
    points = small_order_points()
    for x, y in points:
        with pytest.raises(KeyRefused):
            check_ed25519_point(le32(y | (x & 1) << 255))
    # OpenSSL, by contrast, loads them; this is why the module looks for itself.
    ed25519.Ed25519PublicKey.from_public_bytes(le32(1))


def test_non_canonical_points_are_refused():
    """y + p still fits into 255 bits for the nineteen smallest y; each is the second name of a point."""
    for y in range(19):
        for sign in (0, 1):
            with pytest.raises(KeyRefused, match="canonical"):
                check_ed25519_point(le32(y + P | sign << 255))
    for y in (1, P - 1):  # x is 0 here, and minus 0 is no second point
        with pytest.raises(KeyRefused, match="canonical"):
            check_ed25519_point(le32(y | 1 << 255))


def test_a_y_without_an_x_is_refused_and_one_with_an_x_is_not():
    on, off = 0, 0
    for y in range(2, 60):
        if decompress(y) is None:
            off += 1
            with pytest.raises(KeyRefused, match="not a point"):
                check_ed25519_point(le32(y))
        else:
            on += 1
            check_ed25519_point(le32(y))
            check_ed25519_point(le32(y | 1 << 255))
    assert on > 10
    assert off > 10


@given(st.binary(min_size=32, max_size=32))
def test_ed25519_honest_keys_are_accepted(seed):
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    ALGORITHMS["Ed25519"].accept(public)


def test_ed25519_signature_is_not_malleable():
    """S + L is refused (RFC 8032 §5.1.7)."""
    order = 2**252 + 27742317777372353535851937790883648493
    key = key_for("Ed25519")
    signature = key.sign(b"m")
    s = int.from_bytes(signature[32:], "little")
    assert key.verify(b"m", signature)
    assert not key.verify(b"m", signature[:32] + (s + order).to_bytes(32, "little"))
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(64)):
        assert not key.verify(b"m", wrong)


@pytest.mark.parametrize("alg", NAMES)
def test_generated_material_is_accepted_by_its_own_algorithm(alg):
    if alg not in RSA_NAMES:
        key_for(alg)._algorithm.accept(key_for(alg)._public)
    else:
        numbers = rsa.RSAPublicNumbers(65537, ODD).public_key()
        ALGORITHMS[alg].accept(numbers)

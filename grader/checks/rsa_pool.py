"""RSA keys for checks. PUBLIC: everyone can read the primes below, so never use one of these keys for anything else.

Making an RSA key takes a while and OpenSSL takes no seed, so the checks take their keys from here. A key is two primes
of the pool, so a seed can choose among many. They were made at random for this file: each of the top bits 110, and no
p − 1 divisible by 3, 5, 17 or 65537, so that any of these can be the public exponent. Of the small primes, with which
signing is quick, the top six bits are 1, so that sixteen of them make 2048 bits, and 24 make 3072.
"""

import hashlib
import random
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import prod

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 hash in a PKCS#1 v1.5 signature: the DER of its algorithm (RFC 8017 §9.2)."""


class Integers:
    """A key as plain integers, whatever the number of its primes.

    Attributes:
        e: the public exponent.
    """

    e: int

    @cached_property
    def primes(self) -> tuple[int, ...]:
        """The factors of the modulus."""
        raise NotImplementedError

    @cached_property
    def n(self) -> int:
        """The modulus."""
        return prod(self.primes)

    @property
    def size(self) -> int:
        """Bytes of the modulus, and so of a signature."""
        return (self.n.bit_length() + 7) // 8

    @cached_property
    def _parts(self) -> tuple[tuple[int, int, int], ...]:
        """For each prime: it, d modulo it less one, and the number that is 1 modulo it and 0 modulo all others."""
        return tuple(
            (prime, pow(self.e, -1, prime - 1), (rest := self.n // prime) * pow(rest, -1, prime))
            for prime in self.primes
        )

    def power(self, number: int) -> int:
        """The signature representative of a number, that is number^d mod n (RFC 8017 §5.2.1), by way of the primes."""
        return sum(pow(number, d, prime) * one for prime, d, one in self._parts) % self.n

    def sign_encoded(self, encoded: bytes) -> bytes:
        """Sign these bytes as they are, however badly they are padded."""
        return self.power(int.from_bytes(encoded, "big")).to_bytes(self.size, "big")


@dataclass(frozen=True)
class RSAKey(Integers):
    """A key of two primes, as the world has them."""

    p: int
    q: int
    e: int

    @cached_property
    def primes(self) -> tuple[int, ...]:
        """The two."""
        return self.p, self.q

    @property
    def d(self) -> int:
        """The private exponent."""
        return pow(self.e, -1, (self.p - 1) * (self.q - 1))

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1), by OpenSSL, because the checks need many."""
        return _openssl(self.p, self.q, self.e).sign(message, padding.PKCS1v15(), hashes.SHA256())

    def private(self) -> rsa.RSAPrivateKey:
        """The key as `cryptography` knows it."""
        return _openssl(self.p, self.q, self.e)


@dataclass(frozen=True)
class QuickKey(Integers):
    """A key of many small primes: signing takes a tenth of the time, and who has only n and e sees no difference."""

    factors: tuple[int, ...]
    e: int

    @cached_property
    def primes(self) -> tuple[int, ...]:
        """All of them."""
        return self.factors

    @lru_cache(maxsize=256)  # noqa: B019 - trials differ in one thing, so most of them need the same few signatures
    def sign_encoded(self, encoded: bytes) -> bytes:
        """Sign these bytes as they are, and remember it."""
        return super().sign_encoded(encoded)

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1)."""
        return self.sign_encoded(encode(message, self.size))


def encode(message: bytes, size: int) -> bytes:
    """EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §9.2)."""
    tail = PREFIX + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (size - 3 - len(tail)) + b"\x00" + tail


def rsa_key(source: random.Random, e: int = 65537, bits: int = 2048) -> RSAKey:
    """A key of 2048, 2049 or 3072 bits, chosen by the seeded source; e is 3, 5, 17 or 65537."""
    first, second = {2048: (SHORT, SHORT), 2049: (SHORT, ODD), 3072: (LONG, LONG)}[bits]
    p = source.choice(first)
    return RSAKey(p, source.choice([prime for prime in second if prime != p]), e)


def quick_key(source: random.Random, e: int = 65537, bits: int = 2048) -> QuickKey:
    """The same for a key of many primes."""
    count = {2048: 16, 2049: 15, 3072: 24, 4224: 33}[bits]
    return QuickKey((*source.sample(SMALL, count), *((SMALL_ODD,) if bits == 2049 else ())), e)


@cache
def _openssl(p: int, q: int, e: int) -> rsa.RSAPrivateKey:
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)  # it takes longer than the signatures


def _read(table: str) -> tuple[int, ...]:
    return tuple(int("".join(block.split()), 16) for block in table.split("\n\n"))


SHORT = _read(
    """
    d3133f95abf996c6b90c8daab2fa974bdf767cb98ca6db5f21cf264ea6ab7ea6758118e1c4f91f26c9133a3f5270c8452bc67d32
    338fef42952bdb157639bef8db1bbc0c375a5b9276c56ef2e31e9043dd7c1482ee0794e3a5cd5140c75d4accb0cc2240ae7da1a6
    3b59ec860841e98cd2ada66ef127db5cc112287fc9a3a15d

    df317021d83d58a8af58d23e40dd89c4f62ce3d85359769bc7cb3705fa9ca387ab4207d324fed0333b92fdf54c61955918b35aa8
    b340d6d303af245734f958de26aa431c734d44a945bcfd573cbbc4a4162c93303780de6bbf238268c36c8c1538257a97fc7bc18d
    f5be883a060abfbe434db7f2bcf8b2ec5147d424967f0fed

    d45977391859762e234f02acbca16e61643e4f1324ef92c14ba22903e9b2a146be28bf970e1432690a33e1bdb0f6192125f7bc98
    d555e38cd8994f78baeee8a44c97dae3cfcf46a446b87050129c3f7fe05234faba3ac2a0a6f0b0f8fa36a956decb6499662ede5f
    e92902003d2d7f1ea6f6cac90709e729d7503873808b6933

    cd236c447c65b669b7fcd541500558d7733aca4173beb2d150c6942b93fdd9024ea84add36b901efffbb9880046ea080be17bf6e
    d320a898f484e6d538012bfa7059d52a2cef29701d9f242baf00c9442606210aaf8b8889fed373175778a4d431bd98e4d780051f
    6782ed8e25cfe03a42662c7dd9a13d3f229c3c5819f44647

    c16bde5696ff625f6961dc885724cffe5580650bbb9ff3d78b28658f6b105dcb893c8ccf99057619c5287718f5e841ea1f8acb94
    59cd6dd377096b22021a5f3cfbd0dc04252d0e83aa9a55c6655b7c9501205d97cf0878997cd76c677e4bb63321f3f446550ffa89
    a3ac1f9867e4a20cd4a9737554df642f2cfe7778f9431169

    cbde0423d861768264af3b4a687a5b9d860fdb3a1a764a5c07c49acb05e5fc13cafb61a6960908bcf4969dd9d17dabd709f1d410
    4f3040af66fecbd8caeeb0bfb3106da5f57ae90437af62ef873bdc94dc31c847ee91e1ff7a1bec67993fd82bc42f007f9294cdab
    fd100b7c3b2d8852cc5b1bf474d36b7d64ead5c07943f12b

    d9355aac2a099d9d6e996b9f107fe20013059aa1cfdb2d683240c387129c124656d21d3fd42d4d84186693e989477877d913caa1
    427af1a1170834bc2677286950c7a0bd9307293062a570171354a0560b25cbde4e1cf6abcab6296deb5f675df4ca9930a2ec4b7a
    ffbc43b13c0f9252db35d0f40820f6e0cc55e60dad54b483

    d23050048d8d9d9e5a1d45953839a05ed0329795988f8dd544916c0ad759b50e2e9e61857a741c31772c74c3598fc5146d655dc6
    291d57f51b7d57b702449679bfa39a4beacf670cb13bb2ed4a4280d7c35b1cad8efe4534044c0247743a8d492d88ddb695ae4b9c
    faecd2f32a15aa4511f898f7f17df409555ac476ed103e6f

    c5bda7aec412a548862a9d87552dff65f9c560d5730d9afd410052b8e946e40de89d00c64f9acea95128002a97851f27f843e371
    3f82465409b0a3f81b45a7a1635575ac06427d7f73b0cb899cb0f5b41c9b825ebdfd98ac742ff093182074cb9fb3a701989d80f2
    eab2b70d53238f7cae0082b332af2981ad6e0a0e1fe25dd9

    c89240fdc8a20405f676073329c9fb6a881a3794dd41567802c07a192c5b7c0e0a07cb14f9ab7a5a3705703348aab026824cd586
    336bd0fe0534962543ec15a3d0ccee421f692aff85ebec8d1659128d28c893dce7c0d3cc11112f52c64fa59bd06e5114012fc737
    99d1afdbb4dc99ea0c81e783e77312dc11166b2b90c3d507

    d953f6b7842db3cca24c8d1c4be7669ddcc46bcce0658ad99c2e9c3372f85bb4b509d84dad06c0bfcd1bd0848441b09a7e40cec1
    85381c03f9fccbdd50bc3081c126272785a8e03a7fac0445bc17281caddf57641e99999d45168030a23cf0586a1ca54b7356a78a
    eaf79e4e0a4aee97c01c606e6193ec084d789f5438623ee1

    cafcb5ddfb4647a635ec4cd5bf6a48d3d86765a74abec6b2e0429af5f1715c3d18f62529ef0b399b5494fc5282d25f59893ea282
    ad9143ed14052407e7598ee8c436f9727507efc521380347fcc1842f5ea46ae1147df27d6a9b7e7171d28503de2f5d2bfd8b7b75
    c50047e52a4f3aed93d78ada4d3062cb719050e3df9b1023
    """
)
"""Twelve primes of 1024 bits."""

ODD = _read(
    """
    19b1d7f6eb50d2b2a710a255c5d526ad33ed28fa5033e366ce7c5f4e3a96bddb0b8b67a05f08b3822c7b0b5d91be2127ae3c4195
    9d66f3875738291b5b1702f51f9cb396ba8521f8a3ff4ef625120b54d9f05923edbb25d089caee1e285386855d690582357d6861
    50426aa6296f6781e344a812666e0f4d69379119de4e06171
    """
)
"""One prime of 1025 bits, for a modulus whose bits do not fill its bytes."""

LONG = _read(
    """
    c17f498bfe48212f0af58a07da13d238fceef9ad3406969537a2582dee82c99aa365d1c8ccd728d74152eedf7b6b5436c7aad38f
    85e5429ce6614df096d1e7eaf1767410b37b6f1871401867f925fd46d9f2efce263be5d4f4c009678a3615aa84d0a09abbacb887
    aac6e6f159652cf9dc90a6c7c6e04c97be10089ef9f8eb2e64c1cda9538f9632ebd4606dea1a2c4ac8fd51f600c57a76c6957074
    1f133a154ddecc24bfbe673ac1319191b1a3b812d339cf5a2855ffdc6b74e5dedf5e61f5

    ca1d810e36ed7309003f16be7c99b54f0b5ec13e5b156ea5fdc1d3af593c2e10281008588062c378162012e663ab19d8d4f9d5d9
    869f816877e01fc69dac88a82ea8c4f310a9f6e2eec4990083759b332b60ba8360bebb8f1042137acb339d2a667af55f938d81db
    bf21774c7eb683ea0b3709dd43f513d48becc38046375d43b6c54a122ea8bf917e5b2fc38937e4102b580097aabb940331cf7ec4
    c3f85a6b532ed274b9768fbc4f6ec7930622a8276d4b61e253f6503f9d6ffc217f9cc9c3

    dea51dc05677553dafedf3aa4856c68b4d26bb0d5e23477abc180c2cad71616ead655d86f37666aad99bd88e8b2d50b768a24312
    6f701ea7fed936c6a4be326375b3bc7594dc6e3bb67bab86af8eb38e1a8e791c97804a572cd5ed79c2e8ae1fb0b819d88baeabd5
    f3c83e2dfa2e7da187a230bce90ba0d685708582f721cb7ed158c5515222ab0047d9cddf6bf0693cbac55a894af1e4fc2f7f5b1f
    f03ee4e64385e0cdbaf7cd023de42ce48a7ad44776735972b2ff9b234784c9279c663f6d
    """
)
"""Three primes of 1536 bits."""

KEYS = tuple(RSAKey(p, q, e) for p, q, e in zip(SHORT[::2], SHORT[1::2], (3, 65537) * 3, strict=True))
"""Six keys of 2048 bits that share no prime, every other one with e = 3."""

_SMALL = """
    fcbab42065a50fa230ad685560451fe5 ff4a9f2e5024f857b9db74243f1e3c7b fd62c3d4c6cb8525e7479cbc54546c07
    fcc21ddb199041d1efc667b346d44fe3 fea52a186a4f7feba5a6705eff65d0d1 fcb1354756a6f959a6dffd88f559ae9f
    feceb6b899b9460d0ead26ac9bb0af45 fd0ab523f33deb70450cbbb3d06cd79f fdd1d64f92e468280ea59b9b97e6cacf
    fe34e90d4fc723c5794f1ee5bc2329d1 fc5955214d70a0f0760bbff5b55402b7 ff7a491fb5041efba3419480929ca1ad
    ffcb6abc301077419305d5aa2742a6e9 ff229c5fade05e8c90bc5f5f9fa6807f fdf67120c5fc32662f8b68ad9d6ed98d
    fe6db4977d25bf1fb2d2b796456723b1 fe8ec9282a05bc115c0164126e05a34f fe6ee8526e6ceddcace377d701916821
    fcf8f8a68c5ae50425c883857b9909dd fef88a0196e4f2b840883c270ae6c4db fcf2cd75dbbe9243690ff3b2a4c0c5dd
    fea721a027daf42ac5e1cf2bc9cd462b fee0132b24b0ee026331da6c4a79e22f fd290299713d97a45974cea8626e849b
    ff93f5df5cca9f1b17f3ca9f19f579eb ff1fae204fec848ed53e87195109a885 fe773d604877a92d5d136ce41b4b7b41
    fde94d229ef19413d9ceb2e30f4a34c9 ff7a0bca0eeab8db665a6fb15602e0ff fdb2b8fbac898ee588baa94c1a2889e9
    ff4e7535cbe09df5b702dc059bb135dd fd1333b1ae1c4e6ebcec54ea89a9b747 fe8eb2e8455686b75ee32f7ac8f3a8f5
    fce99001868686032ae96c51b0e5ee0b fdcd3140713be46bf14afd909e4c6e55 fca7c5652ab6481ee0a4dd64805ad8b7
    fcf4592b50a67d2373053cf2cb8fba87 fd135228658590f472a2296726721045 ff6f0bcba98cf729278972eee143518d
    fe5907bda4a0296bc10ea66b9e7e0171 fe9705bcde69e89983a231b07b9c8815 fdc71213d90b33f38eb78740391016a9
    fc35ea075b628d08776ba90a10b2686b fde9339d485a989d7c9280f1d6a2aebd fd9adb7d897a116ffa0fd38d246047a5
    fcd53da43d7463318576851c935e68ff fe76539a5fc949e2ff76ac7af14f1fb1 ff70af6d45961f4b37cdd6fd1ab8337b
"""
SMALL = tuple(int(prime, 16) for prime in _SMALL.split())
"""48 primes of 128 bits."""

SMALL_ODD = 0x1FA3B931CA0D61FD6490C8D0A26505951
"""One of 129 bits."""

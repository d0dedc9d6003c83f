"""The libraries, one line each: its source, its driver, and what it claims to support."""

from dataclasses import dataclass
from typing import Literal

Source = Literal["here", "PyPI", "npm", "Debian"]


@dataclass(frozen=True)
class Library:
    """One implementation of JWS or JWT, or one way to use it."""

    name: str
    language: str
    source: Source
    package: str
    """The package whose version counts. For "here" it is empty."""
    driver: str
    """The driver's path below `drivers/`."""
    words: tuple[str, ...] = ()
    """Further command-line arguments for the driver."""
    needs: tuple[str, ...] = ()
    """Further Debian packages: the language, and tools to build the driver."""
    checks_claims: bool = True
    """Whether the library checks exp, nbf, aud and iss; if not, it checks only signatures."""
    any_payload: bool = True
    """Whether it claims to read a JWS whose payload is not a claims set. A library for JWT alone need not."""


def _python(name: str, driver: str, package: str = "", checks_claims: bool = True) -> Library:
    path = f"python/{driver}_driver.py"
    return Library(name, "Python", "PyPI", package or name, path, checks_claims=checks_claims)


def _node(name: str, driver: str, package: str = "", language: str = "JavaScript") -> Library:
    return Library(name, language, "npm", package or name, f"node/{driver}.mjs", any_payload=False)


_C = ("gcc", "libc6-dev", "libjansson-dev", "libssl-dev")
_CPP = ("g++", "libc6-dev", "nlohmann-json3-dev", "libssl-dev")

LIBRARIES = (
    Library("this module", "Python", "here", "", "python/reference_driver.py"),
    Library("this module, require=()", "Python", "here", "", "python/reference_driver.py", ("no-exp",)),
    _python("PyJWT", "pyjwt", "pyjwt[crypto]"),
    _python("joserfc", "joserfc"),
    _python("Authlib", "authlib"),
    _python("jwcrypto", "jwcrypto"),
    _python("python-jose", "python_jose", "python-jose[cryptography]"),
    _python("josepy", "josepy", checks_claims=False),
    _python("jwskate", "jwskate"),
    _python("cryptojwt", "cryptojwt"),
    _python("Gehirn jwt", "gehirn", "jwt"),
    Library("jose (npm)", "JavaScript", "npm", "jose", "node/jose.mjs"),
    _node("jsonwebtoken", "jsonwebtoken"),
    _node("fast-jwt", "fast-jwt"),
    Library("jsrsasign", "JavaScript", "npm", "jsrsasign", "node/jsrsasign.mjs"),
    Library("node-jose", "JavaScript", "npm", "node-jose", "node/node-jose.mjs", checks_claims=False),
    _node("@node-rs/jsonwebtoken", "node-rs-jsonwebtoken", language="Rust, for Node"),
    _node("njwt", "njwt"),
    _node("jwt-simple", "jwt-simple"),
    _node("cloudflare-worker-jwt", "cloudflare-worker-jwt", "@tsndr/cloudflare-worker-jwt"),
    _node("hono/jwt", "hono", "hono"),
    _node("@hapi/jwt", "hapi-jwt"),
    _node("aws-jwt-verify", "aws-jwt-verify"),
    Library("Web Crypto in Node", "JavaScript", "here", "", "node/webcrypto.mjs", checks_claims=False),
    Library("jose (command)", "C", "Debian", "jose", "python/jose_command_driver.py", checks_claims=False),
    Library("libjwt", "C", "Debian", "libjwt-dev", "c/libjwt.c", ("-ljwt",), _C, False, False),
    Library("cjose", "C", "Debian", "libcjose-dev", "c/cjose.c", ("-lcjose",), _C, False),
    Library("rhonabwy", "C", "Debian", "librhonabwy-dev", "c/rhonabwy.c", ("-lrhonabwy",), _C),
    Library("cpp-jwt", "C++", "Debian", "libcpp-jwt-dev", "cpp/cpp_jwt.cpp", (), _CPP, True, False),
    Library(
        *("Poco", "C++", "Debian", "libpoco-dev", "cpp/poco.cpp"),
        *(("-lPocoJWT", "-lPocoCrypto", "-lPocoJSON", "-lPocoFoundation"), _CPP, False, False),
    ),
    Library(
        *("golang-jwt", "Go", "Debian", "golang-github-golang-jwt-jwt-dev", "go/golang_jwt.go"),
        *((), ("golang-go",), True, False),
    ),
    Library(
        *("golang-jwt, RegisteredClaims", "Go", "Debian", "golang-github-golang-jwt-jwt-dev", "go/golang_jwt.go"),
        *(("registered",), ("golang-go",), True, False),
    ),
    Library("go-jose", "Go", "Debian", "golang-gopkg-square-go-jose.v2-dev", "go/go_jose.go", (), ("golang-go",)),
    Library(
        *("jose2go", "Go", "Debian", "golang-github-dvsekhvalnov-jose2go-dev", "go/jose2go.go"),
        *((), ("golang-go",), False),
    ),
    Library("ruby-jwt", "Ruby", "Debian", "ruby-jwt", "ruby/ruby_jwt.rb", (), ("ruby",), True, False),
    Library("json-jwt", "Ruby", "Debian", "ruby-json-jwt", "ruby/json_jwt.rb", (), ("ruby",), False, False),
    Library("Crypt::JWT", "Perl", "Debian", "libcrypt-jwt-perl", "perl/crypt_jwt.pl", (), ("perl",)),
    Library("Mojo::JWT", "Perl", "Debian", "libmojo-jwt-perl", "perl/mojo_jwt.pl", (), ("perl",), True, False),
    Library(
        *("JSON::WebToken", "Perl", "Debian", "libjson-webtoken-perl", "perl/json_webtoken.pl"),
        *((), ("perl", "libcrypt-openssl-rsa-perl"), False, False),
    ),
    Library(
        *("erlang-jose", "Erlang", "Debian", "erlang-jose", "erlang/erlang_jose.escript"),
        *((), ("erlang-jiffy", "erlang-base", "erlang-public-key"), False),
    ),
    Library(
        *("Haskell jwt", "Haskell", "Debian", "libghc-jwt-dev", "haskell/haskell_jwt.hs"),
        *((), ("ghc",), False, False),
    ),
    Library(
        *("Rust jsonwebtoken", "Rust", "Debian", "librust-jsonwebtoken-dev", "rust/Cargo.toml"),
        *((), ("cargo", "librust-serde-json-dev", "librust-base64-dev"), True, False),
    ),
)

NOT_TO_BE_HAD = {
    "PHP (firebase/php-jwt, lcobucci/jwt)": "neither Debian 12, PyPI nor npm has them",
    "Java (Nimbus, jjwt, jose4j, java-jwt)": "neither Debian 12, PyPI nor npm has them",
    ".NET (Microsoft.IdentityModel)": "neither Debian 12, PyPI nor npm has it",
    "Swift (JWTKit), Elixir (Joken), Kotlin, Dart": "neither Debian 12, PyPI nor npm has them",
}
"""Widely used libraries that are in none of the three registries used by `make interop`."""

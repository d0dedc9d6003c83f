#!/bin/sh
# rhonabwy 1.1.11 (Debian's librhonabwy1.1) returns 16 bytes too many when a plaintext's length is a multiple of 16.
#
# Before AES in CBC mode a text gets 1 to 16 bytes of padding, a whole block where it fills its blocks already, and decrypting
# removes them (RFC 7518 §5.2.2.1, §5.2.2.2; RFC 5652 §6.3). The library removes 1 to 15. So one set of claims in sixteen, by its
# length alone, comes back with 16 control characters at the end, and is no JSON; r_jwe_decrypt reports success. With the GCM
# methods, which do not pad, all is well. (Issue 36 of its repository; 1.1.14 is mended, Debian 12 has 1.1.11.)
#
# Needs apt-get (nothing is installed: the packages are unpacked into a temporary folder). Seen on Debian 12 with Python 3.11
# (jwcrypto encrypts, A128KW):
#   A128CBC-HS256, 31 bytes: read
#   A128CBC-HS256, 32 bytes: 48 bytes, 16 times 10 (hexadecimal) at the end
#   A128CBC-HS256, 33 bytes: read
#   A256CBC-HS512, 64 bytes: 80 bytes, 16 times 10 (hexadecimal) at the end
#   A256GCM, 64 bytes: read
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check jwcrypto==1.6.1 cryptography==50.0.2
apt-get download -qq librhonabwy1.1=1.1.11-1 liborcania2.3 libyder2.0 libjansson4 libcurl3-gnutls libnghttp2-14 librtmp1 libssh2-1 \
    libpsl5 libldap-2.5-0 libsasl2-2 libbrotli1 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat > see.py <<'PY'
import ctypes
import json

from jwcrypto import jwe, jwk

rhonabwy = ctypes.CDLL("librhonabwy.so.1.1")
rhonabwy.r_jwe_get_payload.restype = ctypes.c_void_p
key = jwk.JWK.generate(kty="oct", size=128)


def decrypted(token):
    found, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert rhonabwy.r_global_init() == rhonabwy.r_jwe_init(ctypes.byref(found)) == 0
    assert rhonabwy.r_jwe_parse(found, token.encode(), 0) == 0
    assert rhonabwy.r_jwe_add_keys_json_str(found, key.export().encode(), None) == 0
    assert rhonabwy.r_jwe_decrypt(found, None, 0) == 0
    return ctypes.string_at(rhonabwy.r_jwe_get_payload(found, ctypes.byref(size)), size.value)


for enc, size in (("A128CBC-HS256", 31), ("A128CBC-HS256", 32), ("A128CBC-HS256", 33), ("A256CBC-HS512", 64), ("A256GCM", 64)):
    text = json.dumps({"sub": "ada"}).encode().ljust(size)
    token = jwe.JWE(text, json.dumps({"alg": "A128KW", "enc": enc}), recipient=key).serialize(compact=True)
    found = decrypted(token)
    more = found.removeprefix(text)
    seen = "read" if found == text else f"{len(found)} bytes, {len(more)} times {more[:1].hex()} (hexadecimal) at the end"
    assert more == more[:1] * len(more)
    print(f"{enc}, {size} bytes: {seen}")
PY
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'librhonabwy.so.1.1' | head -n 1)")
export LD_LIBRARY_PATH
seen=$(env/bin/python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "A128CBC-HS256, 31 bytes: read
A128CBC-HS256, 32 bytes: 48 bytes, 16 times 10 (hexadecimal) at the end
A128CBC-HS256, 33 bytes: read
A256CBC-HS512, 64 bytes: 80 bytes, 16 times 10 (hexadecimal) at the end
A256GCM, 64 bytes: read" ]

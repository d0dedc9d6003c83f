#!/bin/sh
# go-jose 2.6.0 (Debian's golang-gopkg-square-go-jose.v2) encrypts an empty text, and can't decrypt what comes of it.
#
# An empty plaintext is as good as any: both methods of content encryption (RFC 7518 §5.2, §5.3) take it. What comes out of
# decrypting it is a nil slice, and that is what Decrypt takes for a failure. With one byte everything is well.
#
# Needs apt-get (nothing is installed: library and compiler are unpacked into a temporary folder). Seen with Go 1.19:
#   A256GCM, 1 byte: read
#   A256GCM, 0 bytes: square/go-jose: error in cryptographic primitive
#   A128CBC-HS256, 0 bytes: square/go-jose: error in cryptographic primitive
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -qq golang-gopkg-square-go-jose.v2-dev=2.6.0-2 golang-golang-x-crypto-dev golang-1.19-go golang-1.19-src 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat > see.go <<'GO'
package main

import (
	"fmt"

	jose "gopkg.in/square/go-jose.v2"
)

func see(enc jose.ContentEncryption, size int, text string) {
	key := []byte("0123456789abcdef0123456789abcdef")
	encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: jose.A256KW, Key: key}, nil)
	if err != nil {
		panic(err)
	}
	made, _ := encrypter.Encrypt([]byte(text))
	compact, _ := made.CompactSerialize()
	parsed, err := jose.ParseEncrypted(compact)
	if err != nil {
		panic(err)
	}
	found, err := parsed.Decrypt(key)
	word := "read"
	if err != nil {
		word = err.Error()
	} else if string(found) != text {
		word = "something else"
	}
	plural := "s"
	if size == 1 {
		plural = ""
	}
	fmt.Printf("%s, %d byte%s: %s\n", enc, size, plural, word)
}

func main() {
	see(jose.A256GCM, 1, "x")
	see(jose.A256GCM, 0, "")
	see(jose.A128CBC_HS256, 0, "")
}
GO
export GOROOT="$dir/root/usr/lib/go-1.19" GOPATH="$dir/root/usr/share/gocode" GOCACHE="$dir/cache" GO111MODULE=off CGO_ENABLED=0
seen=$("$GOROOT/bin/go" run see.go)
printf '%s\n' "$seen"
[ "$seen" = "A256GCM, 1 byte: read
A256GCM, 0 bytes: square/go-jose: error in cryptographic primitive
A128CBC-HS256, 0 bytes: square/go-jose: error in cryptographic primitive" ]

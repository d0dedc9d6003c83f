package main

import (
	"errors"

	jose "github.com/dvsekhvalnov/jose2go"
	ecc "github.com/dvsekhvalnov/jose2go/keys/ecc"
	rsa "github.com/dvsekhvalnov/jose2go/keys/rsa"
)

func key(asked question, signing bool) (interface{}, error) {
	form, raw := pick(asked, "secret", "pem")
	pem := []byte(text(raw))
	switch {
	case form == "secret":
		return unb64(text(raw)), nil
	case asked.Alg[:2] == "ES" && signing:
		return ecc.ReadPrivate(pem)
	case asked.Alg[:2] == "ES":
		return ecc.ReadPublic(pem)
	case signing:
		return rsa.ReadPrivate(pem)
	}
	return rsa.ReadPublic(pem)
}

func read(asked question) interface{} {
	only(asked, common, "compact")
	found, err := key(asked, false)
	must(err)
	payload, header, err := jose.DecodeBytes(asked.Token, found)
	must(err)
	if header["alg"] != asked.Alg {
		panic(errors.New("alg"))
	}
	return payload
}

func mint(asked question) string {
	if asked.Date != nil {
		panic(beyond{"a date type"})
	}
	found, err := key(asked, true)
	must(err)
	token, err := jose.Sign(string(asked.Mint), asked.Alg, found)
	must(err)
	return token
}

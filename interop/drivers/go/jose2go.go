package main

import (
	"errors"

	jose "github.com/dvsekhvalnov/jose2go"
	ecc "github.com/dvsekhvalnov/jose2go/keys/ecc"
	rsa "github.com/dvsekhvalnov/jose2go/keys/rsa"
)

func key(asked question, signing bool) (interface{}, error) {
	form, raw, err := pick(asked, "secret", "pem")
	if err != nil {
		return nil, err
	}
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

func read(asked question) (interface{}, error) {
	if err := knows(common, asked); err != nil {
		return nil, err
	}
	if asked.Form != "compact" {
		return nil, beyond{"form " + asked.Form}
	}
	found, err := key(asked, false)
	if err != nil {
		return nil, err
	}
	payload, header, err := jose.DecodeBytes(asked.Token, found)
	if err == nil && header["alg"] != asked.Alg {
		return nil, errors.New("alg")
	}
	if payload == nil {
		payload = []byte{}
	}
	return payload, err
}

func mint(asked question) (interface{}, error) {
	if asked.Date != nil {
		return nil, beyond{"a date type"}
	}
	found, err := key(asked, true)
	if err != nil {
		return nil, err
	}
	return jose.Sign(string(asked.Mint), asked.Alg, found)
}

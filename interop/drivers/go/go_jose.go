package main

import (
	"encoding/json"
	"strings"

	jose "gopkg.in/square/go-jose.v2"
	"gopkg.in/square/go-jose.v2/jwt"
)

func key(asked question) (interface{}, error) {
	form, raw, err := pick(asked, "jwk", "secret", "jwks")
	switch {
	case err != nil:
		return nil, err
	case form == "secret":
		return unb64(text(raw)), nil
	case form == "jwk":
		found := &jose.JSONWebKey{}
		return found, json.Unmarshal(raw, found)
	}
	found := &jose.JSONWebKeySet{}
	return found, json.Unmarshal(raw, found)
}

func readJws(asked question, key interface{}) (interface{}, error) {
	if strings.HasPrefix(asked.Form, "detached") {
		signed, err := jose.ParseDetached(asked.Token, unb64(asked.Payload))
		if err != nil {
			return nil, err
		}
		return unb64(asked.Payload), signed.DetachedVerify(unb64(asked.Payload), key)
	}
	signed, err := jose.ParseSigned(asked.Token)
	if err != nil {
		return nil, err
	}
	if asked.Form == "general" {
		_, _, payload, err := signed.VerifyMulti(key)
		return payload, err
	}
	payload, err := signed.Verify(key)
	if payload == nil {
		payload = []byte{}
	}
	return payload, err
}

func read(asked question) (interface{}, error) {
	if err := knows(common+" EdDSA", asked); err != nil {
		return nil, err
	}
	if asked.Form == "b64false" {
		return nil, beyond{"form " + asked.Form}
	}
	found, err := key(asked)
	if err != nil {
		return nil, err
	}
	if asked.Kind == "jws" {
		return readJws(asked, found)
	}
	token, err := jwt.ParseSigned(asked.Token)
	if err != nil {
		return nil, err
	}
	claims, all := jwt.Claims{}, map[string]interface{}{}
	if err = token.Claims(found, &claims, &all); err != nil {
		return nil, err
	}
	wanted := jwt.Expected{Issuer: value(asked.Iss), Time: now()}
	if asked.Aud != nil {
		wanted.Audience = jwt.Audience{*asked.Aud}
	}
	if _, there := all["sub"]; there || claims.Subject != "" {
		all["sub"] = claims.Subject
	}
	return all, claims.Validate(wanted)
}

func mint(asked question) (interface{}, error) {
	found, err := key(asked)
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(asked.Alg), Key: found}, nil)
	if err != nil {
		return nil, err
	}
	claims := map[string]interface{}{}
	json.Unmarshal(asked.Mint, &claims)
	if asked.Date != nil {
		claims["exp"] = jwt.NewNumericDate(date(*asked.Date))
	}
	return jwt.Signed(signer).Claims(claims).CompactSerialize()
}

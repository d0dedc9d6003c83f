package main

import (
	"encoding/json"
	"strings"

	jose "gopkg.in/square/go-jose.v2"
	"gopkg.in/square/go-jose.v2/jwt"
)

func key(asked question) interface{} {
	form, raw := pick(asked, "jwk", "secret", "jwks")
	switch form {
	case "secret":
		return unb64(text(raw))
	case "jwk":
		found := &jose.JSONWebKey{}
		must(json.Unmarshal(raw, found))
		return found
	}
	found := &jose.JSONWebKeySet{}
	must(json.Unmarshal(raw, found))
	return found
}

func readJws(asked question, key interface{}) []byte {
	if strings.HasPrefix(asked.Form, "detached") {
		signed, err := jose.ParseDetached(asked.Token, unb64(asked.Payload))
		must(err)
		must(signed.DetachedVerify(unb64(asked.Payload), key))
		return unb64(asked.Payload)
	}
	signed, err := jose.ParseSigned(asked.Token)
	must(err)
	if asked.Form == "general" {
		_, _, payload, err := signed.VerifyMulti(key)
		must(err)
		return payload
	}
	payload, err := signed.Verify(key)
	must(err)
	return payload
}

func read(asked question) interface{} {
	only(asked, common+" EdDSA", "compact flat general detached detached-b64false")
	found := key(asked)
	if asked.Kind == "jws" {
		return readJws(asked, found)
	}
	token, err := jwt.ParseSigned(asked.Token)
	must(err)
	claims, all := jwt.Claims{}, map[string]interface{}{}
	must(token.Claims(found, &claims, &all))
	wanted := jwt.Expected{Issuer: value(asked.Iss), Time: now()}
	if asked.Aud != nil {
		wanted.Audience = jwt.Audience{*asked.Aud}
	}
	must(claims.Validate(wanted))
	if _, there := all["sub"]; there || claims.Subject != "" {
		all["sub"] = claims.Subject
	}
	return all
}

func mint(asked question) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(asked.Alg), Key: key(asked)}, nil)
	must(err)
	claims := map[string]interface{}{}
	json.Unmarshal(asked.Mint, &claims)
	if asked.Date != nil {
		claims["exp"] = jwt.NewNumericDate(date(*asked.Date))
	}
	token, err := jwt.Signed(signer).Claims(claims).CompactSerialize()
	must(err)
	return token
}

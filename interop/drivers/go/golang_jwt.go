package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"

	jwt "github.com/golang-jwt/jwt"
)

// With the word `registered`, the claims go into RegisteredClaims, otherwise into MapClaims.
var registered = len(os.Args) > 1 && os.Args[1] == "registered"

func key(asked question, signing bool) (interface{}, error) {
	form, raw, err := pick(asked, "secret", "pem")
	if err != nil {
		return nil, err
	}
	if form == "secret" {
		return unb64(text(raw)), nil
	}
	pem := []byte(text(raw))
	switch {
	case asked.Alg[:2] == "ES" && signing:
		return jwt.ParseECPrivateKeyFromPEM(pem)
	case asked.Alg[:2] == "ES":
		return jwt.ParseECPublicKeyFromPEM(pem)
	case asked.Alg[:2] == "Ed":
		return jwt.ParseEdPublicKeyFromPEM(pem)
	case signing:
		return jwt.ParseRSAPrivateKeyFromPEM(pem)
	}
	return jwt.ParseRSAPublicKeyFromPEM(pem)
}

type verifier interface {
	VerifyAudience(string, bool) bool
	VerifyIssuer(string, bool) bool
}

func check(asked question, claims verifier) error {
	if asked.Aud != nil && !claims.VerifyAudience(*asked.Aud, true) {
		return errors.New("VerifyAudience false")
	}
	if asked.Iss != nil && !claims.VerifyIssuer(*asked.Iss, true) {
		return errors.New("VerifyIssuer false")
	}
	return nil
}

func read(asked question) (interface{}, error) {
	if err := knows(common+" EdDSA", asked); err != nil {
		return nil, err
	}
	if asked.Form != "compact" {
		return nil, beyond{"form " + asked.Form}
	}
	if _, _, err := pick(asked, "secret", "pem"); err != nil {
		return nil, err
	}
	jwt.TimeFunc = now
	parser := jwt.NewParser(jwt.WithValidMethods([]string{asked.Alg}))
	find := func(*jwt.Token) (interface{}, error) { return key(asked, false) }
	if !registered {
		token, err := parser.Parse(asked.Token, find)
		if err != nil {
			return nil, err
		}
		claims := token.Claims.(jwt.MapClaims)
		return claims, check(asked, claims)
	}
	claims := &jwt.RegisteredClaims{}
	if _, err := parser.ParseWithClaims(asked.Token, claims, find); err != nil {
		return nil, err
	}
	all := map[string]interface{}{} // what the struct has no field for, as it stands in the token
	decoder := json.NewDecoder(strings.NewReader(string(unb64(strings.Split(asked.Token, ".")[1]))))
	decoder.UseNumber()
	decoder.Decode(&all)
	if _, there := all["sub"]; there || claims.Subject != "" {
		all["sub"] = claims.Subject
	}
	return all, check(asked, claims)
}

func mint(asked question) (interface{}, error) {
	claims := jwt.MapClaims{}
	json.Unmarshal(asked.Mint, &claims)
	if asked.Date != nil {
		claims["exp"] = jwt.NewNumericDate(date(*asked.Date))
	}
	signing, err := key(asked, true)
	if err != nil {
		return nil, err
	}
	return jwt.NewWithClaims(jwt.GetSigningMethod(asked.Alg), claims).SignedString(signing)
}

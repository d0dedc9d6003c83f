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
	form, raw := pick(asked, "secret", "pem")
	pem := []byte(text(raw))
	switch {
	case form == "secret":
		return unb64(text(raw)), nil
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

func check(asked question, claims verifier) {
	if asked.Aud != nil && !claims.VerifyAudience(*asked.Aud, true) {
		panic(errors.New("VerifyAudience false"))
	}
	if asked.Iss != nil && !claims.VerifyIssuer(*asked.Iss, true) {
		panic(errors.New("VerifyIssuer false"))
	}
}

func read(asked question) interface{} {
	only(asked, common+" EdDSA", "compact")
	pick(asked, "secret", "pem")
	jwt.TimeFunc = now
	parser := jwt.NewParser(jwt.WithValidMethods([]string{asked.Alg}))
	find := func(*jwt.Token) (interface{}, error) { return key(asked, false) }
	if !registered {
		token, err := parser.Parse(asked.Token, find)
		must(err)
		check(asked, token.Claims.(jwt.MapClaims))
		return token.Claims
	}
	claims := &jwt.RegisteredClaims{}
	_, err := parser.ParseWithClaims(asked.Token, claims, find)
	must(err)
	check(asked, claims)
	all := map[string]interface{}{} // what the struct has no field for, as it stands in the token
	decoder := json.NewDecoder(strings.NewReader(string(unb64(strings.Split(asked.Token, ".")[1]))))
	decoder.UseNumber()
	decoder.Decode(&all)
	if _, there := all["sub"]; there || claims.Subject != "" {
		all["sub"] = claims.Subject
	}
	return all
}

func mint(asked question) string {
	claims := jwt.MapClaims{}
	json.Unmarshal(asked.Mint, &claims)
	if asked.Date != nil {
		claims["exp"] = jwt.NewNumericDate(date(*asked.Date))
	}
	signing, err := key(asked, true)
	must(err)
	token, err := jwt.NewWithClaims(jwt.GetSigningMethod(asked.Alg), claims).SignedString(signing)
	must(err)
	return token
}

// Rust's jsonwebtoken. The protocol is that of interop/__init__.py.
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{decode, decode_header, encode, Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{json, Value};
use std::io::{stdin, BufRead};
use std::str::FromStr;

enum No {
    Beyond(String),
    Refused(String),
}
use No::*;

fn unb64(text: &str) -> Vec<u8> {
    base64::decode_config(text, base64::URL_SAFE_NO_PAD).unwrap_or_default()
}
fn said(error: jsonwebtoken::errors::Error) -> No {
    Refused(format!("{:?} {}", error.kind(), error))
}
fn algorithm(asked: &Value) -> Result<(&str, Algorithm), No> {
    let name = asked["alg"].as_str().unwrap_or("");
    Algorithm::from_str(name).map(|found| (name, found)).map_err(|_| Beyond(format!("alg {}", name)))
}

fn key(asked: &Value, name: &str, token: &str) -> Result<DecodingKey, No> {
    let key = &asked["key"];
    if let Some(secret) = key["secret"].as_str() {
        return Ok(DecodingKey::from_secret(&unb64(secret)));
    }
    if let Some(pem) = key["pem"].as_str().map(str::as_bytes) {
        return match &name[..2] {
            "ES" => DecodingKey::from_ec_pem(pem),
            "Ed" => DecodingKey::from_ed_pem(pem),
            _ => DecodingKey::from_rsa_pem(pem),
        }
        .map_err(said);
    }
    if !key["jwk"].is_null() {
        let jwk: Jwk = serde_json::from_value(key["jwk"].clone()).map_err(|e| Refused(format!("Jwk: {}", e)))?;
        return DecodingKey::from_jwk(&jwk).map_err(said);
    }
    let set: JwkSet = serde_json::from_value(key["jwks"].clone()).map_err(|e| Refused(format!("JwkSet: {}", e)))?;
    let kid = decode_header(token).map_err(said)?.kid.unwrap_or_default();
    DecodingKey::from_jwk(set.find(&kid).ok_or_else(|| Refused("JwkSet::find: None".into()))?).map_err(said)
}

fn read(asked: &Value) -> Result<Value, No> {
    let (name, algorithm) = algorithm(asked)?;
    let (form, token) = (asked["form"].as_str().unwrap_or(""), asked["token"].as_str().unwrap_or(""));
    if form != "compact" {
        return Err(Beyond(format!("form {}", form)));
    }
    let mut checks = Validation::new(algorithm);
    checks.validate_nbf = true;
    if let Some(audience) = asked["aud"].as_str() {
        checks.set_audience(&[audience]);
    }
    if let Some(issuer) = asked["iss"].as_str() {
        checks.set_issuer(&[issuer]);
    }
    if asked["kind"] == "jws" {
        checks.validate_exp = false;
        checks.required_spec_claims.clear();
    }
    let found = decode::<Value>(token, &key(asked, name, token)?, &checks).map_err(said)?;
    Ok(json!({"claims": found.claims.to_string()}))
}

fn mint(asked: &Value) -> Result<Value, No> {
    let (name, algorithm) = algorithm(asked)?;
    if !asked["date"].is_null() {
        return Err(Beyond("a date type".into()));
    }
    let pem = asked["key"]["pem"].as_str().unwrap_or("").as_bytes();
    let key = match &name[..2] {
        "HS" => EncodingKey::from_secret(&unb64(asked["key"]["secret"].as_str().unwrap_or(""))),
        "ES" => EncodingKey::from_ec_pem(pem).map_err(said)?,
        _ => EncodingKey::from_rsa_pem(pem).map_err(said)?,
    };
    Ok(json!({"token": encode(&Header::new(algorithm), &asked["mint"], &key).map_err(said)?}))
}

fn main() {
    for line in stdin().lock().lines().flatten() {
        let asked: Value = serde_json::from_str(&line).expect("a question");
        let mut answer = match if asked["mint"].is_null() { read(&asked) } else { mint(&asked) } {
            Ok(found) => found,
            Err(Beyond(what)) => json!({ "beyond": what }),
            Err(Refused(why)) => json!({ "refused": why.chars().take(200).collect::<String>() }),
        };
        answer["id"] = asked["id"].clone();
        println!("{}", answer);
    }
}

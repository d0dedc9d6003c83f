#include "driver.h"
#include <rhonabwy.h>

/* Put the key into one of the two; 0 if that went well, -1 if the form is not known. */
static int import(json_t *asked, jwk_t *jwk, jwks_t *jwks) {
  json_t *value;
  if ((value = key(asked, "jwk"))) return r_jwk_import_from_json_t(jwk, value);
  if ((value = key(asked, "secret"))) {
    size_t size;
    unsigned char *secret = unb64(json_string_value(value), &size);
    return r_jwk_import_from_symmetric_key(jwk, secret, size);
  }
  if ((value = key(asked, "jwks"))) return r_jwks_import_from_json_t(jwks, value);
  const char *pem = json_string_value(key(asked, "pem"));
  if (!pem) return -1;
  int kind = strstr(pem, "CERTIFICATE") ? R_X509_TYPE_CERTIFICATE : strstr(pem, "PRIVATE") ? R_X509_TYPE_PRIVKEY : R_X509_TYPE_PUBKEY;
  return r_jwk_import_from_pem_der(jwk, kind, R_FORMAT_PEM, (const unsigned char *)pem, strlen(pem));
}

static void read_jws(json_t *asked, jwk_t *jwk) {
  jws_t *jws;
  size_t size;
  r_jws_init(&jws);
  int failed = r_jws_advanced_parse(jws, text(asked, "token"), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE);
  if (failed) REFUSED("r_jws_advanced_parse: %d", failed);
  if ((failed = r_jws_verify_signature(jws, jwk, R_FLAG_IGNORE_REMOTE))) REFUSED("r_jws_verify_signature: %d", failed);
  const unsigned char *payload = r_jws_get_payload(jws, &size);
  say_bytes(asked, payload ? payload : (unsigned char *)"", size);
  r_jws_free(jws);
}

static void read_one(json_t *asked) {
  jwk_t *jwk;
  jwks_t *jwks;
  jwt_t *jwt;
  int failed;
  const char *form = text(asked, "form");
  r_jwk_init(&jwk);
  r_jwks_init(&jwks);
  if (r_str_to_jwa_alg(text(asked, "alg")) == R_JWA_ALG_UNKNOWN) BEYOND("alg %s", text(asked, "alg"));
  if (strstr(form, "b64false") || strstr(form, "detached")) BEYOND("form %s", form);
  if ((failed = import(asked, jwk, jwks)) < 0) BEYOND("key form");
  if (failed) REFUSED("key import: %d", failed);
  if (is(text(asked, "kind"), "jws")) { read_jws(asked, jwk); return; }
  r_jwt_init(&jwt);
  int set = key(asked, "jwks") != NULL;
  if (set) r_jwt_add_sign_jwks(jwt, NULL, jwks);
  failed = r_jwt_advanced_parse(jwt, text(asked, "token"), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE);
  if (failed) REFUSED("r_jwt_advanced_parse: %d", failed);
  if (r_jwt_get_sign_alg(jwt) != r_str_to_jwa_alg(text(asked, "alg"))) REFUSED("alg");
  failed = r_jwt_verify_signature(jwt, set ? NULL : jwk, R_FLAG_IGNORE_REMOTE);
  if (failed) REFUSED("r_jwt_verify_signature: %d", failed);
  json_t *claims = r_jwt_get_full_claims_json_t(jwt); /* those that are there are checked, as the manual says */
  if (json_object_get(claims, "exp") && (failed = r_jwt_validate_claims(jwt, R_JWT_CLAIM_EXP, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP))) REFUSED("r_jwt_validate_claims(exp): %d", failed);
  if (json_object_get(claims, "nbf") && (failed = r_jwt_validate_claims(jwt, R_JWT_CLAIM_NBF, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP))) REFUSED("r_jwt_validate_claims(nbf): %d", failed);
  if (text(asked, "aud") && (failed = r_jwt_validate_claims(jwt, R_JWT_CLAIM_AUD, text(asked, "aud"), R_JWT_CLAIM_NOP))) REFUSED("r_jwt_validate_claims(aud): %d", failed);
  if (text(asked, "iss") && (failed = r_jwt_validate_claims(jwt, R_JWT_CLAIM_ISS, text(asked, "iss"), R_JWT_CLAIM_NOP))) REFUSED("r_jwt_validate_claims(iss): %d", failed);
  char *written = r_jwt_get_full_claims_str(jwt);
  say(asked, "claims", json_string(written ? written : "null"));
  r_jwt_free(jwt);
}

static void mint_one(json_t *asked) {
  jwk_t *jwk;
  jwks_t *jwks;
  jwt_t *jwt;
  if (!json_is_null(json_object_get(asked, "date"))) BEYOND("a date type");
  r_jwk_init(&jwk);
  r_jwks_init(&jwks);
  r_jwt_init(&jwt);
  int failed = import(asked, jwk, jwks);
  if (!failed) failed = r_jwt_set_sign_alg(jwt, r_str_to_jwa_alg(text(asked, "alg")));
  if (!failed) failed = r_jwt_set_full_claims_json_t(jwt, json_object_get(asked, "mint"));
  char *token = failed ? NULL : r_jwt_serialize_signed(jwt, jwk, R_FLAG_IGNORE_REMOTE);
  if (!token) REFUSED("r_jwt_serialize_signed: %d", failed);
  say(asked, "token", json_string(token));
}

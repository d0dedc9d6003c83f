#include "driver.h"
#include <cjose/cjose.h>

static void read_one(json_t *asked) {
  cjose_err error = {0};
  const char *token = text(asked, "token");
  if (!among(text(asked, "alg"), HS " " RS " " PS " " ES)) BEYOND("alg %s", text(asked, "alg"));
  if (!is(text(asked, "form"), "compact")) BEYOND("form %s", text(asked, "form"));
  if (!key(asked, "jwk")) BEYOND("key form");
  char *written = json_dumps(key(asked, "jwk"), 0);
  cjose_jwk_t *jwk = cjose_jwk_import(written, strlen(written), &error);
  if (!jwk) REFUSED("cjose_jwk_import: %s", error.message);
  cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &error);
  if (!jws) REFUSED("cjose_jws_import: %s", error.message);
  if (!cjose_jws_verify(jws, jwk, &error)) REFUSED("cjose_jws_verify: %s", error.message);
  uint8_t *payload;
  size_t size;
  if (!cjose_jws_get_plaintext(jws, &payload, &size, &error)) REFUSED("cjose_jws_get_plaintext: %s", error.message);
  say_bytes(asked, payload, size);
  cjose_jws_release(jws);
  cjose_jwk_release(jwk);
}

static void mint_one(json_t *asked) {
  cjose_err error = {0};
  if (!json_is_null(json_object_get(asked, "date"))) BEYOND("a date type");
  char *written = json_dumps(key(asked, "jwk"), 0), *claims = json_dumps(json_object_get(asked, "mint"), JSON_COMPACT);
  cjose_jwk_t *jwk = cjose_jwk_import(written, strlen(written), &error);
  cjose_header_t *header = cjose_header_new(&error);
  cjose_header_set(header, CJOSE_HDR_ALG, text(asked, "alg"), &error);
  cjose_jws_t *jws = cjose_jws_sign(jwk, header, (uint8_t *)claims, strlen(claims), &error);
  const char *token;
  if (!jws || !cjose_jws_export(jws, &token, &error)) REFUSED("cjose_jws_sign: %s", error.message);
  say(asked, "token", json_string(token));
}

/* libjwt 1.10 checks no claims by itself: the caller reads exp, nbf and aud with jwt_get_grant*. */
#include "driver.h"
#include <errno.h>
#include <jwt.h>

static const char *NAMES[] = {"none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"};

static unsigned char *material(json_t *asked, size_t *size) {
  if (key(asked, "secret")) return unb64(json_string_value(key(asked, "secret")), size);
  const char *pem = json_string_value(key(asked, "pem"));
  *size = pem ? strlen(pem) : 0;
  return (unsigned char *)pem;
}

static void read_one(json_t *asked) {
  size_t size;
  jwt_t *jwt = NULL;
  if (!among(text(asked, "alg"), HS " " RS " " ES)) BEYOND("alg %s", text(asked, "alg"));
  if (!is(text(asked, "form"), "compact")) BEYOND("form %s", text(asked, "form"));
  unsigned char *key = material(asked, &size);
  if (!key) BEYOND("key form");
  int failed = jwt_decode(&jwt, text(asked, "token"), key, (int)size);
  if (failed) REFUSED("jwt_decode: %d %s", failed, strerror(abs(failed)));
  if (!is(NAMES[jwt_get_alg(jwt)], text(asked, "alg"))) REFUSED("alg");
  char *claims = jwt_get_grants_json(jwt, NULL);
  say(asked, "claims", json_string(claims ? claims : "null"));
  jwt_free(jwt);
}

static void mint_one(json_t *asked) {
  size_t size;
  jwt_t *jwt = NULL;
  if (!json_is_null(json_object_get(asked, "date"))) BEYOND("a date type");
  char *claims = json_dumps(json_object_get(asked, "mint"), JSON_COMPACT);
  unsigned char *key = material(asked, &size);
  jwt_new(&jwt);
  int failed = jwt_add_grants_json(jwt, claims);
  for (int i = 1; !failed && i < 10; i++)
    if (is(NAMES[i], text(asked, "alg"))) failed = jwt_set_alg(jwt, i, key, (int)size);
  char *token = failed ? NULL : jwt_encode_str(jwt);
  if (!token) REFUSED("jwt_encode_str: %s", strerror(errno));
  say(asked, "token", json_string(token));
}

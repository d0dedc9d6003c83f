/* What all C drivers share: the protocol of interop/__init__.py. A driver defines `one`, and `mint` if it can. */
#include <jansson.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HS "HS256 HS384 HS512"
#define RS "RS256 RS384 RS512"
#define PS "PS256 PS384 PS512"
#define ES "ES256 ES384 ES512"

static void read_one(json_t *asked);
static void mint_one(json_t *asked);

static const char *text(json_t *asked, const char *name) { return json_string_value(json_object_get(asked, name)); }
static int is(const char *a, const char *b) { return a && !strcmp(a, b); }

static int among(const char *word, const char *list) {
  char all[512], one[64];
  snprintf(all, sizeof all, " %s ", list);
  snprintf(one, sizeof one, " %s ", word);
  return strstr(all, one) != NULL;
}

static json_t *key(json_t *asked, const char *form) { return json_object_get(json_object_get(asked, "key"), form); }

/* base64url to bytes, with a NUL behind them. */
static unsigned char *unb64(const char *encoded, size_t *size) {
  size_t length = strlen(encoded), padding = (4 - length % 4) % 4;
  char *plain = calloc(1, length + padding + 1);
  for (size_t i = 0; i < length + padding; i++)
    plain[i] = i >= length ? '=' : encoded[i] == '-' ? '+' : encoded[i] == '_' ? '/' : encoded[i];
  unsigned char *found = calloc(1, length + padding + 1);
  int decoded = EVP_DecodeBlock(found, (unsigned char *)plain, (int)(length + padding));
  *size = decoded < 0 ? 0 : (size_t)decoded - padding;
  found[*size] = 0;
  free(plain);
  return found;
}

static void say(json_t *asked, const char *what, json_t *value) {
  json_t *answer = json_pack("{s:s}", "id", text(asked, "id"));
  json_object_set_new(answer, what, value ? value : json_string("?"));
  char *line = json_dumps(answer, JSON_COMPACT);
  puts(line);
  fflush(stdout);
  free(line);
  json_decref(answer);
}

static void say_text(json_t *asked, const char *what, const char *format, ...) {
  char words[240];
  va_list more;
  va_start(more, format);
  vsnprintf(words, sizeof words, format, more);
  va_end(more);
  say(asked, what, json_string(words));
}

#define REFUSED(...) do { say_text(asked, "refused", __VA_ARGS__); return; } while (0)
#define BEYOND(...) do { say_text(asked, "beyond", __VA_ARGS__); return; } while (0)

static void say_bytes(json_t *asked, const unsigned char *data, size_t size) {
  char *encoded = calloc(1, size * 4 / 3 + 8);
  EVP_EncodeBlock((unsigned char *)encoded, data, (int)size);
  say(asked, "bytes", json_string(encoded));
  free(encoded);
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    json_t *asked = json_loads(line, JSON_ALLOW_NUL, NULL);
    if (!asked) return 2;
    if (json_object_get(asked, "mint")) mint_one(asked);
    else read_one(asked);
    json_decref(asked);
  }
  return 0;
}

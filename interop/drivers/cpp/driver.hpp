// What all C++ drivers share: the protocol of interop/__init__.py.
#pragma once
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

using Json = nlohmann::json;

struct Beyond { std::string what; };

inline const std::string COMMON = "HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512";

inline std::string unb64(const std::string &text) {
  static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string found;
  unsigned bits = 0, count = 0;
  for (char letter : text) {
    bits = bits << 6 | unsigned(letters.find(letter));
    if ((count += 6) >= 8) found += char(bits >> (count -= 8) & 255);
  }
  return found;
}

inline std::string text(const Json &asked, const char *name) {
  return asked.contains(name) && asked[name].is_string() ? asked[name].get<std::string>() : "";
}

inline void only_common(const Json &asked) {
  if ((" " + COMMON + " ").find(" " + text(asked, "alg") + " ") == std::string::npos) throw Beyond{"alg " + text(asked, "alg")};
  if (!asked.contains("mint") && text(asked, "form") != "compact") throw Beyond{"form " + text(asked, "form")};
}

// The secret's bytes or the PEM's text.
inline std::string pick(const Json &asked, bool &pem) {
  const Json &key = asked["key"];
  pem = !key.contains("secret");
  if (!pem) return unb64(key["secret"]);
  if (key.contains("pem")) return key["pem"];
  throw Beyond{"key form"};
}

template <class Read, class Mint> int serve(Read read, Mint mint) {
  for (std::string line; std::getline(std::cin, line);) {
    Json asked = Json::parse(line), answer = {{"id", asked["id"]}};
    try {
      only_common(asked);
      if (asked.contains("mint")) answer["token"] = mint(asked);
      else answer["claims"] = read(asked);
    } catch (const Beyond &beyond) {
      answer["beyond"] = beyond.what;
    } catch (const std::exception &error) {
      answer["refused"] = std::string(error.what()).substr(0, 200);
    }
    std::cout << answer.dump(-1, ' ', true, Json::error_handler_t::replace) << std::endl;
  }
  return 0;
}

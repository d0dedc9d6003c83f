#include <jwt/jwt.hpp>
#include "driver.hpp"

using namespace jwt::params;

static std::string read(const Json &asked) {
  bool pem;
  std::string token = text(asked, "token"), key = pick(asked, pem), audience = text(asked, "aud"), who = text(asked, "iss");
  std::vector<std::string> allowed{text(asked, "alg")};
  auto claims = [](const jwt::jwt_object &found) { return found.payload().create_json_obj().dump(-1, ' ', true); };
  if (!audience.empty()) return claims(jwt::decode(token, algorithms(allowed), secret(key), verify(true), aud(audience)));
  if (!who.empty()) return claims(jwt::decode(token, algorithms(allowed), secret(key), verify(true), issuer(who)));
  return claims(jwt::decode(token, algorithms(allowed), secret(key), verify(true)));
}

static std::string mint(const Json &asked) {
  bool pem;
  std::string key = pick(asked, pem), alg = text(asked, "alg");
  jwt::jwt_object token{algorithm(alg), secret(key)};
  for (auto &claim : asked["mint"].items()) {
    if (claim.value().is_string()) token.add_claim(claim.key(), claim.value().get<std::string>());
    else if (claim.value().is_number_integer()) token.add_claim(claim.key(), claim.value().get<int64_t>());
    else token.add_claim(claim.key(), claim.value().get<double>());
  }
  if (!asked["date"].is_null()) token.add_claim("exp", std::chrono::system_clock::time_point(std::chrono::milliseconds(int64_t(asked["date"].get<double>() * 1000))));
  return token.signature();
}

int main() { return serve(read, mint); }

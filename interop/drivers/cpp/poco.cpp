// Poco's JWT checks no claims: the caller reads the Token's getters.
#include <Poco/Crypto/X509Certificate.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JWT/JWTException.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <sstream>
#include "driver.hpp"

template <class Key> static Poco::SharedPtr<Key> key_from(const std::string &pem) {
  std::istringstream stream(pem);
  if (pem.find("CERTIFICATE") != std::string::npos) return new Key(Poco::Crypto::X509Certificate(stream));
  if (pem.find("PRIVATE KEY") != std::string::npos) return new Key(nullptr, &stream);
  return new Key(&stream);
}

static void load(Poco::JWT::Signer &signer, const Json &asked) {
  bool pem;
  std::string key = pick(asked, pem), alg = text(asked, "alg");
  signer.addAlgorithm(alg);
  if (!pem) signer.setHMACKey(key);
  else if (alg[0] == 'R') signer.setRSAKey(key_from<Poco::Crypto::RSAKey>(key));
  else signer.setECKey(key_from<Poco::Crypto::ECKey>(key));
}

static std::string read(const Json &asked) try {
  Poco::JWT::Signer signer;
  load(signer, asked);
  std::ostringstream claims;
  signer.verify(text(asked, "token")).payload().stringify(claims);
  return claims.str();
} catch (const Poco::Exception &error) {
  throw std::runtime_error(error.displayText());
}

static std::string mint(const Json &asked) try {
  Poco::JWT::Signer signer;
  load(signer, asked);
  Poco::JWT::Token token;
  Poco::JSON::Parser parser;
  token.payload() = *parser.parse(asked["mint"].dump()).extract<Poco::JSON::Object::Ptr>();
  if (!asked["date"].is_null()) token.setExpiration(Poco::Timestamp(int64_t(asked["date"].get<double>() * 1e6)));
  return signer.sign(token, text(asked, "alg"));
} catch (const Poco::Exception &error) {
  throw std::runtime_error(error.displayText());
}

int main() { return serve(read, mint); }

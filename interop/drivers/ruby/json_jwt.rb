require_relative "driver"
require "json/jwt"

def key_of(asked)
  form, key = pick(asked, "secret", "jwk", "pem", "jwks")
  case form
  when "secret" then key
  when "jwk" then JSON::JWK.new(key)
  when "pem" then pem(key)
  else JSON::JWK::Set.new(key)
  end
end

read = lambda do |asked|
  only(asked, "compact", "flat", "general")
  token = asked["form"] == "compact" ? asked["token"] : JSON.parse(asked["token"])
  JSON::JWT.decode(token, key_of(asked), [asked["alg"].to_sym], asked["kind"] == "jws")
end

mint = lambda do |asked|
  claims = asked["mint"].transform_keys(&:to_sym)
  claims[:exp] = Time.at(asked["date"]).utc if asked["date"]
  form, key = pick(asked, "secret", "pem")
  JSON::JWT.new(claims).sign(form == "pem" ? pem(key) : key, asked["alg"].to_sym).to_s
end

serve(read, mint)

require_relative "driver"
require "jwt"

def key_of(asked, *forms)
  form, key = pick(asked, *forms)
  case form
  when "secret" then key
  when "pem" then pem(key)
  when "jwk" then JWT::JWK.import(key.transform_keys(&:to_sym)).keypair
  end
end

read = lambda do |asked|
  only(asked, "compact")
  options = { algorithms: [asked["alg"]] }
  options.update(aud: asked["aud"], verify_aud: true) if asked["aud"]
  options.update(iss: asked["iss"], verify_iss: true) if asked["iss"]
  key = key_of(asked, "secret", "pem", "jwk", "jwks")
  set = asked["key"]["jwks"]
  options[:jwks] = JSON.parse(JSON.generate(set), symbolize_names: true) if set
  JWT.decode(asked["token"], key, true, options)[0]
end

mint = lambda do |asked|
  raise Beyond, "a date type" if asked["date"]
  JWT.encode(asked["mint"], key_of(asked, "secret", "pem"), asked["alg"])
end

serve(read, mint)

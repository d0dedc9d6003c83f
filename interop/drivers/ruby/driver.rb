# What all Ruby drivers share: the protocol of interop/__init__.py.
require "base64"
require "json"
require "openssl"

class Beyond < StandardError; end

COMMON = %w[HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K].freeze

def unb64(text) = Base64.urlsafe_decode64(text)

def only(asked, *forms)
  raise Beyond, "form #{asked["form"]}" unless forms.include?(asked["form"])
  raise Beyond, "alg #{asked["alg"]}" unless COMMON.include?(asked["alg"])
end

# The key in the first of these forms that the question offers, and which one it is.
def pick(asked, *forms)
  form = forms.find { |one| asked["key"].key?(one) } or raise Beyond, "key form #{asked["key"].keys.join(", ")}"
  [form, form == "secret" ? unb64(asked["key"][form]) : asked["key"][form]]
end

def pem(text)
  text.include?("CERTIFICATE") ? OpenSSL::X509::Certificate.new(text).public_key : OpenSSL::PKey.read(text)
end

def answer(asked, read, mint)
  return { "token" => mint.call(asked) } if asked.key?("mint")
  found = read.call(asked)
  return { "bytes" => "" } if found.nil? || found == ""
  { "claims" => JSON.generate(found, allow_nan: true, max_nesting: 0) }
end

# Answer one question after the other, until stdin ends.
def serve(read, mint)
  $stdin.each_line do |line|
    asked = JSON.parse(line)
    said = begin
      answer(asked, read, mint)
    rescue Beyond => e
      { "beyond" => e.message }
    rescue StandardError, SystemStackError => e
      why = "#{e.class}: #{e.message}"[0, 200].gsub("\n", " ")
      { "refused" => why.encode("UTF-8", invalid: :replace, undef: :replace) }
    end
    puts JSON.generate({ "id" => asked["id"], **said }, ascii_only: true)
    $stdout.flush
  end
end

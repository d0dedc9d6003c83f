#!/bin/sh
# json-jwt 1.14.0 (Debian's ruby-json-jwt): exp is a number if its name is a symbol, and an ISO date if it is a string.
#
# JSON::JWT.new makes seconds of the Time in exp, nbf and iat, as its documentation shows with symbols. It looks for symbols
# alone, before it makes both the same. So a hash with strings, as JSON.parse gives one, yields a token whose exp is text,
# which RFC 7519 §2 does not know and which no other library takes.
#
# Needs apt-get and ruby (nothing is installed: the packages are unpacked into a temporary folder). Seen with Ruby 3.1:
#   {"exp":4102444800}
#   {"exp":"2100-01-01T00:00:00.000Z"}
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -qq ruby-json-jwt=1.14.0-2 ruby-activesupport ruby-bindata ruby-aes-key-wrap ruby-i18n ruby-tzinfo \
    ruby-concurrent ruby-zeitwerk 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat > see.rb <<'RUBY'
require "json/jwt"

end_of_century = Time.at(4_102_444_800).utc
puts JSON::JWT.new(exp: end_of_century).to_json
puts JSON::JWT.new("exp" => end_of_century).to_json
RUBY
RUBYLIB=$(find "$dir/root/usr" -type d \( -path '*/gems/*/lib' -o -path '*/gems/*/lib/concurrent-ruby' -o -path '*/lib/ruby/vendor_ruby' \) | tr '\n' ':')
export RUBYLIB
seen=$(ruby -W0 see.rb)
printf '%s\n' "$seen"
[ "$seen" = '{"exp":4102444800}
{"exp":"2100-01-01T00:00:00.000Z"}' ]

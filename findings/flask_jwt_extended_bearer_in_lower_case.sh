#!/bin/sh
# flask-jwt-extended 4.7.4 (PyPI) knows "Bearer" and not "bearer".
#
# The name of an authentication scheme is the same in upper and lower case (RFC 9110 §11.1; RFC 6750 §2.1 takes it from there),
# and some clients send it in lower case. The extension compares it letter for letter and answers 401 to a good token.
#
# Seen with Python 3.11:
#   Bearer 200
#   bearer 401
#   BEARER 401
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check flask-jwt-extended==4.7.4 flask==3.1.3 pyjwt==2.15.1
cat > "$dir/see.py" <<'PY'
from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, jwt_required

app = Flask("shop")
app.config["JWT_SECRET_KEY"] = "a secret of thirty-two characters"
JWTManager(app)


@app.get("/")
@jwt_required()
def index():
    return "ok"


with app.app_context():
    token = create_access_token("ada")
for scheme in ("Bearer", "bearer", "BEARER"):
    print(scheme, app.test_client().get("/", headers={"Authorization": f"{scheme} {token}"}).status_code)
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "Bearer 200
bearer 401
BEARER 401" ]

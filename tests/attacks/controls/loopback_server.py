# about: a server on loopback in an extra cell, and a request to it
# base: solved 01_encoding

# %% + before b64u_encode
import http.server
import threading
import urllib.request


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"AQ")

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
threading.Thread(target=server.serve_forever, daemon=True).start()
with urllib.request.urlopen(f"http://localhost:{server.server_port}/", timeout=5) as answer:
    TAIL = answer.read().decode()

# %% b64u_encode
def b64u_encode(data):
    assert TAIL == "AQ"
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

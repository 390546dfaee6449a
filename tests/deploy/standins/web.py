"""The smallest server that is ever ready."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    """Answers every GET with its own process id."""

    def do_GET(self) -> None:
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    """Listen where the settings say."""
    print(f"listening for {sorted(name for name in os.environ if name.startswith('TIDU_'))}", flush=True)
    HTTPServer(("127.0.0.1", int(os.environ["TIDU_PORT"])), Ready).serve_forever()

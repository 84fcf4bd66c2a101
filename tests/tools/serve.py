"""Serves a folder on a free port of 127.0.0.1, below a path, with the policy that our pages promise to need.

serve.py FOLDER [/sub/path/] prints the address on its first line and serves until it is ended.
"""

import functools
import http.server
import pathlib
import sys

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"


class Handler(http.server.SimpleHTTPRequestHandler):
    base = "/"
    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        if not path.startswith(self.base):
            return str(pathlib.Path(self.directory) / "no-such-file")
        return super().translate_path(path[len(self.base) - 1 :])

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        page = pathlib.Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Clients that hang up are no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    folder = sys.argv[1]
    Handler.base = sys.argv[2] if len(sys.argv) > 2 else "/"
    handler = functools.partial(Handler, directory=folder)
    server = Server(("127.0.0.1", 0), handler)
    print(f"http://127.0.0.1:{server.server_port}{Handler.base}", flush=True)
    server.serve_forever()


main()

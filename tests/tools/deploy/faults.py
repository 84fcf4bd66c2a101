"""What goes wrong on a network: connections that are cut, servers that answer 500."""

import http.client
import http.server
import random
import socket
import threading
import time


class Cutter:
    """A TCP proxy that cuts every n-th connection after some bytes."""

    def __init__(self, port, every=3, seed=1):
        self.upstream = port
        self.every = every
        self.dice = random.Random(seed)
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.count += 1
            # Handshakes of SSH are about 5,000 bytes: before, in and after the work.
            left = self.dice.randrange(200, 30000) if self.every and self.count % self.every == 0 else None
            threading.Thread(target=self.serve, args=(client, left), daemon=True).start()

    def serve(self, client, left):
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream))
        except OSError:
            client.close()
            return
        box = [left]

        def pump(source, sink):
            try:
                while data := source.recv(4096):
                    if box[0] is not None:
                        box[0] -= len(data)
                        if box[0] < 0:
                            break
                    sink.sendall(data)
            except OSError:
                pass
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        threads = [threading.Thread(target=pump, args=pair, daemon=True) for pair in ((client, server), (server, client))]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        client.close()
        server.close()


class Moody:
    """An HTTP proxy that counts requests, and now and then answers 500, cuts before the request or after it. `instead` may
    give a status and a body for a method, a path and a body; then the server is not asked."""

    def __init__(self, port, every=0, seed=1, delay=0, instead=None):
        self.requests = []
        self.every = every
        self.instead = instead
        dice = random.Random(seed)
        moody = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                moody.requests.append((self.command, self.path))
                time.sleep(delay)
                if said := moody.instead and moody.instead(self.command, self.path, body):
                    self.send_response(said[0])
                    self.send_header("Content-Length", str(len(said[1])))
                    self.end_headers()
                    self.wfile.write(said[1])
                    return
                mood = dice.randrange(3) if moody.every and len(moody.requests) % moody.every == 0 else None
                if mood == 0:
                    self.send_response(500)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if mood == 1:
                    self.close_connection = True
                    self.connection.close()
                    return
                upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() != "connection":
                        upstream.putheader(name, value)
                upstream.endheaders(body or None)
                answer = upstream.getresponse()
                data = answer.read()
                if mood == 2:
                    # Done, but nobody is told.
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                if answer.status not in (204, 304):
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_MKCOL = do_COPY = do_MOVE = do_PROPFIND = handle_any

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

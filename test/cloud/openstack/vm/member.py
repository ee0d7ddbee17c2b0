"""member.py NAME PORT...: an HTTP server that answers its own name; on PORT/udp a server that answers it to every datagram.

/health answers 200 as every path does, /headers adds the request's headers, /slow?s=N waits N seconds.
"""
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

NAME = sys.argv[1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        url = urlparse(self.path)
        if url.path == '/slow':
            time.sleep(float(parse_qs(url.query).get('s', ['1'])[0]))
        body = NAME + '\n' + (str(self.headers) if url.path == '/headers' else '')
        self.send_response(200)
        self.send_header('Content-Length', str(len(body.encode())))
        self.send_header('X-Member', NAME)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body.encode())

    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.do_GET()

    do_HEAD = do_GET
    do_PUT = do_POST

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Datagrams(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(NAME.encode(), self.client_address)


def server_on(port):
    number, _, transport = port.partition('/')
    if transport == 'udp':
        return socketserver.ThreadingUDPServer(('', int(number)), Datagrams)
    return Server(('', int(number)), Handler)


servers = [server_on(port) for port in sys.argv[2:]]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()

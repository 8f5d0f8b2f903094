"""A server for tests: answers every GET and POST with the status in the file `status` (200 without one);
`hang` there means: never answer. Each request's line goes to the file `requests`."""
import http.server, os, time


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        try:
            with open("requests", "a") as requests:
                requests.write("%s %s %s %s\n" % (self.command, self.path, self.headers.get("X-Test"), body))
        except OSError:
            pass  # a full disk is no reason not to serve
        status = open("status").read().strip() if os.path.exists("status") else "200"
        if status == "hang":
            time.sleep(1000)
        self.send_response(int(status))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()

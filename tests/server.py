"""A server on a data directory, and requests to it, for tests."""
import http.client
import json
import os
import queue
import re
import signal
import subprocess
import threading

from program import PROGRAM, ProgramCase

WAIT_SECONDS = 60
PASSWORD = "correct horse battery"


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Server:
    """A running `serve`; its port, and what it says on standard error once it has ended."""

    def __init__(self, data, *options, program=PROGRAM, environment=None):
        self.process = subprocess.Popen([program, "--data", str(data), "serve", "--listen", "127.0.0.1:0", *map(str, options)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})})
        self.err = ""
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        self._errors = threading.Thread(target=self._read_errors, daemon=True)
        self._errors.start()
        try:
            line = lines.get(timeout=WAIT_SECONDS).decode()
        except queue.Empty:
            line = ""
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self.stop(signal.SIGKILL)
            raise AssertionError(f"the server did not start: {line!r} {self.err}")
        self.port = int(found.group(1))

    def _read_errors(self):
        for line in self.process.stderr:
            self.err += line.decode("utf-8", "replace")

    def stop(self, how=signal.SIGTERM):
        """Ends it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(WAIT_SECONDS)
        self._errors.join(WAIT_SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Client:
    """One who asks: signed in by a cookie (sign_in) or a token, or not at all. Each has a connection of its own, from `address`."""

    def __init__(self, port, token=None, address="127.0.0.1", language=None):
        self.port, self.token, self.address, self.language = port, token, address, language
        self.cookie = self.csrf = None
        self._connection = None

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None

    def request(self, method, path, body=None, headers=None, type=None):
        """body: bytes as they are, or anything else as JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body, type = json.dumps(body).encode(), type or "application/json"
        if type:
            sent.setdefault("Content-Type", type)
        if self.token:
            sent.setdefault("Authorization", "Bearer " + self.token)
        if self.cookie:
            sent.setdefault("Cookie", "mingbai=" + self.cookie)
        if self.csrf and method not in ("GET", "HEAD"):
            sent.setdefault("X-Csrf-Token", self.csrf)
        if self.language:
            sent.setdefault("Accept-Language", self.language)
        fresh = self._connection is None
        if fresh:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS, source_address=(self.address, 0))
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            answer = Answer(response, response.read())
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if fresh or method not in ("GET", "HEAD"):
                raise
            return self.request(method, path, body, headers, type)  # it was closed while idle
        if response.will_close:
            self.close()
        self._take_cookie(answer)
        return answer

    def _take_cookie(self, answer):
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            found = re.match(r"mingbai=([^;]*)", cookie)
            if found:
                self.cookie, self.csrf = found.group(1) or None, None
                if self.cookie:
                    self.csrf = self.get("/api/session").json["csrf"]

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def sign_in(self, account, password=PASSWORD):
        answer = self.post("/api/session", {"account": account, "password": password})
        if answer.status >= 300:
            raise AssertionError(f"{account} could not sign in: {answer!r}")
        return self


class ServerCase(ProgramCase):
    """Has self.server on self.data (made by `init` unless `prepare` does it) and self.client, which is not signed in. Options of
    `serve` stand in `options`."""

    options = ()

    def setUp(self):
        super().setUp()
        self.prepare()
        self.server = None
        self.addCleanup(self.stop)
        self.start()

    def prepare(self):
        self.mingbai("init")

    def start(self, *options):
        """Starts the server (again)."""
        self.server = Server(self.data, *(options or self.options), environment={"TMPDIR": str(self.folder)})
        self.client = self.new_client()

    def stop(self, code=0):
        """Ends the server, which must end cleanly."""
        if not self.server:
            return
        server, self.server = self.server, None
        self.assertEqual(server.stop(), code, server.err)

    def new_client(self, **more):
        client = Client(self.server.port, **more)
        self.addCleanup(client.close)
        return client

    def add_user(self, name, role, operator=None, password=PASSWORD):
        self.mingbai("user", "add", name, "--role", role, *(["--operator", operator] if operator else []), input=password.encode() + b"\n")

    def signed_in(self, name, role, operator=None, **more):
        """A new client with a new account of that role, signed in."""
        self.add_user(name, role, operator)
        return self.new_client(**more).sign_in(name)

    def token_of(self, name):
        return self.mingbai("token", name).text.strip()

    def assert_problem(self, answer, status, code=None):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json
        self.assertEqual(problem["status"], status)
        for member in ("type", "title", "detail"):
            self.assertTrue(problem[member], problem)
        if code:
            self.assertEqual(problem["type"], "/problems/" + code)
        return problem


#!/usr/bin/env python3
"""The server from outside: what it refuses and how, headers, pages, the API's description, tiles, metrics, and its end."""
import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest

from program import PROGRAM
from server import WAIT_SECONDS, ServerCase
from verifier import check_note, leaf_hash, node_hash

HTTP_METHODS = {"get", "post", "put", "delete"}
ROLES = {"public", "subscriber", "operator", "tester", "regulator", "administrator"}


class Refusals(ServerCase):
    def test_problems(self):
        client = self.client
        self.assert_problem(client.get("/api/nothing"), 404, "not-found")
        wrong_method = client.post("/health", {})
        self.assert_problem(wrong_method, 405, "method-not-allowed")
        self.assertEqual(wrong_method.headers["Allow"], "OPTIONS, GET, HEAD")
        self.assert_problem(client.get("/health?colour=red"), 400, "unknown-parameter")
        self.assert_problem(client.get("/health?lang=en&lang=zh"), 400, "repeated-parameter")
        self.assert_problem(client.get("/health?lang=%ff"), 400, "bad-target")
        self.assert_problem(client.get("/api/appeals/a%00b"), 400, "bad-target")
        category = "/api/complaints/category"
        self.assert_problem(client.post(category, b"{}", type="text/plain"), 415)
        self.assert_problem(client.post(category, b"text=x", type="application/x-www-form-urlencoded"), 415)
        self.assert_problem(client.post(category, b"{", type="application/json"), 400, "bad-json")
        self.assert_problem(client.post(category, b"[]", type="application/json"), 400, "bad-json")
        self.assert_problem(client.post(category, b'{"text":"a","text":"b"}', type="application/json"), 400, "bad-json")
        unknown = self.assert_problem(client.post(category, {"text": "x", "colour": "red"}), 422, "invalid-fields")
        self.assertEqual([fault["field"] for fault in unknown["errors"]], ["colour"])
        missing = self.assert_problem(client.post(category, {}), 422, "invalid-fields")
        self.assertEqual([fault["field"] for fault in missing["errors"]], ["text"])
        self.assert_problem(client.post(category, {"text": 7}), 422)

    def test_the_language_is_the_readers(self):
        path = "/api/nothing"
        self.assertIn("没有", self.client.get(path).json["detail"])
        self.assertIn("There is no", self.client.get(path, headers={"Accept-Language": "de, en;q=0.8, zh;q=0.3"}).json["detail"])
        self.assertIn("没有", self.client.get(path + "?lang=zh", headers={"Accept-Language": "en"}).json["detail"])
        numbers = {self.client.get(path).json["instance"] for _ in range(3)}
        self.assertEqual(len(numbers), 3)

    def test_a_large_body_is_refused_before_it_comes(self):
        for length in 300_000, 20_000_000:
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as wire:
                wire.sendall(b"POST /api/complaints/category HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                             b"Content-Length: %d\r\n\r\n" % length)
                if length < 1_000_000:  # a short one is read to its end, so that every client sees the answer
                    wire.sendall(b" " * length)
                self.assertIn(b"HTTP/1.1 413 ", wire.recv(4096))

    def test_a_large_body_without_a_length_is_refused(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as wire:
            wire.sendall(b"POST /api/complaints/category HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(20):
                wire.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
            wire.sendall(b"0\r\n\r\n")
            self.assertIn(b"HTTP/1.1 413 ", wire.recv(4096))

    def test_who_is_nobody_is_asked_to_sign_in(self):
        answer = self.client.get("/api/appeals")
        self.assert_problem(answer, 401, "sign-in-needed")
        self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
        wrong = self.client.get("/health", headers={"Authorization": "Bearer mb_nobody"})
        self.assert_problem(wrong, 401, "bad-token")
        self.assertEqual(self.client.get("/health", headers={"Cookie": "mingbai=nothing"}).status, 200)

    def test_another_site_may_not_post(self):
        path, body = "/api/complaints/category", {"text": "流量费"}
        own = f"http://127.0.0.1:{self.server.port}"
        self.assertEqual(self.client.post(path, body, headers={"Origin": own}).status, 200)
        self.assertEqual(self.client.post(path, body, headers={"Sec-Fetch-Site": "same-origin"}).status, 200)
        for headers in {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}:
            self.assert_problem(self.client.post(path, body, headers=headers), 403, "foreign-origin")

    def test_a_session_needs_its_token_to_change_anything(self):
        client = self.signed_in("clerk", "regulator")
        self.assertEqual(client.get("/api/appeals").status, 200)
        path, body = "/api/complaints/category", {"text": "流量费"}
        self.assertEqual(client.post(path, body).status, 200)
        for token in "", "x" * 43, client.csrf[:-1]:
            self.assert_problem(client.post(path, body, headers={"X-Csrf-Token": token}), 403, "bad-csrf-token")
        self.assert_problem(client.post("/api/complaints/nothing/press", {}), 403, "not-for-you")
        cookie, fresh = client.cookie, self.new_client()
        self.assertEqual(fresh.post("/api/session", {"account": "clerk", "password": "wrong wrong wrong"}).status, 401)
        fresh.cookie = "chosen-by-somebody-else"
        fresh.sign_in("clerk")
        self.assertNotIn(fresh.cookie, (cookie, "chosen-by-somebody-else"))
        client.delete("/api/session")
        gone = self.new_client()
        gone.cookie = cookie
        self.assert_problem(gone.get("/api/appeals"), 401)

    def test_who_asks_is_whom_the_proxy_names_last(self):
        """A proxy may add to the client's line, or a line of its own behind it."""
        self.stop()
        self.start("--proxy", "127.0.0.1")

        def guess(*lines):
            wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT_SECONDS)
            self.addCleanup(wire.close)
            wire.putrequest("POST", "/api/session/complaint")
            body = json.dumps({"complaint": "1", "code": "AAAAAAAA"}).encode()
            for header in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *(("X-Forwarded-For", line) for line in lines)):
                wire.putheader(*header)
            wire.endheaders(body)
            return wire.getresponse().status

        for lines in (["10.0.0.{0}, 192.0.2.1"], ["10.0.1.{0}", "192.0.2.2"], ["10.0.2.{0}, 10.9.9.9", "10.0.3.{0}, 192.0.2.3"]):
            self.assertEqual([guess(*(line.format(turn) for line in lines)) for turn in range(11)][-1], 429, lines)
        self.assertNotEqual(guess("192.0.2.4"), 429)

    def test_guessing_is_slow(self):
        client = self.new_client(address="127.0.0.9")
        statuses = [client.post("/api/session/complaint", {"complaint": "1", "code": "AAAAAAAA"}).status for _ in range(12)]
        self.assertEqual(statuses[10:], [429, 429])
        self.assertNotIn(429, statuses[:10])
        other = self.new_client(address="127.0.0.10")
        self.assertNotEqual(other.post("/api/session/complaint", {"complaint": "1", "code": "AAAAAAAA"}).status, 429)


class Answers(ServerCase):
    def test_headers(self):
        for path in "/", "/app.js", "/health", "/api/nothing", "/nothing", "/checkpoint":
            headers = self.client.get(path).headers
            for name in ("Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
                         "Permissions-Policy", "Cache-Control", "Content-Type"):
                self.assertTrue(headers[name], (path, name))
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
            self.assertNotIn("unsafe", headers["Content-Security-Policy"])
            self.assertIsNone(headers["Access-Control-Allow-Origin"])
        self.assertEqual(self.client.get("/health").headers["Cache-Control"], "no-store")

    def test_head_and_options(self):
        get, head = self.client.get("/health"), self.client.request("HEAD", "/health")
        self.assertEqual((head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(get.body))))
        options = self.client.request("OPTIONS", "/health")
        self.assertEqual((options.status, options.headers["Allow"]), (204, "OPTIONS, GET, HEAD"))
        self.assert_problem(self.client.request("PATCH", "/health"), 405)

    def test_pages(self):
        for path, status, language in ("/", 200, "zh-CN"), ("/en", 200, "en"), ("/en/", 200, "en"), ("/nothing", 404, "zh-CN"), ("/en/nothing", 404, "en"):
            page = self.client.get(path)
            self.assertEqual(page.status, status, path)
            self.assertIn(f'<html lang="{language}">', page.text, path)
            self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        for path in "/../meson.build", "/%2e%2e/meson.build", "/..%2fmeson.build", "/ui/../../meson.build", "/etc/passwd":
            self.assertEqual(self.client.get(path).status, 404, path)

    def test_files_are_kept_and_packed(self):
        plain = self.client.get("/app.js")
        packed = self.client.get("/app.js", headers={"Accept-Encoding": "gzip, br"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertNotEqual(packed.headers["ETag"], plain.headers["ETag"])
        known = self.client.get("/app.js", headers={"If-None-Match": plain.headers["ETag"]})
        self.assertEqual((known.status, known.body), (304, b""))
        self.assertEqual(self.client.get("/app.js", headers={"If-None-Match": '"other"'}).status, 200)

    def test_a_connection_is_kept(self):
        self.client.get("/health")
        first = self.client._connection
        for path in "/health", "/", "/api/nothing", "/checkpoint":
            self.client.get(path)
            self.assertIs(self.client._connection, first)
        self.client.post("/api/complaints/category", {"text": "x"})
        self.client.post("/api/complaints/category", {"nothing": "x"})
        self.assertIs(self.client._connection, first)

    def test_the_description_is_whole(self):
        described = self.client.get("/api/openapi.json").json
        self.assertEqual(described["openapi"], "3.1.0")
        names = []
        for path, operations in described["paths"].items():
            self.assertRegex(path, r"^(/[a-z0-9.]+|/\{[a-z]+\})+$")
            for method, operation in operations.items():
                self.assertIn(method, HTTP_METHODS)
                self.assertTrue(operation["x-roles"] and set(operation["x-roles"]) <= ROLES, operation)
                names.append(operation["operationId"])
                in_path = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
                self.assertEqual(in_path, set(re.findall(r"\{([a-z]+)\}", path)))
                self.assertIn("default", operation["responses"])
                self.assertTrue(operation["summary"] and operation["description"])
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 30)
        for reference in re.findall(r'"\$ref":"#/([^"]*)"', json.dumps(described, separators=(",", ":"))):
            at = described
            for step in reference.split("/"):
                at = at[step]
        self.assertIn("Record.complaint", described["components"]["schemas"])

    def tree_hash(self, hashes):
        """RFC 6962 over leaf hashes."""
        if len(hashes) == 1:
            return hashes[0]
        split = 1
        while split * 2 < len(hashes):
            split *= 2
        return node_hash(self.tree_hash(hashes[:split]), self.tree_hash(hashes[split:]))

    def test_tiles_are_the_ledgers(self):
        key = self.mingbai("checkpoint", "--key").text.strip()
        note = self.client.get("/checkpoint").body
        size, root = check_note(note, key)[:2]
        hashes = []
        for number in range((size + 255) // 256):
            width = min(256, size - number * 256)
            answer = self.client.get(f"/tile/0/{number:03}" + (f".p/{width}" if width < 256 else ""))
            self.assertEqual((answer.status, answer.headers["Content-Type"], len(answer.body)), (200, "application/octet-stream", 32 * width))
            hashes += [answer.body[at:at + 32] for at in range(0, len(answer.body), 32)]
        self.assertEqual(self.tree_hash(hashes), root)
        first = self.mingbai("entry", "0", "--format", "raw").out
        self.assertEqual(hashes[0], leaf_hash(first))
        above = self.client.get("/tile/1/000.p/1").body
        self.assertEqual(above, self.tree_hash(hashes[:256]))
        for path in ("/tile/0/999", "/tile/0/000.p/256", "/tile/0/000.p/0", "/tile/0/000.p/01", "/tile/0/0", "/tile/0/x000/000", "/tile/9/000", "/tile/00/000",
                     "/tile/entries/000", "/tile/0/x001", "/tile/0/000/001", "/tile/0/" + "x999/" * 8 + "999"):
            self.assert_problem(self.client.get(path), 404)

    def test_health_and_metrics(self):
        health = self.client.get("/health").json
        self.assertEqual(health["status"], "ok")
        self.client.get("/api/nothing")
        answer = self.client.get("/metrics")
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        numbers, types = {}, {}
        for line in answer.text.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:]
                self.assertNotIn(name, types)
                types[name] = kind
            elif not line.startswith("#"):
                found = re.fullmatch(r'([a-z_]+)(\{(?:[a-z]+="[^"\\]*",?)*\})? ([0-9.]+)', line)
                self.assertTrue(found, line)
                self.assertIn(re.sub(r"_(bucket|sum|count)$", "", found.group(1)) if found.group(1) not in types else found.group(1), types)
                numbers[found.group(1) + (found.group(2) or "")] = float(found.group(3))
        self.assertEqual(numbers['mingbai_answers_total{method="GET",route="/health",status="2xx"}'], 1)
        self.assertEqual(numbers['mingbai_answer_seconds_bucket{method="GET",route="/health",le="+Inf"}'], 1)
        self.assertEqual(numbers['mingbai_answers_total{method="GET",route="nothing",status="4xx"}'], 1)
        self.assertEqual(numbers["mingbai_position"], health["position"])
        self.assertEqual(numbers["mingbai_connections"], 1)


class Ending(ServerCase):
    def test_it_ends_while_a_file_comes_in(self):
        wire = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        self.addCleanup(wire.close)
        token = self.token_for("clerk", "regulator")
        wire.sendall(b"POST /api/records/complaint HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token.encode() +
                     b"\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 200_000)
        deadline = time.monotonic() + 30
        while not list(self.folder.glob("mingbai-serve-*/upload-*")):
            self.assertEqual(self.client.get("/health").status, 200)
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual([path.stat().st_mode & 0o777 for path in self.folder.glob("mingbai-serve-*")], [0o700])
        self.stop()
        self.assertEqual(list(self.folder.glob("mingbai-serve-*")), [])
        self.assertEqual(self.mingbai("verify").text[:3], "ok ")

    def token_for(self, name, role):
        self.add_user(name, role)
        return self.token_of(name)

    def test_a_command_that_does_not_end_holds_the_end_up_for_seconds_alone(self):
        pipe = self.folder / "report"
        os.mkfifo(pipe)
        command = subprocess.Popen([PROGRAM, "--data", str(self.data), "verify", "--report", str(pipe)], stderr=subprocess.DEVNULL)
        self.addCleanup(command.wait, WAIT_SECONDS)
        self.addCleanup(command.kill)
        tasks = pathlib.Path(f"/proc/{self.server.process.pid}/task")
        started = time.monotonic()
        while not any((task / "wchan").read_text() == "wait_for_partner" for task in tasks.iterdir()):  # nobody writes into the pipe
            self.assertLess(time.monotonic() - started, WAIT_SECONDS)
        server, stopped = self.server, time.monotonic()
        self.stop()
        self.assertLess(time.monotonic() - stopped, 30)
        self.assertIn("did not end in time", server.err)
        self.assertFalse((self.data / "socket").exists())
        self.assertEqual(list(self.folder.glob("mingbai-serve-*")), [])

    def test_interrupt_ends_it_too_and_it_starts_again(self):
        server, self.server = self.server, None
        self.assertEqual(server.stop(signal.SIGINT), 0)
        self.start()
        self.assertEqual(self.client.get("/health").status, 200)

    def test_one_server_for_a_directory(self):
        second = self.mingbai("serve", "--listen", "127.0.0.1:0", code=1)
        self.assertEqual(second.text, "")
        self.assertTrue(second.err.strip())

    def test_a_port_that_is_taken_and_what_is_no_address(self):
        other = self.folder / "other"
        self.mingbai("init", data=other)
        self.assertIn(str(self.server.port), self.mingbai("serve", "--listen", f"127.0.0.1:{self.server.port}", data=other, code=1).err)
        for listen in "8080", "127.0.0.1:99999", "127.0.0.1:", "nowhere.invalid:0":
            self.mingbai("serve", "--listen", listen, data=other, code=2)
        self.mingbai("serve", "--rate", "x", data=other, code=2)
        self.mingbai("serve", "--spool", other / "spool.jsonl", data=other, code=2)

    def test_measuring_is_not_there_yet(self):
        self.stop()
        self.start("--measure", "127.0.0.1:0")
        self.assertEqual(self.client.get("/health").status, 200)
        server = self.server
        self.stop()
        self.assertIn("--measure", server.err)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What one would try against the portal from outside: requests that two servers read differently, injection into every parameter,
stolen and planted sessions, other sites' pages, files that would run, scripts and formulas in every text, guessing."""
import csv
import http.server
import io
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import zipfile
import zlib

from portal_world import World, operations
from server import PASSWORD

RUNS = "<script>fetch('/ran')</script>\"><img src=x onerror=\"fetch('/ran')\"><svg onload=fetch('/ran')>'javascript:fetch(`/ran`)//"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1")
SECRETS_OF_THE_PROGRAM = re.compile(r"SELECT |INSERT |sqlite|syntax error|no such column|near \"|database |/tmp/|\.c:\d|0x[0-9a-f]{6}|panic|Traceback")
HEAD = b"POST /api/complaints/category HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
TEXT = b'{"text":"a"}'
BEHIND = b"GET /health?behind HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Stained(World):
    """A world whose every text that somebody writes holds a script."""

    def prepare(self):
        super().prepare()
        quoted = '"' + RUNS.replace('"', '""') + '"'
        self.load("operator", "stained.csv", f"operator,name_zh,name_en\nbing,{quoted},{quoted}\n" +
                  "".join(f'f{at},"{text}","{text}"\n' for at, text in enumerate(FORMULAS)), "--source", "=stained")
        self.load("area", "areas.csv", f"area,parent,name_zh,name_en\n320199,320100,{quoted},{quoted}\n", "--source", "areas")
        self.load("limit", "limits.csv", f"duty,area,value,unit,from,basis,status\ncomplaint.answer.late,320199,15,day,2014-01-01,{quoted},V\n",
                  "--source", "limits")
        rows = "".join(f'form-{at},jia,320100,2015-01-0{at + 1},"{text}"\n' for at, text in enumerate(FORMULAS) if "\r" not in text)
        self.load("complaint", "formulas.csv", "id,operator,area,filed,channel\n" + rows +
                  f"stained,bing,320199,2015-01-01,{quoted}\n" + '"=cmd",jia,320100,2015-01-01,web\n', "--source", "@formulas")

    def stain(self):
        """A published case all of whose words are scripts."""
        filed = self.done(self.fresh().post("/api/complaints", {"operator": "bing", "area": "320199", "number": "13700137000", "text": RUNS,
                                                               "claims": [{"asks": "other", "text": RUNS}]}), 201)
        person, at = self.by_code(filed["complaint"], filed["code"]), "/api/complaints/" + filed["complaint"]
        self.done(person.post(at + "/evidence?name=" + urllib.parse.quote(RUNS[:100]), RUNS.encode(), type="application/octet-stream"), 201)
        self.done(person.post(at + "/publication", {"agreed": True, "title": RUNS[:200], "text": RUNS}))
        regulator = self.of["regulator"]
        self.done(regulator.post(at + "/notes", {"text": RUNS}))
        self.done(regulator.post(at + "/assignment", {"to": RUNS[:190]}))
        self.done(self.fresh().post(at + "/join", {"number": "13700137001", "text": RUNS}))
        return filed["complaint"]


def setUpModule():
    global WORLD
    WORLD = Stained("setUp")
    unittest.addModuleCleanup(WORLD.doCleanups)
    WORLD.setUp()
    WORLD.stained = WORLD.stain()


class Attack(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.world = WORLD
        self.public = WORLD.of["public"]

    def assert_calm(self, answer, what, sent=""):
        """It says no, or yes, and nothing of how the program is made; a refusal may repeat what was sent."""
        self.assertLess(answer.status, 500, what)
        if answer.status >= 400:
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json", what)
            told = [answer.json["detail"], *(fault["says"] for fault in answer.json.get("errors", []))]
            self.assertNotRegex("\n".join(told).replace(sent or "\n", ""), SECRETS_OF_THE_PROGRAM, what)
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff", what)
        self.assertIn("frame-ancestors 'none'", answer.headers["Content-Security-Policy"], what)
        self.assertIsNone(answer.headers["Access-Control-Allow-Origin"], what)


class Wire(Attack):
    def send(self, sent, is_over):
        """What comes back, until it is_over(all of it) or the connection ends; whether it ended."""
        with socket.create_connection(("127.0.0.1", self.world.server.port), timeout=20) as wire:
            wire.sendall(sent)
            came = b""
            while not is_over(came):
                try:
                    piece = wire.recv(65536)
                except ConnectionResetError:
                    return came, True
                if not piece:
                    return came, True
                came += piece
        return came, False

    def statuses(self, came):
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d+) ", came)]

    def test_what_ends_in_doubt_is_refused_with_all_behind_it(self):
        chunked = b"c\r\n" + TEXT + b"\r\n0\r\n\r\n"
        for name, sent in {
            "two lengths": HEAD + b"Content-Length: 12\r\nContent-Length: 62\r\n\r\n" + TEXT,
            "two lengths, the longer first": HEAD + b"Content-Length: 62\r\nContent-Length: 12\r\n\r\n" + TEXT,
            "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
            "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunked,
            "another encoding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + chunked,
            "two encodings": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked,
            "two encoding headers": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunked,
            "a space before the colon": HEAD + b"Content-Length : 12\r\n\r\n" + TEXT,
            "a tab before the colon": HEAD + b"Transfer-Encoding\t: chunked\r\nContent-Length: 12\r\n\r\n" + TEXT,
            "two hosts": b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "minus": HEAD + b"Content-Length: -12\r\n\r\n" + TEXT,
            "plus": HEAD + b"Content-Length: +12\r\n\r\n" + TEXT,
            "hex": HEAD + b"Content-Length: 0xc\r\n\r\n" + TEXT,
            "a list of lengths": HEAD + b"Content-Length: 12, 12\r\n\r\n" + TEXT,
            "a length that no number holds": HEAD + b"Content-Length: 99999999999999999999999999\r\n\r\n" + TEXT,
            "a chunk that is no number": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + TEXT,
            "a chunk below nothing": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + TEXT,
            "a chunk that no number holds": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n" + TEXT,
            "no host": b"GET /health HTTP/1.1\r\n\r\n",
            "no version": b"GET /health\r\n\r\n",
            "a header without end": b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000,
        }.items():
            with self.subTest(name):
                came, ended = self.send(sent + BEHIND, lambda came: False)
                self.assertTrue(ended)
                self.assertTrue(self.statuses(came) and set(self.statuses(came)) <= {400, 413, 431}, came)
                self.assertNotIn(b'"status":"ok"', came)

    def test_what_is_well_formed_is_answered_in_order(self):
        health = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        count = lambda number: lambda came: came.count(b'"status":"ok"') == number
        self.assertEqual(self.statuses(self.send(health * 5, count(5))[0]), [200] * 5)
        came, _ = self.send(HEAD + b"Content-Length: 12\r\n\r\n" + TEXT + health, count(1))
        self.assertEqual(self.statuses(came), [200, 200])
        came, _ = self.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\n" + TEXT[:5] + b"\r\n7\r\n" + TEXT[5:] + b"\r\n0\r\nX: y\r\n\r\n" + health, count(1))
        self.assertEqual(self.statuses(came), [200, 200])
        came, ended = self.send(b"GET /health HTTP/1.0\r\n\r\n" + health, lambda came: False)
        self.assertEqual((self.statuses(came), ended), ([200], True))
        came, _ = self.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 12\r\n\r\n", lambda came: b"\r\n\r\n" in came)
        self.assertEqual(self.statuses(came), [100])
        refused, _ = self.send(HEAD.replace(b"application/json", b"text/plain") + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", lambda came: b"}" in came)
        self.assertEqual(self.statuses(refused), [415])

    def test_nonsense_harms_nobody(self):
        for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 5000, b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT evil:80 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET http://evil/health HTTP/1.1\r\nHost: a\r\n\r\n",
                     b"GET /health\x00.html HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: a\r\nCookie: mingbai=a\x00b\r\n\r\n",
                     b"GET /" + b"a/" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 4000 + b"\r\n",
                     b"GET /?" + b"&" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"\r\n" * 50 + BEHIND, b"GET /health HTTP/1.1\nHost: a\n\n"):
            with socket.create_connection(("127.0.0.1", self.world.server.port), timeout=1) as wire:
                try:
                    wire.sendall(sent)
                    while wire.recv(65536):
                        pass
                except (ConnectionResetError, BrokenPipeError, TimeoutError):  # some are half a request, and are waited for
                    pass
            self.assertEqual(self.public.get("/health").status, 200, sent[:60])

    def test_the_host_that_was_named_is_not_believed(self):
        for host in "evil.example", "evil.example:80", "127.0.0.1@evil", "a b", "":
            for path in "/health", "/", "/api/session", "/api/openapi.json", "/api/records/area?limit=1", "/nothing", "/api/complaints":
                answer = self.public.get(path, headers={"Host": host, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"})
                self.assertNotIn("evil", answer.text.replace("nothing", ""), path)
                self.assertFalse([name for name, value in answer.headers.items() if "evil" in value], path)


class Injection(Attack):
    PAYLOADS = ("'", "1' OR '1'='1", "1; DROP TABLE complaint--", "\" OR \"\"=\"", "') UNION SELECT 1--", "%' OR 1=1", "{scope}", "$1", "$9", "{{7*7}}", "../../etc/passwd",
                "..\\..\\x", "a\r\nSet-Cookie: x=y", "%s%n%d", "\U0001f600" * 20, "-1", "9223372036854775807", "9223372036854775808", "18446744073709551615",
                "1e999", "NaN", "0x1", "１", "a" * 900, "|", "a|b", "5|", "\n", "1\n2\n3")

    def ask_all(self, who, is_asked):
        """Each payload in every place of every operation that is_asked."""
        client, calls = self.world.of[who], 0
        for method, path, operation in operations(self.world):
            if not is_asked(method, path) or who not in operation["x-roles"]:
                continue
            names = re.findall(r"\{(\w+)\}", path)
            query = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
            needed = [(one["name"], "1") for one in operation["parameters"] if one["in"] == "query" and one["required"]]
            schema = (operation.get("requestBody") or {}).get("content", {}).get("application/json", {}).get("schema")
            fields = {} if schema is None else schema.get("properties", {})
            for place, name in [("path", name) for name in names] + [("query", name) for name in query] + [("body", name) for name in fields]:
                for payload in self.PAYLOADS:
                    address = path
                    for other in names:
                        value = payload if (place, name) == ("path", other) else {"kind": "complaint", "complaint": self.world.cases["jia"]["complaint"]}.get(other, "0")
                        address = address.replace("{%s}" % other, urllib.parse.quote(value, safe=""))
                    pairs = [pair for pair in needed if (place, pair[0]) != ("query", name)] + ([(name, payload)] if place == "query" else [])
                    body = None
                    if schema is not None:
                        kind = fields.get(name, {}).get("type")
                        body = {} if place != "body" else {name: [{"asks": payload, "claim": payload, "verdict": payload, "text": payload}] if kind == "array"
                                                           else {payload: payload} if kind == "object" else payload}
                    elif operation.get("requestBody"):
                        body = b"x"
                    answer = client.request(method, address + ("?" + urllib.parse.urlencode(pairs) if pairs else ""), body,
                                            type=None if body is None or schema is not None else "application/octet-stream")
                    calls += 1
                    self.assert_calm(answer, (method, path, place, name, payload, answer), payload)
                    self.assertNotIn("x=y", answer.headers.get("Set-Cookie") or "")
        return calls

    def test_reading(self):
        before = self.world.position
        self.assertGreater(self.ask_all("regulator", lambda method, path: method == "GET"), 1500)
        self.assertEqual(self.world.position, before)

    def test_writing(self):
        """What is written may be taken as the text that it is; afterwards everything is still there."""
        count = len(self.world.of["regulator"].get("/api/records/complaint?limit=500").json["items"])
        may = lambda method, path: method != "GET" and "/session" not in path and not path.startswith("/api/uploads") and path != "/api/sources/withdraw"
        self.assertGreater(self.ask_all("regulator", may), 500)
        self.assertEqual(len(self.world.of["regulator"].get("/api/records/complaint?limit=500").json["items"]), count)

    def test_a_condition_in_a_filter_lets_nothing_more_out(self):
        regulator = self.world.of["regulator"]
        for path in "/api/complaints", "/api/work", "/api/public/complaints", "/api/records/complaint", "/api/findings", "/api/figures":
            answer = regulator.get(path + "?operator=" + urllib.parse.quote("yi' OR '1'='1"))
            self.assertTrue(answer.status == 400 or answer.status == 422 or answer.json["items"] == [], (path, answer))

    def test_names_twice_and_spelled_otherwise(self):
        for path, status in (("/api/work?operator=jia&operator=yi", 400), ("/api/work?operator=jia&%6fperator=yi", 400), ("/api/work?Operator=yi", 400),
                             ("/api/work?operator%00=yi", 400), ("/api/work?operator[]=yi", 400), ("/api/work?operator=%", 400), ("/api/work?operator=%2", 400),
                             ("/api/work?operator=%zz", 400), ("/api/work?operator=%c0%af", 400), ("/api/work?operator=%ed%a0%80", 400),
                             ("/api/work;operator=yi", 404), ("/api//work", 404), ("/api/work/", 404), ("/api/./work", 404), ("/API/work", 404),
                             ("/%61pi/work", 404), ("/api/complaints/%2e%2e/work", 404), ("/api/complaints/..%2fwork", 404), ("/api/public/../work", 404)):
            answer = self.world.of["jia"].get(path)
            self.assertEqual(answer.status, status, (path, answer))

    def test_no_way_to_files(self):
        for path in ("/../../../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/ui/..%5c..%5cetc", "/tile/0/../../../etc/passwd",
                     "/tile/..%2f..%2f/000", "//etc/passwd", "/app.js%00.png", "/en/../app.js/..", "/.git/config", "/web/index.html", "/file:///etc/passwd"):
            answer = self.public.get(path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertNotIn("root:", answer.text)
        sent = self.world.done(self.world.of["jia"].post("/api/uploads?kind=complaint&name=" + urllib.parse.quote("../../../evil/\r\nX: y/..", safe=""),
                                                         b"id,operator,area,filed,channel\nx,jia,320100,never,web\n", type="text/csv"), 201)
        self.assertNotIn("/", sent["name"])
        self.assertNotIn("\r", sent["name"])
        self.world.done(self.world.of["jia"].post(f"/api/uploads/{sent['upload']}/accept"))
        rejected = self.world.of["jia"].get(f"/api/uploads/{sent['upload']}/rejected")
        self.assertRegex(rejected.headers["Content-Disposition"], r'\Aattachment; filename="[^"/\\\r\n]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._-]*\Z')
        self.assertIsNone(rejected.headers["X"])
        self.world.done(self.world.of["jia"].delete("/api/uploads/" + sent["upload"]), 204)

    def test_json_that_is_too_much(self):
        path = "/api/complaints/category"
        for name, body in {"deep": b'{"text":' + b"[" * 100000 + b"]" * 100000 + b"}", "deep objects": b'{"a":' * 20000 + b"1" + b"}" * 20000,
                           "long": b'{"text":"' + b"a" * 200000 + b'"}', "many": json.dumps({f"f{at}": 1 for at in range(9000)}).encode(), "NUL": b'{"text":"a\\u0000b"}',
                           "raw NUL": b'{"text":"a\x00b"}', "half a pair": b'{"text":"\\ud800"}', "no UTF-8": b'{"text":"\xff\xfe"}', "a number": b'{"text":1e9999}',
                           "twice": b'{"text":"a","text":"b"}', "behind": b'{"text":"a"}{}', "nothing": b"", "BOM": b"\xef\xbb\xbf{}", "null": b"null"}.items():
            answer = self.public.post(path, body, type="application/json")
            self.assertIn(answer.status, (400, 422), name)
            self.assert_calm(answer, name)
            self.assertLess(len(answer.body), 20000)
        self.assertEqual(self.public.post(path, b'{"text":"a"}', type="application/json;charset=utf-16").status, 200)
        for type in ("text/plain", "text/plain;application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "application/xml",
                     "application/jsonp", "", "application/json\tx"):
            self.assertEqual(self.public.post(path, b'{"text":"a"}', headers={"Content-Type": type}).status, 415, type)


class Sessions(Attack):
    def test_the_cookie(self):
        self.world.add_user("flags", "regulator")
        client = self.world.fresh()
        answer = client.post("/api/session", {"account": "flags", "password": PASSWORD})
        cookie = answer.headers["Set-Cookie"]
        self.assertRegex(cookie, r"\Amingbai=[A-Za-z0-9_-]{43}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Strict\Z")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn(client.cookie, answer.text)

    def test_a_session_ends(self):
        world = self.world
        world.add_user("ends", "regulator")
        client, other, watching = world.fresh().sign_in("ends"), world.fresh().sign_in("ends"), world.fresh()
        token = world.fresh(token=world.token_of("ends"))
        watching.cookie = client.cookie
        self.assertEqual(watching.get("/api/work").status, 200)
        self.assertEqual(watching.request("DELETE", "/api/session").status, 403)  # without its token nobody is signed out
        client.delete("/api/session")
        self.assertEqual(watching.get("/api/work").status, 401)
        self.assertEqual(other.get("/api/work").status, 200)
        self.assertEqual(token.get("/api/work").status, 200)
        world.mingbai("user", "password", "ends", input=b"another battery horse\n")
        self.assertEqual(other.get("/api/work").status, 401)
        world.mingbai("user", "remove", "ends")
        self.assertEqual(token.get("/api/work").status, 401)

    def test_what_was_sent_is_never_taken_for_a_session(self):
        planted = "A" * 43
        for cookie in (planted, planted + "; mingbai=" + planted, '"' + planted + '"', "", "a" * 5000):
            client = self.world.fresh()
            client.cookie = cookie
            client.post("/api/session", {"account": "jia", "password": PASSWORD})
            self.assertRegex(client.cookie, r"\A[A-Za-z0-9_-]{43}\Z")
            self.assertNotEqual(client.cookie, planted)
        victim = self.world.fresh()
        victim.cookie = planted
        self.assertEqual(victim.get("/api/session").json["role"], "public")
        for name in ("jia", "regulator"):  # a token is no cookie, and a cookie no token
            client = self.world.fresh()
            client.cookie = self.world.tokens[name]
            self.assertEqual(client.get("/api/work").status, 401)
        signed = self.world.fresh().sign_in("jia")
        self.assertEqual(self.world.fresh(token=signed.cookie).get("/api/work").status, 401)
        self.assertEqual(self.world.fresh(token=signed.csrf).get("/api/work").status, 401)

    def test_other_sites_change_nothing(self):
        """Every route that writes: with the cookie alone, with a wrong token, from elsewhere, and as a form sends it."""
        client = self.world.fresh().sign_in("regulator")
        person = self.world.by_number("13900130888")
        own, before, calls = f"http://127.0.0.1:{self.world.server.port}", self.world.position, 0
        for method, path, operation in operations(self.world):
            if method == "GET":
                continue
            asks = client if "regulator" in operation["x-roles"] else person if "subscriber" in operation["x-roles"] else None
            if not asks:
                continue
            address = path.replace("{kind}", "complaint").replace("{complaint}", self.world.cases["jia"]["complaint"]).replace("{appeal}", "0").replace("{upload}", "0")
            right = asks.csrf
            for headers, status in (({"X-Csrf-Token": ""}, 403), ({"X-Csrf-Token": right[:-1]}, 403), ({"X-Csrf-Token": right + "x"}, 403),
                                    ({"X-Csrf-Token": right, "Origin": "http://evil.example"}, 403), ({"X-Csrf-Token": right, "Origin": "null"}, 403),
                                    ({"X-Csrf-Token": right, "Origin": own + ".evil.example"}, 403), ({"X-Csrf-Token": right, "Origin": "ftp" + own[4:]}, 403),
                                    ({"X-Csrf-Token": right, "Origin": "http://127.0.0.1"}, 403), ({"X-Csrf-Token": right, "Sec-Fetch-Site": "cross-site"}, 403)):
                answer = asks.request(method, address, headers=headers)
                calls += 1
                self.assertEqual(answer.status, status, (method, path, headers, answer))
            takes_file = path.endswith("/evidence") or path in ("/api/uploads", "/api/records/{kind}")
            # a text file is a file: with the token of a page of our own it is taken
            for type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x") + (() if takes_file else ("text/plain",)):
                answer = asks.request(method, address + ("?kind=complaint&name=x.csv" if path == "/api/uploads" else ""), b'{"a":1}', type=type)
                self.assertEqual(answer.status, 415, (method, path, type, answer))
        self.assertGreater(calls, 200)
        self.assertEqual(self.world.position, before)
        self.assertEqual(client.get("/api/work").status, 200)

    def test_guessing(self):
        for path, body in (("/api/session", {"account": "regulator2", "password": "x" * 12}), ("/api/session/complaint", {"complaint": self.world.stained, "code": "AAAAAAAA"}),
                           ("/api/session/number", {"number": "13700137000", "code": "000000"})):
            client = self.world.fresh()
            statuses = [client.post(path, body).status for _ in range(14)]
            self.assertEqual(set(statuses), {401, 429}, path)
            self.assertLessEqual(statuses.count(401), 11)
            self.assertEqual(statuses[-1], 429)

    def test_a_code_bears_five_tries(self):
        number, world = "13900130777", self.world
        client = world.fresh()
        world.done(client.post("/api/session/code", {"number": number}))
        lines = [json.loads(line) for line in (world.folder / "data.spool.jsonl").read_text().splitlines()]
        code = re.search(r"\d{6}", [line["text"] for line in lines if line.get("number") == number][-1]).group()
        for at in range(5):
            self.assertEqual(client.post("/api/session/number", {"number": number, "code": f"{(int(code) + 1 + at) % 1000000:06}"}).status, 401)
        self.assertEqual(world.fresh().post("/api/session/number", {"number": number, "code": code}).status, 401)

    def test_nobody_learns_who_has_an_account(self):
        """The same answer, and no quicker one, for names and cases that there are not."""
        def ask(path, body):
            started = time.process_time_ns(), time.monotonic()
            answer = self.world.fresh().post(path, body)
            return {**answer.json, "instance": ""}, answer.status, time.monotonic() - started[1]
        known, unknown = ([ask("/api/session", {"account": name + str(at) if name else "tester", "password": "wrong wrong"}) for at in range(3)] for name in ("", "nobody"))
        self.assertEqual({json.dumps(one[:2]) for one in known}, {json.dumps(one[:2]) for one in unknown})
        self.assertGreater(max(one[2] for one in unknown), min(one[2] for one in known) / 3)
        told = [ask("/api/session/complaint", {"complaint": id, "code": "AAAAAAAA"})[:2] for id in (self.world.stained, "TS-0000-20150101-000000", "'", "")]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0], told[2])
        sent = [ask("/api/session/code", {"number": number})[:2] for number in ("13700137000", "13900139999")]
        self.assertEqual(sent[0], sent[1])


class Files(Attack):
    def test_nothing_that_was_handed_in_runs(self):
        world = self.world
        filed = world.file_one("jia", "hands in")
        person, at = world.by_code(filed["complaint"], filed["code"]), f"/api/complaints/{filed['complaint']}"
        page = b"<html><script>alert(1)</script></html>"
        files = [("x.html", page), ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), ("x.js", b"alert(1)"), ("x.png", b"\x89PNG\r\n\x1a\n" + page),
                 ("x.gif", b"GIF89a" + page), ("x.xml", b'<?xml version="1.0"?><x/>'), ("x.pdf", b"%PDF-1.7 /JavaScript"), ("x.bin", b"\xff\x00\xfe" + page),
                 ("a\r\nSet-Cookie: x=y", b"x"), ('"; x="\\', b"x"), ("../../x", b"x"), ("文件.txt", "文字".encode())]
        for name, content in files:
            world.done(person.post(at + "/evidence?name=" + urllib.parse.quote(name, safe=""), content, type="text/html"), 201)
        for number, (name, content) in enumerate(files, 1):
            for client in (person, world.of["jia"]):
                answer = client.get(f"{at}/evidence/{number}")
                self.assertEqual((answer.status, answer.body), (200, content), name)
                self.assertRegex(answer.headers["Content-Disposition"], r'\Aattachment; filename="[^"\\\r\n]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._-]*\Z')
                self.assertNotRegex(answer.headers["Content-Type"], r"html|svg|xml|script|json")
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
                self.assertIsNone(answer.headers["Set-Cookie"])
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(person.post(at + "/evidence?name=x", b"", type="image/png").status, 422)

    def test_what_swells_is_refused(self):
        """A workbook and a packed file of a gigabyte of nothing."""
        sheet = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = sheet.compress(b"id,operator,area,filed,channel\n")
        block = b"," * (1 << 20)
        packed += b"".join(sheet.compress(block) for _ in range(300)) + sheet.flush()
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
            out.writestr("[Content_Types].xml", "<Types/>")
            out.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>')
            out.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
            with out.open("xl/worksheets/sheet1.xml", "w") as part:
                part.write(b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>")
                for _ in range(300):
                    part.write(b"a" * (1 << 20))
                part.write(b"</t></is></c></row></sheetData></worksheet>")
        for name, content in (("bomb.csv.gz", packed), ("bomb.xlsx", book.getvalue())):
            self.assertLess(len(content), 2_000_000)
            answer = self.world.of["jia"].post(f"/api/uploads?kind=complaint&name={name}", content, type="application/octet-stream")
            self.assert_calm(answer, name)
            if answer.status == 201:
                self.assertFalse((answer.json["preview"] or {}).get("accepted"))
                self.world.done(self.world.of["jia"].delete("/api/uploads/" + answer.json["upload"]), 204)
        status = pathlib.Path(f"/proc/{self.world.server.process.pid}/status").read_text()
        self.assertLess(int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)), 1_500_000)

    def test_no_formula_comes_out(self):
        """Every list as CSV and as a workbook, as everybody who may see most of it."""
        tables, seen = 0, 0
        for method, path, operation in operations(self.world):
            if method != "GET" or not any(one["name"] == "format" for one in operation["parameters"]) or path.startswith("/api/entries"):
                continue
            tables += 1
            who = "regulator" if "regulator" in operation["x-roles"] else "administrator"
            kinds = [kind["name"] for kind in self.public.get("/api/kinds").json["items"]] if "{kind}" in path else [""]
            for kind in kinds:
                if kind == "usage":
                    continue  # it is not listed one by one
                address = path.replace("{kind}", kind) + "?lang=en" + ("&side=all" if path == "/api/work" else "")
                if path.startswith("/api/usage/records"):
                    address += "&subscriber=13800138000"
                answer = self.world.of[who].get(address + "&format=csv")
                if answer.status == 403 or answer.status == 404:
                    continue
                self.assertEqual(answer.status, 200, address)
                for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")):
                    for cell in row:
                        seen += cell.startswith("'")
                        self.assertFalse(re.match(r"[=+@\t\r]|-(?!\d+(\.\d+)?\Z)", cell), (address, cell))
                book = self.world.of[who].get(address + "&format=xlsx")
                self.assertEqual(book.status, 200, address)
                with zipfile.ZipFile(io.BytesIO(book.body)) as sheets:
                    for name in sheets.namelist():
                        self.assertNotRegex(sheets.read(name), rb"<f[ >]|<hyperlink|externalLink|ddeLink", (address, name))
        self.assertGreater(tables, 10)
        self.assertGreater(seen, 10)


class Watching(http.server.BaseHTTPRequestHandler):
    """Stands between a browser and the portal: signs the browser in, and notes what a script that ran would ask for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.pass_on(None)

    def do_POST(self):
        self.pass_on(self.rfile.read(int(self.headers["Content-Length"] or 0)))

    def pass_on(self, body):
        self.server.asked.append(self.path)
        client = self.server.world.fresh()
        client.cookie = self.server.cookie
        kept = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "x-csrf-token", "origin", "host", "sec-fetch-site", "accept-language")}
        answer = client.request(self.command, self.path, body, headers=kept)
        client.close()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "connection", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


class Pages(Attack):
    def test_the_data_holds_scripts_as_the_text_that_they_are(self):
        published = self.public.get("/api/public/complaints").json["items"]
        self.assertIn(RUNS, [item["text"] for item in published])
        opened = self.world.done(self.world.of["regulator"].post(f"/api/complaints/{self.world.stained}/open", {}))
        self.assertEqual((opened["text"], opened["claims"][0]["text"], opened["notes"][0]["text"]), (RUNS, RUNS, RUNS))
        self.assertIn(RUNS, json.dumps(self.public.get("/api/duties?lang=en").json, ensure_ascii=False).replace('\\"', '"'))
        report = self.public.get("/api/report?period=2015Q1&lang=en").text
        self.assertNotRegex(report, r"<script|<img src=x|<svg onload|onerror=\"|href=\"javascript")

    def dom(self, port, path):
        with tempfile.TemporaryDirectory() as profile:
            ended = subprocess.run([shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                                    "--disable-dev-shm-usage", "--user-data-dir=" + profile, "--virtual-time-budget=8000", "--dump-dom", f"http://127.0.0.1:{port}{path}"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=False)
        return ended.stdout.decode("utf-8", "replace")

    @unittest.skipUnless(shutil.which("chromium"), "there is no browser")
    def test_no_page_runs_them(self):
        watching = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Watching)
        watching.world, watching.asked, watching.cookie = self.world, [], self.world.fresh().sign_in("regulator").cookie
        self.addCleanup(watching.server_close)
        self.addCleanup(watching.shutdown)
        threading.Thread(target=watching.serve_forever, daemon=True).start()
        shown = 0
        for path in ("/en/public/complaints", f"/en/public/complaints/{self.world.stained}", f"/en/complaints/{self.world.stained}", "/en/records?kind=complaint", "/en/rules"):
            dom = self.dom(watching.server_address[1], path)
            self.assertIn("<main", dom, path)
            self.assertNotRegex(dom, r"<img[^>]*onerror|<img src=\"?x|<svg[^>]*onload|<script>fetch|href=\"\s*javascript:", path)
            shown += "&lt;script&gt;fetch" in dom
        self.assertGreaterEqual(shown, 2)
        self.assertNotIn("/ran", watching.asked)
        self.assertTrue([path for path in watching.asked if path.startswith("/api/")])


if __name__ == "__main__":
    unittest.main()

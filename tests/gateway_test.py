#!/usr/bin/env python3
"""Reminders on their way out: to a webhook that fails in every way, and to a real Kannel with its fake SMSC; each once for its key."""
import http.client
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone

from program import ProgramCase
from server import PASSWORD, Client, Server, WAIT_SECONDS

CHINA = timezone(timedelta(hours=8))
TARIFF = {"tariff": "T", "operator": "jia", "type": "main", "monthly_fee": "18", "notice_at": [80, 100], "notice_every": None, "data_cap": "5.00",
          "allowances": [{"id": "d", "service": "data", "quantity": 100 * 1048576, "scope": "home"}],
          "prices": [{"service": "data", "per": 1048576, "price": "0.10"}]}
NUMBER = "13900000421"


def until(condition, what):
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Webhook:
    """Answers as it is told, one after another, the last for good; keeps what it took."""

    def __init__(self, *answers):
        webhook = self
        self.answers, self.got, self.taken = list(answers), [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = webhook.answers.pop(0) if len(webhook.answers) > 1 else webhook.answers[0]
                webhook.got.append((self.headers["Idempotency-Key"], body, self.headers.get("Authorization")))
                if answer == "close":
                    self.close_connection = True
                    self.connection.close()
                    return
                if answer < 300:
                    webhook.taken.append(body["key"])
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/texts"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class GatewayCase(ProgramCase):
    def make(self):
        self.mingbai("init")
        self.mingbai("load", "tariff", self.write("t.json", json.dumps(TARIFF)))
        self.mingbai("load", "subscription", self.write("s.csv", f"subscriber,tariff,from\n{NUMBER},T,2015-01-01\n"))
        self.mingbai("user", "add", "reg", "--role", "regulator", input=(PASSWORD + "\n").encode())
        self.token = self.mingbai("token", "reg").text.strip()
        self.seq = 0

    def serve(self, settings, *more):
        path = self.folder / "gateway.json"
        path.write_text(json.dumps(settings), encoding="utf-8")
        server = Server(self.data, "--gateway", path, *more)
        self.addCleanup(server.stop)
        return server

    def use(self, megabytes, start=None):
        """A record of now: through the server, as any command; it looks for what to tell at once."""
        self.seq += 1
        start = start or datetime.now(CHINA) - timedelta(seconds=5)
        path = self.write(f"u{self.seq}.csv", f"source,seq,subscriber,service,start,quantity\nu,{self.seq},{NUMBER},data,{start:%Y-%m-%dT%H:%M:%S+08:00},{megabytes * 1048576}\n")
        self.mingbai("load", "usage", path)


class WebhookTest(GatewayCase):
    def test_faults_and_a_crash(self):
        """500, a closed connection and 429 are tried again with the same key; after kill -9 nothing is lost and no key is new."""
        self.make()
        webhook = Webhook(500, "close", 200)
        self.addCleanup(webhook.close)
        server = self.serve({"form": "webhook", "url": webhook.url, "token": "abc"})
        self.use(160)  # the cap: it goes out at any hour
        until(lambda: webhook.taken, "the text to be taken")
        keys = {key for key, _, _ in webhook.got}
        self.assertEqual(len(keys), 1, webhook.got)
        key, body, authorization = webhook.got[-1]
        self.assertEqual((body["key"], body["number"], authorization), (key, NUMBER, "Bearer abc"))
        self.assertIn("上限", body["text"])
        self.assertIn("cap", body["english"])
        self.assertGreaterEqual(len(webhook.got), 3)
        server.stop(how=9)
        again = self.serve({"form": "webhook", "url": webhook.url})
        self.assertEqual(again.stop(), 0)
        self.assertEqual(set(webhook.taken), keys)

    def test_sign_in_codes(self):
        """They go to the gateway at once and stand on no disk; a failure is tried again."""
        self.make()
        webhook = Webhook(500, 200)
        self.addCleanup(webhook.close)
        server = self.serve({"form": "webhook", "url": webhook.url})
        client = Client(server.port)
        self.addCleanup(client.close)
        self.assertEqual(client.post("/api/session/code", {"number": NUMBER}).status, 200)
        until(lambda: webhook.taken, "the code to be taken")
        code = re.search(r"\d{6}", webhook.got[-1][1]["text"]).group()
        self.assertEqual(webhook.got[-1][1]["number"], NUMBER)
        self.assertFalse((self.folder / "data.spool.jsonl").exists())
        self.assertFalse([file for file in self.data.rglob("*") if file.is_file() and code.encode() in file.read_bytes() and b"sign-in" in file.read_bytes()])
        self.assertEqual(client.post("/api/session/number", {"number": NUMBER, "code": code}).status, 200)
        self.assertEqual(server.stop(), 0)

    def test_what_is_no_news(self):
        """A record that comes more than a day after it began is counted and listed, and nobody is told."""
        self.make()
        webhook = Webhook(200)
        self.addCleanup(webhook.close)
        server = self.serve({"form": "webhook", "url": webhook.url})
        self.use(160, datetime.now(CHINA) - timedelta(days=2))
        self.use(1600)  # of now; in another month than the first it is a cap of its own
        levels = [row["level"] for row in self.mingbai("notices").rows]
        self.assertEqual(levels[0], "cap")
        if len(levels) > 1:
            until(lambda: webhook.taken, "the second")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(webhook.taken), len(levels) - 1)

    def test_wrong_settings(self):
        self.make()
        for settings, word in (({"form": "pigeon", "url": "http://x"}, "form"), ({"form": "webhook"}, "url"), ({"form": "kannel", "url": "http://x"}, "username")):
            path = self.write("gateway.json", json.dumps(settings))
            self.assertIn(word, self.mingbai("serve", "--listen", "127.0.0.1:0", "--gateway", path, code=1).err)


KANNEL = """group = core
admin-port = {admin}
admin-password = x
smsbox-port = {smsbox}
box-allow-ip = 127.0.0.1
admin-allow-ip = 127.0.0.1
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {http}
sendsms-interface = 127.0.0.1
log-level = 1

group = sendsms-user
username = mingbai
password = secret
max-messages = 5
concatenation = true
omit-empty = true
default-sender = 10086

group = sms-service
keyword = default
text = ""
"""


@unittest.skipUnless(shutil.which("bearerbox") or pathlib.Path("/usr/sbin/bearerbox").exists(), "Kannel is not installed")
class KannelTest(GatewayCase):
    """bearerbox, smsbox and fakesmsc as Debian has them."""

    def start(self, *words):
        out = open(self.folder / (pathlib.Path(words[0]).name + ".log"), "wb")
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.folder)
        self.addCleanup(out.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def reached(self, process, *ports):
        """Whether all the ports answer; not, where it ended because another program has one of them."""
        def look(port):
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        for port in ports:
            until(lambda: process.poll() is not None or look(port), f"port {port}")
        return process.poll() is None

    def kannel(self):
        """The port of a Kannel whose SMSC writes to fakesmsc.log. A port that was free may be taken before Kannel has it: then others."""
        for _ in range(5):
            ports = {name: free_port() for name in ("admin", "smsbox", "fake", "http")}
            (self.folder / "kannel.conf").write_text(KANNEL.format(**ports))
            box = self.start("/usr/sbin/bearerbox", "-v", "1", str(self.folder / "kannel.conf"))
            if not self.reached(box, ports["fake"], ports["smsbox"]):
                continue
            self.start("/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r", str(ports["fake"]), "-i", "100000", "1 2 text hello")
            if self.reached(self.start("/usr/sbin/smsbox", "-v", "1", str(self.folder / "kannel.conf")), ports["http"]) and is_kannel(ports["http"]):
                return ports["http"]
        raise AssertionError((self.folder / "bearerbox.log").read_text(errors="replace")[-2000:])

    def test_a_text_arrives_once_and_whole(self):
        self.make()
        port = self.kannel()
        server = self.serve({"form": "kannel", "url": f"http://127.0.0.1:{port}/cgi-bin/sendsms", "username": "mingbai", "password": "secret",
                             "from": "10086"})
        self.use(160)
        log = self.folder / "fakesmsc.log"
        until(lambda: b"10086 13900000421" in log.read_bytes(), "the text at the SMSC")
        lines = [line for line in log.read_bytes().split(b"\n") if b"10086 13900000421" in line]
        self.assertEqual(len({re.sub(rb"^.*<10086", b"", line) for line in lines}), len(lines), lines)
        self.assertEqual(server.stop(), 0)
        self.assertIn("流量".encode("utf-16-be"), decoded(lines))
        self.assertIn("上限".encode("utf-16-be"), decoded(lines))


def is_kannel(port):
    """Whether it is Kannel that answers there, and not another test's server."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    try:
        asked.request("GET", "/cgi-bin/sendsms")
        return b"Authorization failed" in asked.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def decoded(lines):
    """The bytes of the texts, whichever way the fake SMSC writes them: raw, or percent-encoded."""
    text = b"".join(lines)
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found.group(1), 16)]), text.replace(b"+", b" ")) + text


if __name__ == "__main__":
    unittest.main()

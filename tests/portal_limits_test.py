#!/usr/bin/env python3
"""Who asks too much or too slowly harms nobody else."""
import http.client
import re
import resource
import socket
import threading
import time
import unittest

from server import ServerCase

SLOW_LIMIT_SECONDS = 75  # every slow connection is cut by then
UNDISTURBED_SECONDS = 2  # an answer to somebody else, on a busy machine


class Slow(ServerCase):
    def wire(self, first=b""):
        wire = socket.create_connection(("127.0.0.1", self.server.port), timeout=SLOW_LIMIT_SECONDS)
        self.addCleanup(wire.close)
        wire.sendall(first)
        return wire

    def test_slow_clients_are_cut_and_others_are_served(self):
        self.add_user("clerk", "regulator")
        token = self.token_of("clerk").encode()
        head = b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\n"
        slow = {
            "nothing at all": self.wire(),
            "a line": self.wire(b"GET /hea"),
            "a header": self.wire(b"GET /health HTTP/1.1\r\nHost: x\r\n"),
            "a body": self.wire(b"POST /api/complaints/category" + head + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"),
            "a file": self.wire(b"POST /api/records/complaint" + head + b"Content-Type: text/csv\r\nContent-Length: 900000\r\n\r\nid,"),
        }
        started, ended = time.monotonic(), {}

        def drip(name, wire):
            """A byte a second, until the other side has enough."""
            wire.settimeout(1)
            try:
                while time.monotonic() - started < SLOW_LIMIT_SECONDS:
                    if name != "nothing at all":
                        wire.sendall(b" ")
                    try:
                        if not wire.recv(1000):
                            break
                    except socket.timeout:
                        pass
                else:
                    return
            except OSError:
                pass
            ended[name] = time.monotonic() - started

        threads = [threading.Thread(target=drip, args=one) for one in slow.items()]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            asked = time.monotonic()
            self.assertEqual(self.client.get("/health").status, 200)
            self.assertLess(time.monotonic() - asked, UNDISTURBED_SECONDS)
            threads[-1].join(0.5)
        self.assertEqual(sorted(ended), sorted(slow))
        self.assertLess(max(ended["nothing at all"], ended["a line"], ended["a header"]), 25)
        self.assertLess(max(ended["a body"], ended["a file"]), 35)
        self.assertGreater(min(ended.values()), 15)
        self.assertRegex(self.client.get("/metrics").text, r"mingbai_connections_cut_total [45]\n")

    def test_two_thousand_idle_connections_do_no_harm(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        idle = [self.wire(b"GET / HTTP/1.1\r\n" if number % 2 else b"") for number in range(2000)]
        times = []
        for _ in range(200):
            asked = time.monotonic()
            self.assertEqual(self.client.get("/health").status, 200)
            times.append(time.monotonic() - asked)
        self.assertLess(sorted(times)[190], UNDISTURBED_SECONDS)
        found = re.search(r"^mingbai_connections (\d+)$", self.client.get("/metrics").text, re.MULTILINE)
        self.assertGreaterEqual(int(found.group(1)), len(idle))


class Flood(ServerCase):
    options = ("--rate", "50")

    def flood(self, address, statuses):
        while not self.is_over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30, source_address=(address, 0))
            try:
                while not self.is_over.is_set():
                    connection.request("GET", "/health")
                    response = connection.getresponse()
                    response.read()
                    statuses.append((time.monotonic(), response.status))
                    if response.will_close:
                        break
            except OSError:
                pass
            finally:
                connection.close()

    def test_who_is_alone_may_take_all(self):
        statuses = {self.client.get("/health").status for _ in range(500)}
        self.assertEqual(statuses, {200})

    def test_a_flood_leaves_others_their_share(self):
        self.is_over = threading.Event()
        statuses = []
        threads = [threading.Thread(target=self.flood, args=("127.0.0.2", statuses)) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            times, began = [], time.monotonic()
            while time.monotonic() - began < 6:
                asked = time.monotonic()
                answer = self.client.get("/health")
                self.assertEqual(answer.status, 200)
                times.append(time.monotonic() - asked)
                self.is_over.wait(0.05)  # twenty a second: a person's page
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()
        self.assertLess(sorted(times)[len(times) * 95 // 100], UNDISTURBED_SECONDS)
        last = [status for when, status in statuses if began + 3 < when < began + 6]
        self.assertIn(429, last)
        self.assertLessEqual(last.count(200), 3 * 50 + 100)
        self.assertGreater(last.count(200), 0)

    def test_a_refusal_says_when_to_go_on(self):
        other = self.new_client(address="127.0.0.2")
        for _ in range(300):
            self.client.get("/health")
            answer = other.get("/health")
            if answer.status == 429:
                break
        self.assert_problem(answer, 429, "too-many-requests")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(answer.headers["Connection"].lower(), "close")


class Unlimited(ServerCase):
    options = ("--rate", "0")

    def test_no_limit(self):
        other = self.new_client(address="127.0.0.2")
        for _ in range(300):
            self.assertEqual((self.client.get("/health").status, other.get("/health").status), (200, 200))


if __name__ == "__main__":
    unittest.main()

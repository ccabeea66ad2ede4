#!/usr/bin/env python3
"""Who may use which route: permissions.csv, written by hand, against what the program says and what it does."""
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from portal_world import make_world, operations
from program import ROOT

TABLE = pathlib.Path(__file__).parent / "permissions.csv"
ROLES = ("public", "subscriber", "operator", "tester", "regulator", "administrator")


def wanted():
    """What permissions.csv says: (method, path) to (roles, reach)."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["method"], row["path"]): (set(ROLES if row["roles"] == "all" else row["roles"].split()), row["reach"]) for row in rows}


class Permissions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = make_world().with_cookies()
        cls.addClassCleanup(cls.world.doCleanups)
        cls.operations = list(operations(cls.world))

    def test_every_route_has_its_line(self):
        told = {(method, path): (set(operation["x-roles"]), operation["x-reach"]) for method, path, operation in self.operations}
        self.assertEqual(told, wanted())
        self.assertEqual(len(TABLE.read_text(encoding="utf-8").splitlines()), len(told) + 1)

    def ask(self, client, method, path, operation):
        """A call that gets as far as the handler, if it is let in; what it names does not exist."""
        body = list((operation.get("requestBody") or {}).get("content", {}))
        query = "&".join(f"{one['name']}=1" for one in operation["parameters"] if one["in"] == "query" and one["required"])
        address = re.sub(r"\{\w+\}", lambda name: "complaint" if name.group() == "{kind}" else "0", path)
        type = body[0] if body and method != "GET" else None
        return client.request(method, address + ("?" + query if query else ""), (b"{}" if "json" in type else b"x") if type else None, type=type)

    def test_every_route_as_every_role(self):
        table = wanted()
        calls = 0
        last = ("DELETE", "/api/session")  # afterwards nobody is signed in
        for method, path, operation in sorted(self.operations, key=lambda one: one[:2] == last):
            for name, client in self.world.of.items():
                role = {"jia": "operator", "yi": "operator", "person": "subscriber", "follower": "subscriber"}.get(name.split()[0], name.split()[0])
                with self.subTest(method=method, path=path, who=name):
                    calls += 1
                    before = client.cookie
                    answer = self.ask(client, method, path, operation)
                    problem = answer.json["type"] if answer.headers["Content-Type"] == "application/problem+json" else None
                    if role in table[method, path][0]:
                        self.assertNotIn(problem, ("/problems/sign-in-needed", "/problems/not-for-you", "/problems/bad-csrf-token",
                                                   "/problems/bad-token", "/problems/foreign-origin"))
                        self.assertLess(answer.status, 500, answer)
                    elif role == "public":
                        self.assertEqual((answer.status, problem), (401, "/problems/sign-in-needed"))
                    else:
                        self.assertEqual((answer.status, problem), (403, "/problems/not-for-you"))
                    if (method, path) != last:
                        self.assertEqual(client.cookie, before)
        self.assertEqual(calls, len(table) * len(self.world.of))
        self.assertEqual({role for roles, _ in table.values() for role in roles}, set(ROLES))

    def test_a_head_is_a_get_and_others_are_none(self):
        table = wanted()
        for path in sorted({path for _, path in table}):
            address = re.sub(r"\{\w+\}", "0", path)
            methods = {method for method, other in table if other == path}
            for method in ("HEAD", "GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get"):
                known = "GET" if method == "HEAD" else method
                if known in methods and method != "HEAD":
                    continue
                with self.subTest(method=method, path=path):
                    answer = self.world.of["public"].request(method, address)
                    if known not in methods:
                        self.assertEqual(answer.status, 405, answer)
                    elif "public" not in table["GET", path][0]:
                        self.assertEqual(answer.status, 401)


ROUTE_FILE = """#include "measure/route.h"
static bool handle(struct request *request, struct reply *reply, struct error *error) { return request && reply && error; }
const struct route *route(void);
const struct route *route(void)
{
    static const struct route one = { %s, .handle = handle };
    return &one;
}
"""


class Deciding(unittest.TestCase):
    """A route that nobody has decided about does not compile."""

    def compiler(self):
        """The one that the tests were built with, else any."""
        told = pathlib.Path(os.environ.get("MINGBAI_BUILD", ROOT / "build")) / "meson-info" / "intro-compilers.json"
        return json.loads(told.read_text())["host"]["c"]["exelist"] if told.exists() else [shutil.which("cc") or "gcc"]

    def compiles(self, route):
        ended = subprocess.run([*self.compiler(), "-std=gnu17", "-D_GNU_SOURCE", "-I", str(ROOT / "src"), "-fsyntax-only", "-x", "c", "-"],
                               input=ROUTE_FILE % route, text=True, capture_output=True, timeout=60, check=False)
        return ended.returncode == 0

    def test_a_route_without_a_decision_does_not_compile(self):
        self.assertTrue(self.compiles('ROUTE(GET, "/x", FOR(OPERATOR) | FOR(REGULATOR), REACH_OWN)'))
        for undecided in ('ROUTE(GET, "/x", 0, REACH_OWN)', 'ROUTE(GET, "/x", , REACH_OWN)', 'ROUTE(GET, "/x", FOR_ALL, )', 'ROUTE(GET, "/x", FOR_ALL)',
                          'ROUTE(GET, "/x")', 'ROUTE(GET, "/x", FOR(NOBODY), REACH_OWN)'):
            self.assertFalse(self.compiles(undecided), undecided)

    def test_every_route_is_written_so(self):
        """Each table of routes begins its lines with ROUTE, which is the only place where a route gets its method."""
        for path in sorted((ROOT / "src").rglob("*.c")):
            self.assertNotRegex(path.read_text(encoding="utf-8"), r"\.method\s*=\s*METHOD_|\.who\s*=\s*FOR", path.name)
        tables = [path for path in (ROOT / "src").rglob("*.c") if re.search(r"const struct route \w+\[", path.read_text(encoding="utf-8"))]
        self.assertGreater(len(tables), 5)
        for path in tables:
            for table in re.findall(r"const struct route \w+\[\w*\] = \{\n(.*?)^\};", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
                for line in re.findall(r"^    \{.*", table, re.MULTILINE):
                    self.assertTrue(line.startswith("    { ROUTE("), (path.name, line))


if __name__ == "__main__":
    unittest.main()

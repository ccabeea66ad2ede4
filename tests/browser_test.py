"""The portal in headless Chromium: people's walks through it, and every page looked at. The scripts are in tests/browser."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from program import ROOT, ProgramCase
from server import PASSWORD, ServerCase

NODE_SECONDS = 280
ACCOUNTS = [("regulator", "regulator", None), ("jia", "operator", "jia"), ("tester", "tester", None), ("administrator", "administrator", None)]


class BrowserCase(ServerCase):
    """Each test has its own copy of a sample province, with an account for each role."""

    options = ("--rate", 0)

    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory(prefix="mingbai-browser-")
        cls.addClassCleanup(cls.made.cleanup)
        maker = ProgramCase()
        maker.data = cls.sample = pathlib.Path(cls.made.name) / "sample"
        maker.mingbai("init", "--sample")
        for name, role, operator in ACCOUNTS:
            maker.mingbai("user", "add", name, "--role", role, *(["--operator", operator] if operator else []), input=PASSWORD.encode() + b"\n")

    def prepare(self):
        shutil.copytree(self.sample, self.data)

    def settings(self, **more):
        return {"base": f"http://127.0.0.1:{self.server.port}", "spool": f"{self.data}.spool.jsonl", "password": PASSWORD,
                "folder": str(self.folder), **more}

    def begin(self, script, **more):
        """Starts a script of tests/browser."""
        return subprocess.Popen(["node", str(ROOT / "tests" / "browser" / script), json.dumps(self.settings(**more))],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(self.folder)})

    def end(self, process):
        """What a script found, once it has ended."""
        try:
            out, err = process.communicate(timeout=NODE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"it took too long\n{out}\n{err}")
        self.assertEqual(process.returncode, 0, f"{out}\n{err}")
        return json.loads(out.splitlines()[-1])

    def walk(self, script, **more):
        return self.end(self.begin(script, **more))


class WalkTest(BrowserCase):
    def test_case(self):
        """A person files, the operator answers, the person disputes and appeals, the regulator decides: in Chinese; then shorter in English."""
        found = self.walk("walk_case.mjs")["chinese"]
        self.assertEqual(found["proposed"], "unordered_service")
        for letter in found["sent"]:
            self.assertNotIn("彩铃", letter["text"])
            if letter["to"] == "text":
                self.assertEqual(letter["number"], "13800000421")


if __name__ == "__main__":
    unittest.main()

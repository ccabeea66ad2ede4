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
# Two of its lines cannot be taken: a day that there is not, and another operator's complaint.
FOREIGN = """甲电信用户投诉登记表
工单号,单位,城市,受理时间,投诉类型,涉及金额
G-001,甲电信,南京,2026-10-08 09:12,乱扣费,18.00
G-002,甲电信,无锡,2026-10-09 10:00,信号不好,
G-003,甲电信,盐城,2026-10-10 11:00,乱扣费,5.50
G-004,甲电信,南京,2026-13-40 08:00,信号不好,
G-005,乙移动,无锡,2026-10-12 10:30,乱扣费,3.00
"""


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

    def test_upload(self):
        """A clerk submits a GBK file with other columns, corrects its map, takes it in and undoes it."""
        file = self.write("foreign.csv", FOREIGN, "gbk")
        found = self.walk("walk_upload.mjs", file=str(file))
        self.assertLess(found["before"], found["taken"])
        self.assertLess(found["taken"], found["withdrawn"])

    def test_person(self):
        """A person signs in by number and code, publishes a complaint, another joins it, and it is public no more."""
        number = "13800000423"
        filed = self.client.post("/api/complaints", {
            "operator": "jia", "area": "320100", "number": number, "claims": [{"asks": "repair"}],
            "text": f"宽带每晚八点断，报修过三次。联系电话{number}，张先生。"})
        self.assertEqual(filed.status, 201, filed)
        self.walk("walk_person.mjs", complaint=filed.json["complaint"], number=number)

    def test_staff(self):
        """The regulator writes a dated limit and sees it; an administrator sees the accounts."""
        self.walk("walk_staff.mjs")

    def test_keyboard(self):
        """Filing and signing in by keyboard alone; the skip link."""
        self.walk("keyboard.mjs")


if __name__ == "__main__":
    unittest.main()

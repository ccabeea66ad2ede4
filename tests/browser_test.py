"""The portal in headless Chromium: people's walks through it, and every page looked at. The scripts are in tests/browser."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from program import ROOT, ProgramCase
from server import PASSWORD, ServerCase

NODE_SECONDS = 600
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
        process = subprocess.Popen(["node", str(ROOT / "tests" / "browser" / script), json.dumps(self.settings(**more))],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(self.folder)})
        self.addCleanup(self.drop, process)
        return process

    def drop(self, process):
        """Ends a script that nobody waits for any more."""
        if process.poll() is None:
            process.terminate()
            process.communicate()

    def end(self, process):
        """What a script found, once it has ended."""
        try:
            out, err = process.communicate(timeout=NODE_SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
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

    def test_usage(self):
        """What is left, the bill and own levels; the operator's and the regulator's view of reminders."""
        owner = {row["subscriber"]: self.mingbai("bill", row["subscriber"], "2015-03").rows[0].get("tariff", "") for row in self.mingbai("notices").rows[-20:]}
        self.walk("walk_usage.mjs", number=next(number for number, tariff in owner.items() if tariff.startswith("SIM-jia-")))

    def test_keyboard(self):
        """Filing and signing in by keyboard alone; the skip link."""
        self.walk("keyboard.mjs")


NUMBER = "13800000424"


class PageTest(BrowserCase):
    """Pages of which each shows something: a town with cases in every state."""

    def call(self, client, path, body=None, status=201):
        answer = client.get(path) if body is None else client.post(path, body)
        self.assertEqual(answer.status, status, f"{path} {answer}")
        return answer.json

    def file(self, text):
        return self.call(self.client, "/api/complaints", {
            "operator": "jia", "area": "320100", "number": NUMBER, "text": text,
            "claims": [{"asks": "refund", "amount": "18.00", "text": "退了吧。"}, {"asks": "explain"}]})["complaint"]

    def person(self):
        """Who filed all of them, signed in by number and code."""
        person = self.new_client()
        self.call(person, "/api/session/code", {"number": NUMBER}, 200)
        sent = [json.loads(line) for line in pathlib.Path(f"{self.data}.spool.jsonl").read_text(encoding="utf-8").splitlines()]
        code = next(re.search(r"\b\d{6}\b", letter["english"]).group() for letter in sent if letter.get("number") == NUMBER and letter["key"].startswith("code"))
        self.call(person, "/api/session/number", {"number": NUMBER, "code": code}, 200)
        return person

    def places(self):
        """Who is signed in, and the parameters of the pages."""
        of = {}
        for name in ("filed", "answered", "appealed", "published"):
            self.client = self.new_client()  # filing signs in to that case
            of[name] = self.file("彩铃早报没经我确认，收了三个月共18.00元。")
        clients = {"public": self.new_client(), "subscriber": self.person(), "operator": self.new_client().sign_in("jia")}
        for role in ("tester", "regulator", "administrator"):
            clients[role] = self.new_client().sign_in(role)
        for name in ("answered", "appealed"):
            self.call(clients["operator"], f"/api/complaints/{of[name]}/answer", {"claims": [
                {"claim": 1, "verdict": "partly", "amount": "9.00", "text": "退一半。"}, {"claim": 2, "verdict": "agreed", "text": "记录附后。"}]}, 200)
        of["appeal"] = self.call(clients["subscriber"], f"/api/complaints/{of['appealed']}/appeal", {"about": "charge", "text": "要求全额退还。"})["appeal"]
        self.call(clients["subscriber"], f"/api/complaints/{of['published']}/publication", {"agreed": True, "title": "彩铃早报", "text": "没经确认。"}, 200)
        of["finding"] = self.call(clients["operator"], "/api/findings?limit=1", status=200)["items"][0]["finding"]
        of["record"] = self.call(self.new_client(), "/api/records/limit?limit=1", status=200)["items"][0]
        of["upload"] = clients["operator"].post("/api/uploads?kind=complaint&name=foreign.csv", FOREIGN.encode("gbk"), type="text/csv").json["upload"]
        return {"of": of, "cookies": {role: client.cookie for role, client in clients.items()}, "names": ["中文", "彩铃早报", "工单号"]}

    def test_every_page(self):
        """Every page for every role, both languages (a process each), light and dark, phone and desktop."""
        places = self.places()
        scripts = [self.begin("pages.mjs", language=language, **places) for language in ("zh", "en")]
        for found in map(self.end, scripts):
            self.assertEqual(found["wrong"], [], "\n".join(found["wrong"]))
            self.assertGreater(found["looked"], 80)

    def test_weight_and_speed(self):
        """A page is at most 200 kB decoded and usable within 2.5 s at 1.6 Mbit/s and 150 ms."""
        for found in self.walk("speed.mjs", **self.places()):
            print(f"{found['page']}: {found['bytes'] / 1000:.0f} kB, {found['seconds']:.2f} s")
            with self.subTest(page=found["page"]):
                self.assertLessEqual(found["bytes"], 200_000)
                self.assertLessEqual(found["seconds"], 2.5)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The command line as others rely on it: loading, identity, versions, withdrawal, findings, proofs, backup."""
import base64
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verifier  # noqa: E402
from program import PROGRAM, ROOT, ProgramCase  # noqa: E402

HEADER = "id,operator,area,category,filed,channel,subscriber,text,answered,outcome,satisfied\n"
LATE = "C-1,jia,320100,spam,2015-01-03T08:00:00+08:00,hall,13800138000,垃圾短信太多,2015-01-20T09:00:00+08:00,closed,true\n"
IN_TIME = "C-2,yi,320500,coverage,2015-01-03T08:00:00+08:00,web,13900139000,没有信号,2015-01-10T09:00:00+08:00,closed,\n"


class Loading(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")

    def summary(self, row):
        return row["read"], row["accepted"], row["duplicate"], row["rejected"]

    def test_loading_twice_changes_nothing(self):
        first = self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.assertEqual(self.summary(first), (2, 2, 0, 0))
        self.assertTrue(first["source"].startswith("c.csv:"))
        before = self.mingbai("checkpoint").out
        again = self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.assertEqual(self.summary(again), (2, 0, 2, 0))
        self.assertEqual(self.mingbai("checkpoint").out, before)

    def test_a_conflict_is_rejected(self):
        self.load("complaint", "c.csv", HEADER + LATE, "--source", "s")
        row = self.load("complaint", "d.csv", HEADER + LATE.replace("hall", "web"), "--source", "s", code=3)
        self.assertEqual(self.summary(row), (1, 0, 0, 1))
        self.assertIn("conflict", (self.folder / "d.csv.rejected.jsonl").read_text())

    def test_a_conflict_with_one_of_many(self):
        """A place that is taken by a record of a kind that is kept many to an entry: the others of the file are taken all the same."""
        use = "source,seq,subscriber,service,start,quantity\n" + "".join(f"s,{seq},13800138000,data,2015-01-0{seq}T08:00:00+08:00,5\n" for seq in (1, 2, 3))
        self.assertEqual(self.summary(self.load("usage", "u.csv", use)), (3, 3, 0, 0))
        rows = "source,seq," + HEADER + "s,2," + LATE + "s,4," + IN_TIME
        self.assertEqual(self.summary(self.load("complaint", "c.csv", rows, code=3)), (2, 1, 0, 1))
        self.assertIn("conflict", (self.folder / "c.csv.rejected.jsonl").read_text())

    def test_a_conflict_within_one_file(self):
        rows = "source,seq," + HEADER + "s,1," + LATE + "s,1," + LATE + "s,1," + IN_TIME
        self.assertEqual(self.summary(self.load("complaint", "c.csv", rows, code=3)), (3, 1, 1, 1))

    def test_versions_by_key(self):
        self.load("complaint", "a.csv", HEADER + LATE)
        row = self.load("complaint", "b.csv", HEADER + IN_TIME + LATE)
        self.assertEqual(self.summary(row), (2, 1, 1, 0))
        self.assertEqual(len(self.mingbai("check", "complaint.answer.late").rows), 1)
        self.load("complaint", "v2.csv", HEADER + LATE.replace("2015-01-20", "2015-01-10"))
        self.assertEqual(self.mingbai("check", "complaint.answer.late").rows, [])

    def test_a_duplicate_counts_when_the_first_is_withdrawn(self):
        first = self.load("complaint", "a.csv", HEADER + LATE)["source"]
        self.load("complaint", "b.csv", HEADER + IN_TIME + LATE)
        self.mingbai("withdraw", first, "--why", "twice")
        findings = self.mingbai("check", "complaint.answer.late").rows
        self.assertEqual([f["subject"] for f in findings], ["complaint:C-1"])
        self.assertTrue(findings[0]["records"][0]["source"].startswith("b.csv:"))
        self.mingbai("verify", "--replay")

    def test_withdraw_and_load_again(self):
        source = self.load("complaint", "a.csv", HEADER + LATE)["source"]
        index = json.loads(self.mingbai("proof", "--source", source, "--seq", 2).text)["index"]
        self.mingbai("withdraw", source, "--why", "wrong file")
        self.assertEqual(self.mingbai("check").rows, [])
        self.assertEqual(json.loads(self.mingbai("proof", "--source", source, "--seq", 2).text)["index"], index)
        self.assertEqual(self.summary(self.load("complaint", "a.csv", HEADER + LATE)), (1, 1, 0, 0))
        self.assertGreater(json.loads(self.mingbai("proof", "--source", source, "--seq", 2).text)["index"], index)
        self.assertEqual(len(self.mingbai("check").rows), 1)
        self.mingbai("verify", "--replay")
        self.mingbai("rebuild")
        self.mingbai("verify", "--replay")
        self.mingbai("withdraw", "nobody", "--why", "x", code=1)

    def test_replaces(self):
        source = self.load("complaint", "a.csv", HEADER + LATE)["source"]
        row = self.load("complaint", "b.csv", HEADER + IN_TIME + LATE.replace("C-1", "C-9"), "--replaces", source)
        self.assertEqual(self.summary(row), (2, 2, 0, 0))
        self.assertEqual([f["subject"] for f in self.mingbai("check").rows], ["complaint:C-9"])
        self.mingbai("verify", "--replay")
        same = self.load("complaint", "b.csv", HEADER + IN_TIME + LATE.replace("C-1", "C-9"), "--replaces", row["source"])
        self.assertEqual(self.summary(same), (2, 2, 0, 0))
        self.assertEqual(len(self.mingbai("check").rows), 1)
        self.mingbai("verify", "--replay")
        self.mingbai("load", "complaint", self.write("bad.csv", "unknown,columns\n1,2\n"), "--replaces", row["source"], code=1)
        self.assertEqual(len(self.mingbai("check").rows), 1)

    def test_replaces_with_several_sources(self):
        source = self.load("complaint", "a.csv", HEADER + LATE)["source"]
        rows = "source,seq," + HEADER + "".join(f"{s},{n}," + LATE.replace("C-1", f"{s}-{n}") for s in ("S2", "S3") for n in (1, 2))
        self.assertEqual(self.summary(self.load("complaint", "b.csv", rows, "--replaces", source)), (4, 4, 0, 0))
        self.assertEqual(len(self.mingbai("check").rows), 4)
        self.mingbai("verify", "--replay")

    def test_replaces_does_not_pass_the_door_by(self):
        self.load("complaint", "a.csv", HEADER + LATE, "--source", "month")
        self.load("complaint", "b.csv", HEADER + IN_TIME, "--source", "jan")
        other = HEADER + LATE.replace("C-1", "C-9")
        row = self.load("complaint", "c.csv", other, "--source", "month", "--replaces", "jan", code=1)
        self.assertEqual((row["accepted"], row["rejected"]), (0, 1))
        self.assertEqual(self.mingbai("figures", "complaint.count", "--by", "period").rows[0]["value"], 2)
        self.mingbai("load", "complaint", self.write("empty.csv", HEADER), "--replaces", "jan", code=1)
        self.assertEqual(self.mingbai("figures", "complaint.count", "--by", "period").rows[0]["value"], 2)
        done = self.load("complaint", "d.csv", HEADER + IN_TIME.replace("C-2", "C-8"), "--replaces", "jan")
        self.assertEqual(self.summary(done), (1, 1, 0, 0))
        again = self.load("complaint", "d.csv", HEADER + IN_TIME.replace("C-2", "C-8"), "--replaces", "jan")
        self.assertEqual(self.summary(again), (1, 0, 1, 0))

    def test_the_programs_own_sources_are_its_own(self):
        self.mingbai("load", "complaint", self.write("c.csv", HEADER + LATE), "--source", "mingbai:area", code=2)
        row = self.load("complaint", "d.csv", "source,seq," + HEADER + "mingbai:x,1," + LATE, code=3)
        self.assertEqual(self.summary(row), (1, 0, 0, 1))
        self.mingbai("withdraw", self.load("complaint", "e.csv", HEADER + LATE)["source"], "--why", "x")
        self.mingbai("withdraw", "mingbai:withdrawals", "--why", "x", code=1)
        self.mingbai("load", "complaint", self.write("f.csv", HEADER + LATE), "--source", "a\x1b[31mb", code=2)

    def test_rejects_take_nobodys_place(self):
        bad = HEADER + LATE.replace("2015-01-03", "never")
        path, precious = self.write("data.csv", bad), self.write("precious.txt", "precious")
        for place in ("data.csv", "data.jsonl", "precious.txt"):
            self.mingbai("load", "complaint", path, "--rejects", self.folder / place, code=2)
        self.assertEqual((path.read_text(), precious.read_text()), (bad, "precious"))
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.old")), [])
        self.mingbai("load", "complaint", path, "--rejects", self.folder / "list.jsonl", code=3)
        self.mingbai("load", "complaint", path, "--rejects", self.folder / "list.jsonl", code=3)

    def test_what_a_sheet_has_ruined(self):
        rows = [("#N/A", "C-1"), ("########", "C-2"), ("1.38E10", "C-3"), ("13800000000.5", "C-4"), ("-", "C-5"), ("无", "C-6"),
                ("13800138000", "#REF!"), ("13800138000", "2.015E13"), ("(025)83212345", "C-7"), ("user@example.com", "C-8")]
        row = self.load("complaint", "c.csv", "subscriber,id,operator,area,filed,channel\n" +
                        "".join(f"{person},{name},jia,320100,2015-01-03,x\n" for person, name in rows), code=3)
        self.assertEqual(self.summary(row), (10, 2, 0, 8))

    def test_filters_and_csv_for_people(self):
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME + IN_TIME.replace("C-2", "C-3").replace("2015-01-03", "2015-02-03"))
        rows = self.mingbai("figures", "--kind", "complaint.count", "--since", "2015-02-01", "--by", "period").rows
        self.assertEqual([(r["period"], r["value"]) for r in rows], [("2015-02", 1)])
        self.mingbai("figures", "--since", "2015-02-01", "--by", "operator", code=2)
        self.assertEqual(len(self.mingbai("findings", "--subscriber", "138 0013 8000").rows), 1)
        self.assertEqual(self.mingbai("findings", "--subscriber", "13900139000").rows, [])
        self.assertEqual(self.mingbai("findings", "--operator", "yi").rows, [])
        self.assertEqual(len(self.mingbai("findings", "--area", "320000", "--period", "2015Q1").rows), 1)
        out = self.folder / "x.csv"
        with out.open("wb") as file:
            subprocess.run([PROGRAM, "--data", str(self.data), "check", "--lang", "zh", "--format", "csv"], stdout=file, check=True)
        self.assertTrue(out.read_bytes().startswith(b"\xef\xbb\xbffinding,"))
        self.assertTrue(self.mingbai("check", "--format", "csv").out.startswith(b"finding,"))

    def test_answered_on_a_day_without_an_hour(self):
        self.load("complaint", "c.csv", "id,operator,area,filed,channel,answered\nB,o,320100,2015-01-05 14:05,x,2015-01-05\n"
                  "C,o,320100,2015-03-05,x,2015-03-06\nD,o,320100,2015-01-05 14:05,x,2015-01-20\n")
        self.assertEqual(self.mingbai("check").rows, [])
        self.load("complaint", "d.csv", "id,operator,area,filed,channel,answered\nE,o,320100,2015-01-05 14:05,x,2015-01-21\n")
        self.assertEqual(self.mingbai("check").rows[0]["measured"], "16 day")

    def test_rejects_stay_out_of_the_data_directory(self):
        bad = self.write("bad.csv", HEADER + LATE.replace("2015-01-03", "never"))
        self.mingbai("load", "complaint", bad, "--rejects", self.data / "x.jsonl", code=2)
        self.mingbai("load", "complaint", bad, "--rejects", self.data / "ledger" / "newest", code=2)
        self.assertEqual([p for p in self.data.rglob("*x.jsonl*")], [])

    def test_an_unknown_column_refuses_the_file(self):
        path = self.write("c.csv", HEADER.strip() + ",colour\n" + LATE.strip() + ",red\n")
        result = self.mingbai("load", "complaint", path, code=1)
        self.assertIn("colour", result.err)
        self.assertEqual(self.mingbai("check").rows, [])

    def test_rejects_are_mended_and_loaded_again(self):
        bad = LATE.replace("2015-01-03", "2015-13-01").replace("C-1", "C-3")
        row = self.load("complaint", "c.csv", HEADER + LATE + bad + IN_TIME, code=3)
        self.assertEqual(self.summary(row), (3, 2, 0, 1))
        reject = json.loads((self.folder / "c.csv.rejected.jsonl").read_text().splitlines()[0])
        self.assertEqual((reject["line"], reject["field"]), (3, "filed"))
        self.assertIn("2015-13-01", reject["reason"])
        self.assertIn("C-3", reject["text"])
        mended = (self.folder / "c.csv.rejected.csv").read_bytes()
        self.assertTrue(mended.startswith(b"\xef\xbb\xbf"))
        row = self.load("complaint", "mended.csv", mended.replace(b"2015-13-01", b"2015-01-13"))
        self.assertEqual(self.summary(row), (1, 1, 0, 0))

    def test_encodings_and_forms(self):
        gbk = (HEADER + LATE).encode("gb18030")
        self.assertEqual(self.summary(self.load("complaint", "gbk.csv", gbk)), (1, 1, 0, 0))
        wide = (HEADER + IN_TIME.replace("13900139000", "１３９００１３９０００").replace("2015-01-03T08:00:00+08:00", "2015年1月3日 8:00"))
        self.assertEqual(self.summary(self.load("complaint", "wide.csv", wide)), (1, 1, 0, 0))
        same = self.load("complaint", "utf16.csv", (HEADER + LATE + IN_TIME).encode("utf-16"))
        self.assertEqual(self.summary(same), (2, 0, 2, 0))
        self.assertEqual(self.summary(self.load("complaint", "z.csv.gz", gzip.compress((HEADER + LATE).encode()))), (1, 0, 1, 0))
        one_bad_byte = (HEADER + LATE + LATE.replace("C-1", "C-7")).encode().replace(b"C-7", b"C-7\xff")
        self.assertEqual(self.summary(self.load("complaint", "bad.csv", one_bad_byte, code=3)), (2, 0, 1, 1))
        ruined = HEADER + LATE.replace("13800138000", "1.38E+10").replace("C-1", "C-8")
        row = self.load("complaint", "ruined.csv", ruined, code=3)
        self.assertIn("text", (self.folder / "ruined.csv.rejected.jsonl").read_text())

    def test_json_lines_and_stdin(self):
        record = {"id": "C-5", "operator": "jia", "area": "320100", "filed": "2015-01-05T10:00:00+08:00", "channel": "web"}
        result = self.mingbai("load", "complaint", "-", "--format", "jsonl", "--source", "pipe",
                              input=(json.dumps(record) + "\n").encode())
        self.assertEqual(self.summary(result.rows[-1]), (1, 1, 0, 0))
        self.mingbai("load", "complaint", "-", "--format", "jsonl", input=(json.dumps(record) + "\n").encode(), code=2)
        entry = json.loads(self.mingbai("proof", "--source", "pipe", "--seq", 1).text)["index"]
        shown = self.mingbai("entry", entry).rows[0]
        self.assertEqual((shown["kind"], shown["source"], shown["seq"], shown["id"]), ("complaint", "pipe", 1, "C-5"))

    def test_acknowledgement_comes_before_the_next_record(self):
        loading = subprocess.Popen([PROGRAM, "--data", str(self.data), "load", "complaint", "-", "--format", "csv", "--source", "live",
                                    "--ack"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        loading.stdin.write((HEADER + LATE).encode())
        loading.stdin.flush()
        self.assertEqual(json.loads(loading.stdout.readline()), {"source": "live", "seq": 2})
        loading.send_signal(signal.SIGKILL)
        loading.wait()
        loading.stdin.close()
        loading.stdout.close()
        self.assertTrue(self.mingbai("verify", "--replay").text.startswith("ok "))
        self.assertEqual(len(self.mingbai("check").rows), 1)
        self.mingbai("proof", "--source", "live", "--seq", 2)

    def test_unsealing_is_a_record(self):
        source = self.load("complaint", "c.csv", HEADER + LATE)["source"]
        entry = self.mingbai("entry", json.loads(self.mingbai("proof", "--source", source, "--seq", 2).text)["index"]).rows[0]
        self.mingbai("unseal", f"person:{entry['subscriber']}", code=2)
        self.assertEqual(self.mingbai("unseal", f"person:{entry['subscriber']}", "--why", "the person called").text, "13800138000\n")
        self.assertEqual(self.mingbai("unseal", f"text:{entry['text']['sealed']}", "--why", "to answer").text, "垃圾短信太多\n")
        size = json.loads(self.mingbai("proof", "--source", source, "--seq", 2).text)["size"]
        last = self.mingbai("entry", size - 1).rows[0]
        self.assertEqual((last["kind"], last["what"]), ("unsealing", f"text:{entry['text']['sealed']}"))
        self.mingbai("unseal", "person:99999", "--why", "x", code=1)
        self.mingbai("verify", "--replay")
        self.mingbai("load", "unsealing", self.write("u.csv", "what,who,why,time\n"), code=2)

    def test_nothing_personal_is_in_clear(self):
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.load("complaint_event", "e.csv", "complaint,time,event,reason,text\nC-1,2015-01-04T09:00:00+08:00,paused,等待用户证件,请补充材料王小明\n")
        self.mingbai("withdraw", self.load("complaint", "d.csv", HEADER + LATE.replace("C-1", "C-4"))["source"], "--why", "其中有张三的资料")
        self.load("subscriber", "s.csv", "subscriber,operator,area,since\n13611112222,jia,320100,2014-01-01\n")
        self.load("appeal", "a.csv", "id,complaint,filed,text\nA-1,C-1,2015-02-01,申诉人李四的陈述\n")
        self.mingbai("backup", self.data / ".." / "b.tar")
        secrets = ["13611112222", "申诉人李四的陈述", "13800138000", "13900139000", "垃圾短信太多", "没有信号", "请补充材料王小明", "等待用户证件", "其中有张三的资料"]
        for path in [*self.data.rglob("*"), self.folder / "b.tar"]:
            if not path.is_file():
                continue
            content = path.read_bytes()
            for secret in secrets:
                for spelling in (secret.encode(), secret.encode("gb18030"), secret.encode("utf-16-le")):
                    self.assertNotIn(spelling, content, f"{secret} in {path}")


US_FORM = """Ticket #,Customer Complaint,Date,Time,Received Via,City,State,Zip code,Status,Filing on Behalf of Someone
1001,No service for a week,22-04-2015,3:53:50 PM,Customer Care Call,Abingdon,Maryland,21009,Closed,No
1002,Charged twice,04-08-2015,10:22:56 AM,Internet,Acworth,Georgia,30102,Open,No
comcas,"Billing, again",06-12-2015,12:59:40 AM,Internet,Adrian,District Of Columbia,49221,Solved,Yes
1004,Slow,06-13-2015,9:59:40 PM,Internet,Adrian,Atlantis,49221,Solved,Yes
"""


class InChinese(ProgramCase):
    """Who speaks Chinese is told in Chinese what is wrong."""
    ZH = {"LC_ALL": "zh_CN.UTF-8"}

    def assert_chinese(self, sentence):
        bare = re.sub("`[^`]*`|'[^']*'|\"[^\"]*\"|/\\S*", "", sentence)
        self.assertRegex(bare, "[\u4e00-\u9fff]", sentence)
        self.assertNotRegex(bare, r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", sentence)

    def test_reasons_of_rejected_lines(self):
        self.mingbai("init")
        rows = (HEADER + LATE + "C-2,jia,南京,spam,never,hall,1.38E+10,,,,\n" + "C-3,jia,320100,spam,,hall,,,,,\n" +
                "C-4,jia,320100,spam,2015-01-03,hall,,,,closed,perhaps\n" + "C-5,jia,320100,spam,2015-01-03,hall,,\"open,,,\n" + "C-6" + "," * 12 + "x\n")
        path = self.write("c.csv", rows)
        self.mingbai("load", "complaint", path, code=3, environment=self.ZH)
        rejects = [json.loads(line) for line in (self.folder / "c.csv.rejected.jsonl").read_text().splitlines()]
        self.assertEqual([reject["line"] for reject in rejects], [3, 4, 5, 6, 7])
        table = (self.folder / "c.csv.rejected.csv").read_text("utf-8-sig")
        for reject in rejects:
            self.assert_chinese(reject["reason"])
            self.assertIn(reject["reason"].replace('"', '""'), table)
        self.mingbai("load", "complaint", path, code=3)
        for line in (self.folder / "c.csv.rejected.jsonl").read_text().splitlines():
            self.assertNotRegex(json.loads(line)["reason"], "：")

    def test_what_cannot_be_done(self):
        self.mingbai("sources", code=1, environment=self.ZH)
        self.mingbai("init")
        good, other = self.write("c.csv", HEADER + LATE), self.write("o.csv", "colour,size\nred,1\n")
        short = self.write("s.csv.gz", gzip.compress(HEADER.encode() * 50)[:-20])
        bad_map = self.write("m.json", '{"kind":"complaint","fields":{"id":{"column":"?"}}}')
        self.mingbai("load", "complaint", good, "--source", "s")
        self.write("there", "x")
        for words in (["sources", "--colour"], ["load", "nothing", good], ["load", "complaint"], ["load", "complaint", good, "--format", "pdf"],
                      ["load", "complaint", self.folder / "absent.csv"], ["load", "complaint", self.folder], ["load", "complaint", other],
                      ["load", "complaint", self.folder / "absent.odd"], ["load", "complaint", short],
                      ["load", "complaint", good, "--map", bad_map], ["load", "complaint", good, "--map", self.folder / "absent.json"],
                      ["load", "complaint", good, "--source", "mingbai:x"], ["load", "complaint", good, "--replaces", "nobody"],
                      ["load", "complaint", good, other, "--source", "t"], ["load", "withdrawal", good],
                      ["load", "complaint", good, "--rejects", good], ["load", "complaint", good, "--rejects", self.data / "r.jsonl"],
                      ["withdraw", "s"], ["withdraw", "nobody", "--why", "x"], ["withdraw", "mingbai:withdrawals", "--why", "x"],
                      ["sources", "--format", "xml"], ["kinds", "--format", "xml"], ["kinds", "nothing"], ["check", "no.such.duty"],
                      ["figures", "no.such.figure"], ["figures", "--by", "colour"], ["check", "--since", "never"], ["report"],
                      ["unseal", "person:1"], ["unseal", "person:99", "--why", "x"], ["entry", "x"], ["entry", "999999"], ["proof"],
                      ["proof", "--source", "s", "--seq", "99"], ["backup", self.data / "b.tar"], ["init"], ["simulate"],
                      ["map", "complaint", self.folder / "absent.csv"], ["--data", self.folder / "none", "sources"],
                      ["--data", self.folder / "there", "init"]):
            with self.subTest(words=[str(word) for word in words]):
                ended = self.mingbai(*words, code=None, environment=self.ZH)
                self.assertIn(ended.code, (1, 2), ended.out)
                self.assert_chinese(ended.err)


class OtherColumns(ProgramCase):
    """A regulator's own columns and damaged dates, with the map that comes with the program (the lines are made up)."""

    def test_the_us_map(self):
        self.mingbai("init")
        self.mingbai("load", "area", ROOT / "maps" / "areas.us.csv")
        self.mingbai("load", "operator", ROOT / "maps" / "operators.us.csv")
        row = self.load("complaint", "us.csv", US_FORM, "--map", ROOT / "maps" / "complaints.us.comcast.json", code=3)
        self.assertEqual((row["accepted"], row["rejected"]), (3, 1))
        self.assertIn("Atlantis", (self.folder / "us.csv.rejected.jsonl").read_text())
        counts = {r["period"]: r["value"] for r in self.mingbai("figures", "complaint.count", "--by", "period").rows}
        self.assertEqual(counts, {"2015-04": 2, "2015-06": 1})
        self.assertEqual(self.mingbai("check").rows, [])
        in_time = self.mingbai("figures", "complaint.in_time", "--by", "operator").rows[0]
        self.assertEqual((in_time["value"], in_time["n"], in_time["unknown"]), (None, 0, 3))
        report = self.folder / "r.html"
        self.mingbai("report", "--period", "2015Q2", "--lang", "en", "--out", report)
        self.mingbai("verify", "--report", report)


class Proofs(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.key = self.mingbai("checkpoint", "--key").text.strip()

    def test_from_outside(self):
        old = self.mingbai("checkpoint").text
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME, "--source", "s")
        note = self.mingbai("checkpoint").text
        size, root = verifier.check_note(note, self.key)[:2]
        old_size, old_root = verifier.check_note(old, self.key)[:2]
        self.assertEqual(size, old_size + 2)
        for index in (0, 7, size - 1):
            proof = json.loads(self.mingbai("proof", "--index", index).text)
            raw = self.mingbai("entry", index, "--format", "raw").out
            self.assertEqual(base64.b64decode(proof["leaf"]), verifier.leaf_hash(raw))
            self.assertTrue(verifier.check_inclusion(proof["index"], proof["size"], base64.b64decode(proof["leaf"]),
                                                     [base64.b64decode(h) for h in proof["path"]], root))
        growth = json.loads(self.mingbai("proof", "--from", old_size, "--to", size).text)
        self.assertTrue(verifier.check_consistency(old_size, size, old_root, root, [base64.b64decode(h) for h in growth["path"]]))
        self.mingbai("proof", "--index", size, code=1)
        self.mingbai("proof", "--source", "s", "--seq", 99, code=1)
        self.mingbai("entry", size, code=1)
        self.mingbai("proof", "--source", "s", code=2)
        self.assertEqual(self.mingbai("verify").text.split(), ["ok", str(size), base64.b64encode(root).decode()])

    def test_a_flipped_bit_is_named(self):
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        segment = sorted((self.data / "ledger").glob("*.segment"))[0]
        good = segment.read_bytes()
        for place in (9, len(good) // 3, len(good) // 2, len(good) - 400, len(good) - 5):
            segment.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1:])
            result = self.mingbai("verify", code=1)
            self.assertRegex(result.text, r"entry \d+")
        segment.write_bytes(good)
        self.mingbai("verify", "--replay")

    def test_a_ledger_cut_back_is_refused(self):
        saved = self.folder / "saved"
        subprocess.run(["cp", "-r", self.data, saved], check=True)
        self.load("complaint", "c.csv", HEADER + LATE)
        note = self.write("note", self.mingbai("checkpoint").out)
        self.mingbai("verify", "--checkpoint", note)
        self.mingbai("verify", "--checkpoint", note, data=saved, code=1)
        self.mingbai("load", "complaint", self.write("fork.csv", HEADER + IN_TIME), data=saved)
        self.mingbai("verify", data=saved)
        self.assertIn("checkpoint", self.mingbai("verify", "--checkpoint", note, data=saved, code=1).text)

    def test_a_torn_tail_is_no_failure(self):
        segment = sorted((self.data / "ledger").glob("*.segment"))[-1]
        with segment.open("ab") as file:
            file.write(b"\x40\x00\x00\x00torn")
        before = segment.read_bytes()
        result = self.mingbai("verify", "--replay")
        self.assertIn("torn", result.err)
        self.assertEqual(segment.read_bytes(), before)
        self.load("complaint", "c.csv", HEADER + LATE)
        self.assertNotIn("torn", self.mingbai("verify", "--replay").err)

    def test_the_ledger_folder_holds_the_ledger_alone(self):
        for path in (self.data / "ledger").iterdir():
            self.assertRegex(path.name, r"^(\d{20}\.segment|newest)$")


class Elsewhere(ProgramCase):
    def test_backup_and_restore(self):
        self.mingbai("init")
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.mingbai("withdraw", self.load("complaint", "d.csv", HEADER + LATE.replace("C-1", "C-8"))["source"], "--why", "x")
        backup = self.folder / "b.tar"
        self.mingbai("backup", backup)
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        other = self.folder / "other"
        self.mingbai("restore", backup, data=other)
        self.assertEqual(self.mingbai("check", data=other).out, self.mingbai("check").out)
        self.assertEqual(self.mingbai("checkpoint", data=other).out, self.mingbai("checkpoint").out)
        self.mingbai("verify", "--replay", data=other)
        self.mingbai("restore", backup, data=other, code=1)
        damaged = bytearray(backup.read_bytes())
        place = damaged.find(b".segment")
        damaged[place + 3000] ^= 1
        self.mingbai("restore", self.write("damaged.tar", bytes(damaged)), data=self.folder / "third", code=1)

    def test_wrong_usage(self):
        for arguments in (["nonsense"], ["load"], ["load", "nonsense", "x"], ["check", "no.such.duty"], ["figures", "no.such"],
                          ["load", "complaint", "x.csv", "--nonsense"], ["report"], ["proof"], ["figures", "--by", "colour"]):
            self.mingbai(*arguments, code=2)
        self.mingbai("figures", code=1)
        self.assertIn("init", self.mingbai("load", "complaint", "x.csv", code=1).err)
        self.mingbai("init")
        self.mingbai("init", code=1)
        self.assertIn("usage", subprocess.run([PROGRAM], stdout=subprocess.PIPE, check=True, env={"LANG": "C"}).stdout.decode())
        help_text = subprocess.run([PROGRAM], stdout=subprocess.PIPE, check=True, env={"LANG": "zh_CN.UTF-8"}).stdout.decode()
        self.assertLessEqual(len(help_text.splitlines()), 40)
        for name in re.findall(r"^  ([a-z]+) ", help_text, re.MULTILINE):
            self.assertIn("mingbai", self.mingbai(name, "--help").text)


class Mending(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.before = self.mingbai("check").out

    def test_a_damaged_state_is_made_anew(self):
        state = next(self.data.glob("state/*/state.db"))
        for damage in (lambda: state.write_bytes(b"j" * 4000), lambda: state.write_bytes(state.read_bytes()[:6000]), lambda: state.unlink(),
                       lambda: subprocess.run(["rm", "-r", self.data / "state"], check=True)):
            damage()
            self.mingbai("rebuild")
            self.assertEqual(self.mingbai("check").out, self.before)
            self.mingbai("verify", "--replay")
            state = next(self.data.glob("state/*/state.db"))
        self.assertEqual(len(list(self.data.glob("state/*/state.db"))), 1)

    def test_a_missing_ledger_costs_nothing_else(self):
        ledger, away = self.data / "ledger", self.folder / "away"
        ledger.rename(away)
        self.assertIn("ledger", self.mingbai("figures", code=1).err)
        ledger.mkdir()
        self.mingbai("figures", code=1)
        ledger.rmdir()
        away.rename(ledger)
        self.assertEqual(self.mingbai("check").out, self.before)
        self.assertEqual(self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)["duplicate"], 2)

    def test_an_older_ledger_costs_nothing_else(self):
        older, newer = self.folder / "older", self.folder / "newer"
        subprocess.run(["cp", "-a", self.data / "ledger", older], check=True)
        row = "C-7,jia,320100,spam,2015-01-03T08:00:00+08:00,hall,13700137000,别的话,,,\n"
        self.load("complaint", "more.csv", HEADER + row)
        (self.data / "ledger").rename(newer)
        subprocess.run(["cp", "-a", older, self.data / "ledger"], check=True)
        self.assertIn("cut", self.mingbai("figures", code=1).err)
        subprocess.run(["rm", "-r", self.data / "ledger"], check=True)
        newer.rename(self.data / "ledger")
        self.assertEqual(self.load("complaint", "more.csv", HEADER + row)["duplicate"], 1)
        self.mingbai("findings", "--subscriber", "13700137000")

    def test_rebuild_takes_no_forged_entry(self):
        segment = sorted((self.data / "ledger").glob("*.segment"))[-1]
        content = bytearray(segment.read_bytes())
        place = content.index(b"C-1\x03jia")
        content[place + 4:place + 7] = b"xia"
        start = content.rindex(b"E", 0, place - 20)  # the type byte in front of the entry's body
        while int.from_bytes(content[start - 8:start - 4], "little") + start + 1 < place or \
                int.from_bytes(content[start - 8:start - 4], "little") > 4000:
            start = content.rindex(b"E", 0, start)
        length = int.from_bytes(content[start - 8:start - 4], "little")
        content[start - 4:start] = crc32c(bytes(content[start:start + 1 + length])).to_bytes(4, "little")
        segment.write_bytes(bytes(content))
        self.mingbai("rebuild", code=1)
        self.assertIn("entries", self.mingbai("verify", code=1).text)

    def test_missing_and_changed_keys(self):
        keys = self.data / "keys" / "keys.json"
        good = keys.read_text()
        digest = re.search(r'"vault_digest":"(.)', good)
        keys.write_text(good.replace(digest.group(0), '"vault_digest":"' + ("0" if digest.group(1) != "0" else "1")))
        self.assertIn("damaged", self.mingbai("figures", code=1).err)
        keys.unlink()
        self.assertIn("keys", self.mingbai("figures", code=1).err)
        self.mingbai("init", code=1)
        keys.write_text(good)
        self.assertEqual(self.mingbai("check").out, self.before)

    def test_an_init_that_was_broken_off(self):
        fresh = self.folder / "fresh"
        (self.folder / "fresh.init" / "keys").mkdir(parents=True)
        (self.folder / "fresh.init" / "keys" / "keys.json").write_text("{")
        self.mingbai("init", data=fresh)
        self.assertFalse((self.folder / "fresh.init").exists())
        for _ in range(6):
            other = self.folder / "other"
            starting = subprocess.Popen([PROGRAM, "--data", str(other), "init"], stderr=subprocess.DEVNULL)
            try:
                starting.wait(0.01)
            except subprocess.TimeoutExpired:
                starting.kill()
                starting.wait()
            if not other.exists():
                self.mingbai("init", data=other)
            self.assertEqual(len(self.mingbai("sources", data=other).rows), 3)
            subprocess.run(["rm", "-r", other], check=True)

    def test_a_full_disk_claims_nothing(self):
        rows = "".join(LATE.replace("C-1", f"D-{i}").replace("13800138000", f"137{i:08d}") for i in range(30000))
        path = self.write("many.csv", HEADER + rows)

        def limit():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        ended = subprocess.run([PROGRAM, "--data", str(self.data), "load", "complaint", path], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=limit, check=False)
        self.assertEqual(ended.returncode, 1)
        accepted = json.loads(ended.stdout)["accepted"]
        there = {row["source"]: row["records"] for row in self.mingbai("sources").rows}
        mine = sum(count for name, count in there.items() if name.startswith("many.csv:"))
        self.assertLessEqual(accepted, mine)
        self.mingbai("verify", "--replay")
        self.assertEqual(self.load("complaint", "many.csv", HEADER + rows)["accepted"] + mine, 30000)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Report(ProgramCase):
    def test_it_says_what_check_says(self):
        """A later record of another kind makes no open case late, in no place."""
        self.mingbai("init")
        self.load("complaint", "c.csv", "id,operator,area,filed,channel\nA,o,320100,2015-01-01,x\nB,o,320100,2015-01-10,x\n")
        self.load("appeal", "a.csv", "id,complaint,filed\nAP,B,2015-03-01\n")
        self.assertEqual(self.mingbai("check", "complaint.answer.late").rows, [])
        row = self.mingbai("figures", "complaint.in_time", "--by", "operator").rows[0]
        self.assertEqual((row["value"], row["n"]), (None, 0))
        report = self.folder / "r.html"
        self.mingbai("report", "--period", "2015Q1", "--lang", "en", "--out", report)
        self.assertNotIn("days late", report.read_text())
        self.mingbai("verify", "--report", report)
        self.mingbai("report", "--period", "2015Q1", "--lang", "en", "--as-of", "2015-03-01", "--out", report)
        self.assertIn("days late", report.read_text())
        self.mingbai("verify", "--report", report)
        self.assertEqual(len(self.mingbai("check", "complaint.answer.late", "--as-of", "2015-03-01").rows), 2)

    def test_every_number_is_recomputed(self):
        self.mingbai("init", "--sample")
        self.mingbai("verify", "--replay")
        for language in ("zh", "en"):
            report = self.folder / f"report.{language}.html"
            self.mingbai("report", "--period", "2015Q1", "--lang", language, "--out", report)
            self.assertTrue(self.mingbai("verify", "--report", report).text.startswith("ok "))
        html = report.read_text()
        changed = re.sub(r'(<data value=")(\d+)', lambda m: m.group(1) + str(int(m.group(2)) + 1), html, count=1)
        self.assertNotEqual(changed, html)
        result = self.mingbai("verify", "--report", self.write("changed.html", changed), code=1)
        self.assertIn("complaint.", result.text)
        source = self.mingbai("sources").rows[-1]["source"]
        self.mingbai("withdraw", source, "--why", "later events do not change a report")
        self.mingbai("verify", "--report", report)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Hostile files: a clear sentence for each, bounded memory, and the good records beside it taken."""
import gzip
import io
import json
import os
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import PROGRAM, ProgramCase  # noqa: E402

HEADER = "id,operator,area,filed,channel,text\n"


def row(number, text="x"):
    return f"C-{number},jia,320100,2015-01-03T08:00:00+08:00,hall,{text}\n"


class Hostile(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")

    def taken(self, name, content, accepted, rejected):
        path = self.write(name, content)
        ended = subprocess.run([PROGRAM, "--data", str(self.data), "load", "complaint", str(path)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, check=False, timeout=120, preexec_fn=limit_memory)
        summary = json.loads(ended.stdout.decode().splitlines()[-1])
        self.assertEqual((summary["accepted"], summary["rejected"]), (accepted, rejected), ended.stderr)
        self.assertEqual(ended.returncode, 3 if rejected else 0)
        if rejected:
            reasons = [json.loads(line)["reason"] for line in (self.folder / (name + ".rejected.jsonl")).read_text().splitlines()]
            self.assertTrue(all(len(reason) > 10 for reason in reasons), reasons)
            return reasons
        return []

    def test_huge_field(self):
        self.taken("huge.csv", HEADER + row(1) + row(2, "y" * 3_000_000) + row(3), 2, 1)

    def test_endless_line(self):
        self.taken("endless.csv", HEADER + row(1) + "z" * 50_000_000 + "\n" + row(2), 2, 1)
        self.taken("last.csv", HEADER + row(5) + "z" * 50_000_000, 1, 1)

    def test_bad_utf8_and_nul(self):
        content = (HEADER + row(1) + row(2, "BAD") + row(3, "NUL") + row(4)).encode()
        self.taken("bytes.csv", content.replace(b"BAD", b"\xff\xfe\xfd").replace(b"NUL", b"\0"), 2, 2)

    def test_unclosed_quote_loses_only_its_line(self):
        self.taken("quote.csv", HEADER + row(1) + row(2, '"never closed') + row(3) + row(4), 3, 1)

    def test_deep_json(self):
        good = json.dumps({"id": "C-1", "operator": "jia", "area": "320100", "filed": "2015-01-03", "channel": "x"})
        self.taken("deep.jsonl", good + "\n" + '{"id":' + "[" * 100_000 + "]" * 100_000 + "}\n" + good.replace("C-1", "C-2"), 2, 1)
        self.taken("unknown.jsonl", good.replace("C-1", "C-6") + "\n" + good.replace("C-1", "C-7").replace('"channel"', '"colour"') + "\n" +
                   good.replace("C-1", "C-8") + "\n", 2, 1)
        first = self.write("first.jsonl", good.replace('"channel"', '"colour"') + "\n" + good + "\n")
        self.assertIn("colour", self.mingbai("load", "complaint", first, code=1).err)

    def test_zip_bomb(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
                          '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" '
                          'r:id="r1"/></sheets></workbook>')
            book.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                          'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                          'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
            book.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + "<row><c/></row>" * 20_000_000)
        path = self.write("bomb.xlsx", bomb.getvalue())
        ended = subprocess.run([PROGRAM, "--data", str(self.data), "load", "complaint", str(path)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, check=False, timeout=120, preexec_fn=limit_memory)
        self.assertEqual(ended.returncode, 1)
        self.assertGreater(len(ended.stderr), 20)

    def test_cut_gzip_keeps_what_came_before(self):
        whole = gzip.compress((HEADER + "".join(row(i, os.urandom(40).hex()) for i in range(20000))).encode())
        path = self.write("cut.csv.gz", whole[:len(whole) // 2])
        result = self.mingbai("load", "complaint", path, code=1)
        self.assertGreater(result.rows[-1]["accepted"], 1000)
        self.assertIn("gz", result.err)
        self.mingbai("verify", "--replay")

    def test_files_that_are_none(self):
        for name, content in (("empty.csv", b""), ("zero.csv", b"\0" * 1000), ("picture.xlsx", b"\x89PNG\r\n"), ("x.json", b"{"),
                              ("random.csv", os.urandom(5000)), ("random.jsonl", os.urandom(5000)), ("x.csv.gz", b"\x1f\x8b\x08")):
            result = self.mingbai("load", "complaint", self.write(name, content), code=None)
            self.assertIn(result.code, (0, 1, 3), name)
            self.assertNotIn("Sanitizer", result.err)
        self.mingbai("load", "complaint", self.folder / "missing.csv", code=1)
        self.assertEqual(self.mingbai("check").rows, [])

    def test_a_column_that_is_a_command(self):
        self.taken("formula.csv", HEADER + row(1, '"=cmd|\' /C calc\'!A0"').replace("C-1", "=1+1"), 1, 0)


def limit_memory():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))


if __name__ == "__main__":
    unittest.main()

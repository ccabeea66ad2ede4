"""Files that are looked at before they are taken in: encodings, sheets, maps, rejects, undo; nobody reaches another's."""
import json
import pathlib
import unittest
import urllib.parse

from api_records_test import RecordsCase

HEADER = "id,operator,area,filed,channel\n"
FOREIGN = "工单编号,地市,来电时间,渠道\nT-1,南京市,2015/1/3 8:00,热线\nT-2,苏州市,2015/1/4 9:00,热线\nT-3,南京市,2015/1/5 9:00,网站\n"


class UploadTest(RecordsCase):
    def upload(self, who, name, content, kind="complaint", status=201, language="en"):
        answer = self.of[who].post(f"/api/uploads?lang={language}&" + urllib.parse.urlencode({"kind": kind, "name": name}), content,
                                   type="application/octet-stream")
        self.assertEqual(answer.status, status, answer)
        if status == 201:
            self.assertEqual(answer.headers["Location"], "/api/uploads/" + answer.json["upload"])
        return answer.json

    def test_a_file_is_looked_at_taken_in_and_undone(self):
        jia = self.of["jia"]
        seen = self.upload("jia", "一月投诉.csv", (HEADER + "n-1,jia,320100,2015-02-01,热线\nn-2,jia,320100,never,热线\n"
                                               "jia-1,yi,320100,2015-02-01,热线\nyi-1,jia,320100,2015-02-01,热线\n").encode("gb18030"))
        preview = seen["preview"]
        self.assertEqual((seen["encoding"], seen["format"], seen["sheets"], seen["map"], seen["map_problem"]), ("GB18030", "csv", [], None, None))
        self.assertEqual((preview["read"], preview["accepted"], preview["rejected"], preview["more"]), (4, 1, 3, False))
        self.assertEqual([(row["line"], row["ok"]) for row in preview["rows"]], [(3, False), (4, False), (5, False), (2, True)])
        self.assertEqual([row["field"] for row in preview["rows"][:3]], ["filed", "operator", "id"])
        self.assertEqual(preview["rows"][3]["cells"], ["n-1", "jia", "320100", "2015-02-01", "热线"])
        self.assertEqual(seen["columns"], HEADER.strip().split(","))
        path = "/api/uploads/" + seen["upload"]
        self.assertEqual(self.items("jia", "/api/records/complaint", id="n-1"), [])
        self.assertEqual(jia.get(path + "/rejected").status, 404)
        self.assertEqual(jia.get(path).json, seen)
        self.assertIn("is no time", preview["rows"][0]["reason"])
        self.assertIn("不是时间", jia.get(path + "?lang=zh").json["preview"]["rows"][0]["reason"])
        summary = jia.post(path + "/accept?lang=zh").json
        self.assertIn("不是时间", summary["rejects"][0]["reason"])
        self.assertEqual((summary["read"], summary["accepted"], summary["rejected"], summary["source"]), (4, 1, 3, seen["source"]))
        self.assertTrue(summary["source"].startswith("一月投诉.csv:"))
        self.assertEqual(len(self.items("jia", "/api/records/complaint", id="n-1")), 1)
        rejected = jia.get(path + "/rejected")
        self.assertIn("一月投诉.csv.rejected.csv", urllib.parse.unquote(rejected.headers["Content-Disposition"]))
        self.assertEqual(len(rejected.text.splitlines()), 4)
        self.assertIn("不是时间", rejected.text)
        self.assertEqual(jia.post(path + "/accept").json["duplicate"], 1)
        self.assertEqual(jia.post("/api/sources/withdraw", {"source": summary["source"], "why": "undone"}).status, 200)
        self.assertEqual(self.items("jia", "/api/records/complaint", id="n-1"), [])
        self.assertEqual(jia.delete(path).status, 204)
        self.assertEqual(jia.get(path).status, 404)

    def test_a_map_is_proposed_corrected_and_used(self):
        jia = self.of["jia"]
        seen = self.upload("jia", "工单.csv", FOREIGN.encode("gb18030"))
        path = "/api/uploads/" + seen["upload"]
        self.assertEqual(seen["map"]["kind"], "complaint")
        self.assertTrue(seen["map_problem"])
        self.assertIsNone(seen["preview"])
        self.assertEqual(jia.post(path + "/accept").status, 409)
        wrong = jia.put(path + "/map", {"map": {"kind": "complaint", "fields": {"id": {"column": "没有这列"}}}}).json
        self.assertTrue(wrong["map_problem"])
        self.assertNotIn("/", wrong["map_problem"])
        map = {"kind": "complaint", "fields": {"id": {"column": "工单编号"}, "operator": {"value": "jia"},
                                               "area": {"column": "地市", "values": {"南京市": "320100", "苏州市": "320500"}},
                                               "filed": {"column": "来电时间"}, "channel": {"column": "渠道"}}}
        answer = jia.put(path + "/map", {"map": map})
        self.assertEqual(answer.status, 200, answer)
        self.assertIsNone(answer.json["map_problem"], answer)
        self.assertEqual((answer.json["preview"]["accepted"], answer.json["preview"]["rejected"]), (3, 0), answer)
        self.assertEqual(jia.post(path + "/accept").json["accepted"], 3)
        row = self.items("jia", "/api/records/complaint", id="T-2")[0]
        self.assertEqual((row["operator"], row["area"], row["filed"]), ("jia", "320500", "2015-01-04T09:00:00+08:00"))
        self.assertEqual(jia.put(path + "/map", {"map": "x"}).status, 422)

    def test_a_workbook_tells_its_sheets(self):
        self.post_csv("jia", "complaint", HEADER + "w-1,jia,320100,2015-02-01,web\n")
        book = self.of["jia"].get("/api/records/complaint?format=xlsx").body
        seen = self.upload("jia", "book.xlsx", book)
        self.assertEqual((seen["format"], len(seen["sheets"])), ("xlsx", 1))
        self.assertTrue(seen["map"] or seen["map_problem"])
        again = self.of["jia"].put("/api/uploads/" + seen["upload"] + "/map", {"map": None, "sheet": "7"})
        self.assertGreaterEqual(again.status, 400, again)
        self.assertEqual(self.of["jia"].get("/api/uploads/" + seen["upload"] + "?lang=en").json, seen)  # what failed changed nothing

    def test_an_old_workbook_is_read_whatever_its_name(self):
        book = pathlib.Path(__file__).with_name("files").joinpath("old.xls").read_bytes()
        for name, format in (("台账.xls", "xls"), ("台账.xlsx", "xlsx")):
            seen = self.upload("jia", name, book)
            self.assertEqual((seen["format"], seen["sheets"]), (format, ["empty", "hidden", "投诉"]))
            self.assertEqual(seen["columns"], ["id", "operator", "filed", "text"])
        self.assertIn("name it .xls", self.upload("jia", "x.csv", book, status=422)["detail"])

    def test_nobody_reaches_anothers_file(self):
        path = "/api/uploads/" + self.upload("jia", "mine.csv", (HEADER + "n-1,jia,320100,2015-02-01,web\n").encode())["upload"]
        for who, status in (("yi", 404), ("regulator", 404), ("administrator", 404), ("tester", 404), ("public", 401)):
            client = self.of[who]
            for answer in (client.get(path), client.get(path + "/rejected"), client.put(path + "/map", {"map": None}),
                           client.post(path + "/accept"), client.delete(path)):
                self.assertEqual(answer.status, status, (who, answer))
        self.assertEqual(self.of["jia"].get(path).status, 200)
        self.upload("yi", "law.csv", b"duty\n", kind="limit", status=403)
        self.upload("yi", "nothing.csv", b"duty\n", kind="nothing", status=422)
        self.upload("tester", "mine.csv", HEADER.encode(), status=403)
        changed = self.of["jia"].put(path + "/map", {"map": None, "kind": "limit"})
        self.assertEqual(changed.status, 403)

    def test_what_is_no_table_is_refused_in_words(self):
        for name, content, word in (("a.csv", b"%PDF-1.4", "PDF"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"), ("a.csv", b"PK\x03\x04", "spreadsheet"),
                                    ("a.xlsx", b"nonsense", "workbook")):
            problem = self.upload("jia", name, content, status=422)
            self.assertIn(word, problem["detail"])
            self.assertNotIn("/upload-", problem["detail"])

    def test_names_lead_nowhere_else(self):
        content = (HEADER + "n-1,jia,320100,2015-02-01,web\n").encode()
        for name in ("../../x.csv", "/etc/passwd.csv", "..", "a\\b.csv", "x" * 500 + ".csv", "\u202egnp.csv", "a\nb.csv", ".hidden.csv"):
            seen = self.upload("jia", name, content)
            self.assertNotIn("/", seen["name"])
            self.assertFalse(seen["name"].startswith("."))
            self.assertEqual(seen["preview"]["accepted"], 1, name)
            self.assertEqual(self.of["jia"].delete("/api/uploads/" + seen["upload"]).status, 204)
        self.assertEqual(json.loads(self.of["jia"].get("/health").body)["status"], "ok")

    def test_there_is_a_limit(self):
        content = (HEADER + "n-1,jia,320100,2015-02-01,web\n").encode()
        for _ in range(20):
            self.upload("jia", "many.csv", content)
        self.upload("jia", "many.csv", content, status=413)
        self.upload("yi", "many.csv", content)


if __name__ == "__main__":
    unittest.main()

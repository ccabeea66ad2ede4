"""Records, entries, proofs, sources, findings and figures over HTTP: what each role gets, and that nobody sees or writes what is
another's, by any of these ways."""
import io
import json
import pathlib
import shutil
import tempfile
import threading
import unittest
import urllib.parse
import zipfile

from server import ServerCase

COMPLAINTS = """id,operator,area,category,filed,channel,subscriber,text
jia-1,jia,320100,hall,2015-01-01,web,13800130001,a secret of the first
jia-2,jia,320500,spam,2015-01-02,web,13800130002,a secret of the second
yi-1,yi,320100,hall,2015-01-03,web,13900130003,a secret of the third
yi-2,yi,320500,hall,2015-03-20,web,,=cmd()
"""
EVENTS = """complaint,time,event
jia-1,2015-01-05,answered
yi-1,2015-02-20,answered
"""
APPEALS = "id,complaint,filed\na-jia,jia-1,2015-01-20\na-yi,yi-1,2015-02-25\n"
APPEAL_EVENTS = "appeal,time,event\na-jia,2015-01-21,accepted\na-yi,2015-02-26,accepted\n"
NUMBERS = "subscriber,operator,area,since\n13800130001,jia,320100,2014-01-01\n13900130003,yi,320100,2014-01-01\n"
SECRETS = ("jia-1", "jia-2", "a-jia", "13800130001", "13800130002", "a secret")


class RecordsCase(ServerCase):
    """A server on a directory with records of two operators, and self.of: a client of each role. The directory is made once."""

    made = None

    def prepare(self):
        if not RecordsCase.made:
            self.make()
        folder, self.tokens = RecordsCase.made
        shutil.copytree(folder, self.data)

    def make(self):
        self.mingbai("init")
        self.load("operator", "operator.csv", "operator,name_zh,name_en\njia,甲电信,Jia\nyi,乙移动,Yi\n", "--source", "operators")
        for kind, text in (("complaint", COMPLAINTS), ("complaint_event", EVENTS), ("appeal", APPEALS), ("appeal_event", APPEAL_EVENTS),
                           ("subscriber", NUMBERS)):
            self.load(kind, f"{kind}.csv", text, "--source", kind)
        tokens = {}
        for name, role, operator in (("jia", "operator", "jia"), ("yi", "operator", "yi"), ("tester", "tester", None),
                                     ("regulator", "regulator", None), ("administrator", "administrator", None)):
            self.add_user(name, role, operator)
            tokens[name] = self.token_of(name)
        scratch = tempfile.TemporaryDirectory(prefix="mingbai-records-")

        def forget():
            RecordsCase.made = None
            scratch.cleanup()
        unittest.addModuleCleanup(forget)
        folder = pathlib.Path(scratch.name) / "data"
        shutil.move(self.data, folder)
        RecordsCase.made = folder, tokens

    def start(self, *options):
        super().start(*options)
        self.of = {"public": self.client}
        for name, token in self.tokens.items():
            self.of[name] = self.new_client(token=token, language="en")

    def items(self, who, path, **query):
        answer = self.of[who].get(path + ("?" + urllib.parse.urlencode(query) if query else ""))
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("position", answer.json)
        return answer.json["items"]

    def post_csv(self, who, kind, text, status=200, **query):
        answer = self.of[who].post(f"/api/records/{kind}?{urllib.parse.urlencode(query)}", text.encode(), type="text/csv")
        self.assertEqual(answer.status, status, answer)
        return answer.json


class SeeingTest(RecordsCase):
    def test_each_sees_their_own_rows(self):
        expected = {"public": 0, "jia": 2, "yi": 2, "tester": 0, "regulator": 4, "administrator": 4}
        for who, count in expected.items():
            with self.subTest(who):
                rows = self.items(who, "/api/records/complaint")
                self.assertEqual(len(rows), count)
                self.assertTrue(all(row["operator"] == who for row in rows if who in ("jia", "yi")))
                self.assertEqual(len(self.items(who, "/api/records/complaint_event")), count // 2)
                self.assertEqual(len(self.items(who, "/api/records/appeal_event")), count // 2)
                self.assertEqual(len(self.items(who, "/api/records/subscriber")), count // 2)
                self.assertGreater(len(self.items(who, "/api/records/limit")), 10)
                self.assertEqual(len(self.items(who, "/api/records/operator")), 2)
                self.assertEqual(len(self.items(who, "/api/records/withdrawal")), 0)
        self.assertEqual(self.of["jia"].get("/api/records/nonsense").status, 404)

    def test_a_row_is_what_is_on_record(self):
        row = self.items("regulator", "/api/records/complaint", id="jia-1")[0]
        subject, entry = row.pop("subscriber"), row.pop("entry")
        self.assertIsInstance(subject, int)
        self.assertEqual(row.pop("position"), entry + 1)
        self.assertEqual(row, {"kind": "complaint", "source": "complaint", "seq": 2, "id": "jia-1", "operator": "jia", "area": "320100",
                               "category": "hall", "filed": "2015-01-01T00:00:00+08:00", "channel": "web", "text": {"sealed": True}})
        one = self.of["jia"].get("/api/record?source=complaint&seq=2").json
        self.assertEqual(one, {**row, "subscriber": subject, "entry": entry, "position": entry + 1})

    def test_no_way_shows_another_operators_record(self):
        yi, whole = self.of["yi"], b""
        paths = [f"/api/records/{kind}{query}" for kind in ("complaint", "complaint_event", "appeal", "appeal_event", "subscriber")
                 for query in ("", "?limit=500", "?format=csv", "?source=complaint", "?operator=jia" if kind in ("complaint", "subscriber") else "?limit=1")]
        paths += ["/api/records/complaint?id=jia-1", "/api/records/complaint?after=jia-0", "/api/records/complaint?after=a&operator=jia",
                  "/api/records/complaint_event?complaint=jia-1", "/api/records/appeal?complaint=jia-1", "/api/records/appeal_event?appeal=a-jia",
                  "/api/findings", "/api/findings?operator=jia", "/api/findings?format=csv", "/api/findings?subscriber=13800130001",
                  "/api/findings?as-of=2016-01-01", "/api/sources", "/api/sources?format=csv"]
        for path in paths:
            answer = yi.get(path)
            self.assertEqual(answer.status, 200, (path, answer))
            whole += answer.body
        size = yi.get("/health").json["position"]
        hidden = 0
        for index in range(size + 3):
            for path in (f"/api/entries/{index}", f"/api/entries/{index}?format=raw", f"/api/proof?index={index}"):
                answer = yi.get(path)
                self.assertIn(answer.status, (200, 404), (path, answer))
                hidden += answer.status == 404
                whole += answer.body
        for source in ("complaint", "complaint_event", "appeal", "appeal_event", "subscriber"):
            for seq in range(1, 6):
                for path in (f"/api/record?source={source}&seq={seq}", f"/api/proof?source={source}&seq={seq}"):
                    answer = yi.get(path)
                    self.assertIn(answer.status, (200, 404))
                    whole += answer.body
        self.assertIn(b"yi-1", whole)
        for secret in SECRETS:
            self.assertNotIn(secret.encode(), whole)
        self.assertGreaterEqual(hidden, 3 * (2 + 1 + 1 + 1 + 1 + 3))  # jia's records, the batch of subscribers, what is not there

    def test_what_is_not_there_and_what_is_not_ones_own_are_told_alike(self):
        of_jia = self.of["jia"].get("/api/record?source=complaint&seq=2").json["entry"]
        for one, other in ((f"/api/entries/{of_jia}", "/api/entries/999999"), (f"/api/proof?index={of_jia}", "/api/proof?index=999999"),
                           ("/api/proof?source=complaint&seq=2", "/api/proof?source=complaint&seq=77"),
                           ("/api/record?source=complaint&seq=2", "/api/record?source=none&seq=2")):
            for who in ("public", "yi", "tester"):
                answers = [self.of[who].get(path) for path in (one, other)]
                problems = [answer.json for answer in answers]
                for problem in problems:
                    problem.pop("instance")
                self.assertEqual(problems[0], problems[1])
                self.assertEqual([answer.status for answer in answers], [404, 404])
            self.assertEqual(self.of["jia"].get(one).status, 200)

    def test_a_batch_is_opened_for_who_may_see_all_of_it(self):
        entry = self.items("regulator", "/api/records/subscriber")[0]["entry"]
        for who, status in (("public", 404), ("jia", 404), ("yi", 404), ("regulator", 200), ("administrator", 200)):
            self.assertEqual(self.of[who].get(f"/api/entries/{entry}").status, status, who)
            self.assertEqual(self.of[who].get(f"/api/proof?index={entry}").status, status, who)
            self.assertEqual(self.of[who].get("/api/proof?source=subscriber&seq=2").status, status, who)
        self.assertEqual(self.of["jia"].get("/api/record?source=subscriber&seq=2").status, 200)
        self.assertEqual(self.of["jia"].get("/api/record?source=subscriber&seq=3").status, 404)

    def test_proofs_are_those_of_the_command_line(self):
        entry = self.items("regulator", "/api/records/complaint")[0]["entry"]
        size = self.client.get("/health").json["position"]
        by_index = self.of["regulator"].get(f"/api/proof?index={entry}&size={size}").json
        growth = self.client.get(f"/api/proof?from=3&to={size}").json
        raw = self.of["regulator"].get(f"/api/entries/{entry}?format=raw").body
        self.assertEqual(self.of["public"].get("/api/proof?index=1&from=2&to=3").status, 400)
        self.assertEqual(self.of["public"].get("/api/proof").status, 400)
        self.stop()
        self.assertEqual(by_index, self.mingbai("proof", "--index", entry, "--size", size).rows[0])
        self.assertEqual(growth, self.mingbai("proof", "--from", 3, "--to", size).rows[0])
        self.assertEqual(raw, self.mingbai("entry", entry, "--format", "raw").out)

    def test_pages_follow_one_another(self):
        for path in ("/api/records/limit", "/api/records/area", "/api/findings", "/api/figures", "/api/sources", "/api/records/complaint_event"):
            with self.subTest(path):
                whole = self.of["regulator"].get(path + "?limit=500").json["items"]
                if "area" not in path and "limit" not in path:
                    self.assertGreater(len(whole), 1)
                paged, next = [], path + "?limit=" + ("97" if len(whole) > 100 else "1")
                while next and len(paged) <= 500:
                    answer = self.of["regulator"].get(next).json
                    paged += answer["items"]
                    next = answer["next"]
                self.assertEqual(paged[:len(whole)], whole)
                self.assertEqual(len({json.dumps(item, sort_keys=True) for item in paged}), len(paged))
        self.assertEqual(self.of["regulator"].get("/api/records/limit?after=x").status, 400)
        self.assertEqual(self.of["regulator"].get("/api/findings?after=x").status, 400)
        self.assertEqual(self.of["regulator"].get("/api/records/complaint?duty=x").status, 400)

    def test_files_hold_all_rows_and_no_formula(self):
        answer = self.of["regulator"].get("/api/records/complaint?format=csv&limit=1")
        self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
        self.assertIn("complaint.csv", answer.headers["Content-Disposition"])
        self.assertEqual(len(answer.text.splitlines()), 5)
        self.post_csv("regulator", "operator", 'operator,name_zh,name_en\n=bing,=1+1,@SUM(A1)\n')
        text = self.of["public"].get("/api/records/operator?format=csv").text
        self.assertIn("'=bing,'=1+1,'@SUM(A1)", text)
        workbook = zipfile.ZipFile(io.BytesIO(self.of["public"].get("/api/records/operator?format=xlsx").body))
        sheet = workbook.read("xl/worksheets/sheet1.xml")
        self.assertNotIn(b"<f>", sheet)

    def test_findings_and_figures_are_those_of_the_command_line(self):
        over_http = {"findings": self.items("regulator", "/api/findings", limit=500), "as_of": self.items("regulator", "/api/findings", **{"as-of": "2015-02-01"}),
                     "jia": self.items("jia", "/api/findings"), "figures": self.items("public", "/api/figures", limit=500),
                     "by": self.items("public", "/api/figures", by="operator,quarter", kind="complaint"),
                     "definitions": self.items("public", "/api/figures/definitions", lang="en")}
        summary = self.items("public", "/api/findings/summary", lang="zh")
        self.assertEqual(self.of["public"].get("/api/findings").status, 401)
        self.assertEqual(self.of["tester"].get("/api/findings").status, 403)
        self.assertEqual(self.items("jia", "/api/notices"), [])
        self.assertEqual(self.of["regulator"].get("/api/figures?by=nonsense").status, 400)
        self.stop()
        self.assertEqual(over_http["findings"], self.mingbai("check", "--lang", "en").rows)
        self.assertEqual(over_http["as_of"], self.mingbai("check", "--as-of", "2015-02-01", "--lang", "en").rows)
        self.assertEqual(over_http["jia"], [row for row in over_http["findings"] if row["operator"] == "jia"])
        self.assertTrue(over_http["jia"])
        self.assertEqual(over_http["figures"], self.mingbai("figures").rows[:500])
        self.assertEqual(over_http["by"], self.mingbai("figures", "--by", "operator,quarter", "--kind", "complaint").rows)
        self.assertEqual(over_http["definitions"], self.mingbai("figures", "--definitions", "--lang", "en").rows)
        self.assertEqual(sum(row["count"] for row in summary), len(over_http["findings"]))
        self.assertEqual({row["says"] for row in summary if row["duty"] == "complaint.answer.late"}, {"逾期未答复"})

    def test_duties_kinds_periods_and_the_report(self):
        duties = {duty["duty"]: duty for duty in self.items("public", "/api/duties", lang="zh")}
        late = duties["complaint.answer.late"]
        self.assertTrue(late["says"] and late["rule"] and late["measure"] == "complaint")
        self.assertIn("15日", [limit["says"] for limit in late["limits"]])
        self.assertEqual({limit["source"] for duty in duties.values() for limit in duty["limits"]}, {"mingbai:limit"})
        kinds = self.items("public", "/api/kinds")
        self.assertIn("complaint", [kind["name"] for kind in kinds])
        self.assertEqual(self.client.get("/api/kinds/complaint").json, next(kind for kind in kinds if kind["name"] == "complaint"))
        self.assertEqual(self.client.get("/api/kinds/none").status, 404)
        self.assertEqual([row["period"] for row in self.items("public", "/api/periods")],
                         ["2015Q1", "2015-03", "2015-02", "2015-01", "2015"])
        report = self.client.get("/api/report?period=2015Q1&lang=en")
        self.assertEqual((report.status, report.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'none'", report.headers["Content-Security-Policy"])
        self.assertEqual(self.client.get("/api/report?period=x").status, 400)
        self.stop()
        self.mingbai("verify", "--report", self.write("report.html", report.body))

    def test_nothing_stale_is_shown(self):
        before = self.items("public", "/api/figures", kind="complaint", by="operator")
        self.post_csv("jia", "complaint", "id,operator,area,filed,channel\njia-9,jia,320100,2015-01-05,web\n")
        after = self.items("public", "/api/figures", kind="complaint", by="operator")
        self.assertNotEqual([row["n"] for row in before], [row["n"] for row in after])
        self.assertIn("complaint:jia-9", [row["subject"] for row in self.items("jia", "/api/findings")])


class WritingTest(RecordsCase):
    def assert_rejected(self, summary, *words):
        self.assertEqual((summary["accepted"], summary["rejected"]), (0, 1), summary)
        for word in words:
            self.assertIn(word, json.dumps(summary["rejects"]))

    def test_an_operator_writes_its_own_records(self):
        summary = self.post_csv("jia", "complaint", "id,operator,area,filed,channel\njia-5,jia,320100,2015-02-01,web\n")
        self.assertEqual({name: summary[name] for name in ("kind", "read", "accepted", "duplicate", "rejected")},
                         {"kind": "complaint", "read": 1, "accepted": 1, "duplicate": 0, "rejected": 0})
        self.assertTrue(summary["source"].startswith("http:jia:"), summary)
        again = self.post_csv("jia", "complaint", "id,operator,area,filed,channel\njia-5,jia,320100,2015-02-01,web\n")
        self.assertEqual((again["accepted"], again["duplicate"], again["source"]), (0, 1, summary["source"]))
        self.post_csv("jia", "complaint_event", "complaint,time,event\njia-5,2015-02-02,answered\n")
        self.assertEqual(len(self.items("jia", "/api/records/complaint_event", complaint="jia-5")), 1)
        self.assertEqual(self.post_csv("jia", "market", "operator,area,month,subscribers\njia,320100,2015-01,10\n")["accepted"], 1)
        body = b'{"id":"jia-6","operator":"jia","area":"320100","filed":"2015-02-01","channel":"web"}\n'
        self.assertEqual(self.of["jia"].post("/api/records/complaint", body, type="application/jsonl").json["accepted"], 1)
        self.assertEqual(self.of["jia"].post("/api/records/complaint", b"[" + body + b"]", type="application/json").json["duplicate"], 1)

    def test_nobody_writes_another_operators_records(self):
        before = self.items("regulator", "/api/records/complaint")
        complaint = "id,operator,area,filed,channel\n"
        self.assert_rejected(self.post_csv("yi", "complaint", complaint + "new,jia,320100,2015-02-01,web\n"), "operator yi only")
        self.assert_rejected(self.post_csv("yi", "complaint", complaint + "jia-1,yi,320100,2015-02-01,web\n"), "another operator")
        self.assert_rejected(self.post_csv("yi", "complaint", complaint + "jia-1,jia,320100,2015-02-01,web\n"))
        self.assert_rejected(self.post_csv("yi", "complaint_event", "complaint,time,event\njia-1,2015-02-02,withdrawn\n"), "of yours")
        self.assert_rejected(self.post_csv("yi", "complaint_event", "complaint,time,event\nnowhere,2015-02-02,withdrawn\n"), "of yours")
        self.post_csv("yi", "appeal", "id,complaint,filed\na-jia,yi-1,2015-02-02\n", status=403)  # not even of its own: appeals are the regulator's
        self.post_csv("yi", "appeal", "id,complaint,filed\nnew,jia-1,2015-02-02\n", status=403)
        self.post_csv("yi", "appeal_event", "appeal,time,event\na-jia,2015-02-02,withdrawn\n", status=403)
        self.assert_rejected(self.post_csv("yi", "market", "operator,area,month,subscribers\njia,320100,2015-01,10\n"))
        self.assert_rejected(self.post_csv("yi", "subscriber", "subscriber,operator,area,since\n13800130001,yi,320100,2015-01-01\n"))
        self.assert_rejected(self.post_csv("yi", "complaint_event", "source,seq,complaint,time,event\nmingbai:portal,1,yi-1,2015-02-02,withdrawn\n"))
        for kind in ("limit", "workday", "area", "operator", "withdrawal", "unsealing", "complaint_note", "complaint_publication"):
            self.post_csv("yi", kind, "x\n1\n", status=403)
        for who, status in (("public", 401), ("tester", 403)):
            self.post_csv(who, "complaint", complaint + "new,jia,320100,2015-02-01,web\n", status=status)
        self.post_csv("regulator", "unsealing", "what\nperson:1\n", status=403)
        self.assertEqual(self.items("regulator", "/api/records/complaint"), before)
        self.assertEqual(len(self.items("regulator", "/api/records/complaint_event")), 2)

    def test_a_source_belongs_to_who_first_used_it(self):
        row = "id,operator,area,filed,channel\n{0}-7,{0},320100,2015-02-01,web\n"
        self.assertEqual(self.post_csv("jia", "complaint", row.format("jia"), source="mine")["accepted"], 1)
        self.assert_rejected(self.post_csv("yi", "complaint", row.format("yi"), source="mine"))
        self.assert_rejected(self.post_csv("jia", "complaint", row.format("jia").replace("-7", "-8"), source="complaint"))  # the local owner's
        self.assert_rejected(self.post_csv("yi", "complaint", "source,seq," + row.format("yi").replace("\nyi", "\nmine,9,yi")))
        for who in ("yi", "tester"):
            self.assertEqual(self.of[who].post("/api/sources/withdraw", {"source": "mine", "why": "x"}).status, 404)
        self.assertEqual(self.of["public"].post("/api/sources/withdraw", {"source": "mine", "why": "x"}).status, 401)
        self.assertEqual([row["source"] for row in self.items("jia", "/api/sources")], ["mine"])
        self.assertEqual(self.items("yi", "/api/sources"), [])
        self.assertEqual(self.of["jia"].post("/api/sources/withdraw", {"source": "complaint", "why": "x"}).status, 404)
        self.assertEqual(self.of["jia"].post("/api/sources/withdraw", {"source": "mine"}).status, 422)
        self.assertEqual(self.of["jia"].post("/api/sources/withdraw", {"source": "mine", "why": "a wrong file"}).status, 200)
        self.assertEqual(self.items("jia", "/api/records/complaint", id="jia-7"), [])
        for who in ("regulator", "administrator"):
            self.assertEqual(self.of[who].post("/api/sources/withdraw", {"source": "mingbai:limit", "why": "x"}).status, 409)
            self.assertEqual(self.of[who].post("/api/sources/withdraw", {"source": "mingbai:portal", "why": "x"}).status, 409)
        self.assertEqual(self.of["regulator"].post("/api/sources/withdraw", {"source": "appeal_event", "why": "x"}).status, 200)
        self.assertEqual(self.items("regulator", "/api/records/appeal_event"), [])

    def test_a_source_is_replaced_by_its_owner(self):
        row = "id,operator,area,filed,channel\njia-7,jia,320100,2015-02-0{0},web\n"
        self.post_csv("jia", "complaint", row.format(1), source="first")
        self.post_csv("yi", "complaint", row.format(2), status=404, source="second", replaces="first")
        self.post_csv("yi", "complaint", row.format(2), status=404, source="second", replaces="complaint")
        self.post_csv("administrator", "complaint", row.format(2), status=409, source="second", replaces="mingbai:portal")
        self.assertEqual(self.post_csv("jia", "complaint", row.format(2), source="second", replaces="first")["accepted"], 1)
        self.assertEqual([row["source"] for row in self.items("jia", "/api/sources")], ["second"])
        self.assertEqual(self.items("jia", "/api/records/complaint", id="jia-7")[0]["filed"], "2015-02-02T00:00:00+08:00")

    def test_the_regulator_edits_the_law(self):
        row = "duty,value,unit,from,basis,status\ncomplaint.answer.late,10,day,2015-01-01,a new rule,V\n"
        before = self.items("regulator", "/api/findings")
        self.assertEqual(self.post_csv("regulator", "limit", row)["accepted"], 1)
        self.assertIn("10 days", [limit["says"] for duty in self.items("public", "/api/duties", lang="en")
                                  for limit in duty["limits"] if duty["duty"] == "complaint.answer.late"])
        self.assertNotEqual(self.items("regulator", "/api/findings"), before)

    def test_the_same_content_at_once_counts_once(self):
        rows = "id,operator,area,filed,channel\n" + "".join(f"jia-many-{i},jia,320100,2015-02-01,web\n" for i in range(2000))
        summaries = []

        def send():
            client = self.new_client(token=self.tokens["jia"])
            summaries.append(client.post("/api/records/complaint", rows.encode(), type="text/csv").json)
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(summaries), 4)
        self.assertEqual(sum(summary["accepted"] for summary in summaries), 2000, summaries)
        self.assertEqual(sum(summary["duplicate"] for summary in summaries), 6000, summaries)

    def at_once(self, *posts):
        """The summaries of posts, each (who, kind, text), sent at the same time."""
        summaries, ready = [None] * len(posts), threading.Barrier(len(posts))

        def send(i, who, kind, text):
            client = self.new_client(token=self.tokens[who], language="en")
            ready.wait()
            summaries[i] = client.post(f"/api/records/{kind}", text.encode(), type="text/csv").json
        threads = [threading.Thread(target=send, args=(i, *post)) for i, post in enumerate(posts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return summaries

    def test_of_two_operators_who_bring_a_key_at_once_one_gets_it(self):
        count, held = 3000, {"jia": 2, "yi": 2}
        for turn in range(10):
            with self.subTest(turn):
                # in the same order, and from both ends, where each gets some
                order = {"jia": range(count), "yi": range(count)[::-1] if turn % 2 else range(count)}
                rows = {who: "".join(f"both-{turn}-{i},{who},320100,2015-02-01,web\n" for i in order[who]) for who in order}
                summaries = dict(zip(order, self.at_once(*((who, "complaint", "id,operator,area,filed,channel\n" + rows[who]) for who in order))))
                self.assertEqual(sum(summary["accepted"] for summary in summaries.values()), count, summaries)
                for who, summary in summaries.items():
                    self.assertEqual(summary["accepted"] + summary["rejected"], count)
                    self.assertLessEqual({reject["reason"] for reject in summary["rejects"]}, {"this id is in use by another operator: give yours another"})
                    held[who] += summary["accepted"]
        sources = self.items("regulator", "/api/sources")
        for who in held:  # what each was told is theirs is what stands under their source, and nobody else's took its place
            records = sum(row["records"] for row in sources if row["source"].startswith(f"http:{who}:"))
            self.assertEqual(records, held[who] - 2)
            answer = self.of[who].get("/api/records/complaint?format=csv")
            self.assertEqual(len(answer.text.splitlines()) - 1, held[who])

    def test_no_event_reaches_a_complaint_that_another_brings_at_once(self):
        count = 1000
        for turn in range(4):
            complaints = "id,operator,area,filed,channel\n" + "".join(f"new-{turn}-{i},jia,320100,2015-02-01,web\n" for i in range(count))
            events = "complaint,time,event\n" + "".join(f"new-{turn}-{i},2015-02-02,answered\n" for i in range(count))
            brought, answered, own = self.at_once(("jia", "complaint", complaints), ("yi", "complaint_event", events), ("jia", "complaint_event", events))
            self.assertEqual((brought["accepted"], answered["accepted"], answered["rejected"]), (count, 0, count))
            # one's own are waited for where they are on their way; those that came before them are rejected
            self.assertEqual(own["accepted"] + own["rejected"], count)

    def test_what_cannot_be_taken_is_told(self):
        summary = self.post_csv("jia", "complaint", "id,operator,area,filed,channel\njia-8,jia,320100,2015-02-01,web\njia-9,jia,320100,never,web\n")
        self.assertEqual((summary["accepted"], summary["rejected"]), (1, 1))
        self.assertEqual({name: summary["rejects"][0][name] for name in ("line", "field")}, {"line": 3, "field": "filed"})
        self.assertNotIn("file", summary["rejects"][0])
        problem = self.post_csv("jia", "complaint", "id,colour\n1,red\n", status=422)
        self.assertIn("colour", problem["detail"])
        self.assertNotIn("/", problem["detail"].replace("docs/", ""))
        self.assertEqual(self.of["jia"].post("/api/records/complaint", b"x", type="image/png").status, 415)
        self.assertEqual(self.of["jia"].post("/api/records/nothing", b"x", type="text/csv").status, 404)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Nobody gets a word of another's, by any route, filter, search, page, export or proof; and nobody changes what is another's."""
import io
import itertools
import json
import re
import unittest
import urllib.parse
import zipfile

from portal_world import SIDES, make_world, operations

OTHER = {"jia": "yi", "yi": "jia"}


def read(answer):
    """An answer's text; of a workbook, that of its sheets."""
    if answer.body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(answer.body)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.body.decode("utf-8", "replace")


def setUpModule():
    LeakCase.world = make_world()
    unittest.addModuleCleanup(LeakCase.world.doCleanups)
    LeakCase.look_around()


class LeakCase(unittest.TestCase):
    @classmethod
    def look_around(cls):
        world = cls.world
        cls.operations = list(operations(world))
        regulator = world.of["regulator"]
        cls.kinds = [kind["name"] for kind in world.done(world.of["public"].get("/api/kinds"))["items"]]
        cls.size = world.position
        cls.findings = world.done(regulator.get("/api/findings?limit=500"))["items"]
        cls.of_findings = {side: [one["finding"] for one in cls.findings if SIDES[side]["word"] in one["subject"]] for side in SIDES}
        cls.records = {kind: cls.world.done(regulator.get(f"/api/records/{kind}?limit=500"))["items"] for kind in cls.kinds
                       if regulator.get(f"/api/records/{kind}?limit=1").status == 200}
        cls.entries = {side: cls.entries_of(side) for side in SIDES}

    @classmethod
    def entries_of(cls, side):
        """Ledger entries that hold what belongs to a side: what names its cases, and its operator's own records."""
        of, named = SIDES[side], set()
        ids = {value for key, value in cls.world.cases[side].items() if key not in ("code", "evidence")}
        ids |= {one["id"] for kind in ("complaint", "appeal") for one in cls.records[kind] if of["word"] in json.dumps(one)}
        for rows in cls.records.values():
            for row in rows:
                mine = ids & {row.get(name) for name in ("id", "complaint", "appeal")} or of["word"] in row["source"]
                if mine:
                    named.add((row["entry"], row["source"], row["seq"], row["kind"]))
        return sorted(named)

    def secrets(self, side):
        """What is only that side's: the words, and what the portal made of them."""
        of, case = SIDES[side], self.world.cases[side]
        return [of["word"], of["number"], of["amount"], *(value for name, value in case.items() if name != "evidence"), *self.of_findings[side]]

    def assert_nothing_of(self, side, answer, what, asked=""):
        """What was asked for may be repeated in a refusal, or in the `next` of a page. The report is for everybody, and names the cases
        that it judged, and the files they came in: of it, nothing that a person said or paid."""
        text = read(answer)
        if (answer.headers["Content-Type"] or "").startswith("text/html"):
            for secret in (SIDES[side]["number"], SIDES[side]["amount"], SIDES[side]["word"] + " "):
                self.assertNotIn(secret, text, what)
            return
        for value in (asked, urllib.parse.quote(asked), urllib.parse.quote_plus(asked)):
            text = text.replace(value, "") if value else text
        for secret in self.secrets(side):
            self.assertNotIn(secret, text, what)


class Reading(LeakCase):
    def everything(self):
        """Each GET with every value of its path, and every filter with values of either side: (address, the value asked for)."""
        both = [value for side in SIDES for name, value in self.world.cases[side].items() if name not in ("evidence", "code")]
        words = {"complaint": both, "appeal": both, "evidence": ["1", "2"], "finding": self.of_findings["jia"][:2] + self.of_findings["yi"][:2],
                 "kind": self.kinds, "index": [], "level": ["0"], "number": ["000"], "upload": ["0"]}
        values = {"operator": ["jia", "yi", "none"], "area": ["320000", "320100", "320500"], "subscriber": [SIDES[side]["number"] for side in SIDES],
                  "source": [SIDES[side]["word"] + "-file" for side in SIDES] + ["mingbai:portal"], "id": both, "complaint": both, "appeal": both,
                  "kind": ["complaint"], "since": ["2015-01-01"], "period": ["2015Q1"], "cycle": ["2015-01"], "as-of": ["2016-01-01"], "category": ["hall"],
                  "state": ["waiting_operator", "appeal_open"], "side": ["all", "operators", "regulator"], "by": ["operator,area,month,category"],
                  "assigned": [SIDES[side]["word"] + "-group" for side in SIDES], "format": ["csv", "xlsx", "jsonl", "raw"], "limit": ["1", "500"],
                  "duty": ["complaint.answer.late"], "month": ["2015-01"], "date": ["2015-01-01"], "seq": ["1", "2", "3", "4", "5"], "download": ["true"],
                  "lang": ["en"], "size": [str(self.size)], "index": [], "from": [], "to": [], "after": []}
        for method, path, operation in self.operations:
            if method != "GET":
                continue
            query = [one for one in operation["parameters"] if one["in"] == "query"]
            needed = [[(one["name"], value) for value in values[one["name"]]] for one in query if one["required"]]
            names = re.findall(r"\{(\w+)\}", path)
            for chosen in itertools.product(*(words[name] for name in names)):
                address = path
                for name, value in zip(names, chosen):
                    address = address.replace("{%s}" % name, urllib.parse.quote(value, safe=""))
                for base in itertools.product(*needed):
                    yield address, list(base), " ".join(chosen)
                    for one in query:
                        if not one["required"]:
                            for value in values[one["name"]]:
                                yield address, [*base, (one["name"], value)], value
                    if any(one["name"] == "format" for one in query) and names != ["index"]:
                        for one in ("operator", "source", "id", "complaint"):
                            if any(other["name"] == one for other in query):
                                yield address, [*base, ("format", "csv"), (one, values[one][-1])], values[one][-1]

    def crawl(self, who, hidden):
        client, found, calls = self.world.of[who], 0, 0
        for address, query, asked in self.everything():
            address += "?" + urllib.parse.urlencode(query) if query else ""
            for _ in range(20):  # pages, to the end
                answer = client.get(address)
                calls += 1
                self.assertLess(answer.status, 500, (who, address, answer))
                for side in hidden:
                    self.assert_nothing_of(side, answer, (who, address), asked)
                found += answer.status == 200
                address = answer.status == 200 and answer.body and answer.headers["Content-Type"] == "application/json" and answer.json.get("next")
                if not address:
                    break
        return found, calls

    def test_what_every_one_gets(self):
        for who, hidden in (("public", ["jia", "yi"]), ("tester", ["jia", "yi"]), ("jia", ["yi"]), ("yi", ["jia"]), ("person jia", ["yi"]),
                            ("follower yi", ["jia"])):
            with self.subTest(who):
                found, calls = self.crawl(who, hidden)
                self.assertGreater(found, 100)
                self.assertGreater(calls, 300)

    def test_the_other_does_get_it(self):
        """The words that are looked for do come out where they may."""
        for side in SIDES:
            for who in (side, "person " + side):
                client = self.world.of[who]
                text = client.get("/api/complaints?limit=500").text + client.get("/api/findings?limit=500").text + client.get("/api/appeals").text
                for name in ("complaint", "waiting", "appeal", "loaded"):
                    self.assertIn(self.world.cases[side][name], text)
                self.assertIn(SIDES[side]["amount"], client.get(f"/api/complaints/{self.world.cases[side]['complaint']}").text)
            follower = self.world.of["follower " + side]
            self.assertIn(self.world.cases[side]["complaint"], follower.get("/api/complaints").text)
            self.assertNotIn(self.world.cases[side]["waiting"], follower.get("/api/complaints").text)
            opened = self.world.done(self.world.of[side].post(f"/api/complaints/{self.world.cases[side]['complaint']}/open", {}))
            for part in (opened["text"], opened["claims"][0]["text"], opened["notes"][0]["text"], opened["evidence"][0]["name"], opened["assigned"]):
                self.assertIn(SIDES[side]["word"], part)

    def test_what_staff_note_is_for_their_side_alone(self):
        for side in SIDES:
            for who in ("person " + side, "follower " + side):
                opened = self.world.done(self.world.of[who].post(f"/api/complaints/{self.world.cases[side]['complaint']}/open", {}))
                self.assertEqual(opened["notes"], [])
                self.assertNotIn("a note", json.dumps(opened))

    def test_the_report_says_what_nobody_paid(self):
        """It is for everybody: it counts bills that do not follow, and the case of each; what one person was charged is theirs."""
        world = self.world
        self.assertIn("18.00", world.of["regulator"].get("/api/findings?kind=bill.follows&lang=en").text)
        report = world.of["public"].get("/api/report?period=2015Q1&lang=en").text
        self.assertIn("bill_line:", report)
        for word in ("18.00", "19.00", "yuan were charged"):
            self.assertNotIn(word, report)

    def test_entries_and_proofs(self):
        for side in SIDES:
            mine, others = self.entries[side], self.entries[OTHER[side]]
            self.assertGreater(len(mine), 20)
            bulk = {entry for entry, _, _, kind in mine if kind == "subscriber"}
            shut = {"operator": {entry for entry, _, _, _ in others}, "public": {entry for entry, _, _, _ in mine}}
            self.assertTrue(bulk)
            for entry, source, seq, kind in others:
                for who in (side, "person " + side, "follower " + side, "public", "tester"):
                    client = self.world.of[who]
                    query = urllib.parse.urlencode({"source": source, "seq": seq})
                    for address in (f"/api/entries/{entry}", f"/api/entries/{entry}?format=raw", f"/api/proof?index={entry}", "/api/proof?" + query,
                                    "/api/record?" + query):
                        answer = client.get(address)
                        self.assertEqual(answer.status, 404, (who, kind, address, answer))
                        self.assert_nothing_of(OTHER[side], answer, (who, address), source)
            for entry, _, _, kind in mine:
                if entry in bulk:  # a batch opens to who may see all of it, which is not even the operator whose it is
                    self.assertEqual(self.world.of[side].get(f"/api/entries/{entry}").status, 404)
                    self.assertEqual(self.world.of[side].get(f"/api/proof?index={entry}").status, 404)
                if kind in ("complaint", "complaint_event", "complaint_claim", "appeal"):
                    self.assertEqual(self.world.of[side].get(f"/api/entries/{entry}").status, 200, kind)
                    self.assertEqual(self.world.of[side].get(f"/api/proof?index={entry}").status, 200, kind)
                self.assertEqual(self.world.of["regulator"].get(f"/api/entries/{entry}").status, 200)
            self.assertTrue(shut["operator"] and shut["public"])

    def test_no_entry_at_all(self):
        """Also those that the program wrote itself: who read what, and what was withdrawn."""
        for who, hidden in (("public", ["jia", "yi"]), ("jia", ["yi"]), ("person yi", ["jia"]), ("follower jia", ["yi"])):
            client, seen = self.world.of[who], 0
            for entry in range(self.world.position):
                answer = client.get(f"/api/entries/{entry}")
                self.assertIn(answer.status, (200, 404))
                seen += answer.status == 200
                if answer.status == 200:
                    self.assertNotIn('"kind":"unsealing"', answer.text)
                    for side in hidden:
                        self.assert_nothing_of(side, answer, (who, entry))
            self.assertGreater(seen, 100)  # the law is everybody's

    def test_a_moved_case_is_for_both(self):
        world = self.world
        moved = world.file_one("jia", "goes over", amount="3.00")["complaint"]
        at = "/api/complaints/" + moved
        self.assertEqual(world.of["yi"].get(at).status, 404)
        world.done(world.of["jia"].post(at + "/notes", {"text": "among jia"}))
        world.done(world.of["jia"].post(at + "/move", {"operator": "yi", "reason": "not ours"}))
        self.assertEqual([world.of[who].get(at).status for who in ("jia", "yi", "person jia", "person yi", "follower jia", "public")],
                         [200, 200, 200, 404, 404, 401])
        world.done(world.of["yi"].post(at + "/notes", {"text": "among yi"}))
        world.done(world.of["yi"].post(at + "/assignment", {"to": "yi's group"}))
        self.assertEqual(world.of["jia"].post(at + "/open", {}).status, 403)  # who passed it on reads no more of it
        texts = {who: world.of[who].post(at + "/open", {}).text for who in ("yi", "person jia")}
        self.assertIn("among yi", texts["yi"])
        for who, word in (("yi", "among jia"), ("person jia", "among")):
            self.assertNotIn(word, texts[who])
        before = world.position
        self.assertEqual(world.of["jia"].post(at + "/answer", {"text": "x", "claims": []}).status, 409)
        self.assertEqual(world.of["jia"].post(at + "/pause", {"reason": "x"}).status, 409)
        self.assertEqual(world.position, before)


class Writing(LeakCase):
    def setUp(self):
        self.before = self.world.position

    def tearDown(self):
        self.assertEqual(self.world.position, self.before)

    def test_anothers_is_as_if_it_were_not_there(self):
        """Every route that writes, with every number of the other side: the same answer as for one that nobody has."""
        bodies = {"answer": {"text": "x", "claims": [{"claim": 1, "verdict": "agreed"}]}, "reply": {"claims": [{"claim": 1, "accepted": True}]},
                  "write": {"text": "x"}, "publication": {"agreed": True, "title": "x", "text": "x"}, "pause": {"reason": "x"},
                  "move": {"operator": "jia", "reason": "x"}, "assignment": {"to": "x"}, "notes": {"text": "x"}, "mediate": {"text": "x"},
                  "decide": {"text": "x"}, "refuse": {"reason": "x"}, "map": {}}
        calls = 0
        for side in SIDES:
            other = self.world.cases[OTHER[side]]
            bodies["merge"] = {"into": self.world.cases[side]["waiting"], "reason": "x"}
            bodies["appeal"] = {"about": "charge", "text": "x"}
            for method, path, operation in self.operations:
                names = re.findall(r"\{(\w+)\}", path)
                if method == "GET" or names not in (["complaint"], ["appeal"]):
                    continue
                file = "application/octet-stream" in str(operation.get("requestBody"))
                act = path.rsplit("/", 1)[1]
                body = b"x" if file else ({"text": "x"} if path.startswith("/api/appeals") and act == "answer" else bodies.get(act, {}))
                for id in (other["complaint"], other["waiting"], other["replying"], other["loaded"], other["appeal"], other["loaded appeal"]):
                    for who in (side, "person " + side, "follower " + side, "public"):
                        client = self.world.elsewhere(self.world.of[who]) if act == "join" else self.world.of[who]  # joins are counted by address
                        answers = [client.request(method, path.replace("{%s}" % names[0], name) + ("?name=x" if file else ""), body,
                                                              type="application/octet-stream" if file else None) for name in (id, "nobody-has-it")]
                        calls += 1
                        told = [{**answer.json, "instance": ""} for answer in answers]
                        self.assertEqual(told[0], told[1], (who, method, path, id))
                        self.assertIn(answers[0].status, (401, 403, 404), (who, path))
        self.assertGreater(calls, 600)

    def test_merging_into_anothers_tells_nothing(self):
        world = self.world
        at = f"/api/complaints/{world.cases['jia']['waiting']}/merge"
        told = [world.of["jia"].post(at, {"into": into, "reason": "x"}) for into in (world.cases["yi"]["waiting"], "nobody-has-it")]
        self.assertEqual([answer.status for answer in told], [422, 422])
        self.assertEqual(told[0].json["errors"], told[1].json["errors"])

    def test_records_of_anothers_case(self):
        """By the door of files, whatever the kind and however the record names the case."""
        world, jia, yi = self.world, self.world.cases["jia"], self.world.cases["yi"]
        rows = {
            "complaint": ["id,operator,area,filed,channel\n{case},yi,320100,2015-02-01,web\n", "id,operator,area,filed,channel\n{case},jia,320100,2015-02-01,web\n"],
            "complaint_event": ["complaint,time,event\n{case},2015-02-02,withdrawn\n", "complaint,time,event,operator\n{case},2015-02-02,moved,yi\n",
                                "complaint,time,event,into\n" + yi["loaded"] + "x,2015-02-02,merged,{case}\n"],
            "complaint_claim": ["complaint,claim,asks\n{case},1,refund\n", "complaint,claim,asks\n{case},9,refund\n"],
            "complaint_claim_event": ["complaint,claim,time,event\n{case},1,2015-02-02,accepted\n"],
            "subscriber": ["subscriber,operator,area,since\n" + SIDES["jia"]["number"] + ",yi,320100,2015-01-01\n"],
            "market": ["operator,area,month,subscribers\njia,320100,2015-01,1\n"],
            "appeal": ["id,complaint,filed\nnew,{case},2015-02-02\n", "id,complaint,filed\n{appeal},{case},2015-02-02\n",
                       "id,complaint,filed\n{appeal}," + yi["loaded"] + ",2015-02-02\n"],
            "appeal_event": ["appeal,time,event\n{appeal},2015-02-02,withdrawn\n"],
            "complaint_evidence": ["complaint,evidence,part,parts,name,type,bytes,time,content\n{case},1,1,1,x,text/html,1,2015-02-02,x\n"],
            "complaint_note": ["complaint,time,account,side,operator,text\n{case},2015-02-02,jia,operator,jia,x\n"],
            "complaint_assignment": ["complaint,time,to,account,side,operator\n{case},2015-02-02,x,jia,operator,jia\n"],
            "complaint_join": ["complaint,time\n{case},2015-02-02\n"],
            "complaint_press": ["complaint,time\n{case},2015-02-02\n"],
            "complaint_publication": ["complaint,time,agreed,title\n{case},2015-02-02,true,x\n"],
            "limit": ["duty,value,unit,from,basis,status\ncomplaint.answer.late,10,day,2015-01-01,x,V\n"],
            "workday": ["date,working,basis\n2015-01-05,false,x\n"],
            "area": ["area,name_zh,name_en\n1,x,x\n"],
            "operator": ["operator,name_zh,name_en\njia,x,x\n"],
            "withdrawal": ["withdrawn,why\nONLYJIA-file,x\n"],
            "unsealing": ["what,why\nperson:1,x\n"],
            "clock": ["time\n2015-01-01\n"],
            "tariff": ["tariff,operator,type\nT,jia,main\n"],
            "subscription": ["subscriber,tariff,from\n" + SIDES["jia"]["number"] + ",T,2015-01-01\n"],
            "usage": ["subscriber,service,start,quantity\n" + SIDES["jia"]["number"] + ",data,2015-01-01,1\n"],
            "notice_sent": ["subscriber,cycle,pool,level,sent\n" + SIDES["jia"]["number"] + ",2015-01,data,cap,2015-01-02\n"],
            "usage_setting": ["subscriber,from,data_cap\n" + SIDES["jia"]["number"] + ",2015-01-01,0\n"],
            "bill_line": ["subscriber,cycle,item,amount\n" + SIDES["jia"]["number"] + ",2015-01,fee:T,1\n"],
        }
        self.assertEqual(set(self.kinds) - set(rows), set())
        for kind, texts in rows.items():
            for text in texts:
                for name in ("complaint", "loaded"):
                    appeal = jia["appeal" if name == "complaint" else "loaded appeal"]
                    answer = world.of["yi"].post("/api/records/" + kind, text.format(case=jia[name], appeal=appeal).encode(), type="text/csv")
                    if answer.status == 200:
                        self.assertEqual((answer.json["accepted"], answer.json["duplicate"], answer.json["rejected"]), (0, 0, 1), (kind, text, answer))
                    else:
                        self.assertIn(answer.status, (403, 422), (kind, text, answer))
                    for who in ("public", "person yi", "tester"):
                        self.assertIn(world.of[who].post("/api/records/" + kind, text.encode(), type="text/csv").status, (401, 403), (who, kind))

    def test_what_a_person_filed_here_is_no_file_of_the_operators(self):
        """The operator does with such a case what its routes allow: no file says in the person's name, or the regulator's, that it is over,
        nor that it was filed another day."""
        world, case = self.world, self.world.cases["jia"]
        for kind, text in (("complaint", "id,operator,area,filed,channel\n{waiting},jia,320100,2026-01-01,web\n"),
                           ("complaint_event", "complaint,time,event\n{waiting},2026-02-02,withdrawn\n"),
                           ("complaint_event", "complaint,time,event\n{replying},2026-02-02,confirmed\n"),
                           ("complaint_claim", "complaint,claim,asks\n{waiting},1,explain\n"),
                           ("complaint_claim_event", "complaint,claim,time,event\n{replying},1,2026-02-02,accepted\n"),
                           ("appeal", "id,complaint,filed\nnew,{waiting},2026-02-02\n"),
                           ("appeal", "id,complaint,filed\n{appeal},{complaint},2026-02-02\n"),
                           ("appeal_event", "appeal,time,event\n{appeal},2026-02-02,withdrawn\n"),
                           ("appeal_event", "appeal,time,event\n{loaded appeal},2015-03-02,withdrawn\n")):
            answer = world.of["jia"].post("/api/records/" + kind, text.format(**case).encode(), type="text/csv")
            self.assertTrue(answer.status == 403 or answer.json["accepted"] == answer.json["duplicate"] == 0, (kind, text, answer))

    def test_sources_of_others(self):
        world = self.world
        row = "id,operator,area,filed,channel\nnew,{},320100,2015-02-01,web\n"
        for who, source in (("yi", "ONLYJIA-file"), ("yi", "ONLYYI-file"), ("yi", "mingbai:portal"), ("yi", "operators")):
            answer = world.of[who].post("/api/records/complaint?" + urllib.parse.urlencode({"source": source}), row.format(who).encode(), type="text/csv")
            self.assertTrue(answer.status >= 400 or answer.json["accepted"] == 0, answer)
            named = world.of[who].post("/api/records/complaint", ("source,seq," + row.format(who).replace("\nnew", f"\n{source},99,new")).encode(), type="text/csv")
            self.assertTrue(named.status >= 400 or named.json["accepted"] == 0, named)
            for path, body in (("/api/sources/withdraw", {"source": source, "why": "x"}),):
                self.assertIn(world.of[who].post(path, body).status, (404, 409), source)
            replaced = world.of[who].post("/api/records/complaint?" + urllib.parse.urlencode({"source": "fresh", "replaces": source}),
                                          row.format(who).encode(), type="text/csv")
            self.assertIn(replaced.status, (404, 409), source)

    def test_files_of_others(self):
        world = self.world
        row = b"id,operator,area,filed,channel\nONLYYI-new,yi,320500,2015-02-01,web\n"
        sent = world.done(world.of["yi"].post("/api/uploads?kind=complaint&name=ONLYYI.csv", row, type="text/csv"), 201)
        at = "/api/uploads/" + sent["upload"]
        for who in ("jia", "regulator", "administrator", "tester", "public", "person yi"):
            for method, path, body in (("GET", at, None), ("PUT", at + "/map", {}), ("POST", at + "/accept", None), ("GET", at + "/rejected", None), ("DELETE", at, None)):
                answer = world.of[who].request(method, path, body)
                self.assertIn(answer.status, (401, 403, 404), (who, method, path))
                self.assertNotIn("ONLYYI", answer.text)
        self.assertEqual(world.of["yi"].get(at).status, 200)
        world.done(world.of["yi"].delete(at), 204)


class UseTest(LeakCase):
    """What is told of use, and of whom."""

    def test_lists_of_an_operator(self):
        """An operator's machine gets its own numbers in clear, which is noted; the regulator's gets subjects."""
        for side, of in SIDES.items():
            for path in ("/api/usage/left", "/api/notices"):
                rows = self.world.done(self.world.of[side].get(path))["items"]
                self.assertEqual({row["subscriber"] for row in rows}, {of["number"]}, path)
                self.assertNotIn(of["number"], read(self.world.of["regulator"].get(path)), path)
                self.assertIn(of["number"], read(self.world.of[side].get(path + "?format=csv")), path)
        size = self.world.position
        self.world.done(self.world.of["jia"].get("/api/usage/left"))
        self.assertEqual(self.world.position, size + 1)

    def test_findings_follow_what_they_rest_on(self):
        """A tariff or a bill line that comes changes what is found at once, as use does."""
        regulator = self.world.of["regulator"]

        def found(kind):
            return sorted(one["amount"] for one in self.world.done(regulator.get("/api/findings?kind=" + kind))["items"])
        before, figure = found("bill.follows"), self.world.done(regulator.get("/api/figures?kind=bill.wrong_share"))["items"][0]["n"]
        row = f"subscriber,cycle,item,amount\n{SIDES['jia']['number']},2015-01,once:plan-jia,7\n".encode()
        self.world.done(regulator.post("/api/records/bill_line", row, type="text/csv"))
        self.assertEqual(found("bill.follows"), sorted(before + ["7.00"]))
        self.assertEqual(self.world.done(regulator.get("/api/figures?kind=bill.wrong_share"))["items"][0]["n"], figure + 1)
        plan = {"tariff": "plan-jia", "operator": "jia", "type": "main", "monthly_fee": "19", "notice_at": [80], "notice_every": "1",
                "prices": [{"service": "data", "per": 1, "price": "1"}], "allowances": [{"id": "d", "service": "data", "quantity": 10}]}
        self.world.done(regulator.post("/api/records/tariff", plan))
        self.assertEqual(len(found("bill.follows")), len(before))

    def test_one_number(self):
        for side, of in SIDES.items():
            for path in (f"/api/usage?subscriber={of['number']}", f"/api/usage/records?subscriber={of['number']}", f"/api/bill?subscriber={of['number']}&cycle=2015-01"):
                self.assertEqual(self.world.of[side].get(path).status, 200, path)
                self.assertEqual(self.world.of["regulator"].get(path).status, 200, path)
                self.assertEqual(self.world.of[OTHER[side]].get(path).status, 404, path)
                for nobody, status in (("public", 401), ("tester", 403)):
                    self.assertEqual(self.world.of[nobody].get(path).status, status, path)
            own = self.world.done(self.world.of[f"person {side}"].get("/api/usage?subscriber=" + SIDES[OTHER[side]]["number"]))
            self.assertEqual(own["services"][0]["over"], 8)
            self.assertNotIn(of["number"], json.dumps(own))


class WhoMovesTest(LeakCase):
    """A number that changes operator: last, as what it brings in is seen by the others."""

    def test_a_number_that_changes_operator(self):
        """The new operator sees nothing of the time before, and is blamed for nothing of it."""
        world, number = self.world, SIDES["jia"]["number"][:-1] + "8"
        regulator, jia, yi = world.of["regulator"], world.of["jia"], world.of["yi"]

        def post(client, kind, head, *rows, source=None):
            body = (head + "\n" + "".join(f"{number},{row}\n" for row in rows)).encode()
            world.done(client.post(f"/api/records/{kind}" + (f"?source={source}" if source else ""), body, type="text/csv"))
        post(regulator, "subscriber", "subscriber,operator,area,since", "jia,320100,2014-01-01", source="moving")
        post(jia, "subscription", "subscriber,tariff,from,to", "plan-jia,2015-01-01,2015-02-01", source="moving-jia-held")
        post(jia, "usage", "subscriber,service,start,quantity", "data,2015-01-05,90", source="moving-jia")
        post(jia, "bill_line", "subscriber,cycle,item,amount", "2015-01,fee:plan-jia,77", source="moving-jia-bill")
        post(jia, "notice_sent", "subscriber,cycle,pool,level,sent,text", "2015-01,data,over,2015-01-20,抽奖", source="moving-jia-sent")
        paths = [f"{path}subscriber={number}" + more for path in ("/api/findings?", "/api/notices?") for more in ("", "&since=2015-01-01")]
        before = {path: world.done(jia.get(path))["items"] for path in paths}
        self.assertGreaterEqual({item["duty"] for item in before[paths[0]]}, {"bill.follows", "usage.notice.advert", "usage.notice.late"})
        post(regulator, "subscriber", "subscriber,operator,area,since", "yi,320500,2015-02-01", source="moved")
        post(yi, "subscription", "subscriber,tariff,from", "plan-yi,2015-02-01", source="moving-yi-held")
        self.assertEqual(yi.get(f"/api/usage?subscriber={number}").status, 200)  # the running month, as there is none with use for it
        post(yi, "usage", "subscriber,service,start,quantity", "data,2015-02-05,9", source="moving-yi")
        found = world.done(regulator.get(paths[0]))["items"]
        self.assertEqual({item["operator"] for item in found if "2015-01" in item["subject"]}, {"jia"})
        self.assertEqual([item for item in world.done(yi.get(paths[0]))["items"] if "2015-01" in item["subject"]], [])
        self.assertEqual({item["cycle"] for item in world.done(yi.get(paths[2]))["items"]}, {"2015-02"})
        for path in ("/api/usage", "/api/usage/records", "/api/bill"):
            self.assertEqual(yi.get(f"{path}?subscriber={number}&cycle=2015-01").status, 404, path)
            self.assertEqual(yi.get(f"{path}?subscriber={number}&cycle=2015-02").status, 200, path)
        self.assertEqual(world.done(yi.get(f"/api/usage?subscriber={number}&cycle=2015-02"))["cycles"], ["2015-02"])
        self.assertEqual([month["cycle"] for month in world.done(yi.get(f"/api/bill?subscriber={number}&cycle=2015-03"))["months"]], ["2015-02", "2015-03"])
        self.assertNotIn(number, read(yi.get("/api/usage/left?cycle=2015-01")))
        for kind in ("bill_line", "notice_sent", "subscription"):
            self.assertNotIn("moving-jia", read(yi.get(f"/api/records/{kind}")), kind)
        self.assertIn("moving-yi-held", read(yi.get("/api/records/subscription")))

    def test_a_number_that_moves_within_a_month(self):
        """Each sees and answers for its own days, to the day; the last of a month included."""
        for digit, day in (("6", 12), ("5", 31)):
            with self.subTest(day):
                self.move_on(SIDES["jia"]["number"][:-1] + digit, day)

    def move_on(self, number, day):
        world = self.world
        regulator, jia, yi = world.of["regulator"], world.of["jia"], world.of["yi"]
        word, first = f"within-{day}", f"2015-03-{day:02}"
        sources = itertools.count()

        def post(client, kind, head, *rows):
            body = (head + "\n" + "".join(f"{number},{row}\n" for row in rows)).encode()
            done = world.done(client.post(f"/api/records/{kind}?source={word}-{next(sources)}", body, type="text/csv"))
            self.assertEqual(done["rejected"], 0, done)
        post(regulator, "subscriber", "subscriber,operator,area,since", "jia,320100,2014-01-01")
        post(jia, "subscription", "subscriber,tariff,from,to", f"plan-jia,2015-01-01,{first}")
        post(jia, "usage", "subscriber,service,start,quantity", "data,2015-01-05,9", "data,2015-02-05,9", "data,2015-03-02,70", "data,2015-03-03,31")
        post(regulator, "notice_sent", "subscriber,cycle,pool,level,sent", f"2015-03,data,over,{first}T08:00:00+08:00", f"2015-03,data,over,{first}T09:00:00+08:00",
             f"2015-03,voice,over,{first}T09:00:00+08:00")
        post(jia, "bill_line", "subscriber,cycle,item,amount", "2015-01,fee:plan-jia,10", "2015-02,fee:plan-jia,10", "2015-03,fee:plan-jia,77")
        post(regulator, "subscriber", "subscriber,operator,area,since", f"yi,320500,{first}")
        post(yi, "subscription", "subscriber,tariff,from", f"plan-yi,{first}")
        post(yi, "usage", "subscriber,service,start,quantity", f"data,{first}T10:00:00+08:00,7")
        asked = f"subscriber={number}&cycle=2015-03"
        used = world.done(yi.get("/api/usage?" + asked))
        self.assertEqual({held["tariff"] for held in used["tariffs"]}, {"plan-yi"})
        self.assertEqual({given["tariff"] for pool in used["pools"] for given in pool["from"]}, {"plan-yi"})
        self.assertEqual({pool["used"] for pool in used["pools"]}, {7})
        self.assertEqual({service["service"]: service["records"] for service in used["services"]}["data"], 1)
        self.assertEqual([notice for notice in used["notices"] if notice["time"] < first], [])
        self.assertEqual([row["quantity"] for row in world.done(yi.get("/api/usage/records?" + asked))["items"]], [7])
        bill = world.done(yi.get("/api/bill?" + asked))
        self.assertNotIn("plan-jia", json.dumps([line for line in bill["lines"] if "amount" in line and line["amount"] != "0.00"]))
        self.assertEqual([month["cycle"] for month in bill["months"]], ["2015-03"])
        left = [row for row in world.done(yi.get("/api/usage/left?cycle=2015-03&limit=500"))["items"] if row["subscriber"] == number]
        self.assertEqual({row["used"] for row in left}, {7})
        self.assertEqual(yi.get(f"/api/usage?subscriber={number}&cycle=2015-02").status, 404)
        # plan-jia's 10 bytes were used up on the 2nd and nobody was told, its fee was charged wrong.
        found = world.done(regulator.get(f"/api/findings?subscriber={number}&limit=500"))["items"]
        self.assertGreaterEqual({item["duty"] for item in found}, {"usage.notice.missing", "bill.follows"})
        self.assertEqual([item for item in found if "plan-yi" in item["subject"]], [])  # yi's bill of that month is not on record
        # What it sent for its own time it may have sent after that; what followed is nobody's fault.
        sent = [item for item in found if item["duty"] == "usage.notice.late"]
        self.assertEqual([item["subject"].split(":", 2)[2] for item in sent], ["2015-03:data:over"] * 2, sent)
        self.assertEqual({item["operator"] for item in found if "plan-yi" not in item["subject"]}, {"jia"}, found)
        self.assertEqual([item["subject"] for item in world.done(yi.get(f"/api/findings?subscriber={number}"))["items"] if "plan-yi" not in item["subject"]], [])

    def test_nobody_brings_its_first_day_forward(self):
        """Who could would read what was another's, and write of it."""
        world, number = self.world, SIDES["jia"]["number"][:-1] + "7"
        regulator, jia, yi = world.of["regulator"], world.of["jia"], world.of["yi"]

        def post(client, kind, head, row):
            return client.post(f"/api/records/{kind}", f"{head}\n{number},{row}\n".encode(), type="text/csv")

        def refused(client, kind, head, row, words):
            answer = post(client, kind, head, row)
            self.assertEqual((answer.status, answer.json["rejected"]), (200, 1), answer)
            self.assertIn(words, answer.json["rejects"][0]["reason"])
        listed = "subscriber,operator,area,since"
        world.done(post(regulator, "subscription", "subscriber,tariff,from,to", "plan-jia,2015-01-01,2015-02-11"))
        refused(yi, "subscriber", listed, "yi,320500,2015-02-10", "another operator's tariff")  # on no list yet
        world.done(post(yi, "subscriber", listed, "yi,320500,2015-02-11"))
        refused(yi, "subscriber", listed, "yi,320500,2015-02-10", "2015-02-11")
        refused(jia, "subscriber", listed, "jia,320500,2015-02-12", "in use by another operator")
        before = {"usage": ("subscriber,service,start,quantity", "data,2015-02-10T23:59:59+08:00,9"),
                  "notice_sent": ("subscriber,cycle,pool,level,sent", "2015-02,data,over,2015-02-10T23:59:59+08:00"),
                  "bill_line": ("subscriber,cycle,item,amount", "2015-01,fee:plan-yi,1"),
                  "subscription": ("subscriber,tariff,from,to", "plan-yi,2015-02-10,")}
        for kind, (head, row) in before.items():
            refused(yi, kind, head, row, "2015-02-11")
        on = {"usage": "data,2015-02-11,9", "notice_sent": "2015-02,data,over,2015-02-11", "bill_line": "2015-02,fee:plan-yi,1",
              "subscription": "plan-yi,2015-02-11,2015-02-12", "subscriber": "yi,320500,2015-02-12"}
        for kind, row in on.items():
            answer = world.done(post(yi, kind, before.get(kind, (listed,))[0], row))
            self.assertEqual(answer["rejected"], 0, (kind, answer))
        answer = world.done(post(regulator, "subscriber", listed, "yi,320500,2015-01-01"))  # staff of the regulator may
        self.assertEqual(answer["rejected"], 0, answer)


if __name__ == "__main__":
    unittest.main()

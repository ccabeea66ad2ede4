#!/usr/bin/env python3
"""Complaints and appeals from outside: each sentence of the contract as a small story, the figures by hand, the simulated
province, and random provinces against the slow reference."""
import subprocess
import unittest

import complaint_property
from program import PROGRAM, SOAK, ProgramCase

AS_OF = "2021-06-01T00:00:00"

# What it tells; the complaint's fields beside its id (operator jia, area 320100 where not given); its events, each
# "TIME EVENT [FIELD=..]"; then, for each finding, the time and the operator.
COMPLAINTS = [
    ("late is after 24:00 of the fifteenth day", "filed=2015-01-03T10:00 answered=2015-01-20T10:00", [], ["2015-01-19 jia"]),
    ("24:00 itself is in time", "filed=2015-01-03T10:00 answered=2015-01-19T00:00", [], []),
    ("a millisecond later is not", "filed=2015-01-03T10:00", ["2015-01-19T00:00:00.001 answered"], ["2015-01-19 jia"]),
    ("the day of the start is not counted", "filed=2015-01-03T00:00 answered=2015-01-19T00:00", [], []),
    ("still open", "filed=2015-01-03T10:00", [], ["2015-01-19 jia"]),
    ("merged after the limit", "filed=2015-01-03T10:00", ["2015-01-20T10:00 merged into=C-1"], ["2015-01-19 jia"]),
    ("merged within it", "filed=2015-01-03T10:00", ["2015-01-19T00:00 merged into=C-1"], []),
    ("withdrawn within it", "filed=2015-01-03T10:00", ["2015-01-10T00:00 withdrawn", "2015-03-01T00:00 written"], []),
    ("a pause at 24:00 leaves that day counted", "filed=2015-01-03T10:00 answered=2015-02-06T00:00:01",
     ["2015-01-18T00:00 paused", "2015-02-05T10:00 resumed"], ["2015-02-06 jia"]),
    ("a resumption at 24:00 counts that day", "filed=2015-01-03T10:00 answered=2015-02-06T00:00:01",
     ["2015-01-17T12:00 paused", "2015-02-05T00:00 resumed"], ["2015-02-06 jia"]),
    ("a pause goes on to the answer", "filed=2015-01-03T10:00 answered=2015-05-06T00:00:01", ["2015-01-04T00:00 paused"], []),
    ("a dispute starts afresh", "filed=2015-01-03T10:00 answered=2015-01-05T10:00",
     ["2015-01-06T10:00 confirmed", "2015-01-10T10:00 disputed"], ["2015-01-26 jia"]),
    ("two runs, both late", "filed=2015-01-03T10:00 answered=2015-02-05T10:00",
     ["2015-02-10T10:00 written", "2015-02-27T10:00 answered"], ["2015-01-19 jia", "2015-02-26 jia"]),
    ("writing while it runs changes nothing", "filed=2015-01-03T10:00 answered=2015-01-20T10:00", ["2015-01-10T10:00 written"],
     ["2015-01-19 jia"]),
    ("never after a merger of what was answered", "filed=2015-01-03T10:00 answered=2015-01-05T10:00",
     ["2015-01-06T10:00 merged into=C-1", "2015-01-10T10:00 disputed"], []),
    ("a pause of a stopped clock has no effect", "filed=2015-01-03T10:00 answered=2015-01-05T10:00",
     ["2015-01-06T10:00 paused", "2015-01-10T10:00 written", "2015-01-27T10:00 answered"], ["2015-01-26 jia"]),
    ("nor has what came before the filing", "filed=2015-01-03T10:00 answered=2015-01-03T09:59", ["2015-01-02T10:00 withdrawn"],
     ["2015-01-19 jia"]),
    ("late is laid to who had it", "filed=2015-01-03T10:00", ["2015-01-10T10:00 moved operator=yi"], ["2015-01-19 yi"]),
    ("at the very moment: the new one", "filed=2015-01-03T10:00", ["2015-01-19T00:00 moved operator=yi"], ["2015-01-19 yi"]),
    ("after it: the old one", "filed=2015-01-03T10:00", ["2015-01-19T00:00:00.001 moved operator=yi"], ["2015-01-19 jia"]),
    ("closed on an unknown day", "filed=2015-01-03T10:00 outcome=done", [], []),
    ("an answer before the filing is no answer's day", "filed=2015-01-03T10:00 answered=2015-01-01T10:00 outcome=done", [], []),
    ("an outcome with an answer", "filed=2015-01-03T10:00 outcome=done", ["2015-01-20T10:00 answered"], ["2015-01-19 jia"]),
    ("the law of 2004 was none", "filed=2004-01-03T10:00", [], []),
    ("the law of the day on which it started", "area=410100 filed=2020-12-31T23:59 answered=2021-01-15T10:00", [], []),
    ("Henan: five working days", "area=410100 filed=2021-01-01T00:00 answered=2021-01-15T10:00", [], ["2021-01-09 jia"]),
    ("Henan: each run by its own day's law", "area=410100 filed=2020-12-20T10:00 answered=2020-12-21T10:00",
     ["2021-01-04T10:00 written", "2021-01-12T10:00 answered"], ["2021-01-12 jia"]),
    ("Chongqing: fifteen working days, over a holiday", "area=500103 filed=2018-09-20T10:00 answered=2018-10-20T10:00", [],
     ["2018-10-18 jia"]),
    ("a Sunday worked counts", "area=410000 filed=2021-02-05T10:00 answered=2021-02-19T10:00", [], ["2021-02-19 jia"]),
    ("outside China no law holds", "area=FAR filed=2015-01-03T10:00", [], []),
    ("but the one loaded", "area=EU-1 filed=2015-01-03T10:00", [], ["2015-01-06 jia"]),
    ("hours count while the clock runs", "area=EU-2 filed=2015-01-03T10:00 answered=2015-01-10T10:00",
     ["2015-01-03T20:00 paused", "2015-01-05T20:00 resumed"], ["2015-01-06T10:00:00 jia"]),
    ("months end on the month's last day", "area=EU-3 filed=2015-01-31T10:00 answered=2015-03-01T00:00:00.001", [],
     ["2015-03-01 jia"]),
]

# Events of one moment, in the order (source, seq): the answer of source "a" comes before the dispute of source "b", and not
# after that of source "A"; 10 comes after 9.
ONE_MOMENT = [
    ("S-1", [("2015-01-05T10:00", "answered", "a", 5), ("2015-01-05T10:00", "disputed", "b", 1)], ["2015-01-21"]),
    ("S-2", [("2015-01-05T10:00", "answered", "a", 6), ("2015-01-05T10:00", "disputed", "A", 9)], []),
    ("S-3", [("2015-01-05T10:00", "answered", "b", 9), ("2015-01-05T10:00", "disputed", "b", 10)], ["2015-01-21"]),
    ("S-4", [("2015-01-05T10:00", "disputed", "b", 11), ("2015-01-05T10:00", "answered", "b", 12)], []),
]

# What it tells; the complaint, its events; the appeal's fields beside its id, its events; findings.
APPEALS = [
    ("accepted within fifteen days of silence", "filed=2015-01-03T10:00", [], "filed=2015-01-18T10:00",
     ["2015-01-19T10:00 accepted", "2015-01-20T10:00 decided"], ["early 2015-01-19T10:00:00"]),
    ("as the fifteenth day ends it has ended", "filed=2015-01-03T10:00", [], "filed=2015-01-19T00:00",
     ["2015-01-19T10:00 accepted", "2015-01-20T10:00 decided"], []),
    ("answered at that moment", "filed=2015-01-03T10:00 answered=2015-01-05T10:00", [], "filed=2015-01-05T10:00",
     ["2015-01-06T10:00 accepted", "2015-01-20T10:00 decided"], []),
    ("answered only after it", "filed=2015-01-03T10:00 answered=2015-01-05T10:00", [], "filed=2015-01-05T09:59",
     ["2015-01-06T10:00 accepted", "2015-01-20T10:00 decided"], ["early 2015-01-06T10:00:00"]),
    ("pauses are disregarded", "filed=2015-01-03T10:00", ["2015-01-04T10:00 paused"], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 accepted", "2015-01-21T10:00 decided"], []),
    ("before its complaint", "filed=2015-01-03T10:00 outcome=done", [], "filed=2015-01-02T10:00",
     ["2015-01-20T10:00 accepted", "2015-01-21T10:00 decided"],
     ["early 2015-01-20T10:00:00", "accept_late 2015-01-09T00:00:00"]),
    ("after it was merged, however long ago", "filed=2015-01-03T10:00", ["2015-01-10T10:00 merged into=C-1"],
     "filed=2015-03-02T10:00", ["2015-03-03T10:00 accepted", "2015-03-20T10:00 decided"], ["early 2015-03-03T10:00:00"]),
    ("after it was withdrawn and all the same answered", "filed=2015-01-03T10:00",
     ["2015-01-10T10:00 withdrawn", "2015-01-11T10:00 answered"], "filed=2015-01-12T10:00",
     ["2015-01-13T10:00 accepted", "2015-01-20T10:00 decided"], []),
    ("charges within five months", "filed=2015-01-31T10:00", [], "filed=2015-07-01T00:00 about=charge",
     ["2015-07-01T10:00 accepted", "2015-07-20T10:00 decided"], []),
    ("and no longer", "filed=2015-01-31T10:00", [], "filed=2015-07-01T00:00:00.001 about=charge",
     ["2015-07-01T10:00 accepted", "2015-07-20T10:00 decided"], ["late 2015-07-01T10:00:00"]),
    ("others within two years", "filed=2015-01-31T10:00", [], "filed=2016-07-01T00:00",
     ["2016-07-01T10:00 accepted", "2016-07-20T10:00 decided"], []),
    ("and no longer, about left out", "filed=2015-01-31T10:00", [], "filed=2017-02-01T10:00",
     ["2017-02-02T10:00 accepted", "2017-02-20T10:00 decided"], ["late 2017-02-02T10:00:00"]),
    ("refused without a reason", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00", ["2015-01-20T10:00 refused"],
     ["refused 2015-01-20T10:00:00"]),
    ("refused for another reason", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 refused reason=其他"], []),
    ("refused as early, which it was", "filed=2015-01-03T10:00", [], "filed=2015-01-18T10:00",
     ["2015-01-20T10:00 refused reason=early"], []),
    ("refused as early, which it was not", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 refused reason=early"], ["refused 2015-01-20T10:00:00"]),
    ("refused as late, which it was not", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 refused reason=late"], ["refused 2015-01-20T10:00:00"]),
    ("refused as late, which it was", "filed=2015-01-03T10:00", [], "filed=2015-07-01T10:00 about=charge",
     ["2015-07-02T10:00 refused reason=late"], []),
    ("the first counts: refused, then accepted", "filed=2015-01-03T10:00", [], "filed=2015-01-10T10:00",
     ["2015-01-12T10:00 refused reason=early", "2015-01-13T10:00 accepted"], []),
    ("the first counts: accepted, then refused", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 accepted", "2015-01-21T10:00 refused"], ["decide_late 2015-02-19T00:00:00"]),
    ("five working days to accept, over the Spring Festival", "filed=2015-01-03T10:00", [], "filed=2015-02-13T10:00",
     ["2015-02-27T00:00 accepted", "2015-02-28T10:00 mediated"], []),
    ("and no more", "filed=2015-01-03T10:00", [], "filed=2015-02-13T10:00",
     ["2015-02-27T00:00:00.001 accepted", "2015-02-28T10:00 mediated"], ["accept_late 2015-02-27T00:00:00"]),
    ("thirty days to decide, owed even if never accepted", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-02-18T00:00:00 decided"], ["accept_late 2015-01-27T00:00:00"]),
    ("and no more", "filed=2015-01-03T10:00", [], "filed=2015-01-18T10:00",
     ["2015-01-19T10:00 accepted", "2015-02-18T00:00:01 decided"],
     ["early 2015-01-19T10:00:00", "decide_late 2015-02-18T00:00:00"]),
    ("a refusal ends both clocks", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 refused reason=其他"], []),
    ("a withdrawal ends both clocks", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00", ["2015-01-20T10:00 withdrawn"],
     []),
    ("neither ever", "filed=2015-01-03T10:00", [], "filed=2015-01-19T10:00", [],
     ["accept_late 2015-01-27T00:00:00", "decide_late 2015-02-19T00:00:00"]),
    ("closed on an unknown day, perhaps answered", "filed=2015-01-03T10:00 outcome=done", [], "filed=2015-01-10T10:00",
     ["2015-01-12T10:00 accepted", "2015-01-20T10:00 decided"], []),
    ("outside China there is no such law", "area=FAR filed=2015-01-03T10:00", [], "filed=2015-01-04T10:00", [], []),
    ("without its complaint on record", None, [], "filed=2015-01-19T10:00",
     ["2015-01-20T10:00 refused", "2015-01-21T10:00 accepted"],
     ["refused 2015-01-20T10:00:00"]),
    ("before the calendar was published", "filed=2003-04-01T10:00", [], "filed=2003-04-28T10:00",
     ["2003-05-06T10:00 accepted", "2003-05-20T10:00 decided"], ["accept_late 2003-05-06T00:00:00 provisional"]),
]

LIMITS = """duty,area,service,place,statistic,value,unit,from,to,basis,status
complaint.answer.late,EU,,,,2,day,2010-01-01,,a test,ours
complaint.answer.late,EU,voice,,,1,day,2010-01-01,,a test,ours
complaint.answer.late,EU-2,,,,24,hour,2010-01-01,,a test,ours
complaint.answer.late,EU-3,,,,1,month,2010-01-01,2016-01-01,a test,ours
"""
AREAS = "area,parent,name_zh,name_en\nEU-1,EU,一,One\nEU-2,EU,二,Two\nEU-3,EU,三,Three\n"


def fields(told):
    return dict(part.split("=", 1) for part in told.split())


def table(names, rows):
    return "\n".join(",".join([*names]) for names in [names, *[[row.get(name, "") for name in names] for row in rows]]) + "\n"


def event_row(owner, name, told):
    time, event, *more = told.split()
    return {owner: name, "time": time, "event": event, **fields(" ".join(more))}


def moment(told):
    return told + ("" if len(told) > 10 else "T00:00:00") + "+08:00"


class Stories(ProgramCase):
    def load_all(self, complaints, events, appeals, appeal_events):
        self.mingbai("init")
        self.load("limit", "limit.csv", LIMITS)
        self.load("area", "area.csv", AREAS)
        # Records may come before what they name.
        for kind, names, rows in (
                ("appeal_event", ("appeal", "time", "event", "reason"), appeal_events),
                                  ("appeal", ("id", "complaint", "filed", "about"), appeals),
                ("complaint_event", ("complaint", "time", "event", "operator", "into"), events),
                ("complaint", ("id", "operator", "area", "filed", "channel", "answered", "outcome"), complaints)):
            if rows:
                self.load(kind, kind + ".csv", table(names, rows))

    def test_complaints(self):
        complaints, events = [], []
        for number, (_, told, story, _) in enumerate(COMPLAINTS, 1):
            complaints.append({"operator": "jia", "area": "320100", "channel": "web", **fields(told), "id": "C-%d" % number})
            events += [event_row("complaint", "C-%d" % number, one) for one in story]
        self.load_all(complaints, events, [], [])
        found = {}
        for one in self.mingbai("check", "complaint.answer.late", "--as-of", AS_OF).rows:
            found.setdefault(one["subject"], []).append((one["time"], one["operator"]))
        for number, (tells, _, _, means) in enumerate(COMPLAINTS, 1):
            with self.subTest(tells):
                wanted = [(moment(time), operator) for time, operator in map(str.split, means)]
                self.assertEqual(sorted(found.get("complaint:C-%d" % number, [])), wanted)

    def test_appeals(self):
        complaints, events, appeals, appeal_events = [], [], [], []
        for number, (_, told, story, appeal, appeal_story, _) in enumerate(APPEALS, 1):
            if told:
                complaints.append({"operator": "jia", "area": "320100", "channel": "web", **fields(told),
                                   "id": "C-%d" % number})
            events += [event_row("complaint", "C-%d" % number, one) for one in story]
            appeals.append({"complaint": "C-%d" % number, **fields(appeal), "id": "A-%d" % number})
            appeal_events += [event_row("appeal", "A-%d" % number, one) for one in appeal_story]
        self.load_all(complaints, events, appeals, appeal_events)
        found = {}
        for one in self.mingbai("check", "--as-of", AS_OF).rows:
            if one["subject"].startswith("appeal:"):
                self.assertIsNone(one["operator"])
                duty = one["duty"].replace("complaint.appeal.", "")
                found.setdefault(one["subject"], []).append(
                    "%s %s%s" % (duty, one["time"].replace("+08:00", ""), " provisional" if one.get("provisional") else ""))
        for number, (tells, _, _, _, _, means) in enumerate(APPEALS, 1):
            with self.subTest(tells):
                self.assertEqual(sorted(found.get("appeal:A-%d" % number, [])), sorted(means))

    def test_events_of_one_moment(self):
        self.mingbai("init")
        rows = [{"complaint": name, "time": time, "event": event, "source": source, "seq": str(seq)}
                for name, story, _ in ONE_MOMENT for time, event, source, seq in story]
        rows.sort(key=lambda row: -int(row["seq"]))
        names = ("complaint", "time", "event", "source", "seq")
        for number, row in enumerate(rows):  # the later seq first
            self.load("complaint_event", "event-%d.csv" % number, table(names, [row]))
        self.load("complaint", "complaint.csv", table(("id", "operator", "area", "filed", "channel"), [
            {"id": name, "operator": "jia", "area": "320100", "filed": "2015-01-03T10:00", "channel": "web"}
            for name, _, _ in ONE_MOMENT]))
        found = {}
        for one in self.mingbai("check", "complaint.answer.late", "--as-of", "2015-06-01").rows:
            found.setdefault(one["subject"], []).append(one["time"])
        for name, _, means in ONE_MOMENT:
            with self.subTest(name):
                self.assertEqual(found.get("complaint:" + name, []), [moment(time) for time in means])

    def test_as_of(self):
        self.load_all([{"id": "C-1", "operator": "jia", "area": "320100", "channel": "web", "filed": "2015-01-03T10:00",
                        "answered": "2015-02-01T10:00", "outcome": "done"},
                       {"id": "C-2", "operator": "jia", "area": "320100", "channel": "web", "filed": "2015-01-10T10:00"}], [],
                      [], [])

        def late(*arguments):
            return [(one["subject"], one["measured"])
                    for one in self.mingbai("check", "complaint.answer.late", *arguments).rows]
        # An answer of a later day is unseen, though the outcome is known: the case was open.
        self.assertEqual(late("--as-of", "2015-01-20T10:00"), [("complaint:C-1", "17 day")])
        self.assertEqual(late("--as-of", "2015-01-19T00:00"), [])
        # By default as of the latest event: the answer of the first.
        self.assertEqual(late(), [("complaint:C-1", "29 day"), ("complaint:C-2", "22 day")])
        # What later records undo disappears, and what stays keeps its id.
        before = {one["subject"]: one["finding"] for one in self.mingbai("check").rows}
        self.load("complaint_event", "more.csv", "complaint,time,event\nC-2,2015-01-11T10:00,answered\n")
        self.assertEqual({one["subject"]: one["finding"] for one in self.mingbai("check").rows},
                         {"complaint:C-1": before["complaint:C-1"]})

    def test_a_finding_in_full(self):
        self.load_all([{"id": "C-17", "operator": "jia", "area": "320100", "channel": "web", "filed": "2015-01-03T10:00"}],
                      [event_row("complaint", "C-17", one) for one in
                       ("2015-01-05T10:00 answered", "2015-01-06T10:00 disputed", "2015-01-07T10:00 moved operator=yi",
                        "2015-01-08T10:00 paused", "2015-01-09T10:00 resumed", "2015-01-25T10:00 answered")], [], [])
        self.load("operator", "operator.csv", "operator,name_zh,name_en\nyi,乙移动,Yi Mobile\n")
        (one,) = self.mingbai("check").rows
        self.assertEqual({name: one[name] for name in ("duty", "operator", "area", "subject", "time", "limit", "measured",
                                                       "amount")},
                         {"duty": "complaint.answer.late", "operator": "yi", "area": "320100", "subject": "complaint:C-17",
                          "time": "2015-01-23T00:00:00+08:00", "limit": "15 day", "measured": "18 day", "amount": None})
        self.assertEqual([record["seq"] for record in one["records"]], [2, 3, 7, 4, 5, 6])
        self.assertEqual(one["says"], "After the person disputed the answer on 6 January 2015, Yi Mobile had to answer"
                         " complaint C-17 again by 24:00 on 22 January 2015 (limit: 15 days); the answer came on 25 January 2015,"
                         " 3 days late.")
        chinese = self.mingbai("check", environment={"LC_ALL": "zh_CN.UTF-8"}).rows[0]["says"]
        self.assertEqual(chinese, "用户于2015年1月6日对答复提出异议后，乙移动应在2015年1月22日24:00前再次答复投诉C-17（时限15日），"
                         "实际于2015年1月25日答复，晚3天。")

    def test_what_an_event_needs(self):
        self.mingbai("init")
        path = self.write("event.csv", "complaint,time,event,operator,into\nC-1,2015-01-03,moved,,\nC-1,2015-01-03,merged,,\n"
                                       "C-1,2015-01-03,moved,yi,\nC-1,2015-01-03,merged,,C-2\n")
        self.assertEqual(self.mingbai("load", "complaint_event", path, code=3).rows[-1]["rejected"], 2)

    def test_what_a_served_case_has_besides(self):
        """Claims, evidence, notes and the rest load like all records, and are sealed like all texts."""
        self.mingbai("init")
        self.load("complaint_claim", "complaint_claim.csv", "complaint,claim,asks,amount,text\nC-1,1,退费,18,back\nC-1,2,explain,,\n")
        self.load("complaint_claim_event", "complaint_claim_event.csv", "complaint,claim,time,event,amount\nC-1,1,2015-01-04T10:00,agreed,18\n")
        self.load("complaint_press", "complaint_press.csv", "complaint,time\nC-1,2015-01-20T10:00\n")
        self.load("complaint_publication", "complaint_publication.csv", "complaint,time,agreed,title,text\nC-1,2015-01-20T10:00,true,a,b\n")
        for kind, header, good, bad in (
                ("complaint_note", "complaint,time,account,side,operator,text",
                 "C-1,2015-01-04T10:00,wang,operator,jia,secret", "C-1,2015-01-04T10:00,wang,operator,,secret"),
                ("complaint_assignment", "complaint,time,to,account,side,operator",
                 "C-1,2015-01-04T10:00,li,wang,regulator,", "C-1,2015-01-04T10:00,li,wang,operator,"),
                ("complaint_evidence", "complaint,evidence,part,parts,name,type,bytes,time,content",
                 "C-1,1,1,1,a.txt,text/plain,5,2015-01-04T10:00,bytes", "C-1,1,2,1,a.txt,text/plain,5,2015-01-04T10:00,bytes")):
            summary = self.load(kind, kind + ".csv", f"{header}\n{good}\n{bad}\n", code=3)
            self.assertEqual((kind, summary["accepted"], summary["rejected"]), (kind, 1, 1))
        ledger = b"".join(path.read_bytes() for path in (self.data / "ledger").glob("*.segment"))
        self.assertNotIn(b"secret", ledger)


def of_each(jia, yi):
    """Value, n and unknown of each operator, in all areas and for all time."""
    return {("jia", None, None): jia, ("yi", None, None): yi}


class Figures(ProgramCase):
    """Ten complaints by hand."""
    COMPLAINTS = """id,operator,area,category,filed,channel,subscriber,answered,outcome,satisfied
C-1,jia,320100,spam,2015-01-01T10:00,web,15400000001,2015-01-03T10:00,,true
C-2,jia,320100,spam,2015-01-05T10:00,web,15400000001,2015-01-09T10:00,,false
C-3,jia,320583,hall,2015-01-10T10:00,web,15400000001,2015-01-16T10:00,,true
C-4,jia,320500,spam,2015-01-20T10:00,web,15400000002,2015-02-09T10:00,,
C-5,yi,320100,spam,2015-01-20T10:00,web,15400000001,,done,
C-6,yi,320100,,2015-02-02T10:00,web,15400000001,,,
C-7,yi,320100,spam,2015-02-03T10:00,web,,2015-02-04T10:00,,true
C-8,yi,320100,spam,2015-04-20T10:00,web,15400000001,,,
C-9,yi,FAR,spam,2015-04-21T10:00,web,15400000003,2015-04-21T22:00,,true
C-10,yi,320100,spam,2015-01-21T10:00,web,15400000004,,,
"""
    EVENTS = """complaint,time,event
C-3,2015-01-11T10:00,paused
C-3,2015-01-13T10:00,resumed
C-10,2015-01-25T10:00,withdrawn
"""
    MARKETS = """operator,area,month,subscribers
jia,320000,2015-01,1000000
jia,320000,2015-02,3000000
jia,320500,2015-01,400000
jia,320583,2015-01,100000
yi,320100,2015-01,500000
yi,320500,2015-01,500000
"""

    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.load("complaint", "complaint.csv", self.COMPLAINTS)
        self.load("complaint_event", "event.csv", self.EVENTS)
        self.load("market", "market.csv", self.MARKETS)

    def figure(self, name, *arguments):
        rows = self.mingbai("figures", "complaint." + name, *arguments).rows
        return {(row["operator"], row["area"], row["period"]): (row["value"], row["n"], row["unknown"]) for row in rows}

    def test_counts(self):
        self.assertEqual(self.figure("count", "--by", "operator"), of_each((4, 4, 0), (6, 6, 0)))
        self.assertEqual(self.figure("count", "--by", "period", "--operator", "jia"), {("jia", None, "2015-01"): (4, 4, 0)})
        self.assertEqual(self.figure("count", "--by", "operator", "--area", "320500", "--period", "2015Q1"),
                         {("jia", "320500", "2015Q1"): (2, 2, 0)})
        self.assertEqual(self.figure("count", "--by", "area", "--operator", "jia"),
                         {("jia", "320100", None): (2, 2, 0), ("jia", "320583", None): (1, 1, 0),
                          ("jia", "320500", None): (1, 1, 0)})

    def test_in_time(self):
        # C-4 is late, C-6 open and late; C-5 closed on an unknown day, C-9 without a law; C-8 is not yet due, C-10 withdrawn.
        self.assertEqual(self.figure("in_time", "--by", "operator"), of_each((0.75, 4, 0), (0.5, 2, 2)))

    def test_satisfied(self):
        (row,) = self.mingbai("figures", "complaint.satisfied", "--by", "operator", "--operator", "jia").rows
        self.assertEqual((row["value"], row["n"], row["unknown"]), (0.666667, 3, 1))
        self.assertEqual((row["low"], row["high"]), (0.20766, 0.938508))  # Wilson for 2 of 3

    def test_repeat(self):
        # C-2 repeats C-1; C-3 is another category; C-8 comes 90 days after C-5, to the second; C-6 and C-7 cannot be told.
        self.assertEqual(self.figure("repeat", "--by", "operator"),
                         {("jia", None, None): (0.25, 4, 0), ("yi", None, None): (0.25, 4, 2)})
        self.assertEqual(self.figure("repeat", "--by", "operator", "--period", "2015-04")[("yi", None, "2015-04")], (0.5, 2, 0))

    def test_answer_times(self):
        # jia: 2, 4, 4 (two days paused), 20 days; yi: 0.5, 1, and two open; one withdrawn, one unknown.
        self.assertEqual(self.figure("answer_median", "--by", "operator"), of_each((4, 4, 0), (1, 4, 1)))
        self.assertEqual(self.figure("answer_p95", "--by", "operator"), of_each((20, 4, 0), (None, 4, 1)))

    def test_per_million(self):
        rate = self.figure("per_million", "--by", "operator", "--period", "2015-01")
        self.assertEqual(rate[("jia", None, "2015-01")][0], 4)    # the province's row alone: what lies in it is not added
        self.assertEqual(rate[("yi", None, "2015-01")][0], 2)     # two cities, summed
        quarter = self.figure("per_million", "--by", "operator", "--period", "2015Q1")
        self.assertEqual(quarter[("jia", None, "2015Q1")][0], 2)  # the mean of the months that have rows
        inside = self.figure("per_million", "--by", "operator", "--area", "320500", "--period", "2015-01")
        self.assertEqual(inside[("jia", "320500", "2015-01")][0], 5)
        (every,) = self.mingbai("figures", "complaint.per_million", "--by", "operator", "--operator", "jia",
                                "--period", "2015-01").rows
        self.assertEqual((every["low"], every["high"]), (1.0899, 10.2416))  # Garwood for 4, by a million

    def test_per_million_by_the_list(self):
        self.load("subscriber", "subscriber.csv", "subscriber,operator,area,since,until\n15400000001,yi,320100,2015-02-28,\n"
                  "15400000002,yi,320100,2015-03-01,\n15400000003,yi,320100,2014-02-01,2015-03-01\n"
                  "15400000004,jia,320100,2014-02-01,\n")
        rate = self.figure("per_million", "--by", "operator", "--period", "2015-02")
        self.assertEqual(rate[("yi", None, "2015-02")][0], 1000000)  # two are served on the last of February

    def test_filters(self):
        rows = self.mingbai("figures", "--kind", "complaint.answer", "--by", "operator").rows
        self.assertEqual({row["figure"] for row in rows}, {"complaint.answer_median", "complaint.answer_p95"})
        rows = self.mingbai("figures", "--kind", "complaint.c", "--definitions").rows
        self.assertEqual([row["figure"] for row in rows], ["complaint.count"])
        for since, periods in (("2015-01-31T23:59:59", ["2015-01", "2015-02", "2015-04"]), ("2015-02-01", ["2015-02", "2015-04"])):
            rows = self.figure("count", "--operator", "yi", "--area", "320100", "--since", since)
            self.assertEqual([period for _, _, period in rows], periods)
        self.assertEqual(self.figure("count", "--by", "quarter", "--since", "2015-03-31T12:00"),
                         {(None, None, "2015Q1"): (8, 8, 0), (None, None, "2015Q2"): (2, 2, 0)})
        self.assertEqual(self.figure("count", "--by", "operator", "--period", "2015-01", "--since", "2015-02-01"), {})
        for wrong in (("--by", "operator", "--since", "2015-01-01"), ("--since", "yesterday"), ("--subscriber", "15400000001")):
            self.assertIn(wrong[-2].lstrip("-"), self.mingbai("figures", *wrong, code=2).err)

    def test_the_report_shows_no_law_that_does_not_hold(self):
        self.load("limit", "limit.csv", "duty,area,value,unit,from,basis,status\n"
                  "complaint.answer.late,320100,3,day,2010-01-01,a city's rule,V\n"
                  "complaint.answer.late,320000,16,day,2010-01-01,a province's rule,V\n")
        report = self.folder / "report.html"
        self.mingbai("report", "--period", "2015Q1", "--lang", "en", "--out", report)
        self.assertEqual({row["limit"] for row in self.mingbai("check", "complaint.answer.late").rows}, {"16 day"})
        self.assertIn("a province", report.read_text())
        self.assertNotIn("a city", report.read_text())

    def test_nobody_owes_notices_yet(self):
        for asked in ((), ("--subscriber", "15400000001", "--since", "2015-01-01", "--format", "csv")):
            self.assertEqual(self.mingbai("notices", *asked).out, b"")
        self.mingbai("notices", "--period", "soon", code=2)

    def test_a_csv_file_for_people_begins_with_a_byte_order_mark(self):
        asked = ("figures", "complaint.count", "--by", "operator", "--format", "csv")
        piped = self.mingbai(*asked).out
        self.assertTrue(piped.startswith(b"figure,operator,"))
        path = self.folder / "count.csv"
        for times, mode in ((1, "wb"), (2, "ab")):  # once, however much is added
            with path.open(mode) as file:
                subprocess.run([PROGRAM, "--data", str(self.data), *asked], stdout=file, check=True, timeout=600)
            self.assertEqual(path.read_bytes(), b"\xef\xbb\xbf" + piped * times)

    def test_nothing_to_divide_by(self):
        rows = self.figure("per_million", "--by", "operator", "--period", "2015-04")
        self.assertEqual(rows, {("yi", None, "2015-04"): (None, 0, 2)})

    def test_only_what_the_totals_cover_is_divided_by_them(self):
        header, self.data = "id,operator,area,filed,channel\n", self.folder / "other"
        self.mingbai("init")
        places = ("jia,320100",) * 3 + ("jia,320102", "jia,320000", "bing,320100") + ("jia,320200",) * 7
        self.load("complaint", "c.csv", header + "".join("C-%d,%s,2015-01-05,web\n" % one for one in enumerate(places)))
        self.load("market", "market.csv", "operator,area,month,subscribers\njia,320100,2015-01,1000000\n")
        # In Nanjing, in a district of it, or in the province around it; bing has no total, nor has jia in Wuxi.
        self.assertEqual(self.figure("per_million", "--by", "operator"), {("jia", None, None): (5, 5, 7),
                                                                          ("bing", None, None): (None, 0, 1)})
        self.assertEqual(self.figure("per_million", "--by", "month"), {(None, None, "2015-01"): (5, 5, 8)})
        self.assertEqual(self.figure("per_million", "--period", "2015Q1", "--by", "category"),
                         {(None, None, "2015Q1"): (5, 5, 8)})
        by_area = self.figure("per_million", "--by", "area")
        self.assertEqual(by_area[(None, "320100", None)], (3, 3, 1))
        self.assertEqual(by_area[(None, "320200", None)], (None, 0, 7))


class Simulated(ProgramCase):
    def test_the_province_loads_and_shows_something(self):
        out = self.folder / "province"
        out.mkdir()
        self.mingbai("init")
        self.mingbai("simulate", "--subscribers", 5000, "--days", 90, "--seed", 7, "--out", out)
        for kind in ("operator", "market", "complaint", "complaint_event", "appeal", "appeal_event"):
            summary = self.mingbai("load", kind, out / (kind + ".csv")).rows[-1]
            self.assertEqual((summary["rejected"], summary["duplicate"]), (0, 0), kind)
            self.assertGreater(summary["accepted"], 0, kind)
        count = self.mingbai("figures", "complaint.count", "--by", "operator").rows
        self.assertGreaterEqual(sum(row["value"] for row in count), 600)
        self.assertEqual(len(count), 3)
        late = self.mingbai("check", "complaint.answer.late").rows
        self.assertTrue(10 <= len(late) <= 120, len(late))
        again = self.folder / "again"
        again.mkdir()
        self.mingbai("simulate", "--subscribers", 5000, "--days", 90, "--seed", 7, "--out", again)
        for path in sorted(out.glob("*complaint*.csv")) + sorted(out.glob("appeal*.csv")):
            self.assertEqual(path.read_bytes(), (again / path.name).read_bytes(), path.name)


class Random(unittest.TestCase):
    def test_random_provinces(self):
        workdays = complaint_property.workdays_file()
        agreed = sum(complaint_property.try_province(seed, workdays) for seed in range(300 if SOAK else 4))
        self.assertGreater(agreed, 100)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""A slow, obvious reading of the contract's rules about complaints and appeals, written apart from the program, to compare it
with. Reads CSV files and prints the findings as JSON lines.

    complaint_reference.py --complaint C.csv --complaint-event E.csv --appeal A.csv --appeal-event F.csv
                           --limit limits.csv [--limit MORE.csv] --workday W.csv [--area AREAS.csv] [--as-of T]

Every option may be left out or given several times. Files are taken in the order given: of several versions of one key the
last counts. Without columns `source` and `seq` they are the file's name and the line.
"""
import argparse
import csv
import json
import os
import sys
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
HOUR = timedelta(hours=1)
PROVINCES = ("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82").split()


# ---- reading ----

def rows(paths):
    for path in paths or ():
        with open(path, encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                row["source"] = row.get("source") or os.path.basename(path)
                row["seq"] = int(row.get("seq") or line)
                yield row


def moment(text):
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def day(text):
    return date.fromisoformat(text) if text else None


def end_of(a_day):
    """24:00 of a day."""
    return datetime(a_day.year, a_day.month, a_day.day, tzinfo=SHANGHAI) + timedelta(days=1)


# ---- the law ----

class Law:
    def __init__(self, limits, workdays, areas):
        self.limits = {}
        for order, row in enumerate(rows(limits)):
            key = tuple(row.get(name) or "" for name in ("duty", "area", "service", "place", "statistic", "from"))
            if key in self.limits and self.limits[key][1] == row_content(row):
                continue  # the same content again is a duplicate: it stays where it stood
            self.limits[key] = (order, row_content(row), row)
        self.working = {}
        for row in rows(workdays):
            self.working[day(row["date"])] = row["working"] == "true"
        self.published = {a_day.year for a_day in self.working}
        self.parents = {row["area"]: row.get("parent") or "" for row in rows(areas)}

    def around(self, area):
        """An area, and those around it, from within."""
        chain = [area]
        while len(chain) < 16:
            last = chain[-1]
            if self.parents.get(last):
                chain.append(self.parents[last])
            elif is_chinese(last) and last[2:] != "0000":
                chain.append(last[:4] + "00" if last[4:] != "00" else last[:2] + "0000")
            else:
                break
        return chain

    def in_china(self, area):
        return area is None or is_chinese(self.around(area)[-1])

    def of_place(self, duty, place, statistic, on):
        fit = []
        for order, _, row in self.limits.values():
            same = row["duty"] == duty and (row.get("area") or "") == place and (row.get("statistic") or "") == statistic
            if not same or row.get("service") or row.get("place"):
                continue
            if day(row["from"]) <= on and (not row.get("to") or on < day(row["to"])):
                fit.append((day(row["from"]), order, row))
        return max(fit, key=lambda one: one[:2])[2] if fit else None

    def limit(self, duty, area, on):
        """In China the province's row, else the nation's; elsewhere that of the nearest area around the case."""
        chain = self.around(area)
        if self.in_china(area):
            return self.of_place(duty, chain[-1], "", on) or self.of_place(duty, "", "", on)
        for place in chain:
            row = self.of_place(duty, place, "", on)
            if row:
                return row
        return None

    def national(self, duty, area, statistic, on):
        return self.of_place(duty, "", statistic, on) if self.in_china(area) else None

    def is_workday(self, a_day):
        if a_day in self.working:
            return self.working[a_day]
        return a_day.weekday() < 5


def row_content(row):
    return {name: value for name, value in row.items() if name not in ("source", "seq") and value}


def is_chinese(area):
    return len(area) == 6 and area.isdigit() and area[:2] in PROVINCES


# ---- the clock ----

def month_day(start, months):
    """The same day of the month so many months later, or that month's last."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    for day_of_month in range(start.day, 0, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    raise AssertionError


def runs_at(stretches, at):
    """Whether the clock runs at a moment: the ends of its stretches belong to them."""
    return any(begin <= at and (end is None or at <= end) for begin, end in stretches)


def limit_end(limit, law, start, stretches, horizon):
    """When the limit ends, looking no further than the horizon; None: not until then."""
    value, unit = float(limit["value"]), limit["unit"]
    if unit in ("hour", "minute"):
        left = value * HOUR / (60 if unit == "minute" else 1)
        for begin, end in stretches:
            end = end or max(horizon, begin)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None
    if unit in ("month", "year"):
        needed = (month_day(start.date(), int(value) * (12 if unit == "year" else 1)) - start.date()).days
    else:
        needed = int(value)
    if needed == 0:
        return end_of(start.date())
    counted, a_day = 0, start.date()
    while end_of(a_day) <= horizon:
        a_day += timedelta(days=1)
        if runs_at(stretches, end_of(a_day)) and (unit != "workday" or law.is_workday(a_day)):
            counted += 1
            if counted == needed:
                return end_of(a_day)
    return None


def complaint_runs(complaint):
    """The runs of the clock: (start, stretches, stop or None)."""
    found = []
    state, start, stretches, since = "runs", complaint["filed"], [], complaint["filed"]
    for event in complaint["seen"]:
        what, at = event["event"], event["time"]
        if state in ("runs", "stands"):
            if what in ("answered", "merged", "withdrawn"):
                if state == "runs":
                    stretches.append((since, at))
                found.append((start, stretches, at))
                state = "answered" if what == "answered" else "over"
            elif what == "paused" and state == "runs":
                stretches.append((since, at))
                state = "stands"
            elif what == "resumed" and state == "stands":
                since, state = at, "runs"
        elif state == "answered":
            if what in ("written", "disputed"):
                state, start, stretches, since = "runs", at, [], at
            elif what in ("merged", "withdrawn"):
                state = "over"
    if state == "runs":
        stretches.append((since, None))
    if state in ("runs", "stands"):
        found.append((start, stretches, None))
    return found


def measure(limit, law, start, stretches, until):
    """The smallest limit in its unit that would have been in time, and whether unpublished working days matter to it."""
    unit = limit["unit"]
    if unit in ("day", "workday"):
        needed, a_day = 1, start.date() + timedelta(days=1)
        while end_of(a_day) < until:
            if runs_at(stretches, end_of(a_day)) and (unit == "day" or law.is_workday(a_day)):
                needed += 1
            a_day += timedelta(days=1)
    else:
        needed = 1
        if unit in ("hour", "minute"):  # no fewer than the time that the clock ran
            ran = sum((min(end or until, until) - min(begin, until) for begin, end in stretches), timedelta())
            needed = max(1, int(ran / HOUR * (60 if unit == "minute" else 1)))
        while True:
            end = limit_end({**limit, "value": needed}, law, start, stretches, until)
            if end is None or end >= until:
                break
            needed += 1
    provisional, a_day = False, start.date() + timedelta(days=1)
    while limit["unit"] == "workday" and end_of(a_day) < until:
        if runs_at(stretches, end_of(a_day)) and a_day.year not in law.published:
            provisional = True
        a_day += timedelta(days=1)
    return {"measured": "%d %s" % (needed, limit["unit"]), "provisional": provisional}


# ---- the duties ----

def in_order(events):
    return sorted(events, key=lambda event: (event["time"], event["source"].encode(), event["seq"]))


def answer_late(complaints, law, as_of):
    for complaint in complaints.values():
        if complaint["outcome"] and not complaint["answers"]:
            continue
        for start, stretches, stop in complaint_runs(complaint):
            limit = law.limit("complaint.answer.late", complaint["area"], start.date())
            if not limit:
                continue
            until = stop or as_of
            end = limit_end(limit, law, start, stretches, until)
            if end is None or end >= until:
                continue
            operator = complaint["operator"]
            for event in complaint["seen"]:
                if event["event"] == "moved" and event["time"] <= end:
                    operator = event["operator"]
            yield finding("complaint.answer.late", "complaint:" + complaint["id"], end, operator, complaint["area"], limit,
                          measure(limit, law, start, stretches, until))


def appeal_is_early(appeal, complaint, law):
    """True, False or None: cannot be told, and why not."""
    if complaint is None:
        return None, None
    limit = law.national("complaint.appeal.early", complaint["area"], "", complaint["filed"].date())
    if not limit:
        return None, None
    before = [event["event"] for event in complaint["seen"] if event["time"] <= appeal["filed"]]
    if appeal["filed"] < complaint["filed"]:
        return True, limit
    if "answered" in before:
        return False, limit
    end = limit_end(limit, law, complaint["filed"], [(complaint["filed"], None)], appeal["filed"])
    waited = end is not None and end <= appeal["filed"]
    if waited and "merged" not in before and "withdrawn" not in before:
        return False, limit
    if complaint["outcome"] and not complaint["answers"]:
        return None, limit  # closed on an unknown day: perhaps answered before
    return True, limit


def appeal_is_late(appeal, complaint, law):
    if complaint is None:
        return None, None
    limit = law.national("complaint.appeal.late", complaint["area"], appeal["about"], complaint["filed"].date())
    if not limit:
        return None, None
    end = limit_end(limit, law, complaint["filed"], [(complaint["filed"], None)], appeal["filed"])
    return end is not None and end < appeal["filed"], limit


def first(appeal, *wanted):
    return next((event for event in appeal["seen"] if event["event"] in wanted), None)


def appeal_duties(appeals, complaints, law, as_of):
    for appeal in appeals.values():
        complaint = complaints.get(appeal["complaint"])
        area = complaint["area"] if complaint else None
        subject = "appeal:" + appeal["id"]
        admitted = first(appeal, "accepted", "refused")
        early, early_limit = appeal_is_early(appeal, complaint, law)
        late, late_limit = appeal_is_late(appeal, complaint, law)
        if admitted and admitted["event"] == "accepted":
            if early:
                yield finding("complaint.appeal.early", subject, admitted["time"], None, area, early_limit)
            if late:
                yield finding("complaint.appeal.late", subject, admitted["time"], None, area, late_limit)
        if admitted and admitted["event"] == "refused":
            reason = admitted["reason"]
            wrong = {"": law.in_china(area), "early": early is False, "late": late is False}.get(reason, False)
            if wrong:
                limit = {"early": early_limit, "late": late_limit}.get(reason)
                yield finding("complaint.appeal.refused", subject, admitted["time"], None, area, limit)
        withdrawn = first(appeal, "withdrawn")
        closed = first(appeal, "decided", "mediated")
        refused = admitted if admitted and admitted["event"] == "refused" else None
        for duty, stops in (("complaint.appeal.accept_late", (admitted, withdrawn)),
                            ("complaint.appeal.decide_late", (closed, withdrawn, refused))):
            limit = law.national(duty, area, "", appeal["filed"].date())
            if not limit:
                continue
            times = [stop["time"] for stop in stops if stop]
            until = min(times) if times else as_of
            end = limit_end(limit, law, appeal["filed"], [(appeal["filed"], None)], until)
            if end is not None and end < until:
                yield finding(duty, subject, end, None, area, limit,
                              measure(limit, law, appeal["filed"], [(appeal["filed"], None)], until))


def finding(duty, subject, at, operator, area, limit, measured=None):
    text = "%s %s" % (limit["value"], limit["unit"]) if limit else None
    return {"duty": duty, "subject": subject, "time": show(at), "operator": operator, "area": area, "limit": text,
            **(measured or {})}


def show(at):
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


# ---- all together ----

def cases(case_paths, event_paths, owner, as_of):
    """Cases seen until as_of, each with the events that count, in order."""
    found = {}
    for row in rows(case_paths):
        row["filed"] = moment(row["filed"])
        found[row["id"]] = row
    events = []
    for row in rows(event_paths):
        row["time"] = moment(row["time"])
        events.append(row)
    for case in found.values():
        case["events"] = [event for event in events if event[owner] == case["id"] and event["time"] >= case["filed"]]
    return {name: case for name, case in found.items() if case["filed"] <= as_of}


def latest(*paths_of_kinds):
    """The latest event time in files of these kinds."""
    times = [moment(row.get(field)) for paths in paths_of_kinds for row in rows(paths) for field in ("filed", "answered",
                                                                                                     "time")]
    return max((at for at in times if at), default=None)


def judge_as_of(options, law, as_of):
    complaints = cases(options.complaint, options.complaint_event, "complaint", as_of)
    for case in complaints.values():
        answered = moment(case.get("answered"))
        if answered and answered >= case["filed"]:
            case["events"].append({"event": "answered", "time": answered, "source": case["source"], "seq": case["seq"]})
        case["answers"] = [event for event in case["events"] if event["event"] == "answered"]
        case["outcome"] = case.get("outcome") or ""
        case["seen"] = in_order(event for event in case["events"] if event["time"] <= as_of)
    appeals = cases(options.appeal, options.appeal_event, "appeal", as_of)
    for case in appeals.values():
        case["about"] = case.get("about") or "other"
        for event in case["events"]:
            event["reason"] = event.get("reason") or ""
        case["seen"] = in_order(event for event in case["events"] if event["time"] <= as_of)
    yield from answer_late(complaints, law, as_of)
    yield from appeal_duties(appeals, complaints, law, as_of)


def judge(options):
    """All findings; without a time to judge at, each duty as of the latest event in the kinds that it reads."""
    law = Law(options.limit, options.workday, options.area)
    if options.as_of:
        yield from judge_as_of(options, law, moment(options.as_of))
        return
    of_complaints, of_appeals = (options.complaint, options.complaint_event), (options.appeal, options.appeal_event)
    for duties, read in ((("complaint.answer.late",), of_complaints),
                         (("complaint.appeal.accept_late", "complaint.appeal.decide_late"), of_appeals),
                         (("complaint.appeal.early", "complaint.appeal.late", "complaint.appeal.refused"),
                          of_complaints + of_appeals)):
        as_of = latest(*read)
        if as_of:
            yield from (one for one in judge_as_of(options, law, as_of) if one["duty"] in duties)


def options_of(arguments=None):
    parser = argparse.ArgumentParser()
    for name in ("complaint", "complaint-event", "appeal", "appeal-event", "limit", "workday", "area"):
        parser.add_argument("--" + name, action="append")
    parser.add_argument("--as-of")
    return parser.parse_args(arguments)


def main():
    for one in judge(options_of()):
        print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())

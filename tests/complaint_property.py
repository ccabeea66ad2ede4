#!/usr/bin/env python3
"""Small random provinces of complaints and appeals, with events at awkward moments, judged by the program and by the slow
reference. Prints the first difference and ends with 1, else says how many findings agreed.

    complaint_property.py [PROVINCES] [--seed S]
"""
import argparse
import csv
import os
import pathlib
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta

import complaint_reference as reference
from program import PROGRAM, ROOT, Result

AREAS = ["320100", "320000", "320583", "410000", "410100", "500000", "500103", "110000", "JS-9", "EU", "EU-1", "FAR"]
OPERATORS = ["jia", "yi", "bing"]
# Around the Spring Festival; a leap day; the law of 2016; Chongqing 2018; Henan 2021; and before the calendar begins.
ERAS = [(2015, 2, 1), (2014, 12, 20), (2016, 2, 20), (2016, 7, 20), (2018, 7, 15), (2020, 12, 15), (2021, 1, 25), (2003, 4, 20),
        (2005, 4, 10)]
STEPS = ["answered"] * 5 + ["paused"] * 4 + ["resumed"] * 4 + ["moved"] * 3 + ["merged", "written", "written", "confirmed",
                                                                           "disputed", "disputed", "withdrawn"]
APPEAL_STEPS = ["accepted"] * 4 + ["refused"] * 3 + ["forwarded", "operator_answered", "mediated", "decided", "decided",
                                                     "withdrawn"]
SOURCES = ["a", "B", "z-1", "甲", "~"]
LIMITS = [
    # duty, area, statistic, value, unit, from, to
    ("complaint.answer.late", "EU", "", "10", "day", "2010-01-01", ""),
    ("complaint.answer.late", "EU-1", "", "3", "workday", "2016-01-01", "2018-01-01"),
    ("complaint.answer.late", "320100", "", "48", "hour", "2015-02-10", "2015-02-25"),
    ("complaint.answer.late", "320000", "", "1", "month", "2016-02-20", "2016-03-05"),
    ("complaint.answer.late", "320000", "", "4", "day", "2016-02-25", ""),
    ("complaint.answer.late", "320583", "", "90", "minute", "2021-01-28", ""),
    ("complaint.answer.late", "110000", "", "0", "day", "2021-01-01", ""),
    ("complaint.answer.late", "", "longest", "1", "day", "2000-01-01", ""),
    ("complaint.appeal.decide_late", "320000", "", "1", "day", "2000-01-01", ""),
    ("complaint.appeal.accept_late", "", "", "3", "workday", "2016-03-01", "2016-07-01"),
]
PARENTS = [("JS-9", "320583"), ("EU-1", "EU")]


def chance(rng, per_cent):
    return rng.random() * 100 < per_cent


def midnight(at):
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def awkward(rng, filed, before):
    """A moment near what matters: the same as another, 24:00 or a millisecond off it, where a limit ends, before the filing."""
    kind = rng.randrange(10)
    if kind == 0 and before:
        return rng.choice(before)
    if kind == 1:
        return filed + timedelta(days=rng.choice([-1, 0, 0]), milliseconds=rng.choice([-1, 0, 0, 1]))
    at = midnight(filed) + timedelta(days=rng.choice([1, 1, 2, 3, 4, 5, 6, 8, 11, 15, 16, 16, 17, 20, 24, 31, 32, 45]))
    if kind <= 4:
        return at
    if kind <= 6:
        return at + timedelta(milliseconds=rng.choice([-1, 1]))
    if kind == 7:
        return filed + timedelta(hours=rng.choice([1, 24, 48, 48, 72]), minutes=rng.choice([0, 0, 90]))
    return at + timedelta(hours=rng.randrange(24), minutes=rng.randrange(60))


class Province:
    def __init__(self, rng, folder):
        self.rng, self.folder = rng, pathlib.Path(folder)
        self.named = chance(rng, 70)  # its records carry source and seq
        self.next_seq = {source: 1 for source in SOURCES}
        self.files = []  # (kind, path), in the order of loading
        self.tables = {"complaint": [], "complaint_event": [], "appeal": [], "appeal_event": []}
        self.moments = []
        self.eras = rng.sample(ERAS, 2)
        for number in range(rng.randrange(40, 90)):
            self.add_complaint("C-%d" % number)
        for number in range(rng.randrange(30, 70)):
            self.add_appeal("A-%d" % number)

    def identify(self, row):
        if self.named:
            source = self.rng.choice(SOURCES)
            row["source"], row["seq"] = source, self.next_seq[source]
            self.next_seq[source] += self.rng.choice([1, 1, 1, 5])
        return row

    def show(self, at):
        self.moments.append(at)
        text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
        if self.rng.random() < 0.2:
            return text  # without an offset it is Shanghai's
        return text + "+08:00"

    def add_complaint(self, name):
        rng = self.rng
        filed = datetime(*rng.choice(self.eras)) + timedelta(days=rng.randrange(25))
        if chance(rng, 75):
            filed += timedelta(hours=rng.randrange(24), minutes=rng.randrange(60))
        row = {"id": name, "operator": rng.choice(OPERATORS), "area": rng.choice(AREAS), "filed": self.show(filed),
               "channel": "web", "answered": "", "outcome": ""}
        before = [filed]
        if chance(rng, 35):
            before.append(awkward(rng, filed, before))
            row["answered"] = self.show(before[-1])
        if chance(rng, 25):
            row["outcome"] = "done"
        self.tables["complaint"].append(self.identify(row))
        for _ in range(rng.choice([0, 1, 2, 3, 4, 6, 9])):
            before.append(awkward(rng, filed, before))
            event = {"complaint": name, "time": self.show(before[-1]), "event": rng.choice(STEPS), "operator": "", "into": ""}
            if event["event"] == "moved":
                event["operator"] = rng.choice(OPERATORS)
                if chance(rng, 40):  # as the usual limit ends
                    event["time"] = self.show(midnight(filed) + timedelta(days=16))
            if event["event"] == "merged":
                event["into"] = "C-0"
            self.tables["complaint_event"].append(self.identify(event))

    def add_appeal(self, name):
        rng = self.rng
        of = rng.choice(self.tables["complaint"])
        complained = reference.moment(of["filed"]).replace(tzinfo=None)
        happened = [reference.moment(event["time"]).replace(tzinfo=None) for event in self.tables["complaint_event"]
                    if event["complaint"] == of["id"]]
        filed = awkward(rng, complained, happened)
        if chance(rng, 15) and happened:  # after all that happened
            filed = max(happened) + timedelta(days=rng.randrange(20))
        elif chance(rng, 20):
            filed = midnight(datetime.combine(reference.month_day(complained.date(), rng.choice([5, 24])), datetime.min.time()))
            filed += timedelta(days=1, milliseconds=rng.choice([-1, 0, 0, 1]))
        row = {"id": name, "complaint": of["id"] if chance(rng, 93) else "C-none", "filed": self.show(filed),
               "about": rng.choice(["", "charge", "other"])}
        self.tables["appeal"].append(self.identify(row))
        before = [filed]
        for _ in range(rng.choice([0, 1, 1, 2, 3, 5])):
            before.append(awkward(rng, filed, before))
            event = {"appeal": name, "time": self.show(before[-1]), "event": rng.choice(APPEAL_STEPS), "reason": ""}
            if event["event"] == "refused":
                event["reason"] = rng.choice(["", "early", "late", "已受理过"])
            self.tables["appeal_event"].append(self.identify(event))

    def write(self, kind, rows, name=None):
        path = self.folder / (name or kind + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        self.files.append((kind, path))

    def write_all(self):
        limits = LIMITS[:]
        self.rng.shuffle(limits)
        names = ("duty", "area", "statistic", "value", "unit", "from", "to", "basis", "status")
        self.write("limit", [dict(zip(names, limit + ("a test", "ours"))) for limit in limits])
        self.write("area", [{"area": area, "parent": parent, "name_zh": area, "name_en": area} for area, parent in PARENTS])
        for kind, rows in self.tables.items():
            if not rows:
                continue
            if self.named:
                rows.sort(key=lambda row: row["seq"])
            half = self.rng.randrange(len(rows))  # two files, to be loaded in either order
            self.write(kind, rows[half:])
            if half and kind.endswith("_event"):
                self.write(kind, rows[:half], kind + "-more.csv")
            elif half:
                self.files.pop()
                self.write(kind, rows)
        # A later version of some complaints: it counts instead.
        later = [{**row, "area": self.rng.choice(AREAS), "outcome": ""} for row in self.tables["complaint"] if chance(self.rng,
                                                                                                                      8)]
        for row in later:
            self.identify(row)
        newest = self.files[2:]
        self.rng.shuffle(newest)
        self.files[2:] = newest
        if later:
            self.write("complaint", sorted(later, key=lambda row: row.get("seq", 0)), "complaint-again.csv")

    def as_of_times(self):
        some = self.rng.sample(self.moments, 2)
        return [None] + [(at + timedelta(milliseconds=self.rng.choice([-1, 0, 1]))).isoformat() + "+08:00" for at in some]


def run(data, *arguments):
    ended = subprocess.run([PROGRAM, "--data", str(data), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           check=False, timeout=600, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if ended.returncode:
        raise RuntimeError("mingbai %s: %d\n%s%s" % (" ".join(map(str, arguments)), ended.returncode,
                                                     ended.stdout.decode()[-2000:],
                                                     ended.stderr.decode()[-2000:]))
    return Result(ended.returncode, ended.stdout, ended.stderr.decode()).rows


def key_of(one):
    return tuple(str(one.get(name)) for name in ("duty", "subject", "time", "operator", "area", "limit"))


def expected(province, workdays, as_of):
    paths = {kind: [str(path) for of, path in province.files if of == kind] for kind, _ in province.files}
    options = reference.options_of([])
    for kind, of_kind in paths.items():
        setattr(options, kind, of_kind)
    options.limit = [str(ROOT / "limits.csv")] + options.limit
    options.area = [str(ROOT / "data" / "areas.csv")] + options.area
    options.workday, options.as_of = [workdays], as_of
    return list(reference.judge(options))


def difference(found, wanted):
    """What one side has and the other has not; None where they agree."""
    found_keys, wanted_keys = sorted(map(key_of, found)), sorted(map(key_of, wanted))
    for key in found_keys:
        if found_keys.count(key) != wanted_keys.count(key):
            return "too much: " + str(key)
    for key in wanted_keys:
        if key not in found_keys:
            return "missing: " + str(key)
    by_key = {key_of(one): one for one in found}
    for one in wanted:
        here = by_key[key_of(one)]
        if "measured" in one and here["measured"] != one["measured"]:
            return "measured %s, not %s: %s" % (here["measured"], one["measured"], here)
        if "provisional" in one and bool(here.get("provisional")) != one["provisional"]:
            return "provisional should be %s: %s" % (one["provisional"], here)
        if here["records"][0]["seq"] < 1 or not here["says"]:
            return "without a record or a sentence: %s" % here
    if len({one["finding"] for one in found}) != len(found):
        return "one id for two findings"
    return None


def try_province(seed, workdays):
    """How many findings agreed; raises AssertionError with the story of the first that did not."""
    with tempfile.TemporaryDirectory(prefix="mingbai-complaints-") as folder:
        province = Province(random.Random(seed), folder)
        province.write_all()
        data = pathlib.Path(folder) / "data"
        run(data, "init")
        for kind, path in province.files:
            run(data, "load", kind, path)
        agreed = 0
        for as_of in province.as_of_times():
            found = run(data, "check", *(["--as-of", as_of] if as_of else []))
            wanted = expected(province, workdays, as_of)
            wrong = difference(found, wanted)
            if wrong:
                name = next((part for part in wrong.replace("'", " ").split() if part.startswith(("complaint:", "appeal:"))),
                            "")
                raise AssertionError("seed %s as of %s: %s\n%s" % (seed, as_of, wrong, story(province, name.partition(":")[2])))
            agreed += len(wanted)
        return agreed


def story(province, name):
    rows = {name: None}
    for appeal in province.tables["appeal"]:
        if appeal["id"] == name:
            rows[appeal["complaint"]] = None
    lines = ["loaded: " + ", ".join(path.name for _, path in province.files)]
    for kind, path in province.files:
        for row in reference.rows([path]):
            if row.get("id") in rows or row.get("complaint") in rows or row.get("appeal") in rows:
                lines.append("%s %s" % (kind, {key: value for key, value in row.items() if value not in ("", "web")}))
    return "\n".join(lines)


def workdays_file():
    """The calendar as the program is built with it."""
    given = os.environ.get("MINGBAI_WORKDAYS")
    beside = pathlib.Path(PROGRAM).resolve().parent / "workdays.csv"
    return given or str(beside)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("provinces", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    agreed = 0
    for number in range(arguments.provinces):
        try:
            agreed += try_province(arguments.seed + number, workdays_file())
        except AssertionError as wrong:
            print(wrong)
            return 1
    print("%d provinces, %d findings agreed" % (arguments.provinces, agreed))
    return 0


if __name__ == "__main__":
    sys.exit(main())

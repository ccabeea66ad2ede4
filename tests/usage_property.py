#!/usr/bin/env python3
"""Random subscribers with random tariffs and use, metered, billed and audited by the program and by the slow reference. Prints the
first difference and ends with 1, else says how much agreed.

    usage_property.py [SUBSCRIBERS] [--seed S] [--bills N]
"""
import argparse
import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from fractions import Fraction

import usage_reference as reference
from program import PROGRAM

ROUNDS = 5
CYCLES = [date(2015, 1, 1), date(2015, 2, 1), date(2015, 3, 1)]
SCOPES = ["home"] * 6 + ["roaming"] * 2 + ["directed:video", "directed:音乐"]
WINDOWS = [None, None, None, "23-07", "08-18", "12-13", "00-24", "22-02"]
MB = 1048576


def amount(rng, *choices):
    return rng.choice(choices)


def allowance(rng, place):
    service = rng.choice(["data", "data", "data", "voice", "sms"])
    size = {"data": rng.choice([10 * MB, 100 * MB, 157286400, 1, 999]), "voice": rng.choice([600, 3000, 59, 6000]), "sms": rng.choice([10, 50, 1])}[service]
    return {"id": f"a{place}" if rng.random() < 0.9 else f"包{place}", "service": service, "quantity": None if rng.random() < 0.05 else size,
            "scope": rng.choice([None, "home", "home", "roaming", "directed:video", "any"]), "hours": rng.choice(WINDOWS),
            "rollover": rng.choice([0, 0, 0, 1, 2])}


def tariff(rng, name, kind):
    prices, seen = [], set()
    for _ in range(rng.randrange(1, 6)):
        service, scope = rng.choice(reference.SERVICES), rng.choice([None, "home", "roaming", "directed:video"])
        if (service, scope or "home") in seen:
            continue
        seen.add((service, scope or "home"))
        per = {"data": rng.choice([MB, 1024, 1000000]), "voice": rng.choice([60, 60, 1, 7]), "sms": 1}[service]
        prices.append({"service": service, "per": per, "price": rng.choice(["0.29", "0.10", "0.001", "1", "0.15", "0"]), "scope": scope,
                       "increment": rng.choice([None, MB, 102400]) if service == "data" else None})
    return {"tariff": name, "operator": "jia", "type": kind, "name": name, "monthly_fee": rng.choice(["18.00", "0", "5.555", "0.005"]),
            "one_off_fee": rng.choice(["0", "10", "0.004"]), "allowances": [allowance(rng, i) for i in range(rng.randrange(0, 4))], "prices": prices,
            "data_cap": rng.choice([None, "20.00", "500.00", "3.33"]), "notice_at": rng.choice([None, [80, 100], [100], [50, 80, 90], [100, 33, 66]]),
            "notice_every": rng.choice([None, "10.00", "2.5", "0.5"]), "min_months": rng.choice([0, 0, 3, 12]), "exit_fee": rng.choice(["0", "30"]),
            "free_until": rng.choice([None, None, "2015-01-20", "2015-02-28"]), "then_fee": rng.choice([None, "30.00"])}


def some_day(rng):
    return rng.choice([date(2014, 12, 1), date(2014, 11, 15), date(2015, 1, 1), date(2015, 1, 10), date(2015, 1, 15), date(2015, 2, 1), date(2015, 2, 14),
                       date(2015, 2, 28), date(2015, 3, 1), date(2015, 3, 20), date(2015, 1, 31), date(2015, 4, 1)])


def quantity(rng, service):
    if service == "data":
        return rng.choice([0, 1, 999, 5 * MB, 8 * MB, 10 * MB, 80 * MB, 30 * MB, 100 * MB, 125829120, rng.randrange(200 * MB)])
    return rng.choice([0, 1, 59, 60, 61, 480, 600, 2400, rng.randrange(4000)]) if service == "voice" else rng.choice([0, 1, 1, 1, 8, 10, 40])


def moment(rng):
    day = rng.choice(CYCLES + CYCLES[:1]) + timedelta(days=rng.choice([0, 1, 8, 9, 10, 13, 14, 15, 19, 27, 30, rng.randrange(31)]))
    at = datetime(day.year, day.month, day.day, rng.choice([0, 6, 7, 8, 12, 13, 18, 22, 23]), rng.choice([0, 0, 59, 30]), rng.choice([0, 59]))
    return at + timedelta(milliseconds=rng.choice([0, 0, 0, 1, -1]))


class Subscriber:
    """Its steps by round, and what they come to."""

    def __init__(self, rng, number):
        self.rng, self.number = rng, number
        self.prefix = f"T{number[-5:]}"
        self.rounds = [{"tariff": [], "subscription": [], "use": []} for _ in range(ROUNDS)]
        self.names = {}
        kinds = ["main"] * rng.randrange(0, 3) + ["addon"] * rng.randrange(0, 3) + rng.choice([[], [], ["single"], ["bundle"], ["vas"]])
        for place, kind in enumerate(kinds):
            name = f"{self.prefix}-{place}{kind}"
            self.rounds[self.early()]["tariff"].append(tariff(rng, name, kind))
            if rng.random() < 0.15:
                self.rounds[rng.randrange(ROUNDS)]["tariff"].append(tariff(rng, name, kind))
            for _ in range(rng.choice([1, 1, 1, 2])):
                self.subscribe(name)
        if rng.random() < 0.1:
            self.subscribe(f"{self.prefix}-unknown")

    def early(self):
        return 0 if self.rng.random() < 0.8 else self.rng.randrange(ROUNDS)

    def subscribe(self, name):
        rng = self.rng
        begin = some_day(rng)
        end = some_day(rng) if rng.random() < 0.4 else None
        if end and end < begin:
            begin, end = end, begin
        sub = {"tariff": name, "from": begin, "to": end}
        self.rounds[self.early()]["subscription"].append(sub)
        if rng.random() < 0.15:
            self.rounds[rng.randrange(ROUNDS)]["subscription"].append({**sub, "to": max(begin, some_day(rng)) if rng.random() < 0.7 else None})

    def use(self, name_of):
        rng = self.rng
        for turn in range(ROUNDS):
            for _ in range(rng.choice([0, 1, 3, 6, 10])):
                service = rng.choice(["data", "data", "data", "voice", "sms"])
                self.rounds[turn]["use"].append({"service": service, "start": moment(rng), "quantity": quantity(rng, service), "scope": rng.choice(SCOPES),
                                                 "name": name_of(turn), "corrects": None})
        uses = [use for steps in self.rounds for use in steps["use"]]
        targets = set()
        for use in uses:
            if rng.random() < 0.08 and not use["corrects"]:
                target = rng.choice(uses)
                if target is not use and target["name"] not in targets and not target["corrects"] and use["name"] not in targets:
                    use["corrects"] = target["name"]
                    targets.add(target["name"])

    def steps(self):
        for steps in self.rounds:
            for what in ("tariff", "subscription", "use"):
                for record in steps[what]:
                    yield what, record

    def known(self):
        tariffs, subs = {}, {}
        for what, record in self.steps():
            if what == "tariff":
                tariffs[record["tariff"]] = record
            elif what == "subscription":
                subs[record["tariff"], record["from"]] = record
        return tariffs, list(subs.values())


def run(data, *arguments, expect=0):
    ended = subprocess.run([PROGRAM, "--data", str(data), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=600,
                           env={**os.environ, "LC_ALL": "C.UTF-8"})
    if ended.returncode != expect:
        raise RuntimeError(f"mingbai {' '.join(map(str, arguments))}: {ended.returncode}\n{ended.stdout.decode()[-2000:]}{ended.stderr.decode()[-2000:]}")
    return [json.loads(line) for line in ended.stdout.decode().splitlines()]


def time_text(at):
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{at.microsecond // 1000:03d}" if at.microsecond else "") + "+08:00"


class World:
    def __init__(self, seed, count, folder):
        self.rng = random.Random(seed)
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.counts = [0] * ROUNDS
        self.subscribers = [Subscriber(self.rng, f"138{place:08d}") for place in range(count)]
        for one in self.subscribers:
            one.use(self.name_of)
        self.sent, self.charged = [], []

    def name_of(self, turn):
        self.counts[turn] += 1
        return (f"u{turn}", self.counts[turn])

    def write(self, name, fields, rows):
        path = self.folder / name
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def load(self, kind, path):
        run(self.data, "load", kind, path)

    def load_round(self, turn, split):
        tariffs = [record for one in self.subscribers for record in one.rounds[turn]["tariff"]]
        if tariffs:
            path = self.folder / f"tariff{turn}.json"
            path.write_text(json.dumps(tariffs, ensure_ascii=False), encoding="utf-8")
            self.load("tariff", path)
        rows = [{"subscriber": one.number, **{key: value or "" for key, value in record.items()}} for one in self.subscribers
                for record in one.rounds[turn]["subscription"]]
        if rows:
            self.load("subscription", self.write(f"subscription{turn}.csv", ["subscriber", "tariff", "from", "to"], rows))
        uses = [(one, use) for one in self.subscribers for use in one.rounds[turn]["use"]]
        uses.sort(key=lambda pair: pair[1]["name"])
        rows = [{"source": use["name"][0], "seq": use["name"][1], "subscriber": one.number, "service": use["service"], "start": time_text(use["start"]),
                 "quantity": use["quantity"], "scope": use["scope"] if use["scope"] != "home" or self.rng.random() < 0.5 else "",
                 "corrects": "%s/%d" % use["corrects"] if use["corrects"] else ""} for one, use in uses]
        for part in range(split):
            some = rows[len(rows) * part // split:len(rows) * (part + 1) // split]
            if some:
                self.load("usage", self.write(f"usage{turn}-{part}.csv", list(some[0]), some))

    def load_all(self):
        run(self.data, "init")
        for turn in range(ROUNDS):
            self.load_round(turn, self.rng.choice([1, 2]))

    # ---- what is compared ----

    def notices(self):
        found = {}
        for row in run(self.data, "notices"):
            found.setdefault(row["subscriber"], []).append(
                (row["cycle"], row["pool"], row["level"], row["percent"], row["used"], row["quantity"], row["charge"], row["source"], row["seq"]))
        count = 0
        for one in self.subscribers:
            wanted = [(due[0].strftime("%Y-%m"), *due[1:7], *due[7]) for due in reference.notices(one.steps())]
            here = found.get(one.number, [])
            count += len(wanted)
            for place in range(max(len(wanted), len(here))):
                left, right = (here[place] if place < len(here) else None), (wanted[place] if place < len(wanted) else None)
                if left != right:
                    raise AssertionError(f"notice {place} of {one.number}: program {left}, reference {right}\n{story(one)}")
        return count

    def bills(self, most):
        count = 0
        for one in self.rng.sample(self.subscribers, min(most, len(self.subscribers))):
            tariffs, subs = one.known()
            uses = reference.counted(list(one.steps()))
            if not uses and not subs:
                continue
            for cycle in CYCLES:
                month = cycle.strftime("%Y-%m")
                here = run(self.data, "usage", one.number, "--cycle", month)
                wanted = reference.usage(subs, tariffs, uses, cycle)
                if here != wanted:
                    raise AssertionError(f"usage {one.number} {month}: program {here}\nreference {wanted}\n{story(one)}")
                here = [(row["item"], row["amount"]) for row in run(self.data, "bill", one.number, month) if "item" in row]
                wanted = [(item, reference.money(value)) for item, value in reference.bill(subs, tariffs, uses, cycle)]
                if here != wanted:
                    raise AssertionError(f"bill {one.number} {month}: program {here}\nreference {wanted}\n{story(one)}")
                count += len(wanted)
        return count


    # ---- audits: what an operator says it sent and charged ----

    def operator_says(self):
        """Sent notices derived from what is owed, with faults; bill lines derived from the computed ones, with errors."""
        rng, sent, lines = self.rng, [], []
        for one in self.subscribers:
            tariffs, subs = one.known()
            uses = reference.counted(list(one.steps()))
            one.owed = reference.owed_in_audit(tariffs, subs, uses)
            one.sent = []
            for key, causes in one.owed.items():
                for cause in causes:
                    turn = rng.randrange(8)
                    if turn == 0:
                        continue
                    late = rng.choice([0, 60, 1799, 1800, 1801, 7200]) if turn < 6 else 0
                    one.sent.append({"key": key, "sent": cause["start"] + timedelta(seconds=late)})
                    if turn == 6:
                        one.sent.append({"key": key, "sent": cause["start"] + timedelta(seconds=3600)})
                    if turn == 7:
                        one.sent.append({"key": key, "sent": cause["start"] - timedelta(seconds=rng.choice([1, 86400]))})
            if rng.random() < 0.1:
                one.sent.append({"key": (date(2015, 1, 1), "data:nowhere", "threshold", 80), "sent": datetime(2015, 1, 5)})
            for each in one.sent:
                each["name"] = ("s", len(sent) + 1)
                cycle, pool, level, percent = each["key"]
                sent.append({"source": "s", "seq": len(sent) + 1, "subscriber": one.number, "cycle": cycle.strftime("%Y-%m"), "pool": pool,
                             "level": level, "percent": percent or "", "sent": time_text(each["sent"])})
            one.charged = {}
            for cycle in CYCLES:
                if rng.random() < 0.5:
                    continue
                items = dict(reference.bill(subs, tariffs, uses, cycle))
                for item in list(items):
                    if rng.random() < 0.1:
                        items[item] += Fraction(rng.choice([1, 100, -5]), 100)
                    if rng.random() < 0.1:
                        del items[item]
                if rng.random() < 0.1:
                    items["vas:nothing"] = Fraction(6)
                one.charged[cycle] = items
                lines += [{"subscriber": one.number, "cycle": cycle.strftime("%Y-%m"), "item": item, "amount": reference.money(value)}
                          for item, value in items.items()]
        rng.shuffle(sent)
        self.load("notice_sent", self.write("sent.csv", list(sent[0]), sorted(sent, key=lambda row: row["seq"])))
        self.load("bill_line", self.write("bill_line.csv", ["subscriber", "cycle", "item", "amount"], lines))

    def audits(self, as_of):
        found, count = {}, 0
        duties = ["usage.notice.missing", "usage.notice.late", "usage.notice.twice", "usage.notice.unowed", "bill.follows"]
        for row in run(self.data, "check", *duties, *(["--as-of", time_text(as_of)] if as_of else [])):
            number = row["subject"].split(":")[1] if row["duty"].startswith(("usage.", "bill.")) else None
            found.setdefault(number, []).append(
                (row["duty"], row["subject"], row["time"], row["amount"], (row["records"] or [{"source": None}])[0]["source"],
                 (row["records"] or [{"seq": None}])[0]["seq"]))
        starts = [use["start"] for one in self.subscribers for what, use in one.steps() if what == "use"]
        latest = as_of or max(starts + [each["sent"] for one in self.subscribers for each in one.sent])
        for one in self.subscribers:
            tariffs, subs = one.known()
            # what begins later is unseen, a correction as well
            uses = reference.counted([(what, record) for what, record in one.steps() if what != "use" or not as_of or record["start"] <= as_of])
            owed = one.owed if not as_of else reference.owed_in_audit(tariffs, subs, uses)
            wanted = []
            for duty, (cycle, pool, level, percent), at, name in reference.audit(owed, one.sent, latest):
                subject = f"notice:{one.number}:{cycle:%Y-%m}:{pool}:{level}" + (f":{percent}" if percent else "")
                wanted.append((duty, subject, time_text(at), None, *name))
            for cycle, items in one.charged.items():
                if as_of and datetime.combine(reference.months_later(cycle, 1), datetime.min.time()) > as_of:
                    continue
                computed = dict(reference.bill(subs, tariffs, uses, cycle))
                for item in set(items) | set(computed) if items else ():
                    difference = items.get(item, 0) - computed.get(item, 0)
                    if difference:
                        wanted.append(("bill.follows", f"bill_line:{one.number}:{cycle:%Y-%m}:{item}",
                                       time_text(datetime.combine(reference.months_later(cycle, 1), datetime.min.time())), reference.money(difference)))
            here = sorted((row[:4] if row[0] == "bill.follows" else row for row in found.get(one.number, [])), key=str)
            wanted.sort(key=str)
            if here != wanted:
                extra, lack = [row for row in here if row not in wanted], [row for row in wanted if row not in here]
                raise AssertionError(f"audit of {one.number} as of {as_of}: only the program {extra}\nonly the reference {lack}\n{story(one)}\n"
                                     f"sent {one.sent}")
            count += len(wanted)
        return count


def story(one):
    lines = [f"subscriber {one.number}"]
    for turn, steps in enumerate(one.rounds):
        for what, records in steps.items():
            for record in records:
                lines.append(f"  {turn} {what} " + json.dumps(record, default=str, ensure_ascii=False))
    return "\n".join(lines)


def try_world(seed, count, bills):
    with tempfile.TemporaryDirectory(prefix="mingbai-usage-") as folder:
        world = World(seed, count, folder)
        world.load_all()
        notices = world.notices()
        lines = world.bills(bills)
        world.operator_says()
        found = sum(world.audits(as_of) for as_of in (None, datetime(2015, 2, 10, 12), datetime(2015, 3, 1)))
        return notices, lines, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("subscribers", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bills", type=int, default=40)
    arguments = parser.parse_args()
    try:
        notices, lines, found = try_world(arguments.seed, arguments.subscribers, arguments.bills)
    except AssertionError as wrong:
        print(f"seed {arguments.seed}: {wrong}")
        return 1
    print(f"{arguments.subscribers} subscribers: {notices} notices, {lines} bill lines and {found} findings agreed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

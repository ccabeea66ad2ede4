"""Rating, notices, bills and the audit of use, as slow and as obvious as they can be: everything is kept and worked out anew each
time, in exact fractions. Written from docs/usage.md, and sharing nothing with the program.

Records are dictionaries. A tariff is as in its JSON file. Times are datetimes of Asia/Shanghai without a zone, days are dates.
"""
from datetime import date, datetime, time, timedelta
from fractions import Fraction

SERVICES = ["data", "voice", "sms"]


def first_of(day):
    return date(day.year, day.month, 1)


def months_later(day, months):
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def units(use):
    return -(-use["quantity"] // 60) if use["service"] == "voice" else use["quantity"]


def holds_on(sub, day):
    return sub["from"] <= day and (sub["to"] is None or day < sub["to"])


def held_days(sub, cycle):
    """The days of the cycle on which it holds."""
    day, days = cycle, []
    while day < months_later(cycle, 1):
        if holds_on(sub, day):
            days.append(day)
        day += timedelta(days=1)
    return days


def hour_in(window, hour):
    begin, end = int(window[:2]), int(window[3:])
    hours, at = set(), begin
    while at % 24 != end % 24 or not hours:
        hours.add(at % 24)
        at += 1
    return hour in hours


def scope_of(allowance):
    return allowance.get("scope") or "any"


def pool_name(allowance):
    name = allowance["service"] + ":" + scope_of(allowance)
    return name + ":" + allowance["hours"] if allowance.get("hours") else name


def allowance_size(allowance):
    if allowance.get("quantity") is None:
        return None
    return allowance["quantity"] // 60 if allowance["service"] == "voice" else allowance["quantity"]


def main_tariff(subs, tariffs, cycle):
    for kind in ("main", "bundle", "single"):
        best = None
        for sub in subs:
            tariff = tariffs.get(sub["tariff"])
            days = held_days(sub, cycle)
            if not tariff or tariff["type"] != kind or not days:
                continue
            rank = (days[-1], sub["from"], sub["tariff"].encode())
            if best is None or rank > best[0]:
                best = (rank, tariff)
        if best:
            return best[1]
    return None


def price_for(main, service, scope):
    for wanted in (scope, "home"):
        for price in (main or {}).get("prices") or []:
            if price["service"] == service and (price.get("scope") or "home") == wanted:
                return price
    return None


def unit_price(price):
    return Fraction(price["price"]) / price["per"] if price else Fraction(0)


class Given:
    """One allowance of one subscription, given in one cycle."""

    def __init__(self, allowance, sub, cycle):
        self.allowance, self.sub, self.cycle = allowance, sub, cycle
        self.size = allowance_size(allowance)
        self.left = self.size
        self.drawn = 0
        cycles = (allowance.get("rollover") or 0) if self.size is not None else 0
        self.expires = months_later(cycle, cycles + 1)
        if sub["to"] is not None and sub["to"] < self.expires:
            self.expires = sub["to"]


def rate(subs, tariffs, uses, cycle):
    """All cycles up to this one, from the first that can matter; gives what was given (of this cycle) and what was over."""
    begins = [first_of(sub["from"]) for sub in subs if sub["from"] < months_later(cycle, 1)]
    at, carried = min(begins + [cycle]), []
    if at < months_later(cycle, -40):
        at = months_later(cycle, -40)
    while True:
        given, over = rate_one(subs, tariffs, [use for use in uses if first_of(use["start"].date()) == at], at, carried)
        if at == cycle:
            return given, over
        following = months_later(at, 1)
        carried = [one for one in given if one.size is not None and (one.allowance.get("rollover") or 0) > 0 and one.left > 0
                   and one.expires > following]
        at = following


def rate_one(subs, tariffs, uses, cycle, carried):
    end = months_later(cycle, 1)
    given = list(carried)
    for one in given:
        one.drawn = 0
    for sub in subs:
        tariff = tariffs.get(sub["tariff"])
        if tariff and held_days(sub, cycle):
            given += [Given(allowance, sub, cycle) for allowance in tariff.get("allowances") or []]
    cuts = sorted({day for sub in subs for day in (sub["from"], sub["to"]) if day is not None and cycle < day < end})
    main = main_tariff(subs, tariffs, cycle)
    over = {}
    for begin, stop in zip([cycle] + cuts, cuts + [end]):
        for service in SERVICES:
            here = [one for one in given if one.allowance["service"] == service and holds_on(one.sub, begin)]
            windows = sorted({one.allowance["hours"] for one in here if one.allowance.get("hours")})
            amounts = {}
            for use in uses:
                if use["service"] != service or not begin <= use["start"].date() < stop:
                    continue
                inside = tuple(hour_in(window, use["start"].hour) for window in windows)
                amounts[use["scope"], inside] = amounts.get((use["scope"], inside), 0) + units(use)
            order = sorted(amounts, key=lambda key: (-unit_price(price_for(main, service, key[0])), key[0].encode(), key[1]))
            for scope, inside in order:
                rest = draw(here, windows, scope, inside, amounts[scope, inside])
                if rest:
                    over[service, scope] = over.get((service, scope), 0) + rest
    return given, over


def draw(here, windows, scope, inside, amount):
    directed = scope.startswith("directed:")

    def may(one):
        its = scope_of(one.allowance)
        if not (its == scope or its == "any" or (directed and its == "home")):
            return False
        hours = one.allowance.get("hours")
        return not hours or inside[windows.index(hours)]

    def turn(one):
        its = scope_of(one.allowance)
        return (directed and its != scope, one.expires, not one.allowance.get("hours"), its == "any", one.sub["from"],
                one.sub["tariff"].encode(), one.allowance["id"].encode(), one.cycle)

    for one in sorted(filter(may, here), key=turn):
        part = amount if one.left is None else min(amount, one.left)
        one.drawn += part
        if one.left is not None:
            one.left -= part
        amount -= part
    return amount


def over_amount(main, service, scope, quantity):
    price = price_for(main, service, scope)
    if not price:
        return Fraction(0)
    if price.get("increment"):
        quantity = -(-quantity // price["increment"]) * price["increment"]
    return Fraction(price["price"]) * quantity * (60 if service == "voice" else 1) / price["per"]


def charge(main, over, service):
    total = sum((over_amount(main, service, scope, quantity) for (its, scope), quantity in over.items() if its == service), Fraction(0))
    if service == "data" and main and main.get("data_cap") is not None:
        total = min(total, Fraction(main["data_cap"]))
    return total


def fen(amount):
    """Half up to the fen, as a Fraction of yuan."""
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)


def money(amount):
    text = f"{int(amount * 100):d}"
    sign = "-" if text.startswith("-") else ""
    text = text.lstrip("-").rjust(3, "0")
    return f"{sign}{text[:-2]}.{text[-2:]}"


def pools(given, day):
    """name -> (drawn, left, unlimited), as of a day."""
    found = {}
    for one in given:
        drawn, left, unlimited = found.get(pool_name(one.allowance), (0, 0, False))
        holds = holds_on(one.sub, day)
        drawn += one.drawn
        if one.size is None:
            unlimited = unlimited or holds or one.drawn > 0
        elif holds:
            left += one.left
        found[pool_name(one.allowance)] = (drawn, left, unlimited)
    return found


def usage(subs, tariffs, uses, cycle):
    given, over = rate(subs, tariffs, uses, cycle)
    here = [use["start"] for use in uses if first_of(use["start"].date()) == cycle]
    day = max(here).date() if here else months_later(cycle, 1) - timedelta(days=1)
    main = main_tariff(subs, tariffs, cycle)
    lines = []
    for name, (drawn, left, unlimited) in sorted(pools(given, day).items(), key=lambda item: item[0].encode()):
        if drawn or left or unlimited:
            lines.append({"pool": name, "quantity": None if unlimited else drawn + left, "used": drawn, "left": None if unlimited else left})
    for service in SERVICES:
        quantity = sum(amount for (its, _), amount in over.items() if its == service)
        lines.append({"service": service, "over": quantity, "charge": money(fen(charge(main, over, service)))})
    return lines


def bill(subs, tariffs, uses, cycle):
    """item -> amount, without lines of 0 that are no fees; in order."""
    end = months_later(cycle, 1)
    fees, once, leave, lines = {}, {}, {}, []
    for sub in subs:
        tariff = tariffs.get(sub["tariff"])
        if not tariff:
            continue
        name = sub["tariff"]
        if held_days(sub, cycle):
            later = tariff.get("free_until") and tariff.get("then_fee") is not None and cycle > first_of(date.fromisoformat(tariff["free_until"]))
            fees[name] = fees.get(name, 0) + Fraction(tariff["then_fee"] if later else tariff.get("monthly_fee") or 0)
        if cycle <= sub["from"] < end:
            once[name] = once.get(name, 0) + Fraction(tariff.get("one_off_fee") or 0)
        if sub["to"] and cycle <= sub["to"] < end and sub["to"] < months_later(sub["from"], tariff.get("min_months") or 0):
            leave[name] = leave.get(name, 0) + Fraction(tariff.get("exit_fee") or 0)
    for word, amounts in (("fee", fees), ("once", once), ("exit", leave)):
        for name in sorted(amounts, key=str.encode):
            if fen(amounts[name]) or word == "fee":
                lines.append((f"{word}:{name}", fen(amounts[name])))
    given, over = rate(subs, tariffs, uses, cycle)
    main = main_tariff(subs, tariffs, cycle)
    for service in SERVICES:
        scopes = sorted((scope for its, scope in over if its == service), key=str.encode)
        amounts = [fen(over_amount(main, service, scope, over[service, scope])) for scope in scopes]
        if service == "data" and main and main.get("data_cap") is not None:
            excess = sum(amounts) - Fraction(main["data_cap"])
            for place in reversed(range(len(amounts))):
                cut = max(Fraction(0), min(excess, amounts[place]))
                amounts[place] -= cut
                excess -= cut
        lines += [(f"{service}:{scope}", amount) for scope, amount in zip(scopes, amounts) if amount]
    return lines


class Levels:
    """What is remembered of one subscriber and cycle."""

    def __init__(self):
        self.marked, self.size, self.over, self.cap = set(), {}, {}, False

    def record(self, service, before, after, main):
        """before, after: (pools as of now, over). Gives what is owed: (pool, level, percent, used, quantity, charge)."""
        for name, (drawn, left, _) in before[0].items():
            if name.split(":")[0] == service and name in self.size and drawn + left > self.size[name]:
                self.marked -= {mark for mark in self.marked if mark[0] == name and not self.reached(drawn, left, mark[1])}
        owed = {}
        for name, (drawn, left, unlimited) in after[0].items():
            if name.split(":")[0] != service:
                continue
            self.size[name] = drawn + left
            if unlimited:
                continue
            new = [p for p in (main or {}).get("notice_at") or [] if self.reached(drawn, left, p) and (name, p) not in self.marked]
            self.marked |= {(name, p) for p in new}
            if new:
                owed[name] = (name, "reached" if max(new) == 100 else "threshold", max(new), drawn, drawn + left)
        charged = charge(main, after[1], service)
        total = sum(amount for (its, _), amount in after[1].items() if its == service)
        highest = None
        if main and main.get("notice_every"):
            every = Fraction(main["notice_every"])
            reached = charged // every * every
            if reached > self.over.get(service, 0):
                self.over[service] = reached
                highest = "over"
        if service == "data" and main and main.get("data_cap") is not None and not self.cap and charged >= Fraction(main["data_cap"]):
            self.cap = True
            highest = "cap"
        shown = money(fen(charged))
        if highest:
            return [(service, highest, None, total, None, shown)]
        return [owed[name] + (shown,) for name in sorted(owed, key=str.encode)]

    @staticmethod
    def reached(drawn, left, percent):
        return drawn + left > 0 and drawn * 100 >= percent * (drawn + left)


def notices(steps):
    """steps: in the order of the ledger, ("tariff", t), ("subscription", s), ("use", u) of one subscriber. A use may have `corrects`:
    the name of another. Gives (cycle, pool, level, percent, used, quantity, charge, name of its cause)."""
    tariffs, subs, uses, levels, corrected, owed = {}, {}, [], {}, set(), []
    for what, record in steps:
        if what == "tariff":
            tariffs[record["tariff"]] = record
        elif what == "subscription":
            subs[record["tariff"], record["from"]] = record
        else:
            known = list(subs.values())
            if record["name"] in corrected:
                continue
            cycle = first_of(record["start"].date())
            old = list(uses)
            if record.get("corrects"):
                corrected.add(record["corrects"])
                uses = [use for use in uses if use["name"] != record["corrects"]]
            uses = uses + [record]
            day = max(use["start"] for use in uses if first_of(use["start"].date()) == cycle).date()
            before, after = (rate(known, tariffs, some, cycle) for some in (old, uses))
            # the one dictionary of grants is used up by the second rating: each was made anew
            owed += [(cycle,) + due + (record["name"],) for due in
                     levels.setdefault(cycle, Levels()).record(record["service"], (pools(before[0], day), before[1]),
                                                               (pools(after[0], day), after[1]), main_tariff(known, tariffs, cycle))]
    return owed


def counted(steps):
    """The uses that count in the end."""
    corrected = {use["corrects"] for what, use in steps if what == "use" and use.get("corrects")}
    return [use for what, use in steps if what == "use" and use["name"] not in corrected]


def owed_in_audit(tariffs, subs, uses):
    """(cycle, pool, level, percent) -> causes, in order, over uses by (start, source, seq); a use's name is (source, seq)."""
    levels, owed, seen = {}, {}, []
    for use in sorted(uses, key=lambda use: (use["start"], use["name"][0].encode(), use["name"][1])):
        cycle, day = first_of(use["start"].date()), use["start"].date()
        known = [sub for sub in subs if sub["from"] <= day]
        before = rate(known, tariffs, seen, cycle)
        seen = seen + [use]
        after = rate(known, tariffs, seen, cycle)
        for due in levels.setdefault(cycle, Levels()).record(use["service"], (pools(before[0], day), before[1]),
                                                             (pools(after[0], day), after[1]), main_tariff(known, tariffs, cycle)):
            owed.setdefault((cycle,) + due[:3], []).append(use)
    return owed


def audit(owed, sent, as_of, limit=timedelta(minutes=30)):
    """Gives (duty, key, time, cause or sent) of what is wrong; sent: {"key", "sent", "name"}."""
    found = []
    for key in set(owed) | {one["key"] for one in sent}:
        causes = list(owed.get(key, []))
        waiting = list(causes)
        for one in sorted((s for s in sent if s["key"] == key and s["sent"] <= as_of), key=lambda s: (s["sent"], s["name"][0].encode(), s["name"][1])):
            if not waiting:
                found.append(("usage.notice.twice" if causes else "usage.notice.unowed", key, one["sent"], one["name"]))
            elif one["sent"] < waiting[0]["start"]:
                found.append(("usage.notice.unowed", key, one["sent"], one["name"]))
            else:
                cause = waiting.pop(0)
                if one["sent"] - cause["start"] > limit:
                    found.append(("usage.notice.late", key, cause["start"] + limit, one["name"]))
        found += [("usage.notice.missing", key, cause["start"] + limit, cause["name"]) for cause in waiting if as_of - cause["start"] > limit]
    return found


def midnight(day):
    return datetime.combine(day, time())

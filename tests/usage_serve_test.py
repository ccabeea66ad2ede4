#!/usr/bin/env python3
"""Use behind a running server: what a person is shown and may set, what is told when, and how it opens again."""
import json
import re
import unittest
from datetime import datetime, timedelta, timezone

from gateway_test import NUMBER, TARIFF, Webhook, until
from server import Server, ServerCase

CHINA = timezone(timedelta(hours=8))


def month(back=0):
    now = datetime.now(CHINA)
    at = now.year * 12 + now.month - 1 - back
    return f"{at // 12}-{at % 12 + 1:02}"


class UseCase(ServerCase):
    def prepare(self):
        self.mingbai("init")
        self.mingbai("load", "tariff", self.write("t.json", json.dumps({**TARIFF, "data_cap": "500.00"})))
        self.mingbai("load", "subscription", self.write("s.csv", f"subscriber,tariff,from\n{NUMBER},T,2015-01-01\n"))
        self.mingbai("load", "subscriber", self.write("n.csv", f"subscriber,operator,area,since\n{NUMBER},jia,320100,2015-01-01\n"))

    def use(self, *rows, **more):
        text = "source,seq,subscriber,service,start,quantity\n" + "".join(f"u,{seq},{NUMBER},data,{start},{megabytes * 1048576}\n" for seq, start, megabytes in rows)
        return self.mingbai("load", "usage", self.write("u.csv", text), *more.get("options", ()))

    def person(self):
        client = self.new_client(language="en")
        self.assertEqual(client.post("/api/session/code", {"number": NUMBER}).status, 200)
        text = [json.loads(line) for line in (self.folder / "data.spool.jsonl").read_text().splitlines()][-1]["text"]
        self.assertEqual(client.post("/api/session/number", {"number": NUMBER, "code": re.search(r"\d{6}", text).group()}).status, 200)
        return client


class Person(UseCase):
    def test_the_running_month_is_shown_before_its_first_use(self):
        self.use((1, month(1) + "-02T10:00:00+08:00", 30))
        usage = self.person().get("/api/usage").json
        self.assertEqual((usage["cycle"], usage["today"][:7], usage["cycles"]), (month(), month(), [month(1)]))
        self.assertEqual([(pool["used"], pool["left"], pool["forecast"]) for pool in usage["pools"]], [(0, 104857600, None)])
        self.assertEqual(self.client.get("/api/usage").status, 401)

    def test_after_a_month_without_use_the_newest_is_shown(self):
        self.use((1, month(2) + "-02T10:00:00+08:00", 30))
        usage = self.person().get("/api/usage").json
        self.assertEqual((usage["cycle"], usage["today"][:7], usage["pools"][0]["forecast"]), (month(2), month(), None))

    def test_own_levels(self):
        person = self.person()
        for cap, status in (("0", 422), ("0.001", 422), ("500", 422), ("9223372036854", 422), ("-1", 422), ("x", 422), ("5", 200), ("0.01", 200), (None, 200)):
            asked = {"notice_at": [{"percent": 60}], **({"data_cap": cap} if cap else {})}
            self.assertEqual(person.post("/api/usage/settings", asked).status, status, cap)
        levels = person.get("/api/usage").json["levels"]
        self.assertEqual((levels["own_notice_at"], levels.get("own_data_cap"), levels["data_cap"]), ([60], None, "500.00"))


class Opening(UseCase):
    def test_huge_bill_lines(self):
        """Sums that no amount can hold stop at its ends; nothing stops at them."""
        lines = "".join(f"{NUMBER},2015-01,fee:X{i},9223372036854.77\n{NUMBER},2015-02,fee:X{i},-9223372036854.77\n" for i in range(3))
        self.mingbai("load", "bill_line", self.write("b.csv", "subscriber,cycle,item,amount\n" + lines))
        found = self.mingbai("check").rows  # 3 lines and a fee of each month
        self.assertEqual(len([row for row in found if row["duty"] == "bill.follows"]), 8)
        self.add_user("reg", "regulator")
        for _ in range(2):
            client = self.new_client().sign_in("reg")
            self.assertEqual(len(client.get("/api/findings?kind=bill.follows").json["items"]), 8)
            self.assertEqual(client.get(f"/api/bill?subscriber={NUMBER}&cycle=2015-01").json["charged"], "9223372036854.775807")
            self.stop()
            self.start()

    def test_a_snapshot_with_a_flipped_bit_is_made_anew(self):
        self.stop()
        starts = [datetime(2015, 1, 1, tzinfo=CHINA) + timedelta(seconds=20 * i) for i in range(101000)]  # a command that ends writes one after so many
        text = "seq,subscriber,service,start,quantity\n" + "".join(
            f"{i},1390000{i % 5000:04},data,{start:%Y-%m-%dT%H:%M:%S+08:00},{i}\n" for i, start in enumerate(starts))
        self.mingbai("load", "usage", self.write("many.csv", text))
        kept = list(self.data.rglob("usage.snapshot"))
        self.assertTrue(kept)
        expected = self.mingbai("usage", "13900000421", "--cycle", "2015-01").rows
        whole = kept[0].read_bytes()
        for place in (9, 17, len(whole) // 3, len(whole) // 2, len(whole) - 5, len(whole) - 1):
            kept[0].write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1:])
            self.assertEqual(self.mingbai("usage", "13900000421", "--cycle", "2015-01").rows, expected, place)
        self.start()


class Told(UseCase):
    def test_what_a_replaced_file_owes_is_told_once(self):
        """A file that replaces another: what both owe is told once, what only the new one owes is told as well."""
        self.stop()
        webhook = Webhook(200)
        self.addCleanup(webhook.close)
        self.mingbai("load", "tariff", self.write("t2.json", json.dumps({**TARIFF, "notice_at": None, "notice_every": "0.10", "data_cap": "1.00"})))
        path = self.write("gateway.json", json.dumps({"form": "webhook", "url": webhook.url}))
        self.server = Server(self.data, "--gateway", path, "--text-hours", "0-24", environment={"TMPDIR": str(self.folder)})
        now = (datetime.now(CHINA) - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S+08:00")
        self.use((1, now, 105))
        until(lambda: len(webhook.taken) == 1, "the first text")
        self.use((1, now, 105), (2, now, 3), options=("--replaces", "u"))
        until(lambda: len(webhook.taken) == 2, "the second text")
        self.use((1, now, 105), (2, now, 3), (3, now, 20), options=("--replaces", "u"))
        until(lambda: len(webhook.taken) == 3, "the cap")
        self.stop()
        self.assertEqual(len(set(webhook.taken)), 3)


if __name__ == "__main__":
    unittest.main()

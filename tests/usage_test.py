#!/usr/bin/env python3
"""Use, notices, bills and their audit through the command line: random subscribers against the slow reference, and what the door says."""
import json
import unittest

import usage_property
from program import SOAK, ProgramCase

TARIFF = {"tariff": "T", "operator": "jia", "name": "家园卡", "type": "main", "monthly_fee": "18.00", "notice_at": [80, 100], "notice_every": "10.00",
          "data_cap": "500.00", "allowances": [{"id": "d", "service": "data", "quantity": 157286400, "scope": "home"}],
          "prices": [{"service": "data", "per": 1048576, "price": "0.29"}, {"service": "voice", "per": 60, "price": "0.15"}]}
NUMBER = "13800000001"


class Random(unittest.TestCase):
    def test_against_the_reference(self):
        for seed in range(40 if SOAK else 2):
            notices, lines, found = usage_property.try_world(1000 + seed, 150, 12)
            self.assertGreater(min(notices, lines, found), 20)


class Use(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.mingbai("load", "tariff", self.write("t.json", json.dumps([TARIFF])))
        self.mingbai("load", "subscription", self.write("s.csv", f"subscriber,tariff,from\n{NUMBER},T,2014-12-01\n"))

    def use(self, rows, source="u", code=0):
        text = "source,seq,subscriber,service,start,quantity,scope,corrects\n" + "".join(f"{source},{row}\n" for row in rows)
        return self.mingbai("load", "usage", self.write(f"{source}.csv", text), "--rejects", self.folder / "rejects", code=code)

    def test_the_forms_of_the_contract(self):
        self.use([f"1,{NUMBER},data,2015-01-02T10:00:00+08:00,130000000,,", f"2,{NUMBER},data,2015-01-04T10:00:00+08:00,80000000,,"])
        notices = self.mingbai("notices").rows
        self.assertEqual([(row["pool"], row["level"], row["percent"], row["used"], row["quantity"], row["charge"]) for row in notices],
                         [("data:home", "threshold", 80, 130000000, 157286400, "0.00"), ("data", "over", None, 52713600, None, "14.58")])
        self.assertEqual(list(notices[0]), ["notice", "subscriber", "cycle", "pool", "level", "percent", "used", "quantity", "charge", "time", "source", "seq"])
        self.assertEqual((notices[0]["subscriber"], notices[0]["cycle"], notices[0]["time"]), (NUMBER, "2015-01", "2015-01-02T10:00:00+08:00"))
        self.assertEqual(self.mingbai("usage", NUMBER, "--cycle", "2015-01").rows,
                         [{"pool": "data:home", "quantity": 157286400, "used": 157286400, "left": 0}, {"service": "data", "over": 52713600, "charge": "14.58"},
                          {"service": "voice", "over": 0, "charge": "0.00"}, {"service": "sms", "over": 0, "charge": "0.00"}])
        bill = self.mingbai("bill", NUMBER, "2015-01").rows
        self.assertEqual([(row["item"], row["tariff"], row["amount"]) for row in bill[:-1]], [("fee:T", "T", "18.00"), ("data:home", "T", "14.58")])
        self.assertEqual(bill[-1], {"total": "32.58"})
        self.assertEqual([row["level"] for row in self.mingbai("notices", "--kind", "over").rows], ["over"])
        self.assertEqual(self.mingbai("usage", NUMBER, "--cycle", "2015-01", "--format", "csv").text.splitlines()[:3],
                         ["pool,quantity,used,left,service,over,charge", "data:home,157286400,157286400,0,,,", ",,,,data,52713600,14.58"])
        self.assertEqual(self.mingbai("bill", NUMBER, "2015-01", "--format", "csv").text.splitlines()[-1], ",,,,,,32.58")
        for words in (("usage", NUMBER), ("bill", NUMBER, "2015-01"), ("notices",), ("findings",)):
            self.assertGreaterEqual(len(self.mingbai(*words, "--format", "table").text.splitlines()), 2, words)
        self.mingbai("verify", "--replay")

    def test_numbers_are_read_once_a_run_and_noted(self):
        self.use([f"1,{NUMBER},data,2015-01-02T10:00:00+08:00,157286400,,", f"2,{NUMBER},sms,2015-01-05T10:00:00+08:00,0,,"])
        self.mingbai("notices")
        self.assertEqual([row["subject"] for row in self.mingbai("check").rows], [f"notice:{NUMBER}:2015-01:data:home:reached:100"])
        size = int(self.mingbai("verify").text.split()[1])
        kinds = [json.loads(line)["kind"] for index in range(size - 2, size)
                 for line in self.mingbai("entry", str(index), "--format", "jsonl").text.splitlines()]
        self.assertEqual(kinds, ["unsealing", "unsealing"])

    def test_a_correction(self):
        self.use([f"1,{NUMBER},data,2015-01-02T10:00:00+08:00,157286400,,", f"2,{NUMBER},data,2015-01-05T10:00:00+08:00,1048576,,"])
        rejected = self.use([f"1,{NUMBER},data,2015-01-02T10:00:00+08:00,100,,u/1", f"2,{NUMBER},data,2015-01-02T10:00:00+08:00,5,,u/1",
                             f"3,{NUMBER},data,2015-01-02T10:00:00+08:00,5,,c/1", f"4,{NUMBER},data,2015-01-02T10:00:00+08:00,5,,nonsense"], "c", code=3)
        self.assertEqual(rejected.rows[-1]["rejected"], 3)
        reasons = [json.loads(line)["field"] for line in (self.folder / "rejects").read_text().splitlines()]
        self.assertEqual(reasons, ["corrects"] * 3)
        self.assertEqual(self.mingbai("usage", NUMBER).rows[0]["used"], 1048676)
        self.mingbai("withdraw", "c", "--why", "a mistake")
        self.assertEqual(self.mingbai("usage", NUMBER).rows[0]["used"], 157286400)
        self.mingbai("verify", "--replay")

    def test_correction_before_what_it_corrects(self):
        self.use([f"1,{NUMBER},data,2015-01-02T10:00:00+08:00,100,,later/7"], "c")
        self.use([f"7,{NUMBER},data,2015-01-02T10:00:00+08:00,157286400,,"], "later")
        self.assertEqual(self.mingbai("usage", NUMBER).rows[0]["used"], 100)
        self.assertEqual(self.mingbai("notices").rows, [])

    def test_what_the_door_refuses(self):
        rows = {"service": f"1,{NUMBER},fax,2015-01-02,1,,", "start": f"2,{NUMBER},data,1980-01-02,1,,", "quantity": f"3,{NUMBER},data,2015-01-02,-1,,",
                "scope": f"4,{NUMBER},data,2015-01-02,1,moon,"}
        self.use(list(rows.values()), code=3)
        self.assertEqual([json.loads(line)["field"] for line in (self.folder / "rejects").read_text().splitlines()], list(rows))
        wrong = {**TARIFF, "allowances": [{"id": "d", "service": "data", "quantity": 0}]}
        self.mingbai("load", "tariff", self.write("w.json", json.dumps(wrong)), "--rejects", self.folder / "rejects", code=3)
        reject = json.loads((self.folder / "rejects").read_text())
        self.assertEqual(reject["field"], "allowances")

    def test_reasons_give_the_amounts(self):
        """A bill's reason is a sum that a person can do: its factors give the line's amount."""
        KB, MB, GB = 1024, 1048576, 1073741824
        for number, (per, price, increment, quantity, says, amount) in enumerate((
                (KB, "0.01", None, 12345 * KB, "12345 KB x 0.01 yuan", "123.45"), (KB, "0.01", None, 3 * KB, "3 KB x 0.01 yuan", "0.03"),
                (MB, "0.29", MB, 5 * MB + 1, "6 MB x 0.29 yuan", "1.74"), (MB, "0.29", None, 12 * MB + 345678, "12.3297 MB x 0.29 yuan", "3.58"),
                (10 * MB, "1", 10 * MB, 57 * MB, "60 MB / 10 MB x 1.00 yuan", "6.00"), (GB, "10", None, 512 * MB, "0.5 GB x 10.00 yuan", "5.00"),
                (1000, "0.001", None, 12345000, "12345000 bytes / 1000 bytes x 0.001 yuan", "12.35"))):
            plan = {"tariff": "T", "operator": "jia", "type": "main", "monthly_fee": "18.00", "prices": [
                {"service": "data", "per": per, "price": price, **({"increment": increment} if increment else {})}]}
            self.mingbai("load", "tariff", self.write("p.json", json.dumps(plan)))
            month = f"2015-{number + 1:02}"
            self.use([f"1,{NUMBER},data,{month}-02T10:00:00+08:00,{quantity},,"], month)
            line = self.mingbai("bill", NUMBER, month).rows[1]
            self.assertEqual(line["amount"], amount)
            self.assertTrue(line["because"].endswith(says), line["because"])
        for number, (per, price, seconds, says, amount) in enumerate((
                (60, "0.15", 61, "2 minutes x 0.15 yuan", "0.30"), (6, "0.02", 60, "1 minutes x 0.20 yuan", "0.20"),
                (180, "1", 360, "6 minutes / 3 minutes x 1.00 yuan", "2.00"), (7, "0.07", 420, "7 minutes x 60 s / 7 s x 0.07 yuan", "4.20"))):
            plan = {"tariff": "T", "operator": "jia", "type": "main", "monthly_fee": "18.00", "prices": [{"service": "voice", "per": per, "price": price}]}
            self.mingbai("load", "tariff", self.write("p.json", json.dumps(plan)))
            month = f"2016-{number + 1:02}"
            self.use([f"1,{NUMBER},voice,{month}-02T10:00:00+08:00,{seconds},,"], month)
            line = self.mingbai("bill", NUMBER, month).rows[1]
            self.assertEqual(line["amount"], amount)
            self.assertTrue(line["because"].endswith(says), line["because"])

    def test_more_directed_scopes_than_are_kept_apart_draw_as_home(self):
        self.use([f"{i},{NUMBER},data,2015-01-02T10:00:00+08:00,1048576,directed:s{i:02}," for i in range(1, 41)])
        found = {row.get("pool") or row["service"]: row for row in self.mingbai("usage", NUMBER).rows}
        self.assertEqual((found["data:home"]["used"], found["data"]["over"]), (40 * 1048576, 0))

    def test_what_is_out_of_range_says_the_range(self):
        self.mingbai("load", "subscription", self.write("w.csv", f"subscriber,tariff,from,to\n{NUMBER},T,2014-12-01,9999-12-31\n"),
                     "--rejects", self.folder / "rejects", code=3)
        self.assertIn("leave an end that is open empty", json.loads((self.folder / "rejects").read_text())["reason"])
        for member, says in (({"quantity": 1, "rollover": 1200}, "at most 120"), ({"quantity": 1, "scope": "directed:a:23-07"}, "does not end like hours")):
            wrong = {**TARIFF, "allowances": [{"id": "d", "service": "data", **member}]}
            self.mingbai("load", "tariff", self.write("w.json", json.dumps(wrong)), "--rejects", self.folder / "rejects", code=3)
            self.assertIn(says, json.loads((self.folder / "rejects").read_text())["reason"])

    def test_nobody_and_nothing(self):
        self.assertIn("no record", self.mingbai("usage", "13811111111", code=1).err)
        self.assertIn("no month", self.mingbai("bill", NUMBER, "never", code=2).err)
        self.assertEqual(self.mingbai("bill", NUMBER, "2015-05").rows, [
            {"item": "fee:T", "tariff": "T", "quantity": 1, "unit": "time", "amount": "18.00",
             "because": "monthly fee of 家园卡, charged for the whole month: 18.00 yuan x 1"}, {"total": "18.00"}])


class Announced(ProgramCase):
    """The end of a pack, an abnormal bill, advertising: told or not, by what the operator says that it sent."""

    def setUp(self):
        super().setUp()
        self.mingbai("init")
        pack = {"tariff": "P", "operator": "jia", "type": "addon", "monthly_fee": "5.00"}
        self.mingbai("load", "tariff", self.write("t.json", json.dumps([TARIFF, pack, {**pack, "tariff": "V", "type": "vas"}])))
        self.mingbai("load", "subscription", self.write("s.csv", "subscriber,tariff,from,to\n" + "".join(
            f"1380000000{who},{row}\n" for who, row in ((1, "T,2015-01-01,"), (1, "P,2015-01-01,2015-02-01"), (1, "V,2015-01-01,2015-02-01"),
                                                       (2, "T,2015-01-01,2015-03-05"), (2, "P,2015-01-01,2015-02-01"), (2, "P,2015-02-01,2015-04-20")))))

    def sent(self, *rows):
        self.mingbai("load", "notice_sent", self.write("n.csv", "subscriber,cycle,pool,level,sent,text\n" + "".join(f"{row}\n" for row in rows)))

    def found(self, duty, as_of="2015-06-01"):
        return [row["subject"] for row in self.mingbai("check", duty, "--as-of", as_of).rows]

    def test_ends(self):
        plan, pack, renewed = "subscription:13800000002:T:2015-01-01", "subscription:13800000001:P:2015-01-01", "subscription:13800000002:P:2015-02-01"
        self.assertEqual(self.found("usage.notice.expiry"), [pack, plan, renewed])
        self.assertEqual(self.found("usage.notice.expiry", "2015-02-10"), [pack])
        self.sent("13800000001,2015-01,P,expiry,2015-01-29T10:00:00+08:00,", "13800000002,2015-03,T,expiry,2015-03-05T00:00:00+08:00,",
                  "13800000002,2015-01,P,expiry,2015-01-29T10:00:00+08:00,")  # one too late, one of the pack before
        self.assertEqual(self.found("usage.notice.expiry"), [plan, renewed])

    def test_abnormal_bills(self):
        months = ("2015-01", "2015-02", "2015-03")
        lines = "subscriber,cycle,item,amount\n" + "".join(f"{NUMBER},{month},fee:T,18\n" for month in months) + f"{NUMBER},2015-04,fee:T,18\n"
        self.mingbai("load", "bill_line", self.write("b.csv", lines + f"{NUMBER},2015-04,data:home,72.01\n13800000002,2015-04,fee:T,900\n"))
        found = self.mingbai("check", "bill.abnormal", "--as-of", "2015-06-01").rows
        self.assertEqual([(row["subject"], row["time"], row["limit"], row["measured"], len(row["records"])) for row in found],
                         [(f"bill:{NUMBER}:2015-04", "2015-05-02T00:00:00+08:00", "5 times", "5.0 times", 2)])
        self.assertEqual(self.found("bill.abnormal", "2015-05-01"), [])
        self.sent(f"{NUMBER},2015-04,bill,abnormal,2015-05-03T10:00:00+08:00,")
        self.assertIn("too late", self.mingbai("check", "bill.abnormal", "--as-of", "2015-06-01").rows[0]["says"])
        self.sent(f"{NUMBER},2015-04,bill,abnormal,2015-04-20T10:00:00+08:00,")
        self.assertEqual(self.found("bill.abnormal"), [])
        self.mingbai("load", "bill_line", self.write("c.csv", f"subscriber,cycle,item,amount\n{NUMBER},2015-05,fee:T,209.995\n"))
        self.assertEqual(self.found("bill.abnormal", "2015-06-02"), [])  # 42 on average before

    def test_nobody_is_held_to_what_another_charged(self):
        other = json.dumps({**TARIFF, "tariff": "Y", "operator": "yi"})
        self.mingbai("load", "tariff", self.write("y.json", other))
        self.mingbai("load", "subscription", self.write("y.csv", "subscriber,tariff,from,to\n13800000003,Y,2014-01-01,2015-02-10\n13800000003,T,2015-02-10,\n"))
        lines = "".join(f"1380000000{who},2015-0{month},fee:T,{amount}\n" for who in (1, 3) for month, amount in ((1, 18), (2, 18), (3, 18), (4, 900), (5, 18), (6, 4000)))
        self.mingbai("load", "bill_line", self.write("b.csv", "subscriber,cycle,item,amount\n" + lines))
        self.mingbai("load", "operator", self.write("o.csv", "operator,name_zh,name_en\njia,甲,Jia\nyi,乙,Yi\n"))
        self.mingbai("load", "subscriber", self.write("l.csv", "subscriber,operator,area,since\n13800000001,jia,320100,2015-02-10\n13800000003,jia,320100,2015-02-10\n"))
        # The one that was listed late was jia's all the time; the other came from yi, and of it only what jia charged is compared.
        self.assertEqual(self.found("bill.abnormal", "2015-08-01"), ["bill:13800000001:2015-04", "bill:13800000001:2015-06", "bill:13800000003:2015-06"])

    def test_advertising(self):
        self.sent(f"{NUMBER},2015-01,data,over,2015-01-05T10:00:00+08:00,超出10元。参加抽奖赢好礼", f"{NUMBER},2015-01,data,over,2015-01-06T10:00:00+08:00,超出20元，回复1订购加油包",
                  f"{NUMBER},2015-01,data,over,2015-01-07T10:00:00+08:00,")
        found = self.mingbai("check", "usage.notice.advert").rows
        self.assertEqual([(row["subject"], row["time"]) for row in found], [(f"notice:{NUMBER}:2015-01:data:over", "2015-01-05T10:00:00+08:00")])
        self.sent(*[f"{NUMBER},2015-01,data,over,2015-01-06T10:00:00+08:00,好礼{word}" for word in ("一", "二", "三")])
        self.assertEqual(len({row["finding"] for row in self.mingbai("check", "usage.notice.advert").rows}), 4)
        self.assertFalse([file for file in self.data.rglob("*") if file.is_file() and "抽奖".encode() in file.read_bytes()])
        self.mingbai("verify", "--replay")


if __name__ == "__main__":
    unittest.main()

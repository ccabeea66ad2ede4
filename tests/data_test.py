"""The rows that come with the program: the law in limits.csv, the areas in data/areas.csv."""
import csv
import datetime
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNITS = {"hour", "day", "workday", "minute", "month", "year", "share", "count", "yuan"}


def rows(path):
    with open(ROOT / path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = rows("limits.csv")

    def test_each_row_is_whole(self):
        for row in self.rows:
            self.assertEqual(list(row), ["duty", "area", "service", "place", "statistic", "value", "unit", "from", "to", "basis",
                                         "status"])
            self.assertRegex(row["duty"], r"^[a-z_]+(\.[a-z_]+)+$")
            self.assertIn(row["place"], ("", "town", "rural"))
            self.assertIn(row["unit"], UNITS)
            self.assertIn(row["status"], ("V", "V2", "R", "ours"))
            self.assertRegex(row["value"], r"^\d+(\.\d{1,6})?$")
            self.assertTrue(row["unit"] != "share" or float(row["value"]) <= 1, row)
            chinese, english = row["basis"].split(" / ")
            self.assertRegex(chinese, "[\u4e00-\u9fff]")
            self.assertIsNone(re.search("[\u4e00-\u9fff]", english))
            first = datetime.date.fromisoformat(row["from"])
            self.assertTrue(not row["to"] or datetime.date.fromisoformat(row["to"]) > first, row)

    def test_one_law_at_a_time(self):
        times = {}
        for row in self.rows:
            key = tuple(row[name] for name in ("duty", "area", "service", "place", "statistic"))
            times.setdefault(key, []).append((row["from"], row["to"] or "9999"))
        for key, spans in times.items():
            spans.sort()
            for (_, end), (start, _) in zip(spans, spans[1:]):
                self.assertLessEqual(end, start, key)

    def held(self, duty, on, area="", statistic=""):
        found = [row for row in self.rows if (row["duty"], row["area"], row["statistic"]) == (duty, area, statistic) and
                 row["from"] <= on and (not row["to"] or on < row["to"])]
        return [(row["value"], row["unit"], row["status"]) for row in found]

    def test_complaints(self):
        for duty, on, area, statistic, expected in (
            ("complaint.answer.late", "2005-04-19", "", "", []),
            ("complaint.answer.late", "2005-04-20", "", "", [("15", "day", "R")]),
            ("complaint.answer.late", "2016-07-29", "", "", [("15", "day", "R")]),
            ("complaint.answer.late", "2016-07-30", "", "", [("15", "day", "V")]),
            ("complaint.answer.late", "2020-12-31", "410000", "", []),
            ("complaint.answer.late", "2021-01-01", "410000", "", [("5", "workday", "V")]),
            ("complaint.answer.late", "2018-07-26", "500000", "", [("15", "workday", "V")]),
            ("complaint.appeal.early", "2015-01-01", "", "", [("15", "day", "R")]),
            ("complaint.appeal.early", "2017-01-01", "", "", [("15", "day", "V")]),
            ("complaint.appeal.late", "2015-01-01", "", "charge", [("5", "month", "R")]),
            ("complaint.appeal.late", "2017-01-01", "", "charge", [("5", "month", "V")]),
            ("complaint.appeal.late", "2015-01-01", "", "other", [("2", "year", "R")]),
            ("complaint.appeal.accept_late", "2015-01-01", "", "", [("5", "workday", "R")]),
            ("complaint.appeal.decide_late", "2017-01-01", "", "", [("30", "day", "V")]),
        ):
            self.assertEqual(self.held(duty, on, area, statistic), expected, (duty, on, area, statistic))


class AreasTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.areas = {row["area"]: row for row in rows("data/areas.csv")}

    def test_codes_and_parents(self):
        self.assertEqual(len(self.areas), len(rows("data/areas.csv")))
        for code, row in self.areas.items():
            self.assertRegex(code, r"^\d{6}$")
            outer = "" if code.endswith("0000") else code[:2] + "0000" if code.endswith("00") else code[:4] + "00"
            self.assertEqual(row["parent"], outer)
            self.assertTrue(not outer or outer in self.areas, code)
            self.assertRegex(row["name_zh"], "^[\u4e00-\u9fff]+[省市区县]$")
            self.assertRegex(row["name_en"], "^[A-Z][A-Za-z' ]+$")

    def test_provinces_and_jiangsu(self):
        self.assertEqual(sum(code.endswith("0000") for code in self.areas), 34)
        cities = [row for row in self.areas.values() if row["parent"] == "320000"]
        self.assertEqual(len(cities), 13)
        self.assertEqual(sum(int(row["population"]) for row in cities), int(self.areas["320000"]["population"]))


if __name__ == "__main__":
    unittest.main()

"""The working days that the build makes: their number in each year, and the days that people asked about."""
import csv
import datetime
import io
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Weekdays, less the holidays by law (10 until 2007, 11 until 2024, 13 since), and less or more the days that a notice gave or
# moved over the New Year: 2005/06, 2006/07 and 2011/12 moved; 2015-09-03 and two days of 2020 were given.
WORKING_DAYS = {
    2004: 252, 2005: 251, 2006: 251, 2007: 249, 2008: 251, 2009: 250, 2010: 250, 2011: 250, 2012: 249, 2013: 250, 2014: 250,
    2015: 249, 2016: 250, 2017: 249, 2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248,
    2026: 248,
}


@unittest.skipUnless((ROOT / "node_modules/chinese-days").is_dir(), "npm ci has not been run")
class WorkdaysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        out = subprocess.run(["node", ROOT / "scripts/workdays.js"], check=True, capture_output=True).stdout.decode()
        cls.rows = list(csv.DictReader(io.StringIO(out)))
        cls.working = {datetime.date.fromisoformat(row["date"]): row["working"] == "true" for row in cls.rows}

    def is_workday(self, day):
        return self.working.get(day, day.weekday() < 5)

    def test_each_day_once_and_only_where_it_differs(self):
        self.assertEqual(len(self.working), len(self.rows))
        for row in self.rows:
            self.assertIn(row["working"], ("true", "false"))
            self.assertEqual(datetime.date.fromisoformat(row["date"]).weekday() >= 5, row["working"] == "true", row)
            self.assertRegex(row["basis"], "^国务院办公厅放假通知，.+ / State Council holiday notice, .+")

    def test_number_of_working_days(self):
        for year, expected in WORKING_DAYS.items():
            first = datetime.date(year, 1, 1)
            days = (datetime.date(year + 1, 1, 1) - first).days
            self.assertEqual(sum(self.is_workday(first + datetime.timedelta(i)) for i in range(days)), expected, year)

    def test_known_days(self):
        for day, working in (("2005-12-31", True), ("2006-01-02", False), ("2015-01-02", False), ("2015-01-04", True),
                             ("2015-02-17", True), ("2015-02-18", False), ("2015-02-24", False), ("2015-02-25", True),
                             ("2015-02-28", True), ("2020-01-31", False), ("2020-02-03", True)):
            self.assertEqual(self.is_workday(datetime.date.fromisoformat(day)), working, day)


if __name__ == "__main__":
    unittest.main()

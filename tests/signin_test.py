#!/usr/bin/env python3
"""Signing in over HTTP: by password, by a code sent to a number; what a page is told; what a wrong one is told."""
import json
import re
import unittest

from server import PASSWORD, ServerCase

OPERATORS = "operator,name_zh,name_en\njia,甲电信,Jia Telecom\nyi,乙电信,Yi Telecom\n"
COMPLAINTS = ("id,operator,area,filed,channel,subscriber\n"
              "c1,jia,320102,2015-01-03T08:00:00+08:00,web,13800130001\nc2,yi,320500,2015-01-04T08:00:00+08:00,web,13800130002\n")


class SigningIn(ServerCase):
    def prepare(self):
        super().prepare()
        self.load("operator", "o.csv", OPERATORS)
        self.load("complaint", "c.csv", COMPLAINTS)

    def code_of(self, number):
        """The code last sent to a number, from the spool."""
        lines = [json.loads(line) for line in (self.folder / "data.spool.jsonl").read_text().splitlines()]
        text = [line["text"] for line in lines if line["to"] == "text" and line["number"] == number][-1]
        return re.search(r"\d{6}", text).group()

    def test_what_a_page_begins_with(self):
        session = self.client.get("/api/session").json
        self.assertEqual((session["role"], session["account"], session["csrf"], session["number"]), ("public", None, None, None))
        self.assertEqual([operator["name"] for operator in session["operators"]], ["甲电信", "乙电信"])
        self.assertEqual([(area["area"], area["parent"]) for area in session["areas"]],
                         [("320000", None), ("320100", "320000"), ("320102", "320100"), ("320500", "320000")])
        self.assertEqual(session["province"], "江苏省")
        self.assertEqual(session["checkpoint"]["size"], session["position"])
        self.assertFalse(session["sample"])
        english = self.client.get("/api/session?lang=en").json
        self.assertEqual((english["province"], english["operators"][1]["name"], english["role_name"]), ("Jiangsu", "Yi Telecom", "the public"))
        self.load("operator", "more.csv", "operator,name_zh,name_en\nbing,丙电信,Bing Telecom\n")
        self.assertEqual([row["operator"] for row in self.client.get("/api/session").json["operators"]], ["jia", "yi", "bing"])

    def test_a_password(self):
        client = self.signed_in("jia-1", "operator", "jia")
        session = client.get("/api/session?lang=en").json
        self.assertEqual((session["role"], session["account"], session["operator"], session["operator_name"]),
                         ("operator", "jia-1", "jia", "Jia Telecom"))
        self.assertRegex(session["csrf"], r"\A[A-Za-z0-9_-]{43}\Z")
        self.assert_problem(client.get("/api/accounts"), 403)
        wrong = self.assert_problem(self.client.post("/api/session", {"account": "jia-1", "password": "x" * 12}), 401, "not-right")
        unknown = self.assert_problem(self.client.post("/api/session", {"account": "nobody", "password": PASSWORD}), 401, "not-right")
        self.assertEqual({**wrong, "instance": 0}, {**unknown, "instance": 0})
        first = client.cookie
        client.sign_in("jia-1")  # a new value at every sign-in, and the old one ends
        self.assertNotEqual(client.cookie, first)
        old = self.new_client()
        old.cookie = first
        self.assertEqual(old.get("/api/session").json["role"], "public")
        last = client.cookie
        self.assertEqual(client.delete("/api/session").status, 200)
        self.assertIsNone(client.cookie)
        old.cookie = last
        self.assertEqual(old.get("/api/session").json["role"], "public")

    def test_a_value_that_a_client_chose_is_no_session(self):
        self.add_user("jia-1", "operator", "jia")
        client = self.new_client()
        client.cookie = chosen = "A" * 43
        client.sign_in("jia-1")
        self.assertNotEqual(client.cookie, chosen)
        other = self.new_client()
        other.cookie = chosen
        self.assertEqual(other.get("/api/session").json["role"], "public")

    def test_guessing_is_slowed_down(self):
        self.add_user("r", "regulator")
        for _ in range(5):
            self.assert_problem(self.client.post("/api/session", {"account": "r", "password": "not this one"}), 401)
        answer = self.client.post("/api/session", {"account": "r", "password": PASSWORD})
        self.assert_problem(answer, 429, "too-many-tries")
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)

    def test_a_code(self):
        for number, knows in ("13800130001", True), ("13900000000", False):
            client = self.new_client()
            sent = client.post("/api/session/code", {"number": "+86 " + number})
            self.assertEqual(sent.status, 200)
            self.assertNotIn(number, sent.text)
            code = self.code_of(number)
            wrong = f"{(int(code) + 1) % 1000000:06}"
            self.assert_problem(client.post("/api/session/number", {"number": number, "code": wrong}), 401, "not-right")
            self.assertEqual(client.post("/api/session/number", {"number": number, "code": code}).status, 200)
            session = client.get("/api/session").json
            self.assertEqual((session["role"], session["number"], session["account"]), ("subscriber", f"{number[:3]}****{number[-4:]}", None))
            self.assertEqual([row["complaint"] for row in client.get("/api/complaints").json["items"]], ["c1"] if knows else [])
        self.assert_problem(self.client.post("/api/session/code", {"number": "025-84400000"}), 422, "no-mobile-number")

    def test_so_many_codes_an_hour(self):
        number = {"number": "13800130001"}
        for _ in range(3):
            self.assertEqual(self.client.post("/api/session/code", number).status, 200)
        answer = self.client.post("/api/session/code", number)
        self.assert_problem(answer, 429, "too-many-tries")
        self.assertTrue(3000 < int(answer.headers["Retry-After"]) <= 3600)

    def test_accounts_page_by_page(self):
        client = self.signed_in("admin", "administrator")
        for name in "abc":
            self.add_user(name, "tester")
        first = client.get("/api/accounts?limit=2").json
        self.assertEqual([row["account"] for row in first["items"]], ["a", "admin"])
        second = client.get(first["next"]).json
        self.assertEqual(([row["account"] for row in second["items"]], second["next"]), (["b", "c"], None))
        self.assertIn("测试员", client.get("/api/accounts?format=csv").text)


if __name__ == "__main__":
    unittest.main()

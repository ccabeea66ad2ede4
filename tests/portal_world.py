"""A small province behind a running server, for tests of who may do and see what: two operators, two persons, staff of every kind,
and cases that belong to one side alone, full of words that nobody else may come to see."""
import json
import re
import time

from server import Client, ServerCase

OPERATORS = "operator,name_zh,name_en\njia,甲电信,Jia Telecom\nyi,乙移动,Yi Mobile\n"
SIDES = {
    "jia": {"number": "13800130001", "word": "ONLYJIA", "amount": "1357.91", "area": "320100"},
    "yi": {"number": "13900130002", "word": "ONLYYI", "amount": "2468.13", "area": "320500"},
}
STAFF = (("jia", "operator", "jia"), ("yi", "operator", "yi"), ("tester", "tester", None), ("regulator", "regulator", None),
         ("administrator", "administrator", None))


IDLE_SECONDS = 5


class Patient(Client):
    """Does not go on with a connection that the server may have closed since."""

    asked = 0

    def request(self, *arguments, **more):
        if time.monotonic() - self.asked > IDLE_SECONDS:
            self.close()
        self.asked = time.monotonic()
        return super().request(*arguments, **more)


class World(ServerCase):
    """self.of: a client of each name in STAFF, by token; `NAME cookie`: the same signed in by password; `public`; `person SIDE`: signed
    in by number; `follower SIDE`: by the code of the side's case. self.cases[SIDE]: what belongs to that side. It is no test of its
    own: setUp makes it, doCleanups ends it."""

    options = ("--rate", "0")
    addresses = 10

    def prepare(self):
        self.mingbai("init")
        self.load("operator", "operators.csv", OPERATORS, "--source", "operators")
        self.cases = {}
        for side, of in SIDES.items():
            word, source = of["word"], ("--source", of["word"] + "-file")
            self.load("complaint", "complaints.csv", "id,operator,area,category,filed,channel,subscriber,text\n"
                      f"{word}-late,{side},{of['area']},hall,2015-01-01,{word}-channel,{of['number']},{word} said so\n"
                      f"{word}-plain,{side},{of['area']},hall,2015-01-02,web,{of['number']},{word} said more\n", *source)
            self.load("complaint_event", "events.csv", "complaint,time,event,amount,text\n"
                      f"{word}-plain,2015-01-05,answered,{of['amount']},{word} an answer\n{word}-late,2015-03-05,answered,,{word} late\n",
                      "--source", word + "-events")
            self.load("appeal", "appeals.csv", f"id,complaint,filed,text\n{word}-appeal,{word}-plain,2015-02-01,{word} appeals\n", "--source",
                      word + "-appeals")
            self.load("appeal_event", "steps.csv", f"appeal,time,event,text\n{word}-appeal,2015-02-27,accepted,{word} late accepted\n", "--source",
                      word + "-steps")
            self.load("subscriber", "subscribers.csv", f"subscriber,operator,area,since\n{of['number']},{side},{of['area']},2014-01-01\n"
                      f"{of['number'][:-1]}9,{side},{of['area']},2014-01-01\n", "--source", word + "-numbers")
            self.load("market", "markets.csv", f"operator,area,month,subscribers\n{side},{of['area']},2015-01,1000\n", "--source", "totals-" + side)
            self.load("tariff", "tariffs.json", json.dumps({"tariff": "plan-" + side, "operator": side, "type": "main", "monthly_fee": "18", "notice_at": [80],
                      "notice_every": "1", "prices": [{"service": "data", "per": 1, "price": "1"}],
                      "allowances": [{"id": "d", "service": "data", "quantity": 10}]}), "--source", "plan-" + side)
            self.load("subscription", "subscriptions.csv", f"subscriber,tariff,from\n{of['number']},plan-{side},2015-01-01\n", "--source", word + "-held")
            self.load("usage", "usage.csv", f"subscriber,service,start,quantity\n{of['number']},data,2015-01-05,9\n{of['number']},data,2015-01-06,9\n",
                      "--source", word + "-use")
            self.load("notice_sent", "sent.csv", f"subscriber,cycle,pool,level,percent,sent,text\n{of['number']},2015-01,data:any,threshold,80,2015-01-07,{word} 抽奖\n",
                      "--source", word + "-sent")
            self.load("bill_line", "bills.csv", f"subscriber,cycle,item,amount\n{of['number']},2015-01,fee:plan-{side},19\n", "--source", word + "-bill")
        for name, role, operator in STAFF:
            self.add_user(name, role, operator)
        self.tokens = {name: self.token_of(name) for name, _, _ in STAFF}

    def fresh(self, **more):
        """A client from an address of its own, so that nobody's guesses are counted with another's."""
        self.addresses += 1
        client = Patient(self.server.port, address=f"127.0.{self.addresses // 200}.{self.addresses % 200 + 1}", language="en", **more)
        self.addCleanup(client.close)
        return client

    def start(self, *options):
        super().start(*options)
        self.of = {"public": self.fresh()}
        for name, token in self.tokens.items():
            self.of[name] = self.fresh(token=token)
        if not self.cases:
            for side in SIDES:
                self.file_cases(side)

    def elsewhere(self, client):
        """The same one, from another address."""
        other = self.fresh(token=client.token)
        other.cookie, other.csrf = client.cookie, client.csrf
        return other

    def with_cookies(self):
        """Also signs staff in by password."""
        for name, _, _ in STAFF:
            self.of[name + " cookie"] = self.fresh().sign_in(name)
        return self

    def done(self, answer, status=200):
        self.assertEqual(answer.status, status, answer)
        return answer.json if answer.body else None

    def by_number(self, number):
        client = self.fresh()
        self.done(client.post("/api/session/code", {"number": number}))
        lines = [json.loads(line) for line in (self.folder / "data.spool.jsonl").read_text().splitlines()]
        text = [line["text"] for line in lines if line["to"] == "text" and line["number"] == number][-1]
        self.done(client.post("/api/session/number", {"number": number, "code": re.search(r"\d{6}", text).group()}))
        return client

    def by_code(self, complaint, code):
        client = self.fresh()
        self.done(client.post("/api/session/complaint", {"complaint": complaint, "code": code}))
        return client

    def file_one(self, side, words, client=None, amount=None):
        of = SIDES[side]
        return self.done((client or self.fresh()).post("/api/complaints", {
            "operator": side, "area": of["area"], "category": "hall", "number": of["number"], "text": f"{of['word']} {words}",
            "claims": [{"asks": "refund", "amount": amount or of["amount"], "text": f"{of['word']} wants it back"}]}), 201)

    def file_cases(self, side):
        """A case with everything in it, one that is the operator's turn, and one that waits for the person's reply."""
        of, staff = SIDES[side], self.of[side]
        word, answered = of["word"], {"text": f"{SIDES[side]['word']} answers", "claims": [
            {"claim": 1, "verdict": "partly", "amount": of["amount"], "text": f"{SIDES[side]['word']} gives some"}]}
        person = self.of["person " + side] = self.by_number(of["number"])
        filed = self.file_one(side, "tells it all")
        at = "/api/complaints/" + filed["complaint"]
        self.of["follower " + side] = self.by_code(filed["complaint"], filed["code"])
        evidence = self.done(person.post(at + f"/evidence?name={word}.txt", f"{word} on paper".encode(), type="application/octet-stream"), 201)
        self.done(staff.post(at + "/notes", {"text": f"{word} a note"}))
        self.done(staff.post(at + "/assignment", {"to": f"{word}-group"}))
        self.done(staff.post(at + "/answer", answered))
        self.done(person.post(at + "/reply", {"text": f"{word} says no", "claims": [{"claim": 1, "accepted": False, "text": f"{word} no"}]}))
        self.done(staff.post(at + "/answer", answered))
        appeal = self.done(person.post(at + "/appeal", {"about": "charge", "text": f"{word} appeals"}), 201)["appeal"]
        self.done(self.of["regulator"].post(f"/api/appeals/{appeal}/accept", {}))
        self.done(self.of["regulator"].post(f"/api/appeals/{appeal}/forward", {"text": f"{word} forwarded"}))
        waiting = self.file_one(side, "waits")
        replying = self.file_one(side, "is answered")
        self.done(staff.post(f"/api/complaints/{replying['complaint']}/answer", answered))
        self.cases[side] = {"complaint": filed["complaint"], "code": filed["code"], "appeal": appeal, "evidence": str(evidence["evidence"]),
                            "waiting": waiting["complaint"], "replying": replying["complaint"], "loaded": word + "-late",
                            "loaded appeal": word + "-appeal"}

    @property
    def position(self):
        return int(self.of["public"].get("/checkpoint").text.split("\n")[1])


def operations(world):
    """Every (method, path, operation) of the API's description."""
    for path, of in world.done(world.of["public"].get("/api/openapi.json"))["paths"].items():
        for method, operation in of.items():
            yield method.upper(), path, operation


def make_world():
    """For setUpClass: the world; its doCleanups belongs into addClassCleanup."""
    world = World("setUp")
    try:
        world.setUp()
    except BaseException:
        world.doCleanups()
        raise
    return world

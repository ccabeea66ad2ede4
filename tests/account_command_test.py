#!/usr/bin/env python3
"""Accounts and tokens from the command line: by itself, while a server has the directory, on a terminal, and in a backup."""
import os
import pty
import subprocess
import tarfile
import termios
import unittest

from program import PROGRAM, ProgramCase
from server import PASSWORD, Client, Server, ServerCase


class Accounts(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")

    def add(self, *arguments, password=PASSWORD, code=0):
        return self.mingbai("user", "add", *arguments, input=(password + "\n").encode(), code=code)

    def listed(self):
        return [(row["account"], row["role"], row["operator"], row["tokens"]) for row in self.mingbai("user", "list").rows]

    def test_accounts_come_and_go(self):
        self.add("jia-1", "--role", "operator", "--operator", "jia")
        self.add("王芳", "--role", "regulator", password="一二三四五六七八九十")
        self.assertEqual(self.listed(), [("jia-1", "operator", "jia", 0), ("王芳", "regulator", None, 0)])
        token = self.mingbai("token", "jia-1").text
        self.assertRegex(token, r"\Amb_[A-Za-z0-9_-]{43}\n\Z")
        self.assertNotEqual(token, self.mingbai("token", "jia-1", "--days", "1").text)
        self.assertEqual(self.listed()[0], ("jia-1", "operator", "jia", 2))
        self.mingbai("user", "password", "jia-1", input=b"another password\n")
        self.assertEqual(self.listed()[0], ("jia-1", "operator", "jia", 0))
        self.mingbai("user", "remove", "jia-1")
        self.assertEqual([row[0] for row in self.listed()], ["王芳"])
        self.assertIn(b"account", self.mingbai("user", "list", "--format", "csv").out)

    def test_what_is_wrong_is_said(self):
        cases = [(("a",), PASSWORD, 2, "choose operator"), (("a", "--role", "subscriber"), PASSWORD, 2, "choose operator"),
                 (("a", "--role", "operator"), PASSWORD, 2, "needs the operator's code"),
                 (("a", "--role", "tester", "--operator", "jia"), PASSWORD, 2, "only an account"),
                 (("a b", "--role", "tester"), PASSWORD, 2, "letters a to z"), (("a", "--role", "tester"), "short", 2, "at least 10"),
                 (("a", "--role", "tester"), "", 2, "at least 10"), (("a", "--role", "tester"), "x" * 257, 2, "at most 256"),
                 (("a", "--role", "tester"), "x" * 100000, 2, "at most 256")]
        for arguments, password, code, says in cases:
            self.assertIn(says, self.add(*arguments, password=password, code=code).err)
        self.assertEqual(self.listed(), [])
        self.add("a", "--role", "tester", password="x" * 256)
        self.assertIn("already", self.add("a", "--role", "tester", code=1).err)
        for arguments in (("user", "remove", "b"), ("user", "password", "b"), ("token", "b")):
            self.assertIn("there is no account b", self.mingbai(*arguments, input=PASSWORD.encode() + b"\n", code=1).err)
        for arguments in (("user", "add"), ("user", "list", "a"), ("user", "rename", "a"), ("user",), ("token",), ("token", "a", "--days", "0"),
                          ("token", "a", "--days", "3661"), ("token", "a", "--days", "x")):
            self.mingbai(*arguments, input=PASSWORD.encode() + b"\n", code=2)
        self.assertIn("没有账号", self.mingbai("user", "remove", "b", "--lang", "zh", code=1).err)
        nowhere = self.mingbai("user", "list", data=self.folder / "nowhere", code=1)
        self.assertIn("init", nowhere.err)
        self.assertFalse((self.folder / "nowhere").exists())

    def on_terminal(self, *lines):
        """`user add t` on a terminal; its exit code, standard error, and what the terminal showed."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen([PROGRAM, "--data", str(self.data), "user", "add", "t", "--role", "tester", "--lang", "en"], stdin=slave,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = b""
        for prompt, line in zip((b"password: ", b"once more: "), lines):
            while not said.endswith(prompt):
                byte = process.stderr.read(1)
                self.assertTrue(byte, said)
                said += byte
            os.write(master, line + b"\n")
        out, rest = process.communicate(timeout=60)
        self.assertEqual(out, b"")
        self.assertTrue(termios.tcgetattr(slave)[3] & termios.ECHO)
        os.close(slave)
        os.set_blocking(master, False)
        try:
            shown = os.read(master, 4096)
        except (BlockingIOError, OSError):
            shown = b""
        return process.returncode, said + rest, shown

    def test_a_terminal_shows_no_password(self):
        code, said, shown = self.on_terminal(PASSWORD.encode(), PASSWORD.encode() + b"x")
        self.assertEqual((code, self.listed()), (1, []))
        self.assertIn(b"not the same", said)
        code, said, shown = self.on_terminal(PASSWORD.encode(), PASSWORD.encode())
        self.assertEqual(code, 0, said)
        self.assertNotIn(PASSWORD.encode(), said + shown)
        self.assertEqual(self.listed(), [("t", "tester", None, 0)])

    def test_a_backup_has_the_accounts(self):
        file, other = self.folder / "good.tar", self.folder / "other"
        self.mingbai("backup", self.folder / "none.tar")
        with tarfile.open(self.folder / "none.tar") as tar:
            self.assertEqual([name for name in tar.getnames() if name.startswith("portal")], [])
        self.mingbai("restore", self.folder / "none.tar", data=self.folder / "none")
        self.add("jia-1", "--role", "operator", "--operator", "jia")
        self.mingbai("backup", file)
        self.mingbai("restore", file, data=other)
        self.mingbai("verify", "--replay", data=other)
        self.assertEqual([row["account"] for row in self.mingbai("user", "list", data=other).rows], ["jia-1"])


class Served(ServerCase):
    def test_commands_reach_the_server(self):
        self.add_user("a", "administrator")
        client = self.new_client().sign_in("a")
        accounts = client.get("/api/accounts").json["items"]
        self.assertEqual([(row["account"], row["role"]) for row in accounts], [("a", "administrator")])
        token = self.token_of("a")
        machine = self.new_client(token=token)
        self.assertEqual(machine.get("/api/accounts").json["items"][0]["tokens"], 1)
        self.mingbai("user", "password", "a", input=b"another password\n")
        self.assertEqual(client.get("/api/session").json["role"], "public")
        self.assert_problem(machine.get("/api/accounts"), 401)
        again = self.new_client().sign_in("a", "another password")
        self.mingbai("user", "remove", "a")
        self.assertEqual(again.get("/api/session").json["role"], "public")

    def test_a_backup_while_people_sign_in(self):
        self.add_user("t", "tester")
        self.new_client().sign_in("t")
        self.mingbai("backup", self.folder / "b.tar")
        self.add_user("u", "tester")
        self.mingbai("restore", self.folder / "b.tar", data=self.folder / "other")
        server = Server(self.folder / "other")
        self.addCleanup(server.stop)
        client = Client(server.port)
        self.addCleanup(client.close)
        client.sign_in("t")
        self.assert_problem(client.post("/api/session", {"account": "u", "password": PASSWORD}), 401, "not-right")


if __name__ == "__main__":
    unittest.main()

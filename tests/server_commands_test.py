#!/usr/bin/env python3
"""Commands on a directory that a server has: they do the same, many at once, and nothing that a caller does harms the server."""
import concurrent.futures
import gzip
import json
import os
import pathlib
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import command_test  # noqa: E402
from command_test import HEADER, IN_TIME, LATE  # noqa: E402
from program import PROGRAM, ProgramCase  # noqa: E402

BUILD = pathlib.Path(os.environ.get("MINGBAI_BUILD", pathlib.Path(PROGRAM).resolve().parent))
HOST = BUILD / "tests" / "attendant_host"


def rows_of(count, start=0):
    return "".join(LATE.replace("C-1", f"D-{i}").replace("13800138000", f"137{i:08d}") for i in range(start, start + count))


class Served(ProgramCase):
    """Has a server on the data directory as soon as there is one."""

    server = None

    def start(self):
        self.addCleanup(self.stop)
        self.server = subprocess.Popen([HOST, self.data], stdout=subprocess.PIPE, cwd="/")
        self.assertEqual(self.server.stdout.readline(), b"ready\n")

    def stop(self):
        server, self.server = self.server, None
        if server:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(60), 0)
            server.stdout.close()
            self.assertFalse((self.data / "socket").exists())

    def mingbai(self, *arguments, data=None, **named):
        if not self.server and not data and (self.data / "keys").exists():
            self.start()
        return super().mingbai(*arguments, data=data, **named)

    def call(self, *arguments, **named):
        """A command that goes on beside the test."""
        return subprocess.Popen([PROGRAM, "--data", str(self.data), *map(str, arguments)], **named)


class ServedLoading(Served, command_test.Loading):
    """Every case of loading, through a server."""


class ServedOtherColumns(Served, command_test.OtherColumns):
    pass


class ServedReport(Served, command_test.Report):
    pass


class ServedProofs(Served, command_test.Proofs):
    # these change the files of the ledger, which a server has open
    test_a_flipped_bit_is_named = test_a_ledger_cut_back_is_refused = test_a_torn_tail_is_no_failure = None


COMMANDS = [
    ["sources"], ["sources", "--format", "csv"], ["check"], ["check", "--lang", "zh"], ["check", "--format", "table"],
    ["check", "complaint.answer.late"], ["findings", "--subscriber", "13800138000"], ["findings", "--operator", "yi"],
    ["findings", "--subscriber", "x\x01"], ["notices"], ["usage", "13800138000"], ["usage", "nobody"], ["bill", "13800138000", "2015-01"],
    ["bill", "13800138000", "never"], ["figures"], ["figures", "--by", "operator,period", "--format", "csv"],
    ["figures", "--by", "colour"], ["figures", "--definitions"], ["figures", "--since", "2015-99"], ["figures", "no.such"],
    ["entry", "5"], ["entry", "5", "--format", "raw"], ["entry", "99999"], ["proof", "--index", "3"], ["proof", "--source", "s", "--seq", "2"],
    ["proof", "--from", "2", "--to", "9"], ["proof"], ["checkpoint"], ["checkpoint", "--key"], ["verify"], ["verify", "--replay"],
    ["kinds", "complaint"], ["load", "complaint", "missing.csv"], ["load", "nonsense", "c.csv"], ["load", "complaint", "c.csv", "--nonsense"],
    ["load", "complaint", "c.csv", "--source", "s"], ["load", "complaint", "bad.csv"], ["withdraw", "nobody", "--why", "x"], ["withdraw", "nobody"],
    ["report", "--period", "2015Q1", "--lang", "en", "--out", "r.html"], ["verify", "--report", "r.html"], ["report"],
    ["unseal", "person:99999", "--why", "x"], ["map", "complaint", "c.csv"], ["init"], ["restore", "nothing.tar"], ["rebuild"], ["check", "--help"],
    ["backup", "b.tar"], ["nonsense"],
]


class SameInBothWays(Served):
    def test_every_command(self):
        """Out, err and exit code of each, in the caller's own folder."""
        super(Served, self).mingbai("init")
        self.write("c.csv", HEADER + LATE + IN_TIME)
        self.write("bad.csv", HEADER + LATE.replace("2015-01-03", "never"))
        super(Served, self).mingbai("load", "complaint", self.folder / "c.csv", "--source", "s")
        named = set(re.findall(r"^  ([a-z]+) ", self.run_here("--help").stdout.decode(), re.MULTILINE))
        self.assertEqual(named - {words[0] for words in COMMANDS} - {"simulate", "serve", "user", "token"}, set())
        alone = [self.run_here(*words) for words in COMMANDS]
        self.start()
        served = [self.run_here(*words) for words in COMMANDS]
        for words, one, other in zip(COMMANDS, alone, served):
            self.assertEqual((one.returncode, one.stdout, one.stderr), (other.returncode, other.stdout, other.stderr), words)

    def run_here(self, *words):
        return subprocess.run([PROGRAM, "--data", "data", *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=300, env={**os.environ, "LC_ALL": "C.UTF-8"})


class Guests(Served):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.start()

    def waits(self, what):
        """Until it is so."""
        deadline = time.monotonic() + 60
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_the_socket_is_its_owners(self):
        mode = (self.data / "socket").stat().st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_a_caller_is_killed_in_the_middle_of_a_load(self):
        loading = self.call("load", "complaint", "-", "--format", "csv", "--source", "live", "--ack", stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
        loading.stdin.write((HEADER + rows_of(10)).encode())
        loading.stdin.flush()
        self.assertEqual(json.loads(loading.stdout.readline()), {"source": "live", "seq": 11})
        # others read meanwhile
        self.assertEqual(len(self.mingbai("check").rows), 10)
        loading.kill()
        loading.wait()
        # its standard input is still open here: the server must not wait for it
        self.stop()
        self.start()
        self.assertEqual(len(self.mingbai("check").rows), 10)
        self.mingbai("verify", "--replay")
        loading.stdin.close()
        loading.stdout.close()

    def test_a_caller_that_reads_nothing_holds_nobody_up(self):
        stuck = self.call("load", "complaint", "-", "--format", "csv", "--source", "live", "--ack", stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE)
        for i in range(2000):  # more lines than a pipe has room for
            stuck.stdin.write(((HEADER if i == 0 else "") + rows_of(1, i)).encode())
            stuck.stdin.flush()
        self.waits(lambda: any(row["source"] == "live" and row["records"] == 2000 for row in self.mingbai("sources").rows))
        writer = self.call("figures", "--by", "operator,area,period,category", stdout=subprocess.PIPE)
        many = self.call("check", stdout=subprocess.PIPE)  # 2000 findings: the pipe is full, and nobody reads
        self.assertEqual(self.load("complaint", "other.csv", HEADER + IN_TIME)["accepted"], 1)
        self.stop()
        for process in (stuck, writer, many):
            process.stdin and process.stdin.close()
            process.stdout.read()
            process.stdout.close()
            process.wait(30)
        self.assertEqual(stuck.returncode, 1)

    def test_the_server_ends_while_it_loads(self):
        loading = self.call("load", "complaint", "-", "--format", "csv", "--source", "live", "--ack", stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        loading.stdin.write((HEADER + rows_of(3)).encode())
        loading.stdin.flush()
        loading.stdout.readline()
        self.stop()
        out, err = loading.communicate(timeout=30)
        self.assertEqual(loading.returncode, 1)
        self.assertIn(b"stopped", err)
        self.assertEqual(json.loads(out.splitlines()[-1])["accepted"], 3)
        self.assertEqual(len(self.mingbai("check").rows), 3)

    def test_twenty_at_once(self):
        def one(i):
            if i % 4 == 0:
                return self.load("complaint", f"many{i}.csv", HEADER + rows_of(200, i * 1000))["accepted"] == 200
            if i % 4 == 1:
                return bool(self.mingbai("figures", "complaint.count") is not None)
            if i % 4 == 2:
                return self.mingbai("verify", "--replay").text.startswith("ok ")
            return self.mingbai("check", "--format", "csv").code == 0
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual(list(pool.map(one, range(20))), [True] * 20)
        self.assertEqual(len(self.mingbai("check").rows), 1000)
        self.mingbai("verify", "--replay")

    def test_too_many_wait_their_turn(self):
        loads = [self.call("load", "complaint", "-", "--format", "csv", "--source", f"s{i}", "--ack", stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE) for i in range(64)]
        for i, load in enumerate(loads):
            load.stdin.write((HEADER + rows_of(1, i)).encode())
            load.stdin.flush()
        for load in loads:
            load.stdout.readline()
        one_more = self.call("sources", stdout=subprocess.PIPE)
        with self.assertRaises(subprocess.TimeoutExpired):
            one_more.wait(0.5)
        loads[0].stdin.close()
        self.assertEqual(one_more.wait(30), 0)
        one_more.stdout.close()
        for load in loads:
            load.stdin.close()
            load.stdout.read()
            load.stdout.close()
            self.assertEqual(load.wait(30), 0)

    def test_a_socket_that_was_left_there(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.assertTrue((self.data / "socket").exists())
        self.assertEqual(len(super(Served, self).mingbai("sources").rows), 3)
        self.start()
        self.assertEqual(len(self.mingbai("sources").rows), 3)

    def test_a_second_server_is_refused(self):
        second = subprocess.run([HOST, self.data], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn(b"in use", second.stderr)
        self.assertEqual(len(self.mingbai("sources").rows), 3)

    def test_commands_while_servers_come_and_go(self):
        done = 0
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(super(Served, self).mingbai, "sources") for _ in range(60)]
            for _ in range(8):
                self.stop()
                self.start()
            for call in calls:
                done += len(call.result().rows) == 3
        self.assertEqual(done, 60)

    def test_callers_that_say_nothing_or_nonsense(self):
        address = str(self.data / "socket")
        for said in (b"", b"x", b"mingbai1" + b"\xff" * 12, b"GET / HTTP/1.1\r\n\r\n" * 10):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(address)
                caller.sendall(said)
                caller.shutdown(socket.SHUT_WR)
                try:
                    self.assertEqual(caller.recv(1), b"")
                except ConnectionResetError:
                    pass
        self.assertEqual(len(self.mingbai("sources").rows), 3)

    def test_own_descriptors(self):
        path = self.write("c.csv", HEADER + LATE)
        with path.open("rb") as file:
            loading = self.call("load", "complaint", "/dev/stdin", "--format=csv", "--source=in", "--rejects", "r.jsonl", stdin=file,
                                stdout=subprocess.PIPE, cwd=self.folder)
            self.assertEqual(json.loads(loading.communicate()[0])["accepted"], 1)
        read, write = os.pipe()
        os.write(write, (HEADER + IN_TIME).encode())
        os.close(write)
        loading = self.call("load", "complaint", f"/dev/fd/{read}", "--format", "csv", "--source", "pipe", stdout=subprocess.PIPE, pass_fds=[read])
        self.assertEqual(json.loads(loading.communicate()[0])["accepted"], 1)
        os.close(read)

    def test_folder_and_umask(self):
        (self.folder / "sub").mkdir()
        self.write("sub/bad.csv", HEADER + LATE.replace("2015-01-03", "never"))
        ended = self.call("load", "complaint", "bad.csv", cwd=self.folder / "sub", umask=0o027, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).wait()
        self.assertEqual(ended, 3)
        self.assertEqual((self.folder / "sub" / "bad.csv.rejected.jsonl").stat().st_mode & 0o027, 0)

    def test_the_callers_scratch_folder(self):
        scratch = self.folder / "scratch"
        self.assertIn("scratch", self.mingbai("verify", "--replay", environment={"TMPDIR": str(scratch)}, code=1).text)
        scratch.mkdir()
        self.mingbai("verify", "--replay", environment={"TMPDIR": str(scratch)})
        self.assertEqual(list(scratch.iterdir()), [])

    def test_a_closed_output(self):
        self.load("complaint", "c.csv", HEADER + rows_of(3000))
        read, write = os.pipe()
        os.close(read)
        self.assertEqual(self.call("check", stdout=write).wait(60), 0)  # as head closes it
        os.close(write)
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([PROGRAM, "--data", self.data, "check"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual((ended.returncode, b"could not be written" in ended.stderr), (1, True))

    def test_a_terminal_sees_a_bar(self):
        """Reading is slow enough for one: the gzipped file comes through a pipe, piece by piece."""
        main, side = pty.openpty()
        loading = self.call("load", "complaint", "-", "--format", "csv", "--source", "s", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=side)
        os.close(side)
        content = gzip.compress((HEADER + rows_of(40000)).encode())
        half = len(content) // 2
        loading.stdin.write(content[:half])
        loading.stdin.flush()
        time.sleep(1.1)  # a bar is for what takes longer than a second
        loading.stdin.write(content[half:])
        loading.stdin.close()
        self.assertEqual(loading.wait(120), 0)
        self.assertIn(b"[....", os.read(main, 4096))
        os.close(main)

    def test_verify_while_others_write(self):
        loading = self.call("load", "complaint", self.write("big.csv", HEADER + rows_of(60000)), stdout=subprocess.PIPE)
        checked = 0
        while loading.poll() is None:
            self.mingbai("verify", "--replay")
            checked += 1
        loading.stdout.close()
        self.assertEqual(loading.returncode, 0)
        self.assertGreater(checked, 0)

    def test_readings_at_once_are_each_a_record(self):
        self.load("complaint", "c.csv", HEADER + LATE)
        before = int(self.mingbai("verify").text.split()[1])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for result in pool.map(lambda _: self.mingbai("unseal", "person:0", "--why", "to call"), range(16)):
                self.assertEqual(result.text, "13800138000\n")
        size = int(self.mingbai("verify").text.split()[1])
        self.assertEqual(size - before, 16)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""kill -9 at random moments of a load: every acknowledged record is there once, and a replay gives the state that is there.
20 times; 200 with MINGBAI_SOAK."""
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import PROGRAM, SOAK, ProgramCase  # noqa: E402

RECORDS = 30000


class Kill(ProgramCase):
    def test_kill_at_random_moments(self):
        source = random.Random(os.environ.get("MINGBAI_SEED", "17"))
        self.mingbai("init")
        path = self.write("c.csv", "id,operator,area,filed,channel,subscriber,text\n" + "".join(
            f"C-{i},jia,320100,2015-01-03T08:00:00+08:00,hall,138{i:08d},trouble number {i}\n" for i in range(RECORDS)))
        command = [PROGRAM, "--data", str(self.data), "load", "complaint", str(path), "--ack"]
        killed = acknowledged = name = 0
        for turn in range(200 if SOAK else 20):
            if not turn % 10:  # from nothing again, before it is all there
                if turn:
                    subprocess.run(["rm", "-rf", self.data], check=True)
                    self.mingbai("init")
                acknowledged = 0
            loading = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + source.uniform(0, 0.25)  # the moment is what is tried: nothing is waited for
            while time.monotonic() < deadline and loading.poll() is None:
                pass
            loading.send_signal(signal.SIGKILL)
            out = loading.communicate()[0].decode()
            killed += loading.returncode == -signal.SIGKILL
            for line in out.splitlines(keepends=True):
                if line.endswith("\n") and "seq" in line:
                    row = json.loads(line)
                    name, acknowledged = row["source"], max(acknowledged, row["seq"])
            self.assertTrue(self.mingbai("verify", "--replay").text.startswith("ok "))
            if acknowledged:
                self.mingbai("proof", "--source", name, "--seq", acknowledged)
            rows = self.mingbai("figures", "complaint.count", "--by", "operator").rows
            count = rows[0]["value"] if rows else 0
            self.assertGreaterEqual(count, max(0, acknowledged - 1))
            self.assertTrue(self.mingbai("verify", "--replay").text.startswith("ok "))
        self.assertGreater(killed, 5)
        row = self.mingbai("load", "complaint", path).rows[-1]
        self.assertEqual((row["read"], row["accepted"] + row["duplicate"], row["rejected"]), (RECORDS, RECORDS, 0))
        self.assertEqual(self.mingbai("figures", "complaint.count", "--by", "operator").rows[0]["value"], RECORDS)


if __name__ == "__main__":
    unittest.main()

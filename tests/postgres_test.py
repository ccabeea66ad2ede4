#!/usr/bin/env python3
"""Every SQL text of the program prepares on a real PostgreSQL."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import postgres_prepare  # noqa: E402


class Postgres(unittest.TestCase):
    def test_every_text(self):
        with tempfile.TemporaryDirectory() as folder:
            texts = pathlib.Path(folder) / "texts"
            subprocess.run([os.path.join(os.environ["MINGBAI_BUILD"], "tests", "sql_texts"), texts, folder], check=True)
            self.assertGreater(texts.read_bytes().count(b"\0"), 30)
            self.assertEqual(postgres_prepare.main([str(texts)]), 0)

    def test_it_can_fail(self):
        with tempfile.TemporaryDirectory() as folder:
            texts = pathlib.Path(folder) / "texts"
            texts.write_bytes(b'CREATE TABLE "t" ("a" BIGINT)\0SELECT "b" FROM "t"\0')
            self.assertEqual(postgres_prepare.main([str(texts)]), 1)


if __name__ == "__main__":
    unittest.main()

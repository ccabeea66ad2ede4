"""The pages' own tests, in node."""
import os
import subprocess
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class WebTest(unittest.TestCase):
    def test_pages(self):
        run = subprocess.run(["node", "--test", os.path.join(HERE, "web.mjs")], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()

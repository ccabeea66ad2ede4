"""Running mingbai from tests: a data directory that goes when the test ends."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("MINGBAI", str(pathlib.Path(__file__).resolve().parent.parent / "build" / "mingbai"))
ROOT = pathlib.Path(__file__).resolve().parent.parent
SOAK = bool(os.environ.get("MINGBAI_SOAK"))


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def rows(self):
        return [json.loads(line) for line in self.text.splitlines()]


class ProgramCase(unittest.TestCase):
    """Has self.folder for files, self.data for the data directory (not made), and self.run_mingbai."""

    def setUp(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="mingbai-case-")
        self.addCleanup(self._scratch.cleanup)
        self.folder = pathlib.Path(self._scratch.name)
        self.data = self.folder / "data"

    def mingbai(self, *arguments, input=None, code=0, data=None, environment=None):
        ended = subprocess.run([PROGRAM, "--data", str(data or self.data), *map(str, arguments)], input=input,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=600,
                               env={**os.environ, **(environment or {})})
        result = Result(ended.returncode, ended.stdout, ended.stderr.decode("utf-8", "replace"))
        if code is not None:
            self.assertEqual(result.code, code, f"mingbai {' '.join(map(str, arguments))}\n{result.err}\n{ended.stdout[-2000:]}")
        return result

    def write(self, name, text, encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def load(self, kind, name, text, *options, code=0, encoding="utf-8"):
        """Writes a file and loads it; the summary."""
        result = self.mingbai("load", kind, self.write(name, text, encoding), *options, code=code)
        return result.rows[-1]

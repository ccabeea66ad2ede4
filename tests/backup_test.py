#!/usr/bin/env python3
"""Backup and restore when something is wrong, and verifying a directory that may only be read."""
import io
import os
import shutil
import subprocess
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command_test import HEADER, IN_TIME, LATE, crc32c  # noqa: E402
from program import PROGRAM, ProgramCase  # noqa: E402

NOBODY = 65534


class Backup(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        self.other = self.folder / "other"

    def backup(self):
        """The files of a backup by name, in order."""
        self.mingbai("backup", self.folder / "good.tar")
        with tarfile.open(self.folder / "good.tar") as tar:
            return {member.name: tar.extractfile(member).read() for member in tar}

    def tar(self, files):
        path = self.folder / "made.tar"
        with tarfile.open(path, "w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        return path

    def test_every_file_of_the_vault_is_verified(self):
        files = self.backup()
        for name in ("index", "people", "texts", "form"):
            content = bytearray(files["vault/" + name])
            content[-3] ^= 16
            result = self.mingbai("restore", self.tar({**files, "vault/" + name: bytes(content)}), data=self.other, code=1)
            self.assertRegex(result.err, "vault")
            self.assertNotIn("verified", result.err)
            self.assertFalse(self.other.exists(), name)
        self.mingbai("restore", self.tar(files), data=self.other)
        self.mingbai("verify", "--replay", data=self.other)

    def test_a_failed_restore_leaves_the_directory_as_it_was(self):
        files = self.backup()
        self.other.mkdir()
        cases = [{**files, "elsewhere/x": b""}, {**files, "vault/../x": b""},
                 {name: content for name, content in files.items() if not name.startswith("keys")},
                 {name: content for name, content in files.items() if not name.startswith("vault")},
                 {name: content[:-2] if name.endswith(".segment") else content for name, content in files.items()}]
        for case in cases:
            self.mingbai("restore", self.tar(case), data=self.other, code=1)
            self.assertEqual(list(self.other.iterdir()), [])
        whole = (self.folder / "good.tar").read_bytes()
        self.mingbai("restore", self.write("cut.tar", whole[:len(whole) // 2]), data=self.other, code=1)
        self.mingbai("restore", self.folder / "good.tar", data=self.other)
        present = sorted(path.name for path in self.other.rglob("*"))
        self.mingbai("restore", self.folder / "good.tar", data=self.other, code=1)
        self.assertEqual(sorted(path.name for path in self.other.rglob("*")), present)
        self.mingbai("verify", "--replay", data=self.other)

    def test_a_backup_is_kept_outside_of_the_data_directory(self):
        (self.folder / "link").symlink_to(self.data / "vault")
        for path in (self.data / "b.tar", self.data / "vault" / "b.tar", self.folder / "link" / "b.tar"):
            self.assertIn("data directory", self.mingbai("backup", path, code=None).err)
            self.assertFalse(path.exists())
        self.mingbai("backup", self.folder / "data.tar")

    def test_an_erasure_that_was_cut_short_is_ended_by_a_restore(self):
        files = self.backup()
        self.assertNotEqual(files["vault/people"][8:128], bytes(120))
        word, rest = (1 << 30).to_bytes(4, "little"), (0).to_bytes(8, "little") + (1).to_bytes(8, "little")
        note = word + crc32c(bytes(8) + word + rest).to_bytes(4, "little") + rest
        self.mingbai("restore", self.tar({**files, "vault/erasing": note}), data=self.other)
        self.assertFalse((self.other / "vault" / "erasing").exists())
        self.assertEqual((self.other / "vault" / "people").read_bytes()[8:128], bytes(120))
        self.assertEqual((self.other / "vault" / "people").read_bytes()[128:], files["vault/people"][128:])

    def test_many_files_are_no_end_of_the_program(self):
        for number in range(1 << 16):
            os.close(os.open(self.data / "keys" / f"{number}.new", os.O_CREAT | os.O_WRONLY, 0o600))
        self.mingbai("backup", self.folder / "many.tar")


class OnlyRead(ProgramCase):
    def test_verifying_changes_nothing(self):
        self.mingbai("init")
        self.load("complaint", "c.csv", HEADER + LATE + IN_TIME)
        copy = self.folder / "copy"
        shutil.copytree(self.data, copy)
        paths = sorted([copy, *copy.rglob("*")])
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.folder.chmod(0o755)
        before = [(path, path.stat().st_mtime_ns) for path in paths]
        program = shutil.copy(PROGRAM, self.folder / "mingbai")
        as_other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run([program, "--data", copy, "verify", "--replay"], capture_output=True, check=False,
                              env={**os.environ, "TMPDIR": "/tmp"}, **as_other)
        for path in paths:
            if path.is_dir():
                path.chmod(0o755)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([(path, path.stat().st_mtime_ns) for path in paths], before)
        self.assertEqual(sorted([copy, *copy.rglob("*")]), paths)
        self.assertEqual({path: path.read_bytes() for path in copy.rglob("*") if path.is_file()},
                         {copy / path.relative_to(self.data): path.read_bytes() for path in self.data.rglob("*") if path.is_file()})


if __name__ == "__main__":
    unittest.main()

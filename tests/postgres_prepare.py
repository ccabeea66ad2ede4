#!/usr/bin/env python3
"""Prepares every SQL text of the program on PostgreSQL, so that the program stays in what both databases take.

    postgres_test.py FILE

FILE holds the texts, each ended by a zero byte (or a record separator, \\x1e). Texts that make tables or indexes are run, in
their order; every other one is prepared. A text of several statements separated by semicolons may only make and drop.
The server is a private one: its own folder, a Unix socket, no network. Exit code 1 where a text fails, 2 where the test
cannot run at all.
"""
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

DEFINES = re.compile(r"\s*(CREATE|ALTER|DROP)\b", re.IGNORECASE)
CONTROLS = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|VACUUM|ATTACH)\b", re.IGNORECASE)
SERVER_USER = "postgres"


class CannotRun(Exception):
    pass


def server_programs():
    """The folder of initdb and pg_ctl: the newest that is installed."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda folder: int(folder.split("/")[-2]))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    if found:
        return os.path.dirname(found)
    raise CannotRun("PostgreSQL is not installed (package postgresql)")


class Server:
    """A private server that lives as long as the `with` block."""

    def __init__(self, settings="-c fsync=off"):
        self.settings = settings
        self.programs = server_programs()
        self.as_user = []
        if os.geteuid() == 0:  # the server refuses to run as root
            try:
                self.user = pwd.getpwnam(SERVER_USER)
            except KeyError:
                raise CannotRun(f"there is no user {SERVER_USER} to run the server as") from None
            self.as_user = ["runuser", "-u", SERVER_USER, "--"]

    def run(self, program, *arguments, text=None):
        command = [*self.as_user, os.path.join(self.programs, program), *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, cwd=self.folder, check=False)

    def must(self, program, *arguments):
        done = self.run(program, *arguments)
        if done.returncode:
            raise CannotRun(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="postgres-")
        self.data = os.path.join(self.folder, "data")
        try:
            if self.as_user:
                os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            self.must("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' {self.settings}"
            self.must("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"), "-o", options, "start")
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *exception):
        self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def failures(self, texts):
        """Gives all texts to one session; returns for each that failed its number and what the server said."""
        script = ["\\set QUIET on", "\\set VERBOSITY terse"]
        for number, text in enumerate(texts):
            script.append(f"\\warn @{number}")
            if DEFINES.match(text):
                script.append(text.rstrip().rstrip(";") + ";")
            else:
                script.append(f"PREPARE statement_{number} AS {text.rstrip().rstrip(';')};")
        done = self.run("psql", "-X", "-h", self.folder, "-d", "postgres", text="\n".join(script) + "\n")
        if done.returncode:
            raise CannotRun(f"psql failed: {done.stderr.strip()}")
        number, says, reached = 0, {}, set()
        for line in done.stderr.splitlines():
            mark = re.fullmatch(r"@(\d+)", line)
            if mark:
                number = int(mark[1])
                reached.add(number)
            elif "NOTICE:" not in line:
                says.setdefault(number, []).append(re.sub(r"^psql:<stdin>:\d+: ", "", line))
        for number in range(len(texts)):
            if number not in reached:  # an open quote or comment swallows what follows it
                says.setdefault(number, ["was never reached: a text before it does not end"])
        return sorted(says.items())


def read_texts(path):
    """The texts in their order, each once."""
    with open(path, encoding="utf-8") as file:
        records = re.split("[\0\x1e]", file.read())
    return list(dict.fromkeys(record.strip() for record in records if record.strip()))


def refusals(texts):
    """What is not in the common subset, whatever a server says."""
    for number, text in enumerate(texts):
        if CONTROLS.match(text):
            yield number, ["is no statement for a store: transactions and settings are the store's own"]
        elif not DEFINES.match(text) and ";" in re.sub(r"'[^']*'", "", text.rstrip().rstrip(";")):
            yield number, ["several statements in one text may only make and drop"]
        elif re.search(r"\browid\b|\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b", text, re.IGNORECASE):
            yield number, ["leans on SQLite's row numbers"]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    texts = read_texts(arguments[0])
    if not texts:
        raise CannotRun(f"{arguments[0]} holds no SQL")
    refused = dict(refusals(texts))
    with Server() as server:
        kept = [number for number in range(len(texts)) if number not in refused]
        failed = [(kept[place], says) for place, says in server.failures([texts[number] for number in kept])]
    failed = sorted([*failed, *refused.items()])
    for number, says in failed:
        print(f"text {number + 1} fails on PostgreSQL:\n    {texts[number]}\n    {' / '.join(says)}")
    print(f"{len(texts)} texts, {len(failed)} fail")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (CannotRun, OSError, UnicodeDecodeError) as problem:
        print(f"postgres_test: {problem}", file=sys.stderr)
        sys.exit(2)

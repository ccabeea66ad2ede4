#!/usr/bin/env python3
"""Runs every test, two at a time, and ends with one line `N passed, N failed`.

run.py --build DIR --program PROGRAM [--soak] [NAME...]

DIR holds the cmocka programs (built with the sanitizers), PROGRAM is the mingbai that tests from outside use. Python tests
are unittest files; they get DIR and PROGRAM as MINGBAI_BUILD and MINGBAI, and MINGBAI_SOAK=1 with --soak. A test that runs
nothing, or dies, counts as one failed."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_SECONDS = 15 * 60


def count(output):
    """Passed, failed and skipped, as cmocka or unittest printed them."""
    passed = sum(map(int, re.findall(r"\[  PASSED  \] (\d+) test", output)))
    failed = sum(map(int, re.findall(r"\[  FAILED  \] .*?(\d+) test\(s\)", output)))
    for ran in re.finditer(r"^Ran (\d+) tests? in", output, re.MULTILINE):
        wrong = sum(map(int, re.findall(r"(?:failures|errors)=(\d+)", output[ran.end():])))
        skipped = sum(map(int, re.findall(r"skipped=(\d+)", output[ran.end():])))
        passed += int(ran.group(1)) - wrong - skipped
        failed += wrong
    return passed, failed


def run(test, environment):
    command = [sys.executable, str(test)] if test.suffix == ".py" else [str(test)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mingbai-test-") as folder:
        os.chmod(folder, 0o755)  # PostgreSQL runs as another user
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={**environment, "TMPDIR": folder}, cwd=HERE.parent, timeout=LIMIT_SECONDS, check=False)
            output, code = ended.stdout.decode("utf-8", "replace"), ended.returncode
        except subprocess.TimeoutExpired as late:
            output, code = (late.stdout or b"").decode("utf-8", "replace") + "\nstopped: it took too long\n", -1
    passed, failed = count(output)
    if (code != 0 and not failed) or passed + failed == 0:
        failed += 1
    return test.name, passed, failed, time.monotonic() - started, output


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    environment = {**os.environ, "MINGBAI": str(arguments.program.resolve()), "MINGBAI_BUILD": str(arguments.build.resolve()),
                   "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
                   "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    if arguments.soak:
        environment["MINGBAI_SOAK"] = "1"
    built = sorted(path for path in (arguments.build / "tests").glob("*_test") if os.access(path, os.X_OK) and path.is_file())
    scripts = sorted(HERE.glob("*_test.py"))
    if not built:
        print(f"{arguments.build} has no tests: build them first")
        return 1
    tests = [test for test in built + scripts if not arguments.names or test.stem in arguments.names]
    passed = failed = 0
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, good, bad, seconds, output in pool.map(lambda test: run(test, environment), tests):
            print(f"{name}: {good} passed, {bad} failed in {seconds:.1f} s", flush=True)
            if bad:
                print(output, flush=True)
                wrong.append((name, output))
            passed, failed = passed + good, failed + bad
    for name, output in wrong:  # again, where the end is all that one sees
        print(f"failed: {name}\n{output[-2000:]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

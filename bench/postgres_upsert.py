#!/usr/bin/env python3
"""A peer of the meter: prints how many rows a second a batch upsert adds to a table of sums of N subscribers, hit at random, on a
PostgreSQL of its own with its usual durability.

    postgres_upsert.py N
"""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import postgres_prepare  # noqa: E402

BATCH, BATCHES = 10000, 30
MADE = """CREATE TABLE used (subscriber BIGINT PRIMARY KEY, sum BIGINT NOT NULL);
INSERT INTO used SELECT n, 0 FROM generate_series(0, {last}) n;
VACUUM ANALYZE used; CHECKPOINT;
"""
UPSERT = "INSERT INTO used VALUES {rows} ON CONFLICT (subscriber) DO UPDATE SET sum = used.sum + excluded.sum;\n"


def main():
    subscribers = int(sys.argv[1])
    number, batches = 1, []
    for _ in range(BATCHES):
        rows = {}
        while len(rows) < BATCH and len(rows) < subscribers:
            number = number * 6364136223846793005 % 2**64 + 1442695040888963407
            rows[(number >> 20) % subscribers] = number >> 44
        batches.append(UPSERT.format(rows=",".join(f"({key},{value})" for key, value in rows.items())))
    try:
        with postgres_prepare.Server(settings="-c fsync=on -c shared_buffers=1GB -c max_wal_size=8GB") as server:
            session = ("psql", "-X", "-q", "-h", server.folder, "-d", "postgres", "-v", "ON_ERROR_STOP=1")
            for text in (MADE.format(last=subscribers - 1), "".join(batches)):
                started = time.monotonic()
                done = server.run(*session, text=text)
                if done.returncode:
                    raise postgres_prepare.CannotRun(done.stderr)
            print(BATCHES * BATCH / (time.monotonic() - started))
    except postgres_prepare.CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

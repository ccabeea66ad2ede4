#!/usr/bin/env python3
"""Runs the benches and prints one table: what is measured, ours, the floor or peer of the same run, the ratio, the bar."""
import argparse
import json
import pathlib
import subprocess
import sys


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    print("| measured | ours | floor | ratio | bar |\n|---|---|---|---|---|", flush=True)
    for bench in sorted((arguments.build / "bench").glob("*_bench")):
        if not bench.is_file() or (arguments.names and bench.name not in arguments.names):
            continue
        ended = subprocess.run([str(bench)], stdout=subprocess.PIPE, check=False, text=True)
        for line in ended.stdout.splitlines():
            row = json.loads(line)
            floor = f"{number(row['floor'])} {row['unit']} ({row['floor_what']})" if row["floor"] else ""
            ratio = f"{row['ours'] / row['floor']:.2f}" if row["floor"] else ""
            print(f"| {row['what']} | {number(row['ours'])} {row['unit']} | {floor} | {ratio} | {row['bar']} |", flush=True)
        if ended.returncode:
            return f"{bench.name} failed"
    return 0


if __name__ == "__main__":
    sys.exit(main())

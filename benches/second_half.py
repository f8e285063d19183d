"""Owns the measure of the second half in docs/BENCHMARKS.md: tables to timeline at the size that is promised.

Usage: python3 benches/second_half.py [--accesses 10000000] [--mailboxes 1000] [--folder DIR]
Makes the tables in DIR unless they are there (about 4 GB and two minutes at the full size), reconstructs once, writes what
came out beside the bound. No number in the document is typed by hand.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from document import ROOT, processor, write
from measured import measured

SECONDS, MIB = 60, 4096


def executable():
    build = ["cargo", "bench", "--locked", "--workspace", "--bench", "reconstruct", "--no-run", "--message-format", "json"]
    lines = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    return next(one["executable"] for one in told if one.get("executable") and one["target"]["name"] == "reconstruct")


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--accesses", type=int, default=10_000_000)
    ask.add_argument("--mailboxes", type=int, default=1_000)
    ask.add_argument("--folder")
    args = ask.parse_args()
    folder = args.folder or tempfile.mkdtemp(prefix="mailtrail-second-half-")
    command = [executable(), folder, str(args.accesses), str(args.mailboxes)]
    if not os.path.exists(os.path.join(folder, "items.parquet")):
        (seconds, _, _), _ = measured(command)
        print(f"tables made in {seconds:.0f} s", file=sys.stderr)
    size = sum(os.path.getsize(os.path.join(folder, name)) for name in ("accesses.parquet", "items.parquet"))
    load = os.getloadavg()[0]
    (seconds, cpu, peak), text = measured(command)
    told = json.loads(text)
    if not args.folder:
        shutil.rmtree(folder)
    full = args.accesses >= 10_000_000
    bound = lambda value, most: ("held" if value <= most else "MISSED") if full else "not this size"
    write("second half", "benches/second_half.py", "Tables to timeline", f"""
{processor()}. {args.accesses:,} accesses, {6 * args.accesses:,} rows of items, {told["messages"]:,} distinct messages in
{told["mailboxes"]:,} mailboxes; {size / 1e9:.1f} GB of tables. Out come {told["sessions"]:,} sessions, {told["bursts"]:,} bursts, classes, coverage and
every table of the reading half. Load when it began: {load:.1f}.

| | measured | bound | |
|---|---|---|---|
| seconds | {seconds:.1f} | {SECONDS} | {bound(seconds, SECONDS)} |
| CPU seconds | {cpu:.1f} | | |
| peak MiB | {peak:,.0f} | {MIB:,} | {bound(peak, MIB)} |
""")


if __name__ == "__main__":
    main()

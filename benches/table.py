"""Owns the speed table: builds seeded exports, runs mailtrail and the installed peers side by side, checks that all agree on the
counts, and writes docs/BENCHMARKS.md. No number in that file is typed by hand.

Usage: python3 benches/table.py [--sizes 0.1,1,4] [--rounds 3] [--python PYTHON] [--work DIR]
Needs: a release build (`cargo build --release --workspace`), sha256sum, GNU time, and for the peers a Python with polars, duckdb, chdb.
A peer is timed together with `sha256sum` of its source, run beside it: mailtrail hashes what it reads, so they must.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from document import RELEASE, ROOT, processor, write
from measured import measured

PEERS = {"polars": "polars_peer.py", "ClickHouse (chdb)": "clickhouse_peer.py", "DuckDB": "duckdb_peer.py"}
# 4 GB may take so many times as long as 1 GB.
LINEAR = 4.4


def mailtrail(source, out):
    shutil.rmtree(out, ignore_errors=True)
    ingest = [f"{RELEASE}/mailtrail", "ingest", source, "--out", out, "--json", "--allow-issues"]
    run, text = measured(ingest, allowed=(0, 3))
    answer = json.loads(text)
    return run, (answer["accesses"], answer["items"])


def peer(python, script, source, out):
    shutil.rmtree(out, ignore_errors=True)
    script = os.path.join(ROOT, "benches", "peers", script)
    run, text = measured([python, script, source, out], beside=["sha256sum", source])
    version, accesses, items = text.split()[-3:]
    return run, (int(accesses), int(items)), version


def installed(python, script):
    module = {"polars_peer.py": "polars", "clickhouse_peer.py": "chdb", "duckdb_peer.py": "duckdb"}[script]
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--sizes", default="0.1,1,4", help="GB, comma-separated")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--python", default=sys.executable)
    ask.add_argument("--work", default=None)
    args = ask.parse_args()
    began, load = time.monotonic(), f"{os.getloadavg()[0]:.1f}"
    work = args.work or tempfile.mkdtemp(prefix="mailtrail-bench-")
    os.makedirs(work, exist_ok=True)
    peers = {name: script for name, script in PEERS.items() if installed(args.python, script)}
    for name in PEERS.keys() - peers.keys():
        print(f"not installed, left out: {name}", file=sys.stderr)
    lines, versions, linear = [], {}, {}
    for size in args.sizes.split(","):
        source = os.path.join(work, f"portal-{size}.csv")
        if not os.path.exists(source):
            subprocess.run([f"{RELEASE}/mailtrail-synth", "bulk", "--bytes", f"{size}GB", "--container", "portal-csv",
                            "--seed", "1", "--out", source], check=True, stdout=subprocess.DEVNULL)
        megabytes = os.path.getsize(source) / 1e6
        ours, theirs = [], {name: [] for name in peers}
        counts = {}
        # Rounds interleave: what slows the machine for a minute slows everybody.
        for _ in range(args.rounds):
            run, counts["mailtrail"] = mailtrail(source, os.path.join(work, "out"))
            ours.append(run)
            for name, script in peers.items():
                run, counts[name], versions[name] = peer(args.python, script, source, os.path.join(work, "peer"))
                theirs[name].append(run)
        if len(set(counts.values())) != 1:
            sys.exit(f"the tools disagree on (accesses, items) of {source}: {counts}")
        middle = lambda runs, part: statistics.median(run[part] for run in runs)
        median = middle(ours, 0)
        linear[size] = median / megabytes * float(size)
        lines.append(f"| {size} GB | **mailtrail** | {median:.2f} | {megabytes / median:,.0f} | {middle(ours, 1):.2f} | "
                     f"{max(run[2] for run in ours):,.0f} | | |")
        for name, runs in theirs.items():
            seconds = middle(runs, 0)
            wall, cpu = (statistics.median(t[part] / o[part] for t, o in zip(runs, ours)) for part in (0, 1))
            lines.append(f"| {size} GB | {name} {versions[name]} + sha256sum | {seconds:.2f} | {megabytes / seconds:,.0f} | "
                         f"{middle(runs, 1):.2f} | {max(run[2] for run in runs):,.0f} | {wall:.2f} | {cpu:.2f} |")
        print("\n".join(lines[-1 - len(theirs):]), flush=True)
    growth = ""
    if {"1", "4"} <= linear.keys():
        growth = f"4 GB take {linear['4'] / linear['1']:.2f} times as long as 1 GB (bound: {LINEAR})."
    table = "\n".join(lines)
    write("table", "just bench-table", "Exports to tables", f"""
{processor()}. Median of {args.rounds} interleaved rounds; files warm in the page cache.
mailtrail hashes its source while reading (SHA-256), carries a locator a row, and writes every column of docs/TABLES.md; a peer
writes the 16 and 8 columns of its recipe (`benches/peers/`), with `sha256sum` of the source beside it in the same timing. All
agree on the number of accesses and items. "times" is a peer's seconds over mailtrail's, paired by round; "CPU times" the same of
CPU seconds (user and system, the digest's included), which other work on the machine disturbs less. Peak memory is what GNU
time says of the process (`/usr/bin/time -v`), the greatest of the rounds. Load when it began: {load}.

| input | tool | seconds | MB/s | CPU s | peak MiB | times | CPU times |
|---|---|---|---|---|---|---|---|
{table}

{growth}
""")
    if not args.work:
        shutil.rmtree(work)
    print(f"took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()

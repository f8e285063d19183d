"""Owns the fuzz campaign: runs every target for some CPU-seconds, books the run in fuzz/runs.csv, writes the table of docs/FUZZING.md.

Usage: python3 tools/fuzz.py run [--cpu-seconds 1200] [--targets a,b] [--bins FOLDER] [--work FOLDER]
       python3 tools/fuzz.py table
`run` builds the targets on the stable toolchain (what `cargo fuzz run -s none` does) unless --bins names built ones. A target runs
until it has used the CPU time that runs.csv says it lacks; time is the process's own, so a busy machine only makes it take longer.
A find stops the target, is kept in fuzz/artifacts, and counts in the table: it becomes a file in fuzz/regressions with its fix.
"""
import argparse
import csv
import os
import pathlib
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUZZ = ROOT / "fuzz"
RUNS = FUZZ / "runs.csv"
COLUMNS = ["target", "commit", "cpu_seconds", "executions", "finds"]
FLAGS = ("--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 "
         "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table "
         "-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Copt-level=2")
BEGIN, END = "<!-- the table below is written by tools/fuzz.py table -->\n", "<!-- end of the table -->\n"
SLICE = 120


def targets():
    return sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))


def runs():
    with open(RUNS, newline="") as file:
        return list(csv.DictReader(file))


def book(target, cpu, executions, finds):
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    with open(RUNS, "a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow([target, commit, round(cpu), executions, finds])


def used(target):
    return sum(int(run["cpu_seconds"]) for run in runs() if run["target"] == target)


def build(folder):
    env = dict(os.environ, RUSTFLAGS=FLAGS, CARGO_TARGET_DIR=str(folder))
    triple = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True).stdout)[1]
    # A named target keeps the flags away from build scripts.
    subprocess.run(["cargo", "build", "--release", "--target", triple], cwd=FUZZ, env=env, check=True)
    return folder / triple / "release"


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def fuzz(target, bins, work):
    """One slice of one target: CPU-seconds, executions, finds."""
    corpus, artifacts = work / target, FUZZ / "artifacts" / target
    corpus.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    before, known = children(), set(artifacts.iterdir())
    ran = subprocess.run([bins / target, corpus, FUZZ / "corpus" / target, f"-max_total_time={SLICE}", "-timeout=60",
                          "-rss_limit_mb=3000", f"-artifact_prefix={artifacts}/"], capture_output=True, text=True, errors="replace")
    done = re.search(r"Done (\d+) runs", ran.stderr)
    last = re.findall(r"^#(\d+)", ran.stderr, re.M)
    executions = int(done[1]) if done else int(last[-1]) if last else 0
    return children() - before, executions, len(set(artifacts.iterdir()) - known)


def campaign(args):
    work = pathlib.Path(args.work)
    bins = pathlib.Path(args.bins) if args.bins else build(ROOT / "target" / "fuzz")
    wanted = args.targets.split(",") if args.targets else targets()
    found = 0
    lacking = [target for target in wanted if used(target) < args.cpu_seconds]
    while lacking:
        # The one that has had least goes first, so that a campaign cut short has been fair.
        target = min(lacking, key=used)
        cpu, executions, finds = fuzz(target, bins, work)
        book(target, cpu, executions, finds)
        print(f"{target}: {cpu:.0f} CPU-seconds, {executions:,} executions, {finds} finds; {used(target)} in all", flush=True)
        found += finds
        lacking = [t for t in lacking if used(t) < args.cpu_seconds and not (t == target and finds)]
    return 1 if found else 0


def table():
    lines = ["| target | CPU-minutes | executions | finds | seeds | regressions |", "|---|---:|---:|---:|---:|---:|"]
    for target in targets():
        own = [run for run in runs() if run["target"] == target]
        total = {column: sum(int(run[column]) for run in own) for column in COLUMNS[2:]}
        count = [sum(1 for _ in (FUZZ / kind / target).glob("*")) for kind in ("corpus", "regressions")]
        lines.append(f"| `{target}` | {total['cpu_seconds'] / 60:.1f} | {total['executions']:,} | {total['finds']} | {count[0]} | {count[1]} |")
    path = ROOT / "docs" / "FUZZING.md"
    text = path.read_text()
    head, rest = text.split(BEGIN)
    path.write_text(head + BEGIN + "\n".join(lines) + "\n" + END + rest.split(END)[1])
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "table"])
    parser.add_argument("--cpu-seconds", type=int, default=1200)
    parser.add_argument("--targets")
    parser.add_argument("--bins")
    parser.add_argument("--work", default=str(ROOT / "target" / "fuzz-corpus"))
    args = parser.parse_args()
    return table() if args.what == "table" else campaign(args)


if __name__ == "__main__":
    sys.exit(main())

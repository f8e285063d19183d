"""Owns the table of the pages' size and speed: builds seeded tenants, runs mailtrail over them, opens what it wrote in a browser,
and writes docs/BENCHMARKS.md. No number in that section is typed by hand.

Usage: python3 benches/pages.py [--mailtrail BINARY] [--synth BINARY] [--work DIR] [--mailboxes 1000 --days 15]
       [--parts report,pdf,batch]
Needs: both binaries (default: the release build), chromium and its driver (tools/browser installs them).
Seconds depend on what else the machine does; CPU seconds, bytes and sheets hardly do. A limit that is missed ends with code 1.
"""
import argparse
import csv
import os
import pathlib
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
BEGIN, END = "<!-- pages: begin (just bench-pages) -->", "<!-- pages: end -->"
sys.path.insert(0, str(ROOT / "tools" / "browser"))


def timed(*command):
    """Runs a command; gives back seconds, CPU seconds, peak MiB."""
    began = time.monotonic()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{command[1]} failed ({os.waitstatus_to_exitcode(status)}): {said[-2000:].decode(errors='replace')}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def tenant(args, work, mailboxes, days):
    """A simulated tenant, and an output folder of it."""
    case, out = work / f"tenant-{mailboxes}-{days}", work / f"out-{mailboxes}-{days}"
    if not case.exists():
        timed(args.synth, "tenant", "--mailboxes", mailboxes, "--days", days, "--attack", "app-only", "--out", case)
    if not (out / "report.html").exists():
        shutil.rmtree(out, ignore_errors=True)
        timed(args.mailtrail, "run", case / "case.toml", "--out", out, "--quiet", "--json")
    return out


def rows(out, table):
    with open(out / "tables" / f"{table}.csv", newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def opened(page, pdf):
    """Milliseconds to the first paint and until the page's script is done; sheets it prints on."""
    from webdriver import Browser

    with Browser() as browser:
        browser.open_blank()
        browser.size(1440, 1000)
        browser.open(page)
        paint = browser.run("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
        done = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
        return paint, done, browser.print(pdf)


def sheets_of_pdf(path):
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


def most_marks(out):
    return max(path.read_text(encoding="utf-8").count("<title>") - 1 for path in (out / "charts").glob("*.svg"))


def measure(args, work):
    """Name, what was measured, limit, unit; the limit is that of the pages' specification."""
    out = tenant(args, work, args.mailboxes, args.days)
    seconds, cpu, peak = timed(args.mailtrail, "report", out, "--quiet", "--json", "--threads", 2)
    report, pages = out / "report.html", list((out / "mailboxes").glob("*.html"))
    paint, done, sheets = opened(report, work / "report.pdf")
    size = f"{args.mailboxes:,} mailboxes, {rows(out, 'sessions'):,} sessions, {rows(out, 'exposure'):,} messages"
    found = [
        (size, "report.html", report.stat().st_size / 1e6, 25, "MB"),
        (size, f"`mailtrail report`: account, charts, spreadsheets and {len(pages):,} pages", seconds, 60, "s"),
        (size, "the same, CPU", cpu, None, "s"),
        (size, "the same, peak memory", peak, 1024, "MiB"),
        (size, "first paint of report.html", paint / 1000, 1, "s"),
        (size, "report.html until its script is done", done / 1000, None, "s"),
        (size, "report.html printed by the browser", sheets, 60, "sheets"),
        (size, "most marks in a chart", most_marks(out), 5_000, "marks"),
        (size, f"{len(pages):,} pages of mailboxes, together", sum(page.stat().st_size for page in pages) / 1e6, None, "MB"),
    ]
    if "pdf" in args.parts:
        timed(args.mailtrail, "report", out, "--quiet", "--json", "--threads", 2, "--pdf")
        found.append((size, "report.pdf, made without a browser", sheets_of_pdf(out / "report.pdf"), 60, "sheets"))
    if "batch" not in args.parts:
        return found
    batch = tenant(args, work, 200, args.days)
    with_pages, cpu_with, _ = timed(args.mailtrail, "report", batch, "--quiet", "--json", "--threads", 2)
    # One page instead of two hundred, everything else the same: the difference is what the others cost.
    shutil.copytree(batch, work / "one", dirs_exist_ok=True)
    without, cpu_without, _ = timed(args.mailtrail, "report", work / "one", "--quiet", "--json", "--threads", 2, "--batch", "department")
    size = f"200 mailboxes, {rows(batch, 'sessions'):,} sessions"
    found.append((size, "the same report with a page a mailbox instead of one a department: more by", with_pages - without, 10, "s"))
    found.append((size, "the same, CPU", cpu_with - cpu_without, None, "s"))
    return found


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--mailtrail", type=pathlib.Path, default=RELEASE / "mailtrail")
    ask.add_argument("--synth", type=pathlib.Path, default=RELEASE / "mailtrail-synth")
    ask.add_argument("--work", type=pathlib.Path)
    ask.add_argument("--mailboxes", type=int, default=1_000)
    ask.add_argument("--days", type=int, default=15)
    ask.add_argument("--parts", default="report,pdf,batch", type=lambda text: text.split(","))
    args = ask.parse_args()
    load = f"{os.getloadavg()[0]:.1f}"
    work = args.work or pathlib.Path(tempfile.mkdtemp(prefix="mailtrail-pages-"))
    work.mkdir(parents=True, exist_ok=True)
    found = measure(args, work)
    cpu = next((l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    digits = lambda n, unit: f"{n:,.0f}" if unit in ("sheets", "marks", "MiB") else f"{n:,.2f}" if n < 10 else f"{n:,.1f}"
    lines = [f"| {size} | {what} | {digits(n, unit)} {unit} | {f'{limit:,} {unit}' if limit else ''} |" for size, what, n, limit, unit in found]
    build = "a development build (`cargo build`)" if "debug" in args.mailtrail.resolve().parts else "a release build"
    block = f"""Machine: {os.cpu_count()} cores, {cpu}; {build}, two threads. Load when it began: {load} (seconds grow with it; CPU
seconds, bytes and sheets do not). Tenants of `mailtrail-synth tenant`, one intruder's application in them; Chromium, headless.

| case | what | measured | limit |
|---|---|---|---|
{chr(10).join(lines)}

"""
    path = ROOT / "docs" / "BENCHMARKS.md"
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n## Pages\n\n{BEGIN}\n{END}\n"
    head, rest = text.split(BEGIN)
    path.write_text(f"{head}{BEGIN}\n{block}{END}{rest.split(END)[1]}", encoding="utf-8")
    if not args.work:
        shutil.rmtree(work)
    print("\n".join(lines))
    print(f"written: docs/BENCHMARKS.md; own peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    missed = [what for _, what, n, limit, _ in found if limit and n > limit]
    for what in missed:
        print(f"over its limit: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())

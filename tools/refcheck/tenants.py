"""Small simulated tenants, each run through mailtrail and compared: what `refcheck.py --tenants N` does.

Tenant n is always the same tenant: size, attack, container and what the case declares follow from n alone. The truth that the
simulator writes is not looked at: both sides see exports and the examiner's inputs, nothing else.
"""

import json
import random
import re
import subprocess
import tempfile
import time
import tomllib
from datetime import timedelta as span
from pathlib import Path

CONTAINERS = ["portal-csv", "portal-csv-old", "portal-csv-2026", "search-csv", "search-csv-utf16", "ndjson", "json-array",
              "json-concatenated", "convertto-json-string", "convertto-json-object", "management-api", "cloud-app-events",
              "cloud-app-events-string", "splunk-csv", "splunk-auditdata-csv", "office-activity-csv",
              "office-activity-ndjson", "graph-pages"]
ATTACKS = ["smash", "day", "week", "slow", "own-context", "outlook-sync", "throttle-first", "app-only", "log-gap", "forged-token",
           "rotating-proxies", "from-day-zero"]
DISOBEDIENCE = ["random-loss", "unflagged-throttling", "late-records", "silent-mailbox", "delegates-unaudited", "cross-geo",
                "deleted-mail", "reformatted-ids"]


def compare(count, first, mailtrail, synth, check, write=None):
    """Compares tenants first to first + count − 1: (whether all agree, what to print)."""
    began, total, text = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory(prefix="refcheck-") as folder:
        for number in range(first, first + count):
            case, plan = make(Path(folder) / f"tenant-{number}", number, synth)
            out = case.parent / "out"
            run = subprocess.run([mailtrail, "run", case, "--out", out, "--allow-issues"], capture_output=True, text=True)
            if run.returncode != 0:
                text.append(f"tenant {number} ({plan}): mailtrail exits {run.returncode}: {run.stderr.strip()}")
                continue
            same, said = check(case, out, write and Path(write) / f"tenant-{number}")
            if not same:
                text.append(f"tenant {number} ({plan})\n{said}")
            total += rows_of(said)
    seconds = time.monotonic() - began
    summary = f"refcheck: {count - len(text)} of {count} simulated tenants agree, {total:,} messages, {seconds:.1f} s"
    return not text, "\n".join(text + [summary])


def rows_of(said):
    found = re.search(r"([\d,]+) messages", said)
    return int(found[1].replace(",", "")) if found else 0


def make(folder, number, synth):
    """Writes tenant `number` as a case folder: (its case file, its plan in words)."""
    pick = random.Random(number)
    options = ["--mailboxes", str(pick.randint(1, 5)), "--days", str(pick.randint(3, 7)), "--seed", str(number),
               "--schema", pick.choice(["2021", "2023", "2024", "2025"])]
    for attack in pick.sample(ATTACKS, pick.choice([0, 1, 1, 2])):
        options += ["--attack", attack]
    if pick.random() < 0.3:
        options += ["--disobey", pick.choice(DISOBEDIENCE)]
    containers = pick.sample(CONTAINERS, pick.choice([1, 1, 2]))
    write(synth, options, containers[0], folder)
    case = folder / "case.toml"
    text = case.read_text(encoding="utf-8")
    if len(containers) == 2:
        text += another_export(synth, options, containers[1], folder)
    changes = pick.sample(sorted(CHANGES), pick.choice([0, 1, 2, 3]))
    for change in changes:
        text = CHANGES[change](text, pick, folder)
    case.write_text(text, encoding="utf-8")
    return case, " ".join(options + containers + changes)


def write(synth, options, container, folder):
    subprocess.run([synth, "tenant", *options, "--container", container, "--out", folder], check=True, capture_output=True)


def another_export(synth, options, container, folder):
    """The same tenant in another container beside the first: every record twice."""
    second = folder / "second"
    write(synth, options, container, second)
    text = (second / "case.toml").read_text(encoding="utf-8")
    for path in (second / "exports").iterdir():
        path.rename(folder / "exports" / path.name)
    return "\n" + text[text.index("[[source]]"):]


# What else an examiner may declare. Each takes the case file's text and gives it back changed.

def one_source(text, pick, edit):
    """Edits one [[source]] of the case."""
    parts = text.split("[[source]]")
    at = pick.randrange(1, len(parts))
    parts[at] = edit(parts[at])
    return "[[source]]".join(parts)


def times(text, section):
    stated = tomllib.loads(text)
    table = stated.get(section, stated["window"])
    return table["start"], table["end"]


def no_query(text, pick, folder):
    return one_source(text, pick, lambda part: re.sub(r"query_(start|end) = .*\n", "", part))


def short_query(text, pick, folder):
    """The query begins a day late and ends half a day early."""
    start, end = times(text, "window")
    late, early = start + span(days=1), end - span(hours=12)
    change = lambda part: re.sub(r"query_end = .*", f"query_end = {stamp(early)}",
                                 re.sub(r"query_start = .*", f"query_start = {stamp(late)}", part))
    return one_source(text, pick, change)


def early_export(text, pick, folder):
    _, end = times(text, "window")
    return one_source(text, pick, lambda part: re.sub(r"exported_utc = .*", f"exported_utc = {stamp(end)}", part))


def short_retention(text, pick, folder):
    return one_source(text, pick, lambda part: re.sub(r"retention_days = .*", f"retention_days = {pick.randint(4, 8)}", part))


def filtered(text, pick, folder):
    kind = pick.choice(["users", "addresses", "text", "operations"])
    return one_source(text, pick, lambda part: part.replace('filter = "none"', f'filter = "{kind}"'))


def filter_not_stated(text, pick, folder):
    return one_source(text, pick, lambda part: part.replace('filter = "none"\n', ""))


def no_method(text, pick, folder):
    return one_source(text, pick, lambda part: re.sub(r"method = .*\n", "", part))


def scoped(text, pick, folder):
    names = [line.split(",")[0] for line in (folder / "roster.csv").read_text(encoding="utf-8").splitlines()[1:]]
    some = json.dumps(names[: max(1, len(names) // 2)])
    return one_source(text, pick, lambda part: part.replace('scope = "all"', f"scope = {some}"))


def no_listing(text, pick, folder):
    return re.sub(r"listings = .*\n", "", text)


def old_listing(text, pick, folder):
    start, _ = times(text, "period")
    return re.sub(r"as_of = [^ }]*", f"as_of = {stamp(start)}", text)


def no_presumptions(text, pick, folder):
    return re.sub(r"(presume_mailbox_on_\w+) = true", r"\1 = false", text)


def no_period(text, pick, folder):
    return re.sub(r"\[period\]\n(.+\n)*", "", text)


def period_to_the_end(text, pick, folder):
    """The window ends within two minutes of the suspect period: its last accesses are recorded after it."""
    _, end = times(text, "period")
    start, window_end = times(text, "window")
    last = end + span(minutes=pick.choice([0, 1, 2]))
    return text.replace(f"[window]\nstart = {stamp(start)}\nend = {stamp(window_end)}",
                        f"[window]\nstart = {stamp(start)}\nend = {stamp(last)}")


def no_attribution(text, pick, folder):
    return text.replace('attribution = "attribution.toml"\n', "")


def less_attribution(text, pick, folder):
    """One entry of the attribution is missing."""
    path = folder / "attribution.toml"
    entries = re.split(r"(?=^\[\[)", path.read_text(encoding="utf-8"), flags=re.M)
    if len(entries) > 1:
        del entries[pick.randrange(1, len(entries))]
    path.write_text("".join(entries), encoding="utf-8")
    return text


def timed_attribution(text, pick, folder):
    """One entry holds from the middle of the period on."""
    start, end = times(text, "window")
    path = folder / "attribution.toml"
    entries = re.split(r"(?=^\[\[)", path.read_text(encoding="utf-8"), flags=re.M)
    if len(entries) > 1:
        at = pick.randrange(1, len(entries))
        middle = start + (end - start) / 2
        entries[at] = entries[at].rstrip() + f"\nstart = {stamp(middle)}\n\n"
    path.write_text("".join(entries), encoding="utf-8")
    return text


def known_gap(text, pick, folder):
    start, _ = times(text, "period")
    (folder / "known-gaps.csv").write_text(
        f"scope,start,end,source\nall,{stamp(start + span(hours=5))},{stamp(start + span(hours=9))},service notice\n", encoding="utf-8")
    return text.replace("[inputs]\n", '[inputs]\nknown_gaps = "known-gaps.csv"\n')


def narrow_window(text, pick, folder):
    """The window begins a day later: records before it are out of it."""
    start, _ = times(text, "window")
    return text.replace(f"[window]\nstart = {stamp(start)}", f"[window]\nstart = {stamp(start + span(days=1))}")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


CHANGES = {change.__name__: change for change in (
    no_query, short_query, early_export, short_retention, filtered, filter_not_stated, no_method, scoped, no_listing, old_listing,
    no_presumptions, no_period, period_to_the_end, no_attribution, less_attribution, timed_attribution, known_gap, narrow_window)}

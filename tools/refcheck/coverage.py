"""What the log can see (METHOD.md 9): per mailbox and logon type the worst state of each instant of the window."""

import bisect
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from .instant import DAY, HOUR, MINUTE, common, union, within, without, parse
from . import case as cases
from . import controls

# Worst first, with the reason each gives.
STATES = {
    "not-audited": "LIC", "bypassed": "BYP", "cross-geo": "GEO", "before-retention": "RET", "known-gap": "GAP",
    "source-gap": "GAP", "source-truncated": "TRN", "blind-throttled": "THR", "throttle-suspected": "THR",
    "throttle-unknown": "THU", "silent": "SIL", "filtered": "FLT", "subset": "CMP", "unsettled": "LAT", "inferred": "INF",
    "observed-by-count": None, "observed": None,
}
ORDER = list(STATES)
# Where records are missing for a time, so that a session beside it may go on.
RECORDS_MISSING = ("before-retention", "known-gap", "source-gap", "source-truncated", "blind-throttled", "throttle-suspected")
LOGON_TYPES = ("Owner", "Delegated", "Admin")
FOREVER = (-(10 ** 18), 10 ** 18)
OCTOBER_2023 = parse("2023-10-17")
HIGH_COMPLETENESS = parse("2025-03-03")


class Lane:
    """A mailbox and its MailItemsAccessed records, in time order."""

    def __init__(self, key, accesses, upns, roster_row):
        self.key, self.upns = key, upns
        self.records = sorted((a for a in accesses if a.kind != "Attachment"), key=lambda a: a.created)
        self.times = [a.created for a in self.records]
        self.kind = (roster_row or {}).get("kind")
        self.zone = (roster_row or {}).get("zone")


def intervals(case, read, lane):
    """{logon type: [(start, end, state)]}, each list a partition of the window."""
    window = read.window
    painted = {state: [] for state in ORDER}
    own = own_states(case, read, lane)
    by_source = source_states(case, read, lane)
    result = {}
    for logon_type in LOGON_TYPES:
        painted, left = [], [window]
        for state in ORDER:
            spans = own.get(state, []) + own.get((state, logon_type), []) + by_source.get(state, [])
            taken = common(union(spans), left)
            painted += [(start, end, state) for start, end in taken]
            left = without(left, taken)
        result[logon_type] = sorted(painted)
    return result


# States of sources: each source is judged alone, and at each instant the best covering source counts.

def source_states(case, read, lane):
    best = {}
    left = [read.window]
    judged = [one_source(case, source, lane) for source in read.sources if source.container]
    for state in reversed(ORDER):
        spans = common(union(span for states in judged for span in states.get(state, [])), left)
        best[state] = spans
        left = without(left, spans)
    best["source-gap"] = union(best.get("source-gap", []) + left)
    # A source that sees without fault leaves the verdict to the mailbox's own states.
    return best


def covers(source, lane):
    """The span a source speaks of for a mailbox: its declared query, else first to last record; None if it does not."""
    names = source.declared.mailboxes
    if names is not None and not any(cases.means(name, lane.key, lane.upns) for name in names):
        return None
    return source.declared.query or source.recorded


def one_source(case, source, lane):
    """{state: spans} of one source for one mailbox; nothing outside what it covers."""
    declared, covered = source.declared, covers(source, lane)
    if covered is None:
        return {}
    faults = {}
    if declared.exported is not None:
        exported, stated = declared.exported, declared.retention_days
        usual = exported - (stated or case.rules["retention_days"]) * DAY
        early = exported - (stated or case.rules["retention_days_before_october_2023"]) * DAY
        faults["before-retention"] = union([(FOREVER[0], usual), (FOREVER[0], min(early, OCTOBER_2023))])
        faults["unsettled"] = [(exported - case.rules["settle_hours"] * HOUR, FOREVER[1])]
    if is_cut(case, source):
        faults["source-truncated"] = [FOREVER]
    if hides_accesses(declared):
        faults["filtered"] = [FOREVER]
    if is_subset(source):
        faults["subset"] = [FOREVER]
    if declared.query is None:
        faults["inferred"] = [FOREVER]
    states, left = {}, [covered]
    for state in ORDER:
        spans = left if state == "observed" else common(faults.get(state, []), left)
        states[state] = spans
        left = without(left, spans)
    return states


def is_cut(case, source):
    """Whether rows are missing: fewer than the service reported, or a row count at which exports are known to be cut."""
    read = source.count["read"]
    return (any(count is not None and read < count for count in (source.result_count, source.declared.rows_reported))
            or read in case.rules["suspicious_row_counts"])


def hides_accesses(declared):
    return bool(set(declared.filters or []) - {"operations"})


def is_subset(source):
    """A cmdlet search without HighCompleteness, made before the service forced it. Where the case does not say by which method
    an export was made, the cmdlet's own columns say it."""
    method, exported = source.declared.method.lower(), source.declared.exported
    by_cmdlet = "search-unifiedauditlog" in method if method else (source.container or "").startswith("search-ual")
    return by_cmdlet and "highcompleteness" not in method and (exported is None or exported < HIGH_COMPLETENESS)


# The mailbox's own states.

def own_states(case, read, lane):
    rules = case.rules
    states = {}
    unknown = not lane.records and not controls.lists_mail_items_accessed(case, lane)
    if unknown or lane.kind in ("group", "resource", "public-folder", "on-premises"):
        states["not-audited"] = [FOREVER]
    for logon_type in LOGON_TYPES:
        states["not-audited", logon_type] = controls.not_recorded(case, lane, logon_type)
    states["bypassed"] = controls.bypassed(case)
    states["known-gap"] = known_gaps(case, lane)
    states["blind-throttled"] = blind(rules, lane)
    covered = union(span for source in read.sources if (span := covers(source, lane)))
    states["throttle-suspected"] = suspected(rules, lane, read.window, covered)
    not_stated = flag_not_stated(lane)
    unfiltered = union(s.declared.query or s.recorded or (0, 0) for s in read.sources
                       if s.container and s.declared.filters is not None and not hides_accesses(s.declared))
    excluded = common(excluded_by_count(rules, lane), unfiltered)
    states["throttle-unknown"] = without(not_stated, excluded)
    states["observed-by-count"] = common(not_stated, excluded)
    states["silent"] = silent(case, read, lane)
    return states


def known_gaps(case, lane):
    return [gap["span"] for gap in case.known_gaps
            if gap["mailboxes"] is None or any(cases.means(name, lane.key, lane.upns) for name in gap["mailboxes"])]


def blind(rules, lane):
    """The union of [t, t + 24 h] over all flagged records, both ends inclusive."""
    length = rules["throttle_blind_hours"] * HOUR
    return union((a.created, a.created + length + 1) for a in lane.records if a.throttled)


def flag_not_stated(lane):
    """Where the nearest record at or before, else the next, does not state the flag; everywhere without a record."""
    if not lane.records:
        return [FOREVER]
    spans = []
    for at, record in enumerate(lane.records):
        start = FOREVER[0] if at == 0 else record.created
        end = lane.records[at + 1].created if at + 1 < len(lane.records) else FOREVER[1]
        if record.throttled is None:
            spans.append((start, end))
    return union(spans)


def excluded_by_count(rules, lane):
    """The instants t at which, throughout [t − 24 h, t], the trailing 24 h hold few enough records and items."""
    steps = {}
    for record in lane.records:
        items = max(len(record.items), record.operation_count or 0)
        for at, sign in ((record.created, 1), (record.created + DAY + 1, -1)):
            records, counted = steps.get(at, (0, 0))
            steps[at] = (records + sign, counted + sign * items)
    too_many, records, items, since = [], 0, 0, None
    for at in sorted(steps):
        records, items = records + steps[at][0], items + steps[at][1]
        over = records > rules["throttle_excluded_records"] or items > rules["throttle_excluded_items"]
        if over and since is None:
            since = at
        elif not over and since is not None:
            too_many.append((since, at))
            since = None
    return without([FOREVER], [(start, end + DAY) for start, end in too_many])


def suspected(rules, lane, window, covered):
    """≥ 950 records in 24 h, then no Bind for ≥ 6 h of the local hours that have one on at least half of the covered days:
    until the next Bind, at most 24 h."""
    binds = [a.created for a in lane.records if a.kind == "Bind"]
    if all(trailing(lane, at) < rules["throttle_suspect_records"] for at in lane.times):
        return []
    busy, spans = None, []
    for bind, following in zip(binds, binds[1:] + [window[1]]):
        start = next((at for at in [bind] + lane.times[bisect.bisect_right(lane.times, bind):] if at <= following
                      and trailing(lane, at) >= rules["throttle_suspect_records"]), None)
        if start is None:
            continue
        until = min(following, start + DAY)
        busy = busy if busy is not None else busy_hours(lane, binds, covered)
        if sum(e - s for s, e in local_hours(lane, start, until, busy)) >= rules["throttle_silence_hours"] * HOUR:
            spans.append((start, until))
    return union(spans)


def trailing(lane, at):
    """Records in the 24 h up to an instant."""
    return bisect.bisect_right(lane.times, at) - bisect.bisect_left(lane.times, at - DAY)


def local(lane, at):
    zone = ZoneInfo(lane.zone) if lane.zone else timezone.utc
    return datetime.fromtimestamp(at // 1_000_000, tz=timezone.utc).astimezone(zone)


def busy_hours(lane, binds, covered):
    """Local hours that hold a Bind on at least half of the covered days: what is out of the window serves as a baseline."""
    days = {}
    for at in binds:
        moment = local(lane, at)
        days.setdefault(moment.hour, set()).add(moment.date())
    total = len({local(lane, at).date() for start, end in covered for at in range(start, end, 15 * MINUTE)})
    return {hour for hour, seen in days.items() if 2 * len(seen) >= total}


def local_hours(lane, start, end, hours):
    """The parts of a span in these local hours of the day."""
    at = start
    while at < end:
        step = min(end, (at // (15 * MINUTE) + 1) * 15 * MINUTE)
        if local(lane, at).hour in hours:
            yield (at, step)
        at = step


def silent(case, read, lane):
    """Stretches without a record that are longer than the mailbox's own silences."""
    rules, window = case.rules, read.window
    period = read.period
    inside = [at for at in lane.times if window[0] <= at < window[1]]
    before = [at for at in lane.times if at < window[0]]
    after = [at for at in lane.times if at >= window[1]]
    marks = [before[-1] if before else window[0]] + inside + [after[0] if after else window[1]]
    stretches = list(zip(marks, marks[1:]))
    outside = without([window], [period])
    if sum(end - start for start, end in outside) >= rules["silent_min_days"] * DAY:
        longest = max((end - start for start, end in stretches if end <= period[0] or start >= period[1]), default=0)
        limit = max(rules["silent_hours"] * HOUR, longest)
    else:
        limit = rules["silent_short_hours"] * HOUR
    return [(start, end) for start, end in stretches if end - start > limit]

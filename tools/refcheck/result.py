"""Everything this implementation finds of a case, and its canonical text: sections of rows, one JSON object a line."""

import json

from . import attribution, coverage, exposure, instant, ledger, sessions
from .instant import iso

# What names a row of each section: the other columns are compared under it.
SECTIONS = {
    "ledger": ("name",), "sources": ("name",), "contexts": ("key",), "sessions": ("mailbox", "context", "token_session", "first_utc"),
    "coverage": ("mailbox", "logon_type", "start_utc"), "mailboxes": ("mailbox",), "exposure": ("mailbox", "message"),
}


class Result:
    """The reference's account of a case."""

    def __init__(self, case, unusual=()):
        self.case = case
        self.read = ledger.Read(case)
        accesses = self.read.accesses
        self.upns = upns_of(accesses)
        attribution.judge(case, accesses, self.upns, unusual)
        by_mailbox = {}
        for access in accesses:
            by_mailbox.setdefault(access.mailbox, []).append(access)
        for row in case.roster:
            if not any(on_roster(row, key, self.upns) for key in by_mailbox):
                by_mailbox[roster_key(row, accesses)] = []
        self.lanes = {}
        self.coverage, self.sessions, self.mailboxes, self.exposure = {}, [], [], []
        for key in sorted(by_mailbox):
            row = next((row for row in case.roster if on_roster(row, key, self.upns)), None)
            lane = coverage.Lane(key, by_mailbox[key], self.upns.get(key, {}), row)
            lane.accesses = by_mailbox[key]
            self.lanes[key] = lane
            self.coverage[key] = coverage.intervals(case, self.read, lane)
            found = sessions.of_mailbox(case, self.read, lane.accesses, self._unseen(key))
            self.sessions += found
            self.mailboxes.append(self._mailbox(lane, row, len(found)))
        self.contexts = attribution.contexts(accesses)
        self.exposure = exposure.classify(case, self)

    def _unseen(self, key):
        """Spans in which an access of the mailbox may have gone unrecorded: outside the window, or where the log holds no or
        not all records."""
        window = self.read.window
        spans = [(start, end) for lane in self.coverage[key].values() for start, end, state in lane if state in coverage.RECORDS_MISSING]
        return [(coverage.FOREVER[0], window[0]), (window[1], coverage.FOREVER[1])] + instant.union(spans)

    def _mailbox(self, lane, roster, session_count):
        inside = [a for a in lane.accesses if a.in_window]
        suspect = [a for a in inside if a.attribution in attribution.SUSPECT]
        names = self.upns.get(lane.key, {})
        blind = [(s, e) for s, e, state in self.coverage[lane.key]["Owner"] if state == "blind-throttled"]
        return {
            "mailbox": lane.key, "name": most_stated(names) or (roster or {}).get("upn", "").lower() or lane.key,
            "department": (roster or {}).get("department"),
            "first_utc": min((a.created for a in inside), default=None), "last_utc": max((a.created for a in inside), default=None),
            "records": len(inside), "binds": sum(a.kind == "Bind" for a in inside), "syncs": sum(a.kind == "Sync" for a in inside),
            "items": sum(len(a.items) for a in inside), "messages": len(set().union(*(a.messages for a in inside))),
            "suspect_messages": len(set().union(*(a.messages for a in suspect))),
            "first_suspect_utc": min((a.created for a in suspect), default=None),
            "last_suspect_utc": max((a.created for a in suspect), default=None), "sessions": session_count,
            "throttled_records": sum(a.throttled is True for a in inside),
            "blind_minutes": (sum(e - s for s, e in blind) + 30_000_000) // 60_000_000,
        }

    def sections(self):
        """{section: rows as dicts of texts}, the form in which the tables of a run are compared."""
        sources = [{
            "name": s.name, "sha256": s.sha256, "size_bytes": s.size, "container": s.container,
            "first_utc": time(s.recorded and s.recorded[0]), "end_utc": time(s.recorded and s.recorded[1]), **s.count,
        } for s in self.read.sources]
        covered = [{"mailbox": key, "logon_type": logon_type, "start_utc": iso(start), "end_utc": iso(end), "state": state,
                    "reason": coverage.STATES[state]}
                   for key, lanes in self.coverage.items() for logon_type, spans in lanes.items() for start, end, state in spans]
        with_key = lambda row, name: row | {name: key_text(row[name])}
        rows = {
            "ledger": ledger.table(self.read), "sources": sources,
            "contexts": [with_key(timed(row), "key") for row in self.contexts],
            "sessions": [with_key(timed(row), "context") for row in self.sessions],
            "coverage": covered, "mailboxes": [timed(row) for row in self.mailboxes],
            "exposure": self.exposure,
        }
        return {name: canonical(rows_) for name, rows_ in rows.items() if rows_ is not None}


def upns_of(accesses):
    """{mailbox: {UPN in lower case: number of records that state it}}."""
    upns = {}
    for access in accesses:
        if access.mailbox_owner_upn:
            names = upns.setdefault(access.mailbox, {})
            upn = access.mailbox_owner_upn.lower()
            names[upn] = names.get(upn, 0) + 1
    return upns


def most_stated(names):
    return min(names, key=lambda name: (-names[name], name)) if names else None


def on_roster(row, key, upns):
    """Whether a roster row means a mailbox: by GUID where both state one, else by UPN."""
    if "mailbox_guid" in row and "/" in key:
        return key.rsplit("/", 1)[1] == row["mailbox_guid"].lower()
    upn = row.get("upn", "").lower()
    return key == f"upn:{upn}" or upn in upns.get(key, {})


def roster_key(row, accesses):
    """The key of a mailbox that only the roster knows."""
    if "mailbox_guid" in row:
        organizations = {a.organization_id.lower() for a in accesses if a.organization_id}
        return f"{organizations.pop() if len(organizations) == 1 else '-'}/{row['mailbox_guid'].lower()}"
    return f"upn:{row['upn'].lower()}"


def key_text(key):
    return " | ".join("-" if part is None else str(part) for part in key)


def time(value):
    return None if value is None else iso(value)


def timed(row):
    return {name: time(value) if name.endswith("_utc") else value for name, value in row.items()}


def text(value):
    """A value as the CSV copies spell it: absent empty, truth as true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def canonical(rows):
    """Rows as dicts of texts, sorted by their text."""
    return sorted(({name: text(row[name]) for name in sorted(row)} for row in rows), key=line)


def line(row):
    return json.dumps(row, ensure_ascii=False)


def lines(rows):
    return "".join(line(row) + "\n" for row in rows)

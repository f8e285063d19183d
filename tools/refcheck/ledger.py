"""The account of rows and the accesses behind it: duplicates merged, each row in exactly one column (METHOD.md 4 and 5)."""

import hashlib
import json

from . import containers, instant, records

WANTED = ("MailItemsAccessed", "AttachmentAccess")


class Read:
    """All sources of a case as read: a row of the ledger each, the accesses, and what else was in them."""

    def __init__(self, case):
        self.sources = []
        self.accesses = []
        self.related = []
        self.rejected = []
        by_id = {}
        for number, declared in enumerate(sorted(case.sources, key=lambda source: source.path.encode())):
            data = (case.folder / declared.path).read_bytes()
            export = containers.read(data)
            source = SourceRow(number, declared, data, export)
            self.sources.append(source)
            for row, record in enumerate(export.rows, start=1):
                self._judge(source, row, record, by_id)
        self.window = case.window or self._span_of_data()
        self.lag = case.rules["aggregation_minutes"] * instant.MINUTE
        self.period = case.period or self._default_period()
        for one in self.accesses:
            one.derive()
            one.in_window = self.window[0] <= one.created < self.window[1]
            source = self.sources[one.source]
            source.count["accepted" if one.in_window else "out_of_window"] += 1

    def _span_of_data(self):
        times = [one.created for one in self.accesses]
        return (min(times), max(times) + 1) if times else (0, 0)

    def _default_period(self):
        """The window without its last two minutes: their accesses are recorded after it."""
        shown = (self.window[0], self.window[1] - self.lag)
        return shown if shown[0] < shown[1] else self.window

    def _judge(self, source, row, record, by_id):
        source.count["read"] += 1
        if record is None:
            self.rejected.append({"source": source.number, "row": row, "mailbox": None})
            source.count["rejected"] += 1
            return
        created = instant.parse(records.text_of(record.get("CreationTime")) or "")
        if created is not None:
            source.times.append(created)
        if record.get("Operation") not in WANTED:
            source.count["other_operation"] += 1
            self.related.append(record)
            return
        one = records.access(record, source.number, row)
        if one is None:
            mailbox = records.mailbox_key(*(records.text_of(record.get(name))
                                            for name in ("OrganizationId", "MailboxGuid", "MailboxOwnerUPN")))
            self.rejected.append({"source": source.number, "row": row, "mailbox": mailbox})
            source.count["rejected"] += 1
            return
        copies = by_id.setdefault(one.record_id, [])
        for earlier in copies:
            if agree(earlier, one):
                merge(earlier, one)
                source.count["duplicate"] += 1
                return
        copies.append(one)
        self.accesses.append(one)


class SourceRow:
    """A source and its row in the ledger."""

    def __init__(self, number, declared, data, export):
        self.number, self.declared, self.container = number, declared, export.container
        self.name, self.size = declared.path, len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.result_count = export.result_count
        self.times = []
        self.count = dict.fromkeys(["read", "accepted", "duplicate", "other_operation", "out_of_window", "rejected"], 0)

    @property
    def recorded(self):
        """First to last record of any operation, end exclusive; None without one."""
        return (min(self.times), max(self.times) + 1) if self.times else None


def agree(first, second):
    """Whether two copies of one record contradict each other nowhere: each field stated in both agrees, and one item list
    contains the other."""
    for field in records.STATED:
        one, other = getattr(first, field), getattr(second, field)
        if one is not None and other is not None and one != other:
            return False
    shorter, longer = sorted((first.items, second.items), key=len)
    return pair(shorter, longer) is not None and folders_agree(first.folders, second.folders)


def fits(one, other):
    return all(one[name] is None or other[name] is None or one[name] == other[name] for name in one)


def pair(shorter, longer):
    """For each entry of the shorter list its place in the longer one; None if one has none."""
    free, places = set(range(len(longer))), []
    for one in shorter:
        at = next((at for at in sorted(free) if fits(one, longer[at])), None)
        if at is None:
            return None
        free.discard(at)
        places.append(at)
    return places


def folders_agree(first, second):
    shorter, longer = sorted((first, second), key=len)
    return pair(shorter, longer) is not None


def merge(kept, copy):
    """Adds to an access what a copy states beyond it."""
    for field in records.STATED + ("address",):
        if getattr(kept, field) is None:
            setattr(kept, field, getattr(copy, field))
    for name in ("items", "folders"):
        shorter, longer = sorted((getattr(kept, name), getattr(copy, name)), key=len)
        merged = [dict(entry) for entry in longer]
        for entry, at in zip(shorter, pair(shorter, longer)):
            for field, value in entry.items():
                if merged[at][field] is None:
                    merged[at][field] = value
        setattr(kept, name, merged)


def table(read):
    """The ledger as ledger.json prints it."""
    return [{"name": s.name, "sha256": s.sha256, "bytes": s.size, "container": s.container} | s.count for s in read.sources]


def from_out(text):
    return json.loads(text)["sources"]

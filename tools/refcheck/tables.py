"""The tables of a run (docs/TABLES.md), read from OUT and brought into the canonical form of `result`."""

import csv
import json
from pathlib import Path

from . import coverage, instant, result

NUMBERED = ("session", "mailbox_no", "source_id", "context", "app_name", "looks_incomplete", "refused")


class NotInOut(Exception):
    """OUT does not have a section, and says so."""


class Out:
    """An output folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.run = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        self.complaints = []

    def rows(self, table):
        path = self.folder / "tables" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def unusual(self):
        """The unusual access windows that mark accesses where nobody else does: (mailbox, context key, first, last)."""
        parts = ("user_id", "user_type", "logon_type", "app_id", "client_app_id", "client_family", "device_id")
        keys = {row["context"]: tuple(row[part] or None for part in parts) for row in self.rows("contexts")}
        return [(row["mailbox"], keys[row["context"]], instant.parse(row["first_utc"]), instant.parse(row["last_utc"]))
                for row in self.rows("bursts") if row["tier"] in ("1", "2")]

    def sections(self):
        """{section: canonical rows}; a section that OUT says it lacks is None."""
        found = {
            "ledger": json.loads((self.folder / "ledger.json").read_text(encoding="utf-8"))["sources"],
            "sources": [without_names(row) for row in self.rows("sources")],
            "coverage": self._coverage(), "mailboxes": [without_names(row) for row in self.rows("mailboxes")],
        }
        found["contexts"], keys = self._contexts()
        found["sessions"] = [without_names(row) | {"context": keys.get(row["context"], f"unknown {row['context']}")}
                             for row in self.rows("sessions")]
        self._check_numbers("sessions", "session", "V")
        self._check_numbers("mailboxes", "mailbox_no", "M")
        found["exposure"] = self._exposure()
        return {name: None if rows is None else result.canonical(rows) for name, rows in found.items()}

    def _contexts(self):
        rows, keys = [], {}
        for row in self.rows("contexts"):
            parts = ("user_id", "user_type", "logon_type", "app_id", "client_app_id", "client_family", "device_id")
            key = result.key_text([row[part] or None for part in parts])
            if key in keys.values():
                self.complaints.append(f"contexts: two rows of one key {key}")
            keys[row["context"]] = key
            rows.append({"key": key} | {name: value for name, value in without_names(row).items() if name not in parts})
        return rows, keys

    def _coverage(self):
        """Coverage with one list a logon type: a row for all of them is given to each, neighbours of one state are joined."""
        spans = {}
        for row in self.rows("coverage"):
            for logon_type in [row["logon_type"]] if row["logon_type"] else coverage.LOGON_TYPES:
                spans.setdefault((row["mailbox"], logon_type), []).append(
                    (instant.parse(row["start_utc"]), instant.parse(row["end_utc"]), row["state"], row["reason"]))
        joined = []
        for (mailbox, logon_type), pieces in spans.items():
            last = None
            for start, end, state, reason in sorted(pieces):
                if last and last["end"] == start and (last["state"], last["reason"]) == (state, reason):
                    last["end"] = end
                    continue
                last = {"mailbox": mailbox, "logon_type": logon_type, "start": start, "end": end, "state": state, "reason": reason}
                joined.append(last)
        return [{"mailbox": row["mailbox"], "logon_type": row["logon_type"], "start_utc": instant.iso(row["start"]),
                 "end_utc": instant.iso(row["end"]), "state": row["state"], "reason": row["reason"]} for row in joined]

    def _check_numbers(self, table, column, letter):
        for at, row in enumerate(self.rows(table), start=1):
            if not row[column].startswith(letter) or int(row[column][1:]) != at:
                self.complaints.append(f"{table}: row {at} is numbered {row[column]}")
                return

    def _exposure(self):
        if not (self.folder / "tables" / "exposure.csv").exists():
            return None
        from . import exposure
        return [exposure.from_out(row) for row in self.rows("exposure")]


def without_names(row):
    return {name: value for name, value in row.items() if name not in NUMBERED}

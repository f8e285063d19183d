"""Controls (docs/INPUTS.md): statements from outside the audit log about what the log could see.

Read: audit settings, licences, the organisation's auditing, the bypass list. A file with any other control is refused.
"""

import re

from . import case as cases
from . import instant

COLUMNS = {
    "control": "control", "mailbox": "mailbox contentmailboxguid identity", "principal": "principal actor user",
    "enabled": "enabled auditenabled", "owner": "owner auditowner", "delegate": "delegate auditdelegate", "admin": "admin auditadmin",
    "licence": "licence license sku", "recording": "recording", "audit_disabled": "auditdisabled",
    "ingestion": "unifiedauditlogingestionenabled", "bypassed": "auditbypassenabled", "start": "start", "end": "end", "as_of": "asof",
}
LISTS = {"Owner": "owner", "Delegated": "delegate", "Admin": "admin"}
FOREVER = (-(10 ** 18), 10 ** 18)


def read(case, entry):
    """The rows of a control file, each with its kind."""
    rows = case.table(entry["path"], COLUMNS)
    for row in rows:
        row["control"] = row.get("control") or kind_of(row)
        if row["control"] not in ("audit-settings", "licence", "organization-audit", "bypass"):
            raise cases.Unread(f"refcheck does not read controls of the kind {row['control']} ({entry['path']})")
        row["span"] = (instant.parse(row["start"]), instant.parse(row["end"])) if "start" in row and "end" in row else FOREVER
    return rows


def kind_of(row):
    """What a row without a `control` column states, by its columns."""
    if {"owner", "delegate", "admin", "enabled"} & set(row):
        return "audit-settings"
    if "bypassed" in row:
        return "bypass"
    if {"audit_disabled", "ingestion"} & set(row):
        return "organization-audit"
    return "licence" if "licence" in row else None


def settings_of(case, lane):
    return [row for row in case.controls if row["control"] == "audit-settings"
            and cases.means(row["mailbox"], lane.key, lane.upns)]


def not_recorded(case, lane, logon_type):
    """Spans in which a control shows that accesses of this logon type are not recorded. Where several settings were supplied,
    recording is shown only if each of them has it."""
    spans = []
    for row in settings_of(case, lane):
        operations = row.get(LISTS[logon_type])
        lacks = operations is not None and "mailitemsaccessed" not in re.split(r"[;,\s{}]+", operations.lower())
        if lacks or no(row.get("enabled")):
            spans.append(FOREVER)
    for row in case.controls:
        if row["control"] == "licence" and cases.means(row["mailbox"], lane.key, lane.upns) and no(row.get("recording")):
            spans.append(row["span"])
        if row["control"] == "organization-audit" and (
                no(row.get("recording")) or yes(row.get("audit_disabled")) or no(row.get("ingestion"))):
            spans.append(row["span"])
    return instant.union(spans)


def bypassed(case):
    """Spans in which anybody is on the bypass list: of every mailbox, since no list shows all that an actor can reach."""
    return instant.union(row["span"] for row in case.controls if row["control"] == "bypass" and not no(row.get("bypassed")))


def lists_mail_items_accessed(case, lane):
    """Whether an audit list of the mailbox was supplied."""
    return any(set(LISTS.values()) & set(row) for row in settings_of(case, lane))


def yes(text):
    return (text or "").strip().lower() in ("true", "yes", "on", "1")


def no(text):
    return (text or "").strip().lower() in ("false", "no", "off", "0")

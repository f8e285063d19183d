"""What the examiner states: the case file and the inputs it names (docs/INPUTS.md). Input it does not read is an error."""

import csv
import io
import ipaddress
import re
import tomllib
from datetime import date, datetime
from pathlib import Path

from . import containers, instant, records

# docs/METHOD.md, section 18.
RULES = {
    "idle_gap_minutes": 120, "aggregation_minutes": 2, "suppression_minutes": 60, "throttle_blind_hours": 24,
    "throttle_suspect_records": 950, "throttle_silence_hours": 6, "throttle_excluded_records": 500, "throttle_excluded_items": 1000, "settle_hours": 24,
    "silent_hours": 24, "silent_short_hours": 72, "silent_min_days": 14, "join_floor": 0.95, "retention_days": 180,
    "retention_days_before_october_2023": 90,
    "suspicious_row_counts": [100, 5_000, 10_000, 30_000, 50_000, 250_000, 1_000_000],
}


class Unread(Exception):
    """The case names something this implementation does not read: nothing may be compared as if it were not there."""


class Case:
    """The case file with everything it names, read."""

    def __init__(self, path):
        self.folder = Path(path).parent
        stated = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        inputs = stated.get("inputs", {})
        if unread := sorted(set(inputs) & {"signins"}):
            raise Unread(f"{path}: refcheck does not read {', '.join(unread)}")
        self.rules = dict(RULES)
        if "rules" in inputs:
            self.rules.update(tomllib.loads(self._text(inputs["rules"])))
        self.window = span(stated.get("window"))
        self.period = span(stated.get("period"))
        self.policy = {"presume_mailbox_on_sync": True, "presume_mailbox_on_throttle": True} | stated.get("policy", {})
        self.join_floor = self.policy.get("join_floor", self.rules["join_floor"])
        self.sources = [Source(entry) for entry in stated.get("source", [])]
        self.attribution = None
        if "attribution" in inputs:
            self.attribution = entries(tomllib.loads(self._text(inputs["attribution"])))
        self.roster = [roster_row(row) for row in self.table(inputs.get("roster"), ROSTER)]
        self.listings = [Listing(self, named(entry)) for entry in inputs.get("listings", [])]
        self.known_gaps = [gap(row) for row in self.table(inputs.get("known_gaps"), GAPS)]
        self.devices = self.table(inputs.get("devices"), DEVICES)
        self.controls = []
        for entry in inputs.get("controls", []):
            from . import controls  # it needs this module
            self.controls += controls.read(self, named(entry))

    def _text(self, name):
        return containers.decode((self.folder / name).read_bytes())

    def table(self, name, columns):
        """Rows of a CSV input; none where the case names none."""
        return table(self._text(name), columns) if name else []


def named(entry):
    return entry if isinstance(entry, dict) else {"path": entry}


def moment(value):
    """A TOML date, time or text as an instant."""
    if isinstance(value, datetime):
        return instant.micros(value)
    if isinstance(value, date):
        return instant.micros(datetime(value.year, value.month, value.day))
    return instant.parse(value) if isinstance(value, str) else None


def span(entry):
    return (moment(entry["start"]), moment(entry["end"])) if entry else None


class Source:
    """What is declared of one source."""

    def __init__(self, entry):
        self.path = entry["path"]
        self.exported = moment(entry.get("exported_utc"))
        asked = (moment(entry.get("query_start")), moment(entry.get("query_end")))
        self.query = asked if None not in asked else None
        self.retention_days = entry.get("retention_days")
        scope = entry.get("scope", "all")
        self.mailboxes = None if scope == "all" else [name.lower() for name in scope]
        stated = entry.get("filter")
        self.filters = None if stated is None else [f for f in ([stated] if isinstance(stated, str) else stated) if f != "none"]
        self.method = entry.get("method", "")
        self.rows_reported = entry.get("rows_reported")


def means(name, key, upns):
    """Whether a mailbox as a person writes it (GUID, UPN or key) is the one with this key that records name by these UPNs."""
    name = name.lower()
    return name in (key, key.removeprefix("upn:"), key.rsplit("/", 1)[-1]) or name in upns


# Columns of the CSV inputs and their other spellings; case, blanks and punctuation do not matter.
ROSTER = {
    "upn": "upn userprincipalname mailbox primarysmtpaddress windowsliveid mail email", "mailbox_guid": "mailboxguid exchangeguid",
    "display_name": "displayname name", "department": "department dept",
    "kind": "kind recipienttypedetails recipienttype mailboxtype", "zone": "zone timezone",
    "aliases": "aliases emailaddresses proxyaddresses", "former": "former formerupn formerguid previousupn",
}
LISTING = {
    "internet_message_id": "internetmessageid messageid", "mailbox": "mailbox userprincipalname recipientemailaddress "
    "recipientaddress custodian custodianemail locationname location mailboxguid",
    "folder": "folder folderpath originalpath itempath path compoundpath", "folder_id": "folderid parentfolderid",
    "received": "received receivedutc receiveddatetime datereceived datetimereceived timestamp receivedorcreated date sent",
}
GAPS = {"scope": "scope", "start": "start", "end": "end", "source": "source"}
DEVICES = {"device_id": "deviceid", "network": "network address cidr egress", "user": "user userprincipalname owner"}


def table(text, columns):
    """Rows of a CSV input by our names of its columns; an empty cell is absent."""
    while text[:5].lower() == "#type" or text[:4].lower() == "sep=":
        text = text[text.index("\n") + 1:]
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in next(reader)]
    place = {}
    for ours, spellings in columns.items():
        # The first spelling of our list wins, not the first column of the file.
        for spelling in spellings.split():
            if spelling in header:
                place[ours] = header.index(spelling)
                break
    return [{ours: row[at].strip() for ours, at in place.items() if at < len(row) and row[at].strip()} for row in reader if row]


def roster_row(row):
    kind = re.sub(r"[^a-z]", "", row.get("kind", "").lower())
    row["kind"] = next((name for name, spellings in KINDS.items() if kind in spellings.split()), kind or None)
    return row


KINDS = {
    "user": "user usermailbox", "shared": "shared sharedmailbox", "group": "group groupmailbox",
    "resource": "resource roommailbox equipmentmailbox room equipment",
    "public-folder": "publicfolder publicfoldermailbox", "archive": "archive", "on-premises": "onpremises mailuser remoteusermailbox",
}


def gap(row):
    scope = row.get("scope", "all")
    return {"mailboxes": None if scope.lower() == "all" else [name.strip().lower() for name in scope.split(";")],
            "span": (moment(row["start"]), moment(row["end"]))}


class Listing:
    """One listing: rows with mailbox, message (comparable id), received (None: unknown), folder, folder_id."""

    def __init__(self, case, entry):
        self.as_of = moment(entry.get("as_of"))
        text = case._text(entry["path"])
        header = text.split("\n", 1)[0].lower()
        self.delivered = "recipientaddress" in header or "recipientemailaddress" in header
        self.rows, self.without_id = [], []
        for row in table(text, LISTING):
            mailbox = (row.get("mailbox") or entry.get("mailbox") or "").lower()
            message = records.message_key(row.get("internet_message_id"))
            if message is None:
                self.without_id.append(mailbox)
                continue
            self.rows.append({"mailbox": mailbox, "message": message, "received": instant.parse(row.get("received", "")),
                              "folder": row.get("folder"), "folder_id": row.get("folder_id")})


# Fields of an attribution entry: which values of an access each is compared with.
FIELDS = {
    "app": lambda a: [a.effective_app], "app_id": lambda a: [a.app_id], "client_app_id": lambda a: [a.client_app_id],
    "token_session": lambda a: [a.aad_session_id, a.session_id], "actor": lambda a: [a.user_id],
    "user_type": lambda a: [a.user_type], "logon_type": lambda a: [a.logon_type], "device": lambda a: [a.device_id],
}


class Entry:
    """One entry of the attribution file: a conjunction of fields."""

    def __init__(self, stated, suspect):
        self.suspect = suspect
        self.start, self.end = moment(stated.get("start")), moment(stated.get("end"))
        self.fields = {}
        known = set(FIELDS) | {"address", "client", "client_family", "unique_token_id", "mailbox", "context"}
        for name in known & set(stated):
            values = stated[name] if isinstance(stated[name], list) else [stated[name]]
            self.fields[name] = values if name == "unique_token_id" else [value.lower() for value in values]
        if "address" in self.fields:
            self.fields["address"] = [ipaddress.ip_network(value, strict=False) for value in self.fields["address"]]
        if "context" in self.fields:
            raise Unread("refcheck does not read attribution by context id")

    @property
    def only_by_token_session(self):
        """Whether nothing but the token session makes an access match (beside person, mailbox and time)."""
        way_in = {"address", "device", "unique_token_id", "app", "app_id", "client_app_id", "client", "client_family"}
        return "token_session" in self.fields and not way_in & set(self.fields)


def entries(stated):
    return ([Entry(entry, True) for entry in stated.get("suspect", [])]
            + [Entry(entry, False) for entry in stated.get("accepted", [])])

"""Reads an export into the audit records in it: what a container is, and where the record stands in a row.

Salvage of cut or flattened bodies is mailtrail's alone: here a body that is not JSON is a rejected row.
"""

import csv
import gzip
import io
import json
import re

csv.field_size_limit(1 << 30)

# docs/METHOD.md 2.9: values are taken from the body; OfficeActivity has none, its columns are the record.
_OFFICE_ACTIVITY = {
    "timegenerated": "CreationTime", "officeid": "Id", "client_ipaddress": "ClientIPAddress", "logon_type": "LogonType",
    "operation": "Operation", "organizationid": "OrganizationId", "recordtype": "RecordType", "userkey": "UserKey",
    "usertype": "UserType", "resultstatus": "ResultStatus", "userid": "UserId", "clientip": "ClientIP",
    "externalaccess": "ExternalAccess", "internallogontype": "InternalLogonType", "mailboxguid": "MailboxGuid",
    "mailboxownerupn": "MailboxOwnerUPN", "logonusersid": "LogonUserSid", "clientinfostring": "ClientInfoString",
    "clientprocessname": "ClientProcessName", "clientversion": "ClientVersion", "appid": "AppId", "clientappid": "ClientAppId",
    "operationcount": "OperationCount", "sessionid": "SessionId", "actorinfostring": "ActorInfoString",
}
_OFFICE_ACTIVITY_JSON = {
    "folders": "Folders", "item": "Item", "operationproperties": "OperationProperties", "appaccesscontext": "AppAccessContext",
    "messages": "Messages", "parameters": "Parameters",
}


class Export:
    """One source as read: its container and, row by row, the record, or None where the row cannot be read."""

    def __init__(self, container, rows, result_count=None):
        self.container = container
        self.rows = rows
        self.result_count = result_count


def read(data):
    """Reads the bytes of a file."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = decode(data)
    start = text.lstrip()[:1]
    return _read_json(text) if start in ("{", "[") else _read_csv(text)


def decode(data):
    """Text by its byte order mark, else UTF-8."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark):].decode(name)
    return data.decode("utf-8")


def first_key(pairs):
    """A JSON object; of a key that repeats the first value is kept."""
    object_ = dict(pairs)
    if len(object_) != len(pairs):
        for key, value in reversed(pairs):
            object_[key] = value
    return object_


_DECODER = json.JSONDecoder(object_pairs_hook=first_key)
_GAP = re.compile(r"[\s,]*")


def json_values(text):
    """Every value of a text that holds one JSON value, an array of them, or several after another."""
    at = _GAP.match(text, 0).end()
    while at < len(text):
        value, at = _DECODER.raw_decode(text, at)
        yield from value if isinstance(value, list) else [value]
        at = _GAP.match(text, at).end()


def entries(text):
    """The rows of a JSON export: its values, and of a page of Graph's answer those it holds."""
    for value in json_values(text):
        yield from value["value"] if isinstance(value, dict) and isinstance(value.get("value"), list) else [value]


def _read_json(text):
    kinds, rows, counts = [], [], []
    for value in entries(text):
        if not isinstance(value, dict):
            rows.append(None)
            continue
        if "properties" in value and "CloudAppEvents" in str(value.get("category")):
            value = value["properties"]
        if "auditData" in value:
            kinds.append("graph-json")
            rows.append(body(value["auditData"].get("dynamicProperties") or value["auditData"]))
        elif "OfficeId" in value:
            kinds.append("office-activity-json")
            rows.append(_office_activity({name.lower(): value[name] for name in value}))
        elif "RawEventData" in value:
            kinds.append("cloud-app-events-json")
            rows.append(body(value["RawEventData"]))
        elif "AuditData" in value:
            kinds.append("search-ual-json")
            rows.append(body(value["AuditData"]))
            counts.append(value.get("ResultCount"))
        else:
            kinds.append("audit-json")
            rows.append(value)
    # Rows decide for themselves which envelope they are; the container is named after the first (docs/FORMATS.md).
    return Export(kinds[0] if kinds else None, rows, _result_count(counts))


def _read_csv(text):
    while text[:5].lower() == "#type" or text[:4].lower() == "sep=":
        text = text[text.index("\n") + 1:]
    header_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [re.sub(r"\s*\[utc\]$", "", name.strip().lower()) for name in next(table)]
    cells = [dict(zip(header, row)) for row in table if row]
    if {"_time", "sourcetype", "_raw"} & set(header):
        return Export("splunk-csv", [body(row.get("auditdata") or row.get("_raw")) for row in cells])
    if "auditdata" in header:
        made_by_cmdlet = {"resultindex", "resultcount", "identity", "isvalid", "objectstate", "pscomputername"} & set(header)
        container = "search-ual-csv" if made_by_cmdlet else "portal-csv"
        count = _result_count([row.get("resultcount") for row in cells])
        return Export(container, [body(row.get("auditdata")) for row in cells], count)
    if "officeid" in header or "client_ipaddress" in header:
        return Export("office-activity-csv", [_office_activity(row) for row in cells])
    return Export(None, [])


def _result_count(counts):
    numbers = [int(float(count)) for count in counts if str(count or "").strip().isdigit()]
    return max(numbers) if numbers else None


def body(value):
    """A record from an object or from the text of one; None if it cannot be read."""
    if isinstance(value, dict):
        return value
    try:
        value = _DECODER.decode(value)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _office_activity(row):
    record = {}
    for column, value in row.items():
        if value in ("", None):
            continue
        if column in _OFFICE_ACTIVITY:
            record[_OFFICE_ACTIVITY[column]] = value
        elif column in _OFFICE_ACTIVITY_JSON:
            record[_OFFICE_ACTIVITY_JSON[column]] = _DECODER.decode(value) if isinstance(value, str) else value
    return record

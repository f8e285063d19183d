"""Known answers of the second implementation: small cases worked out by hand from docs/METHOD.md.

Run with `python3 -m unittest discover tools`. With MAILTRAIL=path/to/mailtrail every case is also run through mailtrail and
compared, in all sections.
"""

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from refcheck import attribution, containers, instant, ledger, records
from refcheck.case import Case
from refcheck.instant import iso, parse
from refcheck.result import Result

# The program and its package share a name: the program is loaded by its path.
_spec = importlib.util.spec_from_file_location("refcheck_main", Path(__file__).parent / "refcheck.py")
refcheck_main = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refcheck_main)

MAILTRAIL = os.environ.get("MAILTRAIL")
PLACE = tempfile.TemporaryDirectory()


def tearDownModule():
    PLACE.cleanup()


GUID = "0aaaaaaa-0000-4000-8000-000000000001"
UPN = "ada@contoso.example"
KEY = f"0bbbbbbb-0000-4000-8000-000000000001/{GUID}"
DAY_1 = "2024-01-10"
INBOX, CALENDAR = {"Id": "LgAAAAEMAAAB", "Path": "\\Inbox"}, {"Id": "LgAAAAEZAAAB", "Name": "Calendar", "Path": "Not Available"}


def record(time, ids=(), number=[0], **fields):
    """A Bind of the owner's browser naming messages; `fields` replace or (None) remove."""
    number[0] += 1
    body = {
        "CreationTime": time, "Id": f"0ccccccc-0000-4000-8000-{number[0]:012}", "Operation": "MailItemsAccessed", "RecordType": 50,
        "OrganizationId": KEY.split("/")[0], "MailboxGuid": GUID, "MailboxOwnerUPN": UPN, "UserId": UPN, "UserType": 0, "LogonType": 0,
        "ClientIPAddress": "192.0.2.7", "ClientInfoString": "Client=OWA;Mozilla", "ResultStatus": "Succeeded",
        "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
        "Folders": [dict(INBOX, FolderItems=[{"InternetMessageId": f"<{one}@x>", "SizeInBytes": 10} for one in ids])],
        "OperationCount": len(ids),
    }
    body.update(fields)
    return {name: value for name, value in body.items() if value is not None}


def sync(time, folder=INBOX, **fields):
    flags = [{"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "False"}]
    return record(time, RecordType=2, Folders=None, Item={"Id": folder["Id"], "ParentFolder": folder}, OperationCount=None,
                  ClientInfoString="Client=MSExchangeRPC", **{"OperationProperties": flags} | fields)


INTRUDER = {"ClientIPAddress": "203.0.113.9", "ClientInfoString": "Client=REST;;", "ClientAppId": "0ddddddd-0000-4000-8000-000000000001"}
FLAGGED = [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "True"}]
UNFLAGGED = [{"Name": "MailAccessType", "Value": "Bind"}]
OWNER_AND_INTRUDER = '''
[[accepted]]
address = "192.0.2.0/24"
fact = "the office"
[[suspect]]
client_app_id = "0ddddddd-0000-4000-8000-000000000001"
fact = "nobody's application"
'''


def hourly(first, last, day=DAY_1, **fields):
    """A heartbeat: accepted records naming a message of its own, one each hour."""
    return [record(f"{day}T{hour:02}:00:00", ["heartbeat"], **fields) for hour in range(first, last)]


class Folder:
    """A case folder in a temporary place."""

    def __init__(self, records, attribution=OWNER_AND_INTRUDER, listing=None, source="", window=("2024-01-10", "2024-01-12"),
                 period=None, as_of="2024-01-20", policy="", extra=""):
        folder = Path(tempfile.mkdtemp(dir=PLACE.name))
        (folder / "a.ndjson").write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        inputs = extra
        if attribution is not None:
            (folder / "attribution.toml").write_text(attribution, encoding="utf-8")
            inputs += 'attribution = "attribution.toml"\n'
        if listing is not None:
            rows = "".join(f"{UPN},<{one}@x>,{received}\n" for one, received in listing)
            (folder / "listing.csv").write_text("mailbox,internet_message_id,received\n" + rows, encoding="utf-8")
            inputs += f'listings = [{{ path = "listing.csv", as_of = {as_of} }}]\n'
        source = source or 'exported_utc = 2024-01-20\nquery_start = 2024-01-01\nquery_end = 2024-01-19\nfilter = "none"\n'
        text = f'[window]\nstart = {window[0]}\nend = {window[1]}\n[inputs]\n{inputs}'
        if period:
            text += f"[period]\nstart = {period[0]}\nend = {period[1]}\n"
        text += f'[policy]\n{policy}\n[[source]]\npath = "a.ndjson"\n{source}'
        self.path = folder / "case.toml"
        self.path.write_text(text, encoding="utf-8")

    def result(self):
        if MAILTRAIL:
            out = self.path.parent / "out"
            run = subprocess.run([MAILTRAIL, "run", self.path, "--out", out, "--allow-issues"], capture_output=True, text=True)
            same, said = refcheck_main.check(self.path, out) if run.returncode == 0 else (False, run.stderr)
            if not same:
                raise AssertionError(f"{self.path.read_text(encoding='utf-8')}\n{said}")
        return Result(Case(self.path))


def states(result, logon_type="Owner"):
    return [(iso(start), state) for start, _, state in result.coverage[KEY][logon_type]]


def classes(folder):
    """{message: (class, reasons)} of a case."""
    return {row["message"].split("@")[0]: (row["class"], row["reasons"]) for row in folder.result().exposure}


class Instants(unittest.TestCase):
    def test_every_spelling_means_the_same_moment(self):
        for text in ("2024-01-05T09:14:03", "2024-01-05T09:14:03Z", "2024-01-05T10:14:03+01:00", "2024-01-05 09:14:03.0000000Z",
                     "1/5/2024 9:14:03 AM", "1/5/2024, 9:14:03.000 AM", "05.01.2024 09:14:03", "\\/Date(1704446043000)\\/"):
            self.assertEqual(iso(parse(text)), "2024-01-05T09:14:03Z", text)
        for text in ("", "yesterday", "2024-13-01", "1/5/2024"):
            self.assertIsNone(parse(text), text)

    def test_sets_of_instants(self):
        self.assertEqual(instant.union([(5, 7), (1, 3), (3, 4), (9, 9)]), [(1, 4), (5, 7)])
        self.assertEqual(instant.without([(0, 10)], [(2, 3), (5, 20)]), [(0, 2), (3, 5)])
        self.assertEqual(instant.common([(0, 4), (6, 9)], [(3, 7)]), [(3, 4), (6, 7)])


class Exports(unittest.TestCase):
    def test_arrays_one_after_another_are_one_export(self):
        export = containers.read(b'[{"Id": "a"},{"Id": "b"}]\n\n[{"Id": "c"}]{"Id": "d"}')
        self.assertEqual([one["Id"] for one in export.rows], ["a", "b", "c", "d"])
        self.assertEqual(export.container, "audit-json")

    def test_a_utf_16_cmdlet_export_with_a_type_line_and_semicolons(self):
        text = '#TYPE X\r\n"AuditData";"ResultIndex";"ResultCount"\r\n"{""Id"":""a""}";"1";"7"\r\n'
        export = containers.read(b"\xff\xfe" + text.encode("utf-16-le"))
        self.assertEqual((export.container, export.rows, export.result_count), ("search-ual-csv", [{"Id": "a"}], 7))

    def test_a_body_that_is_not_json_is_a_row_that_cannot_be_read(self):
        export = containers.read(b'RecordId,AuditData\na,"{""Id"":"\n')
        self.assertEqual(export.rows, [None])

    def test_of_a_key_that_repeats_the_first_value_is_kept(self):
        self.assertEqual(containers.read(b'{"Id": "a", "Id": "b"}').rows, [{"Id": "a"}])


class Records(unittest.TestCase):
    def access(self, **fields):
        one = records.access(record("2024-01-10T08:00:00", ["m"], **fields), 0, 1)
        one.derive()
        return one

    def test_the_kind_is_stated_in_any_shape_else_taken_from_the_record_type(self):
        for properties, record_type, kind in (
                ([{"Value": "Sync", "Name": "MailAccessType"}], 50, "Sync"), ('[{"Name":"MailAccessType","Value":"Bind"}]', 2, "Bind"),
                ({"Name": "MailAccessType", "Value": "Bind"}, 2, "Bind"), ("MailAccessType:Sync", 50, "Sync"),
                (None, "2.0", "Sync"), (None, "ExchangeItemAggregated", "Bind"), (None, 77, "Unknown")):
            self.assertEqual(self.access(OperationProperties=properties, RecordType=record_type).kind, kind, properties)

    def test_the_flag_has_three_values(self):
        for properties, throttled in ((FLAGGED, True), (UNFLAGGED, None), ([{"Name": "IsThrottled", "Value": "False"}], False)):
            self.assertIs(self.access(OperationProperties=properties).throttled, throttled)

    def test_addresses_lose_port_brackets_and_mapping(self):
        for text, address in (("192.0.2.7:443", "192.0.2.7"), ("[2001:DB8::1]:1", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"),
                              ("Host.example", "host.example"), ("<null>", None), ("", None)):
            self.assertEqual(records.address(text), address, text)

    def test_message_ids_compare_without_brackets_folds_and_case(self):
        for text in ("<A@x>", " a@X ", "<a@\r\nx>"):
            self.assertEqual(records.message_key(text), "a@x")
        self.assertIsNone(records.message_key("<>"))


class Ledger(unittest.TestCase):
    def table(self, *rows):
        read = Folder(rows).result().read
        return read, ledger.table(read)[0]

    def test_copies_that_agree_are_one_access_with_the_fields_of_both(self):
        full = record(f"{DAY_1}T08:00:00", ["m", "n"], SessionId="s")
        other = dict(full, SessionId=None, DeviceId="d", Folders=[dict(INBOX, FolderItems=[{"InternetMessageId": "<n@x>"}])],
                     OperationCount=None)
        read, row = self.table(full, full, other)
        self.assertEqual((row["read"], row["accepted"], row["duplicate"]), (3, 1, 2))
        self.assertEqual((read.accesses[0].session_id, read.accesses[0].device_id), ("s", "d"))
        self.assertEqual(read.accesses[0].messages, {"m@x", "n@x"})

    def test_copies_that_contradict_are_both_accepted(self):
        one = record(f"{DAY_1}T08:00:00", ["m"])
        self.assertEqual(self.table(one, dict(one, UserId="eve@contoso.example"))[1]["accepted"], 2)

    def test_a_row_is_in_one_column(self):
        other = record(f"{DAY_1}T08:00:00", Operation="Send")
        early = record("2023-12-01T08:00:00", ["m"])
        no_mailbox = record(f"{DAY_1}T08:00:00", MailboxGuid=None, MailboxOwnerUPN=None)
        row = self.table(other, early, no_mailbox, record(f"{DAY_1}T09:00:00", ["m"]))[1]
        counts = [row[name] for name in ("read", "accepted", "duplicate", "other_operation", "out_of_window", "rejected")]
        self.assertEqual(counts, [4, 1, 0, 1, 1, 1])


class Attribution(unittest.TestCase):
    def of(self, text, *rows):
        return [access.attribution for access in Folder(rows, attribution=text).result().read.accesses]

    def test_suspect_beats_accepted_and_nobody_is_unattributed(self):
        text = OWNER_AND_INTRUDER + '[[accepted]]\nactor = "ada@contoso.example"\nclient = "Client=REST*"\nfact = "x"\n'
        self.assertEqual(self.of(text, record(f"{DAY_1}T08:00:00", **INTRUDER), record(f"{DAY_1}T08:00:00"),
                                 record(f"{DAY_1}T08:00:00", ClientIPAddress="198.51.100.1")),
                         ["suspect", "accepted", "unattributed"])

    def test_a_token_session_of_an_accepted_address_is_shared_but_not_where_more_says_suspect(self):
        by_session = OWNER_AND_INTRUDER + '[[suspect]]\ntoken_session = "s"\nfact = "x"\n'
        self.assertEqual(self.of(by_session, record(f"{DAY_1}T08:00:00", SessionId="S"),
                                 record(f"{DAY_1}T08:00:00", SessionId="s", ClientIPAddress="203.0.113.1"),
                                 record(f"{DAY_1}T08:00:00", SessionId="s", **INTRUDER | {"ClientIPAddress": "192.0.2.9"})),
                         ["shared", "suspect", "suspect"])

    def test_two_minutes_that_straddle_an_edge_count_on_the_suspect_side(self):
        text = '[[{}]]\nactor = "ada@contoso.example"\nend = 2024-01-10T08:00:00Z\nfact = "x"\n'
        late = record(f"{DAY_1}T08:01:00", ["m"])
        self.assertEqual(self.of(text.format("suspect"), late), ["suspect"])
        self.assertEqual(self.of(text.format("accepted"), late), ["unattributed"])
        self.assertEqual(self.of(text.format("suspect"), record(f"{DAY_1}T08:02:00", ["m"])), ["unattributed"])

    def test_service_noise_needs_the_list_and_the_client_string(self):
        service = {"AppId": "13937bba-652e-4c46-b222-3003f4d1ff97", "ClientIPAddress": "198.51.100.1"}
        self.assertEqual(self.of(OWNER_AND_INTRUDER, record(f"{DAY_1}T08:00:00", ClientInfoString="Client=REST;Client=RESTSystem;;", **service),
                                 record(f"{DAY_1}T08:00:00", ClientInfoString="Client=REST;;", **service),
                                 record(f"{DAY_1}T08:00:00", ClientInfoString="Client=REST;Client=RESTSystem;;", ClientIPAddress="198.51.100.1")),
                         ["accepted", "unattributed", "unattributed"])

    def test_a_pattern_means_the_whole_text(self):
        for pattern, text, expected in (("client=rest*", "Client=REST;;", True), ("client=rest", "Client=REST;;", False),
                                        ("a[b]?", "a[b]?", True), ("a[b]?", "abc", False)):
            self.assertEqual(attribution.whole_text(pattern, text), expected, pattern)

    def test_family(self):
        for text, family in (("Client=REST;Client=RESTSystem;;", "RESTSystem"), ("Client=OWA;Mozilla", "OWA"), (None, None)):
            self.assertEqual(attribution.family(text), family)


class Sessions(unittest.TestCase):
    def test_a_silence_of_the_idle_gap_does_not_cut_a_longer_one_does(self):
        rows = [record(f"2024-01-10T{time}", ["m"]) for time in ("08:00:00", "10:00:00", "12:00:01")]
        self.assertEqual([row["records"] for row in Folder(rows).result().sessions], [2, 1])

    def test_token_sessions_are_apart_and_say_their_basis(self):
        rows = [record(f"{DAY_1}T08:00:00", SessionId="s"), record(f"{DAY_1}T08:01:00", AppAccessContext={"AADSessionId": "s"}),
                record(f"{DAY_1}T08:02:00"), record(f"{DAY_1}T08:03:00", SessionId="s")]
        found = sorted((row["basis"], row["records"]) for row in Folder(rows).result().sessions)
        self.assertEqual(found, [("aad-session", 1), ("context", 1), ("session-id", 2)])

    def test_a_session_is_open_beside_the_window_and_beside_a_blind_period(self):
        rows = [record(f"{DAY_1}T02:00:00"), record(f"{DAY_1}T06:00:00"), record(f"{DAY_1}T09:00:00", OperationProperties=FLAGGED),
                record("2024-01-11T11:00:00"), record("2024-01-11T21:59:59")]
        found = [(row["open_start"], row["open_end"]) for row in Folder(rows).result().sessions]
        self.assertEqual(found, [(False, False), (False, False), (True, True), (True, False), (False, False)])


class Coverage(unittest.TestCase):
    def test_a_flagged_record_blinds_a_day_of_every_logon_type(self):
        result = Folder([record(f"{DAY_1}T09:00:00", OperationProperties=FLAGGED), record("2024-01-11T12:00:00")]).result()
        self.assertEqual(states(result, "Delegated"), [("2024-01-10T00:00:00Z", "observed"), ("2024-01-10T09:00:00Z", "blind-throttled"),
                                                       ("2024-01-11T09:00:00.000001Z", "observed")])

    def test_a_source_without_a_declared_range_is_inferred_between_its_records(self):
        result = Folder([record(f"{DAY_1}T09:00:00"), record("2024-01-11T12:00:00")], source='filter = "none"\n').result()
        self.assertEqual(states(result), [("2024-01-10T00:00:00Z", "source-gap"), ("2024-01-10T09:00:00Z", "inferred"),
                                          ("2024-01-11T12:00:00.000001Z", "source-gap")])

    def test_what_is_younger_than_a_day_at_export_is_unsettled_and_what_is_older_than_retention_is_gone(self):
        declared = 'query_start = 2024-01-01\nquery_end = 2024-01-12\nexported_utc = 2024-01-12\nretention_days = 1\nfilter = "none"\n'
        found = states(Folder([record(f"{DAY_1}T09:00:00")], source=declared).result())
        self.assertEqual(found, [("2024-01-10T00:00:00Z", "before-retention"), ("2024-01-11T00:00:00Z", "unsettled")])

    def test_a_filter_shows_unless_it_is_one_by_operation(self):
        declared = 'query_start = 2024-01-01\nquery_end = 2024-01-12\nfilter = "{}"\n'
        for kind, state in (("users", "filtered"), ("operations", "observed"), ("none", "observed")):
            self.assertEqual(states(Folder([record(f"{DAY_1}T09:00:00")], source=declared.format(kind)).result())[0][1], state)

    def test_fewer_rows_than_the_service_reported_is_a_cut_source(self):
        declared = 'query_start = 2024-01-01\nquery_end = 2024-01-12\nfilter = "none"\nrows_reported = 2\n'
        self.assertEqual(states(Folder([record(f"{DAY_1}T09:00:00")], source=declared).result())[0][1], "source-truncated")

    def test_a_cmdlet_search_without_high_completeness_is_a_subset(self):
        declared = 'query_start = 2024-01-01\nquery_end = 2024-01-12\nfilter = "none"\nmethod = "Search-UnifiedAuditLog{}"\n'
        for switch, state in (("", "subset"), (" -HighCompleteness", "observed")):
            self.assertEqual(states(Folder([record(f"{DAY_1}T09:00:00")], source=declared.format(switch)).result())[0][1], state)

    def test_a_flag_that_is_not_stated_is_excluded_by_a_low_count_of_an_unfiltered_source_only(self):
        declared = 'query_start = 2024-01-01\nquery_end = 2024-01-12\n'
        few = [record(f"{DAY_1}T09:00:00", ["m"], OperationProperties=UNFLAGGED)]
        many = [record(f"{DAY_1}T09:00:00", ["m"], OperationProperties=UNFLAGGED, OperationCount=1001)]
        for rows, more, state in ((few, 'filter = "none"\n', "observed-by-count"), (many, 'filter = "none"\n', "throttle-unknown"),
                                  (few, "", "throttle-unknown")):
            found = states(Folder(rows, source=declared + more).result())
            self.assertIn(state, [one for _, one in found])
            self.assertNotIn("observed", [one for _, one in found])

    def test_silence_longer_than_three_days_is_silent_where_there_is_no_baseline(self):
        rows = [record("2024-01-10T09:00:00"), record("2024-01-13T10:00:00"), record("2024-01-14T10:00:00")]
        found = states(Folder(rows, window=("2024-01-10", "2024-01-15")).result())
        self.assertEqual(found, [("2024-01-10T00:00:00Z", "observed"), ("2024-01-10T09:00:00Z", "silent"),
                                 ("2024-01-13T10:00:00Z", "observed")])

    def test_a_mailbox_that_no_record_knows_is_not_audited(self):
        folder = Folder([record(f"{DAY_1}T09:00:00")], extra='roster = "roster.csv"\n')
        (folder.path.parent / "roster.csv").write_text("upn,kind\nben@contoso.example,user\n", encoding="utf-8")
        self.assertEqual([state for _, _, state in folder.result().coverage["upn:ben@contoso.example"]["Owner"]], ["not-audited"])

    def check_control(self, control, expected, logon_type="Owner", **more):
        folder = Folder(hourly(0, 24) + hourly(0, 24, "2024-01-11"), extra='controls = ["control.csv"]\n', **more)
        (folder.path.parent / "control.csv").write_text(control, encoding="utf-8")
        self.assertEqual(states(folder.result(), logon_type), expected)

    def test_an_audit_list_without_mail_items_accessed_is_not_audited_for_its_logon_type(self):
        settings = f"mailbox,AuditEnabled,AuditOwner,AuditDelegate,AuditAdmin\n{UPN},True,MailItemsAccessed;Send,SendAs,\n"
        for logon_type, state in (("Owner", "observed"), ("Delegated", "not-audited"), ("Admin", "observed")):
            self.check_control(settings, [("2024-01-10T00:00:00Z", state)], logon_type)
        self.check_control(settings.replace("True", "False"), [("2024-01-10T00:00:00Z", "not-audited")])

    def test_a_licence_and_the_organisation_have_their_spans(self):
        off = "control,mailbox,licence,recording,start,end\n{},{},{},off,2024-01-11,2024-01-12\n"
        for kind, mailbox, licence in (("licence", UPN, "E1"), ("organization-audit", "", "")):
            self.check_control(off.format(kind, mailbox, licence), [("2024-01-10T00:00:00Z", "observed"), ("2024-01-11T00:00:00Z", "not-audited")])

    def test_an_actor_on_the_bypass_list_bypasses_every_mailbox(self):
        self.check_control("Identity,AuditBypassEnabled\neve@contoso.example,True\n", [("2024-01-10T00:00:00Z", "bypassed")])
        self.check_control("Identity,AuditBypassEnabled\neve@contoso.example,False\n", [("2024-01-10T00:00:00Z", "observed")])

    def test_a_day_of_a_thousand_records_and_then_no_bind_is_suspected_to_be_throttled(self):
        busy = [record(f"2024-01-10T{minute // 60:02}:{minute % 60:02}:00", ["m"]) for minute in range(960)]
        declared = 'query_start = 2024-01-10\nquery_end = 2024-01-12\nexported_utc = 2024-01-20\nfilter = "none"\n'
        result = Folder(busy + [record("2024-01-11T15:00:00", ["m"])], source=declared).result()
        self.assertEqual(states(result), [("2024-01-10T00:00:00Z", "observed"), ("2024-01-10T15:59:00Z", "throttle-suspected"),
                                          ("2024-01-11T15:00:00Z", "observed")])


class Exposure(unittest.TestCase):
    """One message each: `m` is the one in question. A heartbeat keeps the mailbox alive and accepted."""

    def check(self, rows, expected, listing=(("m", "2023-12-01"), ("heartbeat", "2023-12-01")), message="m", **more):
        found = classes(Folder(hourly(0, 24) + list(rows), listing=listing, **more))
        self.assertEqual(found.get(message), expected)

    def test_named_by_nobody_and_no_sync_is_d0(self):
        self.check([], ("D0", ""))

    def test_named_by_accepted_accesses_is_d1(self):
        self.check([], ("D1", ""), message="heartbeat")
        self.check([sync(f"{DAY_1}T09:00:00")], ("D1", ""))

    def test_without_a_listing_nothing_is_d(self):
        self.check([], ("N", ""), message="heartbeat", listing=None)

    def test_named_by_a_suspect_bind_is_a(self):
        self.check([record(f"{DAY_1}T09:00:00", ["m"], **INTRUDER)], ("A", ""))

    def test_a_suspect_bind_that_did_not_succeed_is_c(self):
        self.check([record(f"{DAY_1}T09:00:00", ["m"], ResultStatus="Failed", **INTRUDER)], ("C-near", "UNA"))

    def test_an_unattributed_access_is_c_far_where_no_suspect_is_near(self):
        self.check([record(f"{DAY_1}T09:00:00", ["m"], ClientIPAddress="198.51.100.1")], ("C-far", "UNA"))

    def test_a_suspect_sync_reaches_what_came_up_to_62_minutes_later_in_its_folder_and_beyond_it(self):
        suspect = {"ClientAppId": INTRUDER["ClientAppId"], "ClientIPAddress": "203.0.113.9"}
        listing = [("m", "2024-01-10T10:02:00Z"), ("late", "2024-01-10T10:02:01Z"), ("heartbeat", "2023-12-01"), ("unknown", "")]
        rows = [sync(f"{DAY_1}T09:00:00", **suspect)]
        for message, class_ in (("m", "B1"), ("late", "D1"), ("unknown", "B1")):
            self.check(rows, (class_, ""), listing=listing, message=message)
        calendar = [sync(f"{DAY_1}T09:00:00", CALENDAR, **suspect)]
        for message, class_ in (("m", "B2"), ("late", "D1"), ("unknown", "B2")):
            self.check(calendar, (class_, ""), listing=listing, message=message)
        self.check(calendar, ("C-near", "SYN"), listing=listing, policy="presume_mailbox_on_sync = false")

    def test_a_suspect_access_within_a_day_before_a_blind_period_is_b3(self):
        flagged = record(f"{DAY_1}T09:00:00", ["other"], OperationProperties=FLAGGED)
        suspect = record(f"{DAY_1}T08:00:00", ["other"], **INTRUDER)
        listing = [(one, "2023-12-01") for one in ("m", "other", "heartbeat")]
        self.check([flagged, suspect], ("B3", "THR"), listing=listing)
        self.check([flagged, suspect], ("C-near", "THR"), listing=listing, policy="presume_mailbox_on_throttle = false")
        self.check([flagged], ("C-far", "THR"), listing=listing)
        later = [(one, "2024-01-11T10:00:00Z" if one == "m" else "2023-12-01") for one in ("m", "other", "heartbeat")]
        self.check([flagged, suspect], ("D0", ""), listing=later)

    def test_an_application_that_could_hide_another_is_sup(self):
        alike = dict(INTRUDER, ClientAppId="0eeeeeee-0000-4000-8000-000000000001")
        accepted = OWNER_AND_INTRUDER + f'[[accepted]]\nclient_app_id = "{alike["ClientAppId"]}"\nfact = "x"\n'
        suspect = record(f"{DAY_1}T08:00:00", ["other"], **INTRUDER)
        listing = [(one, "2023-12-01") for one in ("m", "other", "heartbeat")]
        for time, expected in (("09:02:00", ("C-near", "SUP")), ("09:04:01", ("D1", ""))):
            self.check([suspect, record(f"{DAY_1}T{time}", ["m"], **alike)], expected, listing=listing, attribution=accepted)

    def test_a_shared_session_is_ctx(self):
        by_session = OWNER_AND_INTRUDER + '[[suspect]]\ntoken_session = "s"\nfact = "x"\n'
        self.check([record(f"{DAY_1}T09:00:00", ["m"], SessionId="s")], ("C-far", "CTX"), attribution=by_session)

    def test_a_listing_older_than_the_period_is_inv_and_one_that_lacks_a_suspect_id_unm(self):
        self.check([], ("C-far", "INV"), as_of="2024-01-11")
        self.check([record(f"{DAY_1}T09:00:00", ["gone"], **INTRUDER)], ("C-near", "UNM"))

    def test_without_an_attribution_file_nothing_is_d(self):
        self.check([], ("C-far", "PRO"), attribution=None)

    def test_a_rule_made_in_the_period_is_another_way_out(self):
        rule = record(f"{DAY_1}T09:00:00", Operation="New-InboxRule", ObjectId=f"{UPN}\\News", MailboxGuid=None, MailboxOwnerUPN=None)
        self.check([rule], ("C-far", "PTH"))
        early = dict(rule, CreationTime="2024-01-10T00:00:00")
        self.check([early], ("D0", ""), period=("2024-01-10T06:00:00Z", "2024-01-11T23:58:00Z"))

    def test_an_item_without_an_id_reaches_the_mailbox(self):
        self.check([record(f"{DAY_1}T09:00:00", Folders=[dict(INBOX, FolderItems=[{"Id": "x"}])])], ("C-far", "IDL"))

    def test_an_attachment_access_is_about_the_message_a_bind_names_by_the_same_store_id(self):
        named = record(f"{DAY_1}T08:00:00", Folders=[dict(INBOX, FolderItems=[{"Id": "store-1", "InternetMessageId": "<m@x>"}])])
        attachment = record(f"{DAY_1}T09:00:00", Operation="AttachmentAccess", Folders=None, OperationCount=1,
                            OperationProperties=[{"Name": "AttachmentAccessType", "Value": "Bind"}],
                            Messages=[{"Id": "store-1", "MessageItems": [{"Id": "attachment-1", "SizeInBytes": 5}]}])
        self.check([named, attachment], ("D1", ""))
        self.check([named, dict(attachment, ClientIPAddress="198.51.100.1")], ("C-far", "UNA"))
        self.check([named, dict(attachment, **INTRUDER)], ("A", ""))
        self.check([attachment], ("C-far", "IDL"))

    def test_a_suspect_bind_outside_the_period_makes_no_a_and_no_d(self):
        rows = [record(f"{DAY_1}T02:00:00", ["m"], **INTRUDER)]
        self.check(rows, ("C-near", "UNA"), period=("2024-01-10T12:00:00Z", "2024-01-11T23:58:00Z"))

    def test_a_gap_reaches_what_had_arrived_before_it_ended(self):
        declared = 'query_start = 2024-01-10\nquery_end = 2024-01-11\nexported_utc = 2024-01-20\nfilter = "none"\n'
        self.check([], ("C-far", "GAP"), source=declared)

    def test_accesses_of_the_two_minutes_before_a_range_ends_may_be_recorded_after_it(self):
        declared = 'query_start = 2024-01-10\nquery_end = 2024-01-11\nexported_utc = 2024-01-20\nfilter = "none"\n'
        for end, class_ in (("2024-01-10T23:58:00Z", ("D0", "")), ("2024-01-10T23:58:01Z", ("C-far", "GAP"))):
            self.check([], class_, source=declared, period=("2024-01-10T00:00:00Z", end))
            self.check([], class_, window=("2024-01-10", "2024-01-11"), period=("2024-01-10T00:00:00Z", end))

    def test_what_was_received_after_a_sync_by_nobody_known_is_c_too(self):
        stranger = {"ClientIPAddress": "198.51.100.1"}
        listing = [("m", "2024-01-11T20:00:00Z"), ("heartbeat", "2023-12-01")]
        self.check([sync(f"{DAY_1}T09:00:00", **stranger)], ("C-far", "UNA"), listing=listing)

    def test_an_id_on_two_rows_of_a_listing_is_as_old_as_the_older(self):
        suspect = {"ClientAppId": INTRUDER["ClientAppId"], "ClientIPAddress": "203.0.113.9"}
        listing = [("m", "2024-01-11T20:00:00Z"), ("M", "2024-01-01"), ("heartbeat", "2023-12-01")]
        self.check([sync(f"{DAY_1}T09:00:00", **suspect)], ("B1", ""), listing=listing)

    def test_too_few_logged_ids_on_the_listing_is_unm(self):
        ids = [f"gone-{number}" for number in range(3)]
        self.check([record(f"{DAY_1}T09:00:00", ids)], ("C-far", "UNM"))
        self.check([record(f"{DAY_1}T09:00:00", ids)], ("D0", ""), policy="join_floor = 0.2")

    def test_the_period_takes_in_the_two_minutes_before_a_record_after_its_end(self):
        rows = [record(f"{DAY_1}T12:01:00", ["m"], **INTRUDER)]
        self.check(rows, ("A", ""), period=("2024-01-10T00:00:00Z", "2024-01-10T12:00:00Z"))
        rows = [record(f"{DAY_1}T12:02:00", ["m"], **INTRUDER)]
        self.check(rows, ("C-near", "UNA"), period=("2024-01-10T00:00:00Z", "2024-01-10T12:00:00Z"))

    def test_near_is_a_day_on_either_side(self):
        stranger = record("2024-01-11T10:00:00", ["m"], ClientIPAddress="198.51.100.1")
        listing = [(one, "2023-12-01") for one in ("m", "other", "heartbeat")]
        for time, expected in (("2024-01-10T09:58:00", "C-near"), ("2024-01-10T09:57:59", "C-far"), ("2024-01-12T10:02:00", "C-near"),
                               ("2024-01-12T10:02:01", "C-far")):
            rows = [stranger, record(time, ["other"], **INTRUDER)] + hourly(0, 24, "2024-01-11") + hourly(0, 24, "2024-01-12")
            self.check(rows, (expected, "UNA"), listing=listing, window=("2024-01-10", "2024-01-13"))


    def test_a_row_that_could_not_be_read_reaches_its_mailbox_or_every_one(self):
        self.check([record(f"{DAY_1}T09:00:00", ["x"], CreationTime="no time")], ("C-far", "QUA"))
        self.check([record(f"{DAY_1}T09:00:00", ["x"], MailboxGuid=None, MailboxOwnerUPN=None)], ("C-far", "QUA"))
        elsewhere = record(f"{DAY_1}T09:00:00", ["x"], CreationTime="no time", MailboxGuid=GUID[:-1] + "2", MailboxOwnerUPN="b@contoso.example")
        self.check([elsewhere], ("D0", ""))

    def test_a_mailbox_with_two_names_over_time_is_key(self):
        self.check(hourly(0, 24, "2024-01-11", MailboxOwnerUPN="ada.lovelace@contoso.example"), ("C-far", "KEY"))

    def test_two_mailboxes_of_one_name_are_key(self):
        other = {"MailboxGuid": GUID[:-1] + "2"}
        self.check(hourly(0, 24, **other), ("C-far", "KEY"))

    def test_an_unknown_kind_of_access_is_a_sync_never_a_bind(self):
        unknown = record(f"{DAY_1}T09:00:00", ["m"], RecordType=77, OperationProperties=[{"Name": "IsThrottled", "Value": "False"}], **INTRUDER)
        self.check([unknown], ("B1", ""))

    def test_a_forwarding_rule_made_before_the_period_is_another_way_out(self):
        rule = record(f"{DAY_1}T01:00:00", Operation="Set-Mailbox", ObjectId=UPN, MailboxGuid=None, MailboxOwnerUPN=None,
                      Parameters=[{"Name": "ForwardingSmtpAddress", "Value": "smtp:x@y.example"}])
        self.check([rule], ("C-far", "PTH"), period=("2024-01-10T06:00:00Z", "2024-01-11T23:58:00Z"))

    def test_a_new_delegate_and_an_export_are_other_ways_out(self):
        for operation in ("Add-MailboxPermission", "New-MailboxExportRequest", "New-TransportRule", "AdminMailAccess", "SearchExported"):
            event = record(f"{DAY_1}T09:00:00", Operation=operation, ObjectId=UPN, MailboxGuid=None, MailboxOwnerUPN=None)
            self.check([event], ("C-far", "PTH"))

    def test_a_suspect_sync_with_the_presumption_off_is_b1_or_syn(self):
        suspect = {"ClientAppId": INTRUDER["ClientAppId"], "ClientIPAddress": "203.0.113.9"}
        off = {"policy": "presume_mailbox_on_sync = false"}
        self.check([sync(f"{DAY_1}T09:00:00", **suspect)], ("B1", "SYN"), **off)
        self.check([sync(f"{DAY_1}T09:00:00", CALENDAR, **suspect)], ("C-near", "SYN"), **off)


class Comparison(unittest.TestCase):
    def test_a_differing_cell_is_named(self):
        row = {"mailbox": "k", "message": "m", "class": "A"}
        text = "\n".join(refcheck_main.difference("exposure", [row], [dict(row, **{"class": "D0"})]))
        self.assertIn("class: reference 'A', OUT 'D0'", text)
        self.assertIn("1 of 1 rows differ", text)

    def test_a_case_with_an_input_that_is_not_read_is_refused(self):
        folder = Folder([record(f"{DAY_1}T09:00:00")], extra='signins = ["s.csv"]\n')
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(refcheck_main.main([str(folder.path), "nowhere"]), 2)
        self.assertIn("signins", said.getvalue())


if __name__ == "__main__":
    unittest.main()

//! What each input takes and what it refuses, as tables: a text, and the complaint word by word.

use mailtrail_model::{
    CaseInputs, ControlStatement, DeviceTrust, FilterKind, GapScope, Interval, ListingKind, MailboxKey, MailboxKind,
    MailboxName, Marking, Profile, Recording, Rules, SignInKind, SignInResult, SourceFilter, SourceScope, UtcMicros,
};

use super::*;

fn at(text: &str) -> UtcMicros {
    time::parse_time(text).unwrap()
}

fn name(text: &str) -> MailboxName {
    MailboxName::parse(text).unwrap()
}

/// The complaints of a reader about a text, one a line.
fn complaints<T: std::fmt::Debug>(result: Result<Loaded<T>, InputErrors>) -> String {
    result.unwrap_err().to_string()
}

const CASE: &str = r#"
[case]
id = "C-1"
legend = "Privileged"
profile = "facts"
zone = "Europe/Berlin"
report_date = 2024-02-05

[window]
start = 2023-11-01T00:00:00Z
end = "2024-02-01"

[period]
start = 2023-11-24
start_basis = "first sign-in of the test application"
end = 2024-01-13T08:00:00+01:00
end_basis = "consent removed on 12 January, plus token life"

[[source]]
path = "exports/portal.csv"
exported_utc = 2024-02-03T10:00:00Z
query_start = 2023-11-01
query_end = 2024-02-01
retention_days = 180
scope = "all"
filter = "none"
collector = "R. Example"
method = "purview-portal"
rows_reported = 1234

[[source]]
path = "exports/sual.csv"
scope = ["Ada@contoso.example"]
filter = ["users", "text"]

[baseline]
start = 2023-11-01
end = 2023-11-20
basis = "before the first sign-in"

[policy]
presume_mailbox_on_sync = false
join_floor = 0.9
chosen_by = "counsel"

[inputs]
attribution = "attribution.toml"
roster = "roster.csv"
listings = ["plain.csv", { path = "items.csv", as_of = 2024-02-02T00:00:00Z, mailbox = "ada@contoso.example" }]
controls = [{ path = "folders.csv", as_of = 2024-02-02T00:00:00Z }]
signins = "signins.csv"
mmdb = ["country.mmdb"]
"#;

#[test]
fn a_case_file_is_read_whole() {
    let loaded = read_case("case.toml", CASE.as_bytes()).unwrap();
    assert_eq!((loaded.receipt.bytes, loaded.receipt.entries), (CASE.len() as u64, 2));
    let CaseFile { case, inputs } = loaded.value;
    assert_eq!(case.case_id.as_deref(), Some("C-1"));
    assert_eq!(case.profile, Profile::Facts);
    assert_eq!(case.window, Some(Interval { start: at("2023-11-01"), end: at("2024-02-01") }));
    let period = case.period.unwrap();
    assert_eq!(period.span.end, at("2024-01-13T07:00:00Z"));
    assert_eq!(period.place.to_string(), "case.toml: line 13");
    assert_eq!(case.sources[0].rows_reported, Some(1234));
    assert_eq!((&case.sources[0].scope, &case.sources[0].filter), (&SourceScope::All, &SourceFilter::None));
    assert_eq!(case.sources[1].scope, SourceScope::Mailboxes(vec![name("ada@contoso.example")]));
    assert_eq!(case.sources[1].filter, SourceFilter::By(vec![FilterKind::Users, FilterKind::Text]));
    assert_eq!(case.sources[1].query, None);
    assert!(!case.policy.presume_mailbox_on_sync && case.policy.presume_mailbox_on_throttle);
    assert_eq!(case.policy.join_floor, Some(0.9));
    assert_eq!(inputs.listings[1].mailbox, Some(name("ada@contoso.example")));
    assert_eq!(inputs.listings[0].as_of, None);
    assert_eq!(inputs.signins.len() + inputs.mmdb.len() + inputs.controls.len(), 3);
}

#[test]
fn an_empty_case_file_states_nothing() {
    let case = read_case("case.toml", &b""[..]).unwrap().value.case;
    assert_eq!(case, CaseInputs::default());
}

#[test]
fn a_wrong_case_file_is_refused_by_line_and_key() {
    for (text, expected) in [
        (
            "[case]\nzone = \"Europe/Belin\"",
            "case.toml: line 2, column case.zone: there is no time zone \"Europe/Belin\"; did you mean \"Europe/Berlin\"?",
        ),
        ("[case]\nlegnd = \"x\"", "case.toml: line 2, column case.legnd: unknown key; did you mean \"legend\"?"),
        ("[case]\nid = 5", "case.toml: line 2, column case.id: 5 is not a text in quotes"),
        ("[case]\nid = \" \"", "case.toml: line 2, column case.id: empty; leave the key out, or give a value"),
        (
            "[case]\nprofile = \"secret\"",
            "case.toml: line 2, column case.profile: there is no profile \"secret\"; write \"counsel\", \"analyst\", \"facts\" or \"regulator\"",
        ),
        ("[sources]\npath = \"x\"", "case.toml: line 1, column sources: unknown key; did you mean \"source\"?"),
        (
            "[window]\nstart = 2024-02-01\nend = 2024-01-01",
            "case.toml: line 3, column window.end: it ends (2024-01-01T00:00:00Z) before it starts (2024-02-01T00:00:00Z); end is the first instant after the span",
        ),
        (
            "[window]\nstart = 2024-02-01",
            "case.toml: line 1, column window.end: missing; start stands without it: declare both, or neither",
        ),
        (
            "[period]\nstart_basis = \"x\"\nend_basis = \"y\"",
            "case.toml: line 1, column period.start: missing; declare start and end, or leave the section out",
        ),
        (
            "[window]\nstart = 07:30:00\nend = 2024-01-01",
            "case.toml: line 2, column window.start: 07:30:00 is not a point in time (write it in UTC: 2023-11-24T09:14:03Z)",
        ),
        (
            "[[source]]\ncollector = \"x\"",
            "case.toml: line 1, column source.path: missing; name the file or folder the declaration is about",
        ),
        (
            "[[source]]\npath = \"x\"\nfilter = \"user\"",
            "case.toml: line 3, column source.filter: there is no filter \"user\"; did you mean \"users\"?",
        ),
        (
            "[[source]]\npath = \"x\"\nscope = \"some\"",
            "case.toml: line 3, column source.scope: \"some\" names no mailbox; expected \"all\" or mailboxes: an address like ada@contoso.example, or a mailbox GUID",
        ),
        (
            "[[source]]\npath = \"x\"\nretention_days = -1",
            "case.toml: line 3, column source.retention_days: -1 is not a whole number, not negative",
        ),
        (
            "[policy]\njoin_floor = 95",
            "case.toml: line 2, column policy.join_floor: 95 is not between 0 and 1; it is a share: 0.95 means 95 %",
        ),
        (
            "[inputs]\nlistings = [5]",
            "case.toml: line 2, column inputs.listings: 5 is not a path in quotes, or a table { path = … }",
        ),
        ("[inputs]\nrostr = \"x\"", "case.toml: line 2, column inputs.rostr: unknown key; did you mean \"roster\"?"),
    ] {
        assert_eq!(complaints(read_case("case.toml", text.as_bytes())), expected);
    }
    assert!(
        complaints(read_case("case.toml", &b"[case\n"[..])).starts_with("case.toml: line 1: not well-formed TOML: ")
    );
    assert_eq!(
        complaints(read_case("case.toml", &b"\n\xff"[..])),
        "case.toml: line 2: not UTF-8; save the file as UTF-8"
    );
}

#[test]
fn every_complaint_of_a_file_is_made_at_once() {
    let text = "[case]\nzone = \"Nowhere\"\nx = 1\n[policy]\ny = 2";
    assert_eq!(complaints(read_case("case.toml", text.as_bytes())).lines().count(), 3);
}

#[test]
fn an_attribution_file_gives_entries_in_file_order() {
    let text = r#"
[[accepted]]
actor = "ada@contoso.example"
device = "d1"
fact = "her own laptop"
[[suspect]]
id = "test-app"
app = ["A1", "A2"]
address = ["192.0.2.0/24", "2001:db8::1"]
client = "*python*"
token_session = "s"
mailbox = "ada@contoso.example"
start = 2023-11-24
end = 2024-01-13
fact = "application of the test tenant"
note = "n"
by = "R. Example"
date = 2024-02-01
"#;
    let entries = read_attribution("attribution.toml", text.as_bytes()).unwrap().value;
    assert_eq!(
        entries.iter().map(|e| (&*e.id, e.marking)).collect::<Vec<_>>(),
        [("accepted-1", Marking::Accepted), ("test-app", Marking::Suspect)]
    );
    let matcher = &entries[1].matcher;
    assert_eq!(matcher.addresses.len() + matcher.apps.len() + matcher.clients.len() + matcher.mailboxes.len(), 6);
    assert_eq!(matcher.end, Some(at("2024-01-13")));
    assert_eq!(entries[1].place.to_string(), "attribution.toml: line 6");
    assert!(read_attribution("a.toml", &b"# nothing marked yet\n"[..]).unwrap().value.is_empty());
}

#[test]
fn a_wrong_attribution_entry_is_refused() {
    let fields = "name at least one of address, app, app_id, client_app_id, client, client_family, token_session, unique_token_id, actor, user_type, logon_type, device, mailbox, context, start, end";
    for (text, expected) in [
        ("[[suspect]]\nfact = \"f\"", format!("a.toml: line 1, column suspect.suspect: the entry has no field; {fields}")),
        ("[[suspect]]\napp = \"x\"", "a.toml: line 1, column suspect.fact: missing; state the fact the entry rests on; it is printed in every profile".into()),
        ("[[suspect]]\nfact = \"f\"\naddress = \"10.0.0.1:443\"", "a.toml: line 3, column suspect.address: \"10.0.0.1:443\" is no address; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, without a port".into()),
        ("[[suspect]]\nfact = \"f\"\nadress = \"10.0.0.1\"", format!("a.toml: line 1, column suspect.suspect: the entry has no field; {fields}\na.toml: line 3, column suspect.adress: unknown key; did you mean \"address\"?")),
        ("[[suspect]]\nfact = \"f\"\napp = \"x\"\nstart = 2024-01-02\nend = 2024-01-01", "a.toml: line 5, column suspect.end: it ends (2024-01-01T00:00:00Z) before it starts (2024-01-02T00:00:00Z); end is the first instant no longer meant".into()),
        ("[[suspects]]\nfact = \"f\"", "a.toml: line 1, column suspects: unknown key; did you mean \"suspect\"?".into()),
        ("[[suspect]]\nid=\"1\"\napp=\"x\"\nfact=\"f\"\n[[accepted]]\nid=\"1\"\napp=\"y\"\nfact=\"f\"", "a.toml: line 5, column id: \"1\" is the id of a.toml: line 1, too; ids name entries in the sensitivity table: give each its own".into()),
        ("[[suspect]]\napp = []\nfact=\"f\"", "a.toml: line 2, column suspect.app: an empty list; leave the key out, or name a value".into()),
    ] {
        assert_eq!(complaints(read_attribution("a.toml", text.as_bytes())), expected, "{text}");
    }
}

#[test]
fn nothing_but_a_front_end_address_marks_nothing() {
    for marking in ["suspect", "accepted"] {
        for address in ["20.190.160.12", "40.126.32.0/24", "2603:10a6:1::5", "0.0.0.0/0"] {
            let text = format!("[[{marking}]]\naddress = \"{address}\"\nactor = \"ada@contoso.example\"\nfact = \"f\"");
            let said = complaints(read_attribution("a.toml", text.as_bytes()));
            assert!(said.contains("Microsoft front-end network") && said.contains("add the application"), "{said}");
            let narrowed = format!("{text}\napp = \"x\"");
            assert!(read_attribution("a.toml", narrowed.as_bytes()).is_ok(), "{narrowed}");
        }
    }
    assert!(read_attribution("a.toml", &b"[[suspect]]\naddress = \"192.0.2.1\"\nfact = \"f\""[..]).is_ok());
}

#[test]
fn an_entry_that_takes_in_a_whole_owner_is_warned_about() {
    let loaded = read_attribution("a.toml", &b"[[suspect]]\nactor = \"ada@x.example\"\nfact = \"f\""[..]).unwrap();
    assert_eq!(
        loaded.warnings[0].to_string(),
        "a.toml: line 1: suspect-1 takes in everything recorded under a name, the owner's own accesses too: add what tells them apart"
    );
}

#[test]
fn rules_are_set_by_name_and_kind() {
    let rules =
        read_rules("r.toml", &b"idle_gap_minutes = 60\njoin_floor = 1\nsuspicious_row_counts = [5]"[..]).unwrap();
    assert_eq!(
        rules.value,
        Rules { idle_gap_minutes: 60, join_floor: 1.0, suspicious_row_counts: vec![5], ..Rules::default() }
    );
    for (text, expected) in [
        ("idle_gap = 5", "r.toml: line 1, column idle_gap: unknown key; known here: "),
        ("settle_hour = 5", "r.toml: line 1, column settle_hour: unknown key; did you mean \"settle_hours\"?"),
        ("settle_hours = 5.5", "r.toml: line 1, column settle_hours: 5.5 is not a whole number, not negative"),
        ("suspicious_row_counts = 5", "r.toml: line 1, column suspicious_row_counts: 5 is not a list of whole numbers"),
    ] {
        let said = complaints(read_rules("r.toml", text.as_bytes()));
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn a_roster_is_read_from_an_exchange_export() {
    let text = "UserPrincipalName,ExchangeGuid,DisplayName,Department,RecipientTypeDetails,EmailAddresses,zone\n\
                Ada@Contoso.example,0AAAAAAA-0000-4000-8000-000000000001,Ada,Legal,UserMailbox,\"SMTP:Ada@contoso.example;smtp:ada.l@contoso.example;SIP:x\",Europe/Berlin\n\
                room@contoso.example,,Room 1,,RoomMailbox,,\n";
    let loaded = read_roster("roster.csv", text.as_bytes()).unwrap();
    let ada = &loaded.value[0];
    assert_eq!(ada.upn, Some(name("ada@contoso.example")));
    assert_eq!(ada.aliases, ["ada.l@contoso.example", "ada@contoso.example"]);
    assert_eq!((&ada.kind, ada.zone.as_deref()), (&MailboxKind::User, Some("Europe/Berlin")));
    assert!(!loaded.value[1].kind.recorded_by_default());
    assert_eq!(loaded.receipt.entries, 2);
}

#[test]
fn a_wrong_roster_is_refused() {
    for (text, expected) in [
        (
            "upn,zone\nada@x.example,Europe/Belin\n",
            "roster.csv: row 1, column zone: there is no time zone \"Europe/Belin\"; did you mean \"Europe/Berlin\"?",
        ),
        (
            "upn,department\nada@x.example,A\n,B\n",
            "roster.csv: row 2, column upn: the row names no mailbox; fill UserPrincipalName or ExchangeGuid",
        ),
        (
            "UserPrincipalName\nAda Lovelace\n",
            "roster.csv: row 1, column UserPrincipalName: \"Ada Lovelace\" names no mailbox; write an address like ada@contoso.example, or a mailbox GUID",
        ),
        (
            "upn\nada@x.example\nADA@x.example\n",
            "roster.csv: row 2, column upn: the mailbox of row 1 again; leave one of them",
        ),
    ] {
        assert_eq!(complaints(read_roster("roster.csv", text.as_bytes())), expected);
    }
}

#[test]
fn a_known_gap_has_a_span_a_scope_and_a_source() {
    let text = "scope,start,end,source\nall,2023-12-01,2023-12-02,MO123\n\"a@x.example; b@x.example\",2023-12-01,2023-12-02,MO124\n";
    let gaps = read_known_gaps("known-gaps.csv", text.as_bytes()).unwrap().value;
    assert_eq!(gaps[0].scope, GapScope::All);
    assert_eq!(gaps[1].scope, GapScope::Mailboxes(vec![name("a@x.example"), name("b@x.example")]));
    for (row, expected) in [
        (
            "all,2023-12-02,2023-12-01,MO",
            "column end: it ends (2023-12-01T00:00:00Z) before it starts (2023-12-02T00:00:00Z); end is the first instant after the span",
        ),
        (
            "all,1/2/2023,2023-12-01,MO",
            "column start: \"1/2/2023\" is no time; write it in UTC as 2023-11-24T09:14:03Z",
        ),
        ("all,,2023-12-01,MO", "column start: empty"),
        ("Ada,2023-12-01,2023-12-02,MO", "column scope: \"Ada\" names no mailbox; write all, or mailboxes parted by ;"),
        (",2023-12-01,2023-12-02,MO", "column scope: empty"),
        ("all,2023-12-01,2023-12-02,", "column source: empty"),
    ] {
        let text = format!("scope,start,end,source\n{row}\n");
        assert_eq!(complaints(read_known_gaps("g.csv", text.as_bytes())), format!("g.csv: row 1, {expected}"));
    }
}

#[test]
fn privilege_apps_and_devices_are_checked_by_row() {
    let privilege = |row: &str| read_privilege("p.csv", format!("kind,value,matter\n{row}\n").as_bytes());
    assert_eq!(privilege("domain,law.example,M1").unwrap().value[0].matter.as_deref(), Some("M1"));
    assert_eq!(
        complaints(privilege("domain,a@law.example,")),
        "p.csv: row 1, column value: \"a@law.example\" is no domain; an address holds an @, a domain a dot and no @"
    );
    assert_eq!(
        complaints(privilege("subjct,x,")),
        "p.csv: row 1, column kind: there is no kind \"subjct\"; did you mean \"subject\"?"
    );

    let apps = read_apps(
        "apps.csv",
        &b"AppId,AppDisplayName,AppOwnerOrganizationId,Source\nB,Two,o,Graph\nA,One,o,Graph\nb,Other,o,Learn\n"[..],
    )
    .unwrap();
    assert_eq!(
        apps.value.iter().map(|app| (&*app.app_id, &*app.name)).collect::<Vec<_>>(),
        [("a", "One"), ("b", "Two")]
    );
    assert_eq!(apps.warnings[0].to_string(), "apps.csv: row 3: b is \"Two\" already; \"Other\" is not used");

    let devices = |row: &str| read_devices("d.csv", format!("DeviceId,network,user\n{row}\n").as_bytes());
    assert_eq!(devices("d1,192.0.2.0/24,Ada@x.example").unwrap().value[0].user.as_deref(), Some("ada@x.example"));
    assert_eq!(
        complaints(devices(",,ada@x.example")),
        "d.csv: row 1, column DeviceId: the row names neither a device nor a network; fill DeviceId or network"
    );
    assert!(complaints(devices(",40.126.32.1,")).contains("front-end"));
}

#[test]
fn sign_ins_of_the_portal_and_of_sentinel_are_read() {
    let portal = "Date (UTC),Request ID,Username,Application,Application ID,IP address,Status,Device ID,Compliant,Managed,Session ID,Unique token identifier\n\
                  2024-01-05T09:14:03Z,r,Ada@contoso.example,Outlook,AAA,192.0.2.1,Success,d1,Yes,,S-1,Tok\n";
    let one = &read_signins("i.csv", portal.as_bytes()).unwrap().value[0];
    assert_eq!(
        (one.kind, one.result, one.device_trust),
        (SignInKind::NotStated, SignInResult::Success, DeviceTrust::Trusted)
    );
    assert_eq!((one.session_id.as_deref(), one.unique_token_id.as_deref()), (Some("S-1"), Some("Tok")));
    let sentinel = "TimeGenerated [UTC],Type,ServicePrincipalId,AppId,IPAddress,ResultType,UniqueTokenIdentifier,DeviceDetail\n\
                    \"1/5/2024, 9:14:03.000 AM\",AADServicePrincipalSignInLogs,SP,A,192.0.2.1,50126,t,\"{\"\"deviceId\"\":\"\"\"\",\"\"isCompliant\"\":false}\"\n";
    let one = &read_signins("s.csv", sentinel.as_bytes()).unwrap().value[0];
    assert_eq!(
        (one.kind, one.result, one.device_trust),
        (SignInKind::ServicePrincipal, SignInResult::Failure, DeviceTrust::Untrusted)
    );
    assert_eq!((one.principal.as_deref(), one.device_id.as_deref()), (Some("sp"), None));
    assert_eq!(one.created, at("2024-01-05T09:14:03Z"));
    assert_eq!(
        complaints(read_signins("s.csv", &b"Date,SessionId\nyesterday,s\n"[..])),
        "s.csv: row 1, column Date: \"yesterday\" is no time; write it in UTC as 2023-11-24T09:14:03Z"
    );
    let blind = read_signins("s.csv", &b"Date,User\n2024-01-05,a\n"[..]).unwrap();
    assert!(blind.warnings[0].to_string().starts_with("s.csv: neither a session id nor a unique token identifier"));
}

#[test]
fn listings_are_told_apart_by_their_columns() {
    for (header, row, kind, format) in [
        (
            "mailbox,internet_message_id,folder,received",
            "ada@x.example,<a@x>,Inbox,2024-01-05",
            ListingKind::Held,
            "plain CSV",
        ),
        (
            "Custodian,Internet message ID,Original path,Date received",
            "ada@x.example,<a@x>,/Inbox,2024-01-05",
            ListingKind::Held,
            "Purview item report",
        ),
        (
            "Location Name,InternetMessageId,Original Path,Received or Created",
            "ada@x.example,<a@x>,Inbox,2024-01-05",
            ListingKind::Held,
            "content search report",
        ),
        (
            "Received,SenderAddress,RecipientAddress,Subject,MessageId",
            "2024-01-05,b@y.example,ada@x.example,S,<a@x>",
            ListingKind::Delivered,
            "message trace",
        ),
        (
            "Timestamp,NetworkMessageId,InternetMessageId,SenderFromAddress,RecipientEmailAddress,Subject",
            "2024-01-05T00:00:00Z,n,<a@x>,b@y.example,ada@x.example,S",
            ListingKind::Delivered,
            "Defender EmailEvents",
        ),
    ] {
        let text = format!("{header}\n{row}\n");
        let loaded = read_listing("l.csv", text.as_bytes(), Some(at("2024-02-01")), None).unwrap();
        assert_eq!((loaded.value.kind, loaded.value.format), (kind, format));
        let first = loaded.value.rows().next().unwrap();
        assert_eq!(
            (first.mailbox, first.internet_message_id, first.received),
            ("ada@x.example", "<a@x>", Some(at("2024-01-05")))
        );
    }
}

#[test]
fn what_a_listing_cannot_say_is_counted_and_never_made_up() {
    let text = "mailbox,MessageId,Folder,received,size\n\
                a@x.example,<1@x>,Inbox,1/2/2024,5 KB\n\
                a@x.example,,Inbox,2024-01-05,7\n\
                a@x.example,<2@x>,Inbox,3/2/2024,7\n";
    let loaded = read_listing("l.csv", text.as_bytes(), Some(at("2024-02-01")), None).unwrap();
    let rows: Vec<_> = loaded.value.rows().map(|row| (row.internet_message_id, row.received, row.size_bytes)).collect();
    assert_eq!(rows, [("<1@x>", None, None), ("<2@x>", None, Some(7))]);
    assert_eq!(loaded.value.without_id().collect::<Vec<_>>(), [("a@x.example", Some("Inbox"), 1)]);
    assert_eq!(loaded.value.place(1).to_string(), "l.csv: row 3");
    let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 3);
    assert!(
        warnings[0].starts_with("l.csv: 2 rows, the first is row 1 (\"1/2/2024\"): received cannot be read"),
        "{warnings:?}"
    );
}

#[test]
fn a_listing_says_whose_it_is_or_is_refused() {
    let text = &b"InternetMessageId\n<a@x>\n"[..];
    assert!(
        complaints(read_listing("l.csv", text, None, None))
            .starts_with("l.csv: the file does not say whose mailbox it lists; name it in the case file")
    );
    let loaded = read_listing("l.csv", text, None, Some(&name("ada@x.example"))).unwrap();
    assert_eq!(loaded.value.mailboxes(), ["ada@x.example"]);
    assert!(loaded.warnings[0].to_string().contains("no as_of"));
    let named = &b"mailbox,InternetMessageId\nLovelace, Ada,<a@x>\n"[..];
    assert!(complaints(read_listing("l.csv", named, None, None)).contains("row 1: 3 cells under 2 columns"));
}

#[test]
fn controls_are_told_apart_by_their_columns() {
    let read = |text: &str| read_controls("c.csv", text.as_bytes(), None).unwrap().value.remove(0).statement;
    let guid = "0aaaaaaa-0000-4000-8000-000000000001";
    assert_eq!(
        read(&format!("Identity,FolderPath,FolderId,ItemsInFolder\n{guid}\\Inbox,/Inbox,LgAA,12\n")),
        ControlStatement::FolderStatistics {
            mailbox: name(guid),
            folder: "Inbox".into(),
            folder_id: Some("LgAA".into()),
            items: 12
        }
    );
    let ControlStatement::AuditSettings { owner, delegate, admin, enabled, .. } = read(
        "UserPrincipalName,AuditEnabled,AuditOwner,AuditDelegate\na@x.example,True,\"Update;MailItemsAccessed\",\"{Update, Move}\"\n",
    ) else {
        panic!("not audit settings")
    };
    assert!(owner.unwrap().has("mailitemsaccessed") && !delegate.unwrap().has("MailItemsAccessed"));
    assert_eq!((admin, enabled), (None, Some(true)));
    assert_eq!(
        read("Identity,AuditBypassEnabled\nSvc@x.example,True\n"),
        ControlStatement::Bypass { actor: "svc@x.example".into(), span: None }
    );
    assert_eq!(
        read("AuditDisabled\nTrue\n"),
        ControlStatement::OrganizationAudit { recording: Recording::Off, span: None }
    );
    assert_eq!(
        read("principal,right,mailbox\nAPP-1,full_access_as_app,all\n"),
        ControlStatement::Permission {
            principal: "app-1".into(),
            mailbox: None,
            right: "full_access_as_app".into(),
            span: None
        }
    );
    assert_eq!(
        read("RecordId,CreationTime\nAB,2024-01-05\n"),
        ControlStatement::AuditRecord { record_id: "ab".into(), created: Some(at("2024-01-05")), mailbox: None }
    );
    assert_eq!(
        read("control,mailbox,licence,recording,start,end\nlicence,a@x.example,E3,off,2023-01-01,2024-01-01\n"),
        ControlStatement::Licence {
            mailbox: name("a@x.example"),
            licence: "E3".into(),
            recording: Recording::Off,
            span: Some(Interval { start: at("2023-01-01"), end: at("2024-01-01") })
        }
    );
}

#[test]
fn a_wrong_control_is_refused() {
    for (text, expected) in [
        (
            "x,y\n1,2\n",
            "c.csv: no known control has these columns; add a column control; docs/INPUTS.md lists the controls and their columns",
        ),
        (
            "control,mailbox\nbypas,a@x.example\n",
            "c.csv: row 1, column control: there is no control \"bypas\"; did you mean \"bypass\"?",
        ),
        ("mailbox,folder,items\na@x.example,Inbox,many\n", "c.csv: row 1, column items: \"many\" is no whole number"),
        (
            "Identity,ItemsInFolder\nada\\Inbox,5\n",
            "c.csv: row 1, column Identity: \"ada\\Inbox\" names no mailbox; add a column with the address or the GUID of the mailbox",
        ),
        (
            "mailbox,AuditOwner\na@x.example,System.String[]\n",
            "c.csv: row 1, column AuditOwner: \"System.String[]\" is the name of a type, not a list; join the list before Export-Csv: @{n='AuditOwner';e={$_.AuditOwner -join ';'}}",
        ),
        (
            "control,mailbox,licence,recording\nlicence,a@x.example,E3,maybe\n",
            "c.csv: row 1, column recording: \"maybe\" is neither on nor off",
        ),
    ] {
        assert_eq!(complaints(read_controls("c.csv", text.as_bytes(), None)), expected);
    }
}

#[test]
fn all_inputs_of_a_case_are_loaded_and_hashed_in_order() {
    let file =
        read_case("case.toml", &b"[inputs]\nroster = \"r.csv\"\nrules = \"r.toml\"\nattribution = \"a.toml\""[..])
            .unwrap()
            .value;
    let open = |path: &str| match path {
        "r.csv" => Ok(&b"upn\na@x.example\n"[..]),
        "r.toml" => Ok(&b"settle_hours = 12"[..]),
        "a.toml" => Ok(&b""[..]),
        _ => Err(std::io::Error::other("no such file")),
    };
    let case = load_inputs(file.case, &file.inputs, open).unwrap();
    assert_eq!(case.receipts.iter().map(|r| &*r.name).collect::<Vec<_>>(), ["r.toml", "a.toml", "r.csv"]);
    assert!(case.attribution_given && case.rules.settle_hours == 12);
    assert_eq!(case.receipts[1].sha256.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn a_file_that_is_not_there_is_named_where_the_case_names_it() {
    let file = read_case("case.toml", &b"[inputs]\nroster = \"r.csv\""[..]).unwrap().value;
    let open = |_: &str| -> std::io::Result<&[u8]> { Err(std::io::Error::other("no such file")) };
    assert_eq!(
        load_inputs(file.case, &file.inputs, open).unwrap_err().to_string(),
        "case.toml: line 2: r.csv cannot be opened: no such file; paths are relative to the case file"
    );
}

fn known() -> Vec<KnownMailbox> {
    ["ada@contoso.example", "bob@contoso.example"]
        .into_iter()
        .enumerate()
        .map(|(at, upn)| KnownMailbox {
            key: MailboxKey::of(Some("org"), Some(&format!("0aaaaaaa-0000-4000-8000-00000000000{at}")), None).unwrap(),
            upn: Some(upn.to_owned()),
        })
        .collect()
}

fn with_roster(text: &str) -> CaseInputs {
    CaseInputs { roster: read_roster("roster.csv", text.as_bytes()).unwrap().value, ..CaseInputs::default() }
}

#[test]
fn a_roster_with_an_unknown_mailbox_is_refused_where_a_slip_or_another_tenant_explains_it() {
    for (text, expected) in [
        (
            "upn\naad@contoso.example\nbob@contoso.example\n",
            "roster.csv: row 1, column upn: no record names the mailbox aad@contoso.example; did you mean \"ada@contoso.example\"?",
        ),
        (
            "upn\nada@contoso.example\neve@fabrikam.example\n",
            "roster.csv: row 2, column upn: no record names the mailbox eve@fabrikam.example; the records know contoso.example",
        ),
    ] {
        assert_eq!(cross_check(&with_roster(text), &known()).unwrap_err().to_string(), expected);
    }
    let quiet = with_roster("upn\nada@contoso.example\nbob@contoso.example\nsomebody.else@contoso.example\n");
    let warnings = cross_check(&quiet, &known()).unwrap();
    assert_eq!(
        warnings[0].to_string(),
        "roster.csv: row 3: 1 mailboxes from here on have no record: they are in scope, and their recording is not shown"
    );
}

#[test]
fn a_listing_from_another_tenant_is_refused() {
    let listing = |text: &str| read_listing("l.csv", text.as_bytes(), Some(at("2024-02-01")), None).unwrap().value;
    let foreign = CaseInputs {
        listings: vec![listing("mailbox,MessageId\neve@fabrikam.example,<1@x>\n")],
        ..CaseInputs::default()
    };
    assert_eq!(
        cross_check(&foreign, &known()).unwrap_err().to_string(),
        "l.csv: none of its 1 mailboxes is in the records or the roster; is it of another tenant? its first is eve@fabrikam.example"
    );
    let partly = CaseInputs {
        listings: vec![listing("mailbox,MessageId\nada@contoso.example,<1@x>\neve@contoso.example,<2@x>\n")],
        ..CaseInputs::default()
    };
    assert!(cross_check(&partly, &known()).unwrap()[0].to_string().contains("1 of its 2 mailboxes are in neither"));
}

#[test]
fn a_mailbox_nobody_knows_is_refused_in_gaps_and_attribution() {
    let gaps =
        read_known_gaps("g.csv", &b"scope,start,end,source\nadda@contoso.example,2023-12-01,2023-12-02,MO\n"[..])
            .unwrap()
            .value;
    let attribution =
        read_attribution("a.toml", &b"[[suspect]]\nmailbox = \"zoe@contoso.example\"\napp = \"x\"\nfact = \"f\""[..])
            .unwrap()
            .value;
    let case = CaseInputs { known_gaps: gaps, attribution, ..CaseInputs::default() };
    assert_eq!(
        cross_check(&case, &known()).unwrap_err().to_string(),
        "g.csv: row 1, column scope: the mailbox adda@contoso.example is in neither records nor roster; did you mean \"ada@contoso.example\"?\n\
         a.toml: line 1, column mailbox: the mailbox zoe@contoso.example is in neither records nor roster; add it to the roster if it is meant"
    );
}

/// The first words of every reader about the same bytes; `None` where it takes them.
fn every_reader(bytes: &[u8]) -> [Option<InputErrors>; 11] {
    [
        read_case("f", bytes).map(drop).err(),
        read_attribution("f", bytes).map(drop).err(),
        read_rules("f", bytes).map(drop).err(),
        read_roster("f", bytes).map(drop).err(),
        read_listing("f", bytes, None, None).map(drop).err(),
        read_controls("f", bytes, None).map(drop).err(),
        read_signins("f", bytes).map(drop).err(),
        read_devices("f", bytes).map(drop).err(),
        read_known_gaps("f", bytes).map(drop).err(),
        read_privilege("f", bytes).map(drop).err(),
        read_apps("f", bytes).map(drop).err(),
    ]
}

#[test]
fn a_reader_that_refuses_says_why() {
    let texts: [&[u8]; 9] = [
        b"",
        b"\xff\xfe",
        b"\xff\xfea",
        b"\xef\xbb\xbf",
        b"\"",
        b"a,b\n\"",
        b"\0",
        b"[[suspect]]",
        b"a\x00b,c\n\xf0\x9f",
    ];
    for text in texts {
        assert!(every_reader(text).iter().flatten().all(|error| !error.errors.is_empty()));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..120)) {
        proptest::prop_assert!(every_reader(&bytes).iter().flatten().all(|error| !error.to_string().is_empty()));
    }

    #[test]
    fn no_text_made_of_an_inputs_own_words_makes_a_reader_panic(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "[[suspect]]", "[case]", "[inputs]", "[[source]]", "fact", "address", "=", "\"x\"", "\n", ",", ";", "upn", "mailbox",
            "MessageId", "received", "zone", "start", "end", "2024-01-05", "[", "]", "{", "}", "\"", "as_of", "a@x.example", "1e400",
        ]), 0..40),
    ) {
        proptest::prop_assert!(every_reader(words.concat().as_bytes()).iter().flatten().all(|error| !error.errors.is_empty()));
    }
}

const DOCS: &str = include_str!("../../../../docs/INPUTS.md");

#[test]
fn the_examples_in_the_documentation_are_read() {
    let examples: Vec<&str> = DOCS.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [case, attribution] = examples[..] else { panic!("{} examples", examples.len()) };
    let case = read_case("case.toml", case.as_bytes()).unwrap();
    assert_eq!((case.warnings, case.value.inputs.listings.len()), (vec![], 2));
    assert_eq!(read_attribution("attribution.toml", attribution.as_bytes()).unwrap().value.len(), 2);
}

#[test]
fn every_column_stands_in_the_documentation() {
    let tables = [
        roster::COLUMNS,
        known_gap::COLUMNS,
        privilege::COLUMNS,
        apps::COLUMNS,
        device::COLUMNS,
        signin::COLUMNS,
        listing::COLUMNS,
        control::COLUMNS,
    ];
    for column in tables.into_iter().flatten() {
        let named = DOCS.contains(&format!("`{}`", column.name));
        assert!(named || column.spellings.iter().any(|spelling| DOCS.contains(spelling)), "{}", column.name);
    }
}

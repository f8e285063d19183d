//! Owns the seeds of the record targets and their replay on stable Rust.

use std::path::{Path, PathBuf};

use mailtrail_ingest::fuzzing;

use crate::written::{lossless, records};

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join(target)
}

#[test]
fn every_seed_of_the_records_passes_its_target() {
    let mut replayed = 0;
    for (target, check) in fuzzing::RECORDS {
        let mut own = 0;
        for kind in ["corpus", "regressions"] {
            let Ok(entries) = std::fs::read_dir(folder(kind, target)) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let outcome = std::panic::catch_unwind(|| check(&bytes));
                assert!(outcome.is_ok(), "{} fails {target}", path.display());
                own += 1;
            }
        }
        assert!(own >= 20, "{target} has {own} seeds");
        replayed += own;
    }
    assert!(replayed >= 180, "{replayed} seeds");
}

/// Texts that once meant something, a line each.
const INSTANTS: &str = "2021-05-18T21:13:33\n2021-05-18T21:13:33Z\n2021-05-18T21:13:33.0000000Z \n2021-05-18 21:13:33,5\n\
2021-05-18T23:13:33+02:00\n2021-05-18T16:13-0500\n5/18/2021 9:13:33 PM\n5/18/2021, 9:13:33.000 PM\n05/18/2021 21:13:33\n18/05/2021 21:13\n\
18/05/2021 9:13:33 p. m.\n18.05.2021 21:13:33\n18-05-21 21:13:33\n4/05/2021 8:20:42 PM\n/Date(1621372413000)/\n\\/Date(-1000+0200)\\/\n1621372413\n\
1621372413.123456\n1621372413000\n1621372413000000\nAug 17 03:31:56\n0001-01-01T00:00:00\n9999-12-31T23:59:59.9999999Z\n2016-12-31T23:59:60Z\n";
const ADDRESSES: &str = "10.11.12.13\n10.11.12.13:12345\n[10.11.12.13]:12345\n::ffff:10.11.12.13\n[::ffff:10.11.12.13]:12345\n2001:db8::abcd\n\
[2001:db8::abcd]:12345\nFE80::\nfe80::1%eth0\n::1\nlocalhost\n[localhost]:12345\nhost.example.com:443\nNOTANIPV4 (10.9000.0.1)\n\
[CORRECTIPV4 (10.90.0.1)]\n<null>\n-\n::ffff:10.0.0.1:443\n1.2.3\n[::1\nxn--a.example.\n(1.2.3.4)\n";
const CLIENTS: &str = "Client=MSExchangeRPC\nClient=OWA;Action=ViaProxy\nClient=REST;;\nClient=REST;Client=RESTSystem;;\n\
Client=WebServices;ua[AppId=47629505-c2b6-4a80-adb1-9b3a3d233b7b];\nClient=WebServices;[AppId=];[AppId=x]\n[AppId=\n[AppId=a]b]\nClient=ActiveSync;UserAgent=x;\n\
Client=POP3/IMAP4;Protocol=IMAP4\nClient=OutlookService;Outlook-iOS/1;\nClient=OneOutlook\nClient=Hub Transport\nClient=EBA;Service=x;Action=y\nOUTLOOK.EXE/16\n\
Client=\u{202e};[AppId=\u{202e}]\nClient=TBA;\nClient=ELC-B2\nClient=OWA;+Preload+Preload\n]\n[AppId=[AppId=x]]\n";
const XML: &str = "<Event/>\n<Event Operation=\"MailItemsAccessed\" MailboxGuid=\"g\" LastAccessed=\"2023-12-04T18:01:30Z\"/>\n<Event Operation='a'><FolderId>x</FolderId></Event>\n\
<Event><A>&amp;&#65;&x;</A></Event>\n<Event\n<Event>\n</Event>\n<Event a=\"&lt;\" a=\"2\"/>\n<Event><![CDATA[x]]></Event>\n<Event><A><B>c</B></A></Event>\n<!-- x --><Event/>\n\
<Event Operation=\"MailItemsAccessed\" MailboxGuid=\"g\" LastAccessed=\"x\"><OperationProperties>MailAccessType:Sync</OperationProperties></Event>\n<x:Event x:Operation=\"y\"/>\n\
<?xml version=\"1.0\"?><Event/>\n<!DOCTYPE a [<!ENTITY b \"c\">]><Event a=\"&b;\"/>\n<Event Operation/>\n<Event Operation=x/>\n<Event></Other>\n<Event>\u{0}</Event>\n\
<Event Operation=\"SendAs\" LastAccessed=\"2023-12-04T18:01:30Z\"/>\n<Event LogonType=\"Delegate\" Operation=\"MailItemsAccessed\" MailboxOwnerUPN=\"a@b\" LastAccessed=\"2023-12-04T18:01:30Z\"/>\n";

fn lines(text: &str) -> Vec<Vec<u8>> {
    text.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// Rows of JSON: every record, whole, cut and misspelled.
fn rows() -> Vec<Vec<u8>> {
    let texts: Vec<String> = records().iter().map(ToString::to_string).collect();
    let mut out: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
    let bind = &texts[0];
    out.extend([200, 900, bind.len() - 3].map(|at| bind.as_bytes()[..at].to_vec()));
    for (from, to) in [
        ("\"Operation\"", "\"Oper\\u0061tion\""),
        ("\"RecordType\":50", "\"RecordType\":\"50.0\""),
        ("\"LogonType\":0", "\"LogonType\":1e400"),
        ("\"LogonType\":0", "\"LogonType\":123456789012345678901234567890,\"LogonType\":2"),
        ("\"Value\":\"Bind\"", "\"Value\":\"\\ud800\""),
        ("\\\\Inbox", "\\Inbox"),
        ("[{\"Name\"", "{\"Name\""),
        ("\"ExternalAccess\":false", "\"ExternalAccess\":[[[[{}]]]]"),
        ("\"FolderItems\":[", "\"FolderItems\":[null,\"@{Id=x; Subject=;y=z}\",\"<a@b>\","),
        ("\"CreationTime\":\"2023", "\"CreationTime\":\"05/06/2023"),
    ] {
        out.push(bind.replacen(from, to, 1).into_bytes());
    }
    out.push(br#"{"AuditData":"{\"Operation\":\"MailItemsAccessed\"}","Operations":"Create"}"#.to_vec());
    out.push(br#"{"CreationTime":"x","Operation":"Create","Detail":"\"Operation\":\"MailItemsAccessed\""}"#.to_vec());
    out.push(br#"{"RawEventData":null,"ActionType":"LdapSearch"}"#.to_vec());
    out.push(format!("{}{}", "{\"properties\":".repeat(40), "1").into_bytes());
    out
}

#[test]
#[ignore = "writes the seed corpus anew; run it after adding a shape"]
fn write_the_record_seeds() {
    let csv = lossless().into_iter().filter(|(name, _, _)| name.ends_with("csv")).map(|(_, _, bytes)| bytes);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let inputs = std::fs::read_dir(data).unwrap().flat_map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap());
    let mut inputs: Vec<PathBuf> = inputs.map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    let golden = |kind: &str| -> Vec<Vec<u8>> {
        let of_kind = inputs.iter().filter(|path| path.extension().is_some_and(|extension| extension == kind));
        of_kind.map(|path| std::fs::read(path).unwrap()).collect()
    };
    let headers =
        ["AuditData", "RecordId,AuditData", "Operation,CreationTime,RecordType,Folders", "_raw,_time", "a,b", ""];
    let csv: Vec<Vec<u8>> = csv
        .chain(golden("csv"))
        .filter(|bytes| bytes.len() < 20_000)
        .chain(headers.map(|text| text.as_bytes().to_vec()))
        .collect();
    let whole = lossless().into_iter().filter(|(name, _, _)| name.ends_with("json")).map(|(_, _, bytes)| bytes);
    let whole = whole.chain(golden("json")).collect();
    for (target, seeds) in [
        ("instants", lines(INSTANTS)),
        ("addresses", lines(ADDRESSES)),
        ("client_strings", lines(CLIENTS)),
        ("recognise", whole),
        ("json_rows", rows()),
        ("csv_rows", csv),
        ("xml_rows", lines(XML)),
        ("glance", rows()),
    ] {
        std::fs::create_dir_all(folder("corpus", target)).unwrap();
        for (number, bytes) in seeds.iter().enumerate() {
            std::fs::write(folder("corpus", target).join(format!("seed-{number:03}")), bytes).unwrap();
        }
    }
}

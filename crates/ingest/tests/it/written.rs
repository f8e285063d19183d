//! Owns one invented set of records, and how each container would write it.

use serde_json::{Value, json};

/// Five accesses of every shape the log is known to write, and two rows of other operations. All invented.
pub(crate) fn records() -> Vec<Value> {
    let base = |id: u32, time: &str, record_type: u32| {
        json!({
            "CreationTime": time,
            "Id": format!("5f1c2d30-7a41-4a01-2d55-{id:012x}"),
            "Operation": "MailItemsAccessed",
            "OrganizationId": "11111111-2222-4333-8444-555555555555",
            "RecordType": record_type,
            "ResultStatus": "Succeeded",
            "UserKey": "10032001AAAA1111",
            "UserType": 0,
            "Version": 1,
            "Workload": "Exchange",
            "UserId": "a.user@contoso.example",
            "ClientIPAddress": "198.51.100.14",
            "ClientInfoString": "Client=OWA;Mozilla/5.0 (X11; \"quoted\", comma);",
            "ExternalAccess": false,
            "InternalLogonType": 0,
            "LogonType": 0,
            "LogonUserSid": "S-1-5-21-1-2-3-1001",
            "MailboxGuid": "22222222-3333-4444-8555-666666666666",
            "MailboxOwnerSid": "S-1-5-21-1-2-3-1001",
            "MailboxOwnerUPN": "a.user@contoso.example",
            "OrganizationName": "contoso.example",
            "OriginatingServer": "SRV0001 (15.20.4129.031)\r\n",
        })
    };
    let with = |mut record: Value, more: Value| {
        let Value::Object(more) = more else { panic!("an object") };
        record.as_object_mut().unwrap().extend(more);
        record
    };
    let bind = with(
        base(1, "2023-12-04T18:00:30", 50),
        json!({
            "SessionId": "33333333-4444-4555-8666-777777777777",
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
            "Folders": [
                {"FolderItems": [
                    {"InternetMessageId": "<one@contoso.example>", "SizeInBytes": 1234},
                    {"InternetMessageId": "<two@contoso.example>", "SizeInBytes": 44329}
                ], "Id": "LgAAAABxxxxAAAAAAEMAAAB", "Path": "\\Inbox"},
                {"FolderItems": [{"InternetMessageId": "<three@contoso.example>"}], "Id": "LgAAAAByyyyAAAAAAEJAAAB",
                 "Path": "\\Éléments envoyés"}
            ],
            "OperationCount": 3
        }),
    );
    let modern = with(
        base(2, "2023-12-05T07:09:33", 50),
        json!({
            "AppAccessContext": {
                "AADSessionId": "44444444-5555-4666-8777-888888888888",
                "APIId": "00000003-0000-0000-c000-000000000000",
                "ClientAppId": "55555555-6666-4777-8888-999999999999",
                "IssuedAtTime": "2023-12-05T06:12:18",
                "UniqueTokenId": "AbCdEfGhIjKlMnOpQrStUv"
            },
            "AppId": "00000003-0000-0000-c000-000000000000",
            "ClientAppId": "55555555-6666-4777-8888-999999999999",
            "DeviceId": "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
            "TokenObjectId": "88888888-9999-4aaa-8bbb-cccccccccccc",
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}],
            "Folders": [{"FolderItems": [
                {"Id": "RgAAAAB1", "ImmutableId": "AAkALg1", "InternetMessageId": "<four@mail.contoso.example>", "SizeInBytes": 123456}
            ], "Id": "LgAAAABxxxxAAAAAAEMAAAB", "Path": "\\Inbox"}],
            "OperationCount": 1
        }),
    );
    let sync = with(
        base(3, "2023-12-06T08:00:00", 2),
        json!({
            "ClientIP": "198.51.100.14",
            "ClientInfoString": "Client=MSExchangeRPC",
            "ClientProcessName": "OUTLOOK.EXE",
            "ClientVersion": "16.0.13929.20206",
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "True"}],
            "Item": {"Id": "LgAAAABxxxxAAAAAAEMAAAB", "ParentFolder":
                {"Id": "LgAAAABxxxxAAAAAAEMAAAB", "Name": "Boîte de réception", "Path": "Not Available"}}
        }),
    );
    let delegate = with(
        base(4, "2023-12-07T09:00:00", 50),
        json!({
            "UserId": "delegate@contoso.example",
            "LogonType": 2,
            "ClientIPAddress": "[2001:db8::14]:443",
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
            "Folders": [{"FolderItems": [{"InternetMessageId": "<five@contoso.example>"}], "Id": "LgAAAABzzzz", "Path": "\\Inbox\\a;b"}],
            "OperationCount": 1
        }),
    );
    let attachment = with(
        base(5, "2023-12-07T09:05:00", 50),
        json!({
            "Operation": "AttachmentAccess",
            "OperationProperties": [{"Value": "Bind", "Name": "AttachmentAccessType"}],
            "Messages": [
                {"Path": "Messages", "MessageItems": [{"SizeInBytes": 2379, "Id": "RgAAAAB1x"}, {"SizeInBytes": 7356.0, "Id": "RgAAAAB1y"}],
                 "Id": "RgAAAAB1"},
                {"Path": "Messages", "MessageItems": [{"SizeInBytes": 87052, "Id": "RgAAAAB2x"}], "Id": "RgAAAAB2"}
            ],
            "OperationCount": 3
        }),
    );
    let consent = json!({
        "CreationTime": "2023-12-03T10:00:00", "Id": "5f1c2d30-7a41-4a01-2d55-00000000000a", "Operation": "Consent to application.",
        "OrganizationId": "11111111-2222-4333-8444-555555555555", "RecordType": 8, "ResultStatus": "Success", "UserKey": "k",
        "UserType": 0, "Version": 1, "Workload": "AzureActiveDirectory", "UserId": "a.user@contoso.example",
        "ObjectId": "55555555-6666-4777-8888-999999999999",
        "ModifiedProperties": [{"Name": "ConsentContext.IsAdminConsent", "NewValue": "True", "OldValue": ""}]
    });
    let other = json!({
        "CreationTime": "2023-12-03T11:00:00", "Id": "5f1c2d30-7a41-4a01-2d55-00000000000b", "Operation": "FileAccessed",
        "OrganizationId": "11111111-2222-4333-8444-555555555555", "RecordType": 6, "UserKey": "k", "UserType": 0, "Version": 1,
        "Workload": "SharePoint", "UserId": "a.user@contoso.example", "SourceFileName": "MailItemsAccessed \"Operation\".docx"
    });
    vec![bind, modern, sync, delegate, attachment, consent, other]
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn text(record: &Value, key: &str) -> String {
    record[key].as_str().map_or_else(|| record[key].to_string(), str::to_owned)
}

/// A CSV of one row a record.
fn csv(header: &str, records: &[Value], row: impl Fn(&Value) -> Vec<String>) -> String {
    let rows = records.iter().map(|record| row(record).iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
    std::iter::once(header.to_owned()).chain(rows).map(|line| line + "\r\n").collect()
}

fn record_type_name(record: &Value) -> &'static str {
    match record["RecordType"].as_u64() {
        Some(2) => "ExchangeItem",
        Some(50) => "ExchangeItemAggregated",
        Some(8) => "AzureActiveDirectory",
        _ => "SharePointFileOperation",
    }
}

fn us_time(record: &Value) -> String {
    let iso = text(record, "CreationTime");
    let part = |range: std::ops::Range<usize>| iso[range].parse::<u32>().unwrap();
    let hour = part(11..13);
    let (half, clock) = (if hour < 12 { "AM" } else { "PM" }, if hour % 12 == 0 { 12 } else { hour % 12 });
    format!("{}/{}/{} {clock}:{}:{} {half}", part(5..7), part(8..10), &iso[..4], &iso[14..16], &iso[17..19])
}

fn lines(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| value.to_string() + "\n").collect()
}

fn millis(record: &Value) -> String {
    let day = text(record, "CreationTime")[8..10].parse::<i64>().unwrap();
    let clock = text(record, "CreationTime");
    let part = |range: std::ops::Range<usize>| clock[range].parse::<i64>().unwrap();
    // 2023-12-01T00:00:00Z is 1701388800.
    let seconds = 1_701_388_800 + (day - 1) * 86_400 + part(11..13) * 3_600 + part(14..16) * 60 + part(17..19);
    format!("/Date({seconds}000)/")
}

fn search_ual_row(record: &Value, at: usize, all: usize) -> Vec<String> {
    vec![
        record_type_name(record).into(),
        us_time(record),
        text(record, "UserId"),
        text(record, "Operation"),
        record.to_string(),
        (at + 1).to_string(),
        all.to_string(),
        text(record, "Id"),
        "True".into(),
        "Unchanged".into(),
    ]
}

const SUAL: &str =
    "RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState";

/// The records as every lossless container writes them: container name as told, variant, bytes.
pub(crate) fn lossless() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let all = records();
    let records = all.as_slice();
    let indexed = std::cell::Cell::new(0);
    let sual = || {
        indexed.set(0);
        csv(SUAL, records, |record| {
            indexed.set(indexed.get() + 1);
            search_ual_row(record, indexed.get() - 1, records.len())
        })
    };
    let ndjson = lines(records.iter().cloned());
    let utf16 = |text: &str| {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    let wrapper = |record: &Value, body: Value| {
        json!({"RecordType": record_type_name(record), "CreationDate": millis(record), "UserIds": record["UserId"],
               "Operations": record["Operation"], "AuditData": body, "Identity": record["Id"], "IsValid": true})
    };
    let as_text = |record: &Value| Value::String(record.to_string());
    let graph = |record: &Value, body: Value| {
        json!({"id": record["Id"], "createdDateTime": text(record, "CreationTime") + "Z", "auditLogRecordType": record_type_name(record),
               "operation": record["Operation"], "userType": "Regular", "service": "Exchange", "auditData": body})
    };
    let defender = |record: &Value, body: Value| {
        json!({"Timestamp": text(record, "CreationTime") + "Z", "ActionType": record["Operation"], "Application": "x",
               "AccountObjectId": "y", "RawEventData": body})
    };
    let pages = |rows: Vec<Value>| {
        let (a, b) = rows.split_at(3);
        let page = |rows: &[Value]| json!({"@odata.context": "c", "value": rows, "@odata.nextLink": "n"}).to_string();
        page(a) + "\n" + &page(b)
    };
    let map = |of: &dyn Fn(&Value) -> Value| records.iter().map(of).collect::<Vec<_>>();
    let old = "CreationDate,UserIds,Operations,AuditData";
    let new =
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames";
    let portal_new = |time: &dyn Fn(&Value) -> String| {
        csv(new, records, |r| {
            vec![
                text(r, "Id"),
                time(r),
                text(r, "RecordType"),
                text(r, "Operation"),
                text(r, "UserId"),
                r.to_string(),
                String::new(),
                String::new(),
            ]
        })
    };
    vec![
        ("audit-json", "lines", ndjson.clone().into()),
        ("audit-json", "array", Value::Array(all.clone()).to_string().into()),
        ("audit-json", "pretty array", serde_json::to_string_pretty(&all).unwrap().into()),
        ("audit-json", "arrays one after another", {
            let (a, b) = records.split_at(4);
            format!("{}\r\n\r\n{}", Value::Array(a.to_vec()), Value::Array(b.to_vec())).into()
        }),
        ("audit-json", "escaped", ndjson.replace("Operation\"", "Oper\\u0061tion\"").replace("<", "\\u003c").replace("/", "\\/").into()),
        ("portal-csv", "old", csv(old, records, |r| vec![text(r, "CreationTime") + ".0000000Z", text(r, "UserId"), text(r, "Operation"), r.to_string()]).into()),
        ("portal-csv", "new, 2023", portal_new(&us_time).into()),
        ("portal-csv", "new, 2026", portal_new(&|r| text(r, "CreationTime") + ".0000000Z ").into()),
        ("search-ual-csv", "plain", sual().into()),
        ("search-ual-csv", "type line", format!("#TYPE Deserialized.Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n{}", sual()).into()),
        ("search-ual-csv", "utf-16", utf16(&sual())),
        ("search-ual-csv", "subset, semicolons", {
            let rows = records.iter().map(|r| format!("{};{};{}\r\n", cell(&text(r, "Operation")), cell(&r.to_string()), cell(&us_time(r))));
            format!("Operations;AuditData;CreationDate\r\n{}", rows.collect::<String>()).into()
        }),
        ("search-ual-csv", "body only", csv("AuditData", records, |r| vec![r.to_string()]).into()),
        ("search-ual-json", "body as text", Value::Array(map(&|r| wrapper(r, as_text(r)))).to_string().replace("/Date", "\\/Date").into()),
        ("search-ual-json", "body as object", lines(map(&|r| wrapper(r, r.clone())).into_iter()).into()),
        ("graph-json", "pages, flat", pages(map(&|r| graph(r, r.clone()))).into()),
        ("graph-json", "pages, dynamicProperties", pages(map(&|r| graph(r, json!({"@odata.type": "t", "dynamicProperties": r})))).into()),
        ("graph-json", "lines", lines(map(&|r| graph(r, r.clone())).into_iter()).into()),
        ("graph-csv", "collector", csv("id,createdDateTime,auditLogRecordType,operation,organizationId,userType,userId,service,objectId,userPrincipalName,clientIp,administrativeUnits,auditData", records, |r| {
            let mut row = vec![text(r, "Id"), us_time(r), record_type_name(r).into(), text(r, "Operation")];
            row.extend(std::iter::repeat_n(String::new(), 8));
            row.push(r.to_string());
            row
        }).into()),
        ("cloud-app-events-json", "object", lines(map(&|r| defender(r, r.clone())).into_iter()).into()),
        ("cloud-app-events-json", "text", lines(map(&|r| defender(r, as_text(r))).into_iter()).into()),
        ("cloud-app-events-json", "streaming", lines(map(&|r| json!({"time": "2023-12-31T00:00:00Z", "tenantId": "t", "operationName": "Publish", "category": "AdvancedHunting-CloudAppEvents", "properties": defender(r, r.clone())})).into_iter()).into()),
        ("cloud-app-events-csv", "portal", csv("Timestamp,ActionType,RawEventData", records, |r| vec![text(r, "CreationTime") + "Z", text(r, "Operation"), r.to_string()]).into()),
        ("splunk-csv", "raw", csv("_raw,_time,date_hour", records, |r| vec![r.to_string(), us_time(r), String::new()]).into()),
        ("splunk-csv", "round trip", csv("AuditData,CreationDate,Identity,Operations,_raw,_time", records, |r| vec![r.to_string(), us_time(r), text(r, "Id"), text(r, "Operation"), "x".into(), String::new()]).into()),
        ("splunk-json", "result._raw", lines(map(&|r| json!({"preview": false, "result": {"_raw": r.to_string(), "Operation": r["Operation"]}})).into_iter()).into()),
        ("splunk-json", "event as object", lines(map(&|r| json!({"time": 1, "sourcetype": "o365:management:activity", "event": r})).into_iter()).into()),
        ("splunk-json", "event as text", lines(map(&|r| json!({"time": 1, "sourcetype": "o365:management:activity", "event": as_text(r)})).into_iter()).into()),
        ("enveloped-json", "message as text", lines(map(&|r| json!({"message": as_text(r), "intake": "x"})).into_iter()).into()),
        ("elastic-json", "event.original", lines(map(&|r| json!({"@timestamp": "2023-12-31T00:00:00Z", "event": {"original": as_text(r), "action": r["Operation"]}, "o365": {"audit": {"RecordType": "50"}}})).into_iter()).into()),
        ("elastic-json", "search answer", json!({"took": 1, "hits": {"total": 7, "hits": map(&|r| json!({"_index": "i", "_source": {"@timestamp": "x", "event": {"original": as_text(r)}}}))}}).to_string().into()),
    ]
}

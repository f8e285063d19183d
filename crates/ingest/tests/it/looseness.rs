//! Owns the looseness of types and shapes that real exports have (docs/FORMATS.md): one case a line.

use mailtrail_model::{IssueCode, MailAccessType, ThrottleState};

use crate::kept::{Kept, Outcome, read_text};

/// A Bind whose fields can be replaced.
fn bind(replace: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("CreationTime", "\"2023-12-04T18:00:30\""),
        ("Id", "\"5f1c2d30-7a41-4a01-2d55-08dbf4d47e9a\""),
        ("Operation", "\"MailItemsAccessed\""),
        ("RecordType", "50"),
        ("UserType", "0"),
        ("LogonType", "0"),
        ("UserId", "\"a.user@contoso.example\""),
        ("ClientIPAddress", "\"198.51.100.14\""),
        ("ClientInfoString", "\"Client=REST;;\""),
        ("ExternalAccess", "false"),
        ("MailboxGuid", "\"22222222-3333-4444-8555-666666666666\""),
        ("MailboxOwnerUPN", "\"a.user@contoso.example\""),
        ("OperationProperties", r#"[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}]"#),
        ("Folders", r#"[{"FolderItems":[{"InternetMessageId":"<a@x>","SizeInBytes":7}],"Id":"F1","Path":"\\Inbox"}]"#),
        ("OperationCount", "1"),
    ];
    for (key, value) in replace {
        match fields.iter_mut().find(|(known, _)| known == key) {
            Some(slot) => slot.1 = value,
            None => fields.push((key, value)),
        }
    }
    fields.retain(|(_, value)| !value.is_empty());
    let body: Vec<_> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", body.join(","))
}

fn only(text: &str) -> Kept {
    let (report, mut outcome) = read_text(text);
    assert_eq!(outcome.rejected, [], "{text}");
    assert_eq!(outcome.accesses.len(), 1, "{text} {:?}", report.receipts);
    outcome.accesses.remove(0)
}

fn rejected(text: &str) -> (IssueCode, String) {
    // A sound row before it, so that the file is known.
    let (_, Outcome { mut rejected, accesses, .. }) = read_text(&format!("{}\n{text}\n", bind(&[])));
    assert_eq!((accesses.len(), rejected.len()), (1, 1), "{text}");
    rejected.remove(0)
}

/// The same record in another spelling: nothing but the spelling differs, and no note is due.
fn same(replace: &[(&str, &str)]) {
    let (plain, loose) = (only(&bind(&[])), only(&bind(replace)));
    assert_eq!(loose.whole, plain.whole, "{replace:?}");
}

/// What a spelling leaves behind.
fn noted(replace: &[(&str, &str)], codes: &[IssueCode]) -> Kept {
    let access = only(&bind(replace));
    assert_eq!(access.issues, codes, "{replace:?}");
    access
}

#[test]
fn numbers_booleans_and_enums_may_be_texts_or_floats() {
    same(&[("RecordType", "\"50\""), ("UserType", "\"0\""), ("LogonType", "\"0\""), ("OperationCount", "\"1.0\"")]);
    same(&[("RecordType", "\"exchangeItemAggregated\""), ("UserType", "\"Regular\""), ("LogonType", "\"Owner\"")]);
    same(&[("RecordType", "50.0"), ("UserType", "0.0"), ("LogonType", "0.0"), ("OperationCount", "1.0")]);
    same(&[("ExternalAccess", "\"False\"")]);
    same(&[("RecordType", r#"{"value":50,"Value":"ExchangeItemAggregated"}"#)]);
    same(&[("CreationTime", "\"2023-12-04T18:00:30.0000000Z \"")]);
    same(&[("CreationTime", r#""\/Date(1701712830000)\/""#)]);
    same(&[("Id", "\"5F1C2D30-7A41-4A01-2D55-08DBF4D47E9A\"")]);
    same(&[("SessionId", "null"), ("AppId", "\"\""), ("ClientAppId", "\" \"")]);
}

#[test]
fn operation_properties_may_have_any_shape_and_order() {
    for shape in [
        r#"[{"Value":"Bind","Name":"MailAccessType"},{"Value":"False","Name":"IsThrottled"}]"#,
        r#"[{"Name":"IsThrottled","Value":"False"},{"Name":"MailAccessType","Value":"Bind"}]"#,
        r#""[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"},{\"Name\":\"IsThrottled\",\"Value\":\"False\"}]""#,
        r#""MailAccessType:Bind,IsThrottled:False""#,
        r#"{"MailAccessType":"Bind","IsThrottled":false}"#,
    ] {
        same(&[("OperationProperties", shape)]);
    }
    let flattened =
        [("OperationProperties", r#"["@{Value=Bind; Name=MailAccessType}","@{Value=False; Name=IsThrottled}"]"#)];
    assert_eq!(noted(&flattened, &[IssueCode::FlattenedByPowershell]).throttled, ThrottleState::No);
    let single = [("OperationProperties", r#"{"Name":"MailAccessType","Value":"Bind"}"#)];
    assert_eq!(noted(&single, &[IssueCode::ThrottleNotStated]).throttled, ThrottleState::NotStated);
    let throttled = [(
        "OperationProperties",
        r#"[{"Value":"True","Name":"IsThrottled"},{"Value":"Bind","Name":"MailAccessType"}]"#,
    )];
    assert_eq!(noted(&throttled, &[]).throttled, ThrottleState::Yes);
}

#[test]
fn the_access_type_falls_back_to_the_record_type_and_says_so() {
    use IssueCode::{AccessTypeFromRecordType, AccessTypeUnknown, ThrottleNotStated};
    let kind = |record_type: &'static str, code| {
        noted(&[("OperationProperties", ""), ("RecordType", record_type)], &[code, ThrottleNotStated]).access_type
    };
    assert_eq!(kind("50", AccessTypeFromRecordType), MailAccessType::Bind);
    assert_eq!(kind("3", AccessTypeUnknown), MailAccessType::Unknown);
    assert_eq!(kind("", AccessTypeUnknown), MailAccessType::Unknown);
    let sync =
        only(&bind(&[("OperationProperties", ""), ("RecordType", "2"), ("Folders", ""), ("OperationCount", "")]));
    assert_eq!(
        (sync.access_type, sync.issues),
        (MailAccessType::Sync, vec![AccessTypeFromRecordType, ThrottleNotStated])
    );
    let novel = [(
        "OperationProperties",
        r#"[{"Name":"MailAccessType","Value":"Peek"},{"Name":"IsThrottled","Value":"False"}]"#,
    )];
    assert_eq!(noted(&novel, &[AccessTypeUnknown]).access_type, MailAccessType::Unknown);
}

#[test]
fn a_flat_envelope_never_proves_a_bind() {
    let flat = |record_type: &str| {
        let body = bind(&[("OperationProperties", ""), ("RecordType", record_type)]);
        only(&format!(r#"{{"host":"h","message":{body},"productName":"p"}}"#)).access_type
    };
    assert_eq!(flat("\"50\""), MailAccessType::Unknown);
    assert_eq!(flat("\"2\""), MailAccessType::Sync);
}

#[test]
fn folders_may_be_collapsed_stringified_flattened_or_missing() {
    use IssueCode::{FlattenedByPowershell, ItemsUnnamed, OperationCountMismatch};
    same(&[("Folders", r#"{"FolderItems":{"InternetMessageId":"<a@x>","SizeInBytes":7},"Id":"F1","Path":"\\Inbox"}"#)]);
    same(&[(
        "Folders",
        r#""[{\"FolderItems\":[{\"InternetMessageId\":\"<a@x>\",\"SizeInBytes\":\"7\"}],\"Id\":\"F1\",\"Path\":\"\\\\Inbox\"}]""#,
    )]);
    same(&[(
        "Folders",
        r#"[{"Path":"\\Inbox","Id":"F1","FolderItems":[null,{"SizeInBytes":7.00,"InternetMessageId":"<a@x>"}]}]"#,
    )]);
    noted(&[("Folders", "null")], &[OperationCountMismatch, ItemsUnnamed]);
    noted(&[("Folders", r#"[{"FolderItems":[null],"Id":"F1"}]"#)], &[OperationCountMismatch, ItemsUnnamed]);
    noted(
        &[("Folders", r#"["@{Id=F1; Path=\\Inbox; FolderItems=System.Object[]}"]"#)],
        &[OperationCountMismatch, ItemsUnnamed, FlattenedByPowershell],
    );
    let draft =
        noted(&[("Folders", r#"[{"FolderItems":[{"Id":"R1","ImmutableId":"I"}],"Id":"F1"}]"#)], &[ItemsUnnamed]);
    assert_eq!(draft.items, [None]);
}

#[test]
fn an_item_record_of_type_two_may_be_a_bind_of_one_item() {
    let item = r#"{"Id":"R1","InternetMessageId":"<a@x>","ParentFolder":{"Id":"F1","Path":"\\Inbox"}}"#;
    let access = noted(&[("Folders", ""), ("Item", item), ("RecordType", "2")], &[]);
    assert_eq!(access.items, [Some("a@x".to_owned())]);
}

#[test]
fn repeated_keys_keep_the_first_value() {
    let text = bind(&[]).replacen("\"LogonType\":0", "\"LogonType\":0,\"LogonType\":2,\"Folders\":[{\"Id\":\"F1\",\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<a@x>\",\"SizeInBytes\":7}]}]", 1);
    let access = only(&text);
    assert_eq!(access.issues, [IssueCode::DuplicateKey]);
    assert_eq!(access.logon_type, "Owner");
    assert_eq!(access.items.len(), 1);
}

#[test]
fn impossible_values_leave_a_note_and_never_stop_the_record() {
    use IssueCode::{InvalidUtf8Replaced, ValueUnreadable};
    noted(&[("OperationCount", "123456789012345678901234567890")], &[ValueUnreadable]);
    noted(&[("OperationCount", "1e400")], &[ValueUnreadable]);
    noted(&[("ExternalAccess", "\"perhaps\"")], &[ValueUnreadable]);
    noted(&[("SessionId", "{\"a\":1}")], &[ValueUnreadable]);
    noted(&[("SessionId", "1.5")], &[ValueUnreadable]);
    noted(&[("ClientInfoString", r#""Client=\ud800;""#)], &[InvalidUtf8Replaced]);
    noted(&[("UserId", r#""a\qb""#)], &[ValueUnreadable]);
    noted(&[("ClientIPAddress", "\"NOTANIPV4 (10.9000.0.1)\"")], &[IssueCode::AddressUnreadable]);
    noted(&[("Id", "\"masked-1\"")], &[IssueCode::IdNotGuid]);
}

#[test]
fn a_record_without_an_id_gets_one_of_its_content() {
    let a = noted(&[("Id", "")], &[IssueCode::NoRecordId]);
    let b = only(&format!("{{\"AuditData\":{}}}", serde_json::Value::String(bind(&[("Id", "null")]))));
    assert!(a.record_id.starts_with("made-"));
    assert_eq!(a.record_id, b.record_id, "the same in another container");
    let c = only(&bind(&[("Id", ""), ("UserId", "\"other@contoso.example\"")]));
    assert_ne!(a.record_id, c.record_id);
}

#[test]
fn what_is_no_access_is_rejected_with_its_reason() {
    let code = |text: &str| rejected(text).0;
    assert_eq!(code(&bind(&[("CreationTime", "")])), IssueCode::NoTime);
    assert_eq!(code(&bind(&[("CreationTime", "\"04/05/2021 20:20:42\"")])), IssueCode::NoTime);
    assert_eq!(code(&bind(&[("MailboxGuid", ""), ("MailboxOwnerUPN", "")])), IssueCode::NoMailbox);
    assert_eq!(code(r#"{"x":1}"#), IssueCode::NoBody);
    assert_eq!(code(r#"{"AuditData":"System.Object[]"}"#), IssueCode::BodyUnreadable);
    assert_eq!(code(r#"{"AuditData":"@{Operation=MailItemsAccessed; Id=x}"}"#), IssueCode::BodyUnreadable);
    let many = r#"{"InternetMessageId":"<a@x>"},"#.repeat(100_001);
    let folders = format!(r#"[{{"FolderItems":[{}null]}}]"#, many);
    assert_eq!(code(&bind(&[("Folders", &folders)])), IssueCode::TooManyItems);
}

#[test]
fn a_record_of_a_million_members_costs_no_more_than_its_bytes() {
    let properties: String = (0..300_000).map(|n| format!(r#"{{"Name":"p{n}","Value":"x"}},"#)).collect();
    let text = format!(
        r#"[{{"Name":"MailAccessType","Value":"Bind"}},{{"Name":"IsThrottled","Value":"False"}},{properties}null]"#
    );
    noted(&[("OperationProperties", &text)], &[IssueCode::ValueUnreadable]);
    let many = r#""UserId":"a.user@contoso.example","#.repeat(300_000);
    let repeated = bind(&[]).replacen('{', &format!("{{{many}"), 1);
    let (_, outcome) = read_text(&format!("{}\n{repeated}\n", bind(&[])));
    assert!(outcome.accesses.len() == 2 && outcome.accesses[1].issues == [IssueCode::DuplicateKey]);
    assert_eq!(outcome.issues.len(), 1);
}

#[test]
fn a_cut_body_keeps_every_whole_item() {
    let items: Vec<_> = (0..300).map(|n| format!(r#"{{"InternetMessageId":"<{n}@x>","SizeInBytes":7}}"#)).collect();
    let folders = format!(r#"[{{"FolderItems":[{}],"Id":"F1","Path":"\\Inbox"}}]"#, items.join(","));
    let body = bind(&[("Folders", &folders), ("OperationCount", "300")]);
    let csv = |body: &str| {
        format!(
            "CreationDate,UserIds,Operations,AuditData\n2023-12-04T18:00:30Z,a.user@contoso.example,MailItemsAccessed,\"{}\"\n",
            body.replace('"', "\"\"")
        )
    };
    let whole = only(&csv(&body));
    assert_eq!((whole.items.len(), whole.issues.len()), (300, 0));
    for cut in [3_060, 1_500, 900] {
        let salvaged = only(&csv(&body[..cut]));
        assert!(salvaged.issues.contains(&IssueCode::Truncated));
        let kept = body[..cut].matches("\"SizeInBytes\":7}").count();
        assert_eq!(salvaged.items, whole.items[..kept], "cut at {cut}");
    }
    let counted = bind(&[("OperationCount", ""), ("Folders", "")]).replacen('{', "{\"OperationCount\":300,", 1);
    let counted = counted[..counted.len() - 1].to_owned() + &format!(",\"Folders\":{folders}");
    let salvaged = only(&csv(&counted[..3_060]));
    assert!(
        salvaged.issues.contains(&IssueCode::OperationCountMismatch),
        "what OperationCount says is missing is told"
    );
}

#[test]
fn an_intruder_s_text_decides_nothing() {
    let header = "CreationDate,UserIds,Operations,AuditData";
    let row = |operation: &str, body: &str| {
        format!("{header}\n2023-12-04T18:00:30Z,u,{operation},\"{}\"\n", body.replace('"', "\"\""))
    };
    // A subject that names the operation makes no access.
    let other = r#"{"CreationTime":"2023-12-04T18:00:30","Operation":"Create","Subject":"\"Operation\":\"MailItemsAccessed\""}"#;
    let (report, outcome) = read_text(&row("Create", other));
    assert_eq!((outcome.accesses.len(), outcome.rejected.len(), report.counts[0].other_operation), (0, 0, 1));
    // A column that lies, or a name spelled with escapes, hides none.
    for body in [
        bind(&[]),
        bind(&[]).replace("MailItems", "M\\u0061ilItems"),
        bind(&[]).replace("\"Operation\"", "\"Oper\\u0061tion\""),
    ] {
        let access = only(&row("Create", &body));
        assert_eq!(access.issues, [IssueCode::ColumnMismatch], "{body}");
    }
    // A column that claims an access makes none.
    let (_, outcome) = read_text(&row("MailItemsAccessed", other));
    assert_eq!(outcome.accesses.len(), 0);
}

#[test]
fn outer_columns_are_cross_checked_and_never_believed() {
    let header = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData";
    let row = |columns: &str| format!("{header}\n{columns},\"{}\"\n", bind(&[]).replace('"', "\"\""));
    let plain = only(&bind(&[])).whole;
    let id = "5f1c2d30-7a41-4a01-2d55-08dbf4d47e9a";
    let time = "12/4/2023 6:00:30 PM";
    let user = "A.User@contoso.example";
    assert_eq!(only(&row(&format!("{id},{time},50,MailItemsAccessed,{user}"))).whole, plain);
    for (columns, code) in [
        (format!("{id},12/4/2023 7:00:30 PM,50,MailItemsAccessed,{user}"), IssueCode::ClockMismatch),
        (format!("{id},4.12.2023 18:00,50,MailItemsAccessed,{user}x"), IssueCode::ColumnMismatch),
        (format!("{id},{time},2,MailItemsAccessed,{user}"), IssueCode::ColumnMismatch),
        (format!("x{id},{time},50,MailItemsAccessed,{user}"), IssueCode::ColumnMismatch),
    ] {
        assert_eq!(only(&row(&columns)).issues, [code], "{columns}");
    }
}

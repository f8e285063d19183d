//! Tests of the cutters: no byte is lost, an answer does not depend on how many bytes were there, and two well-kept parsers
//! agree on what a row is.

use proptest::prelude::*;

use super::csv::CsvCutter;
use super::json::JsonCutter;
use super::xml::XmlCutter;
use super::*;

/// Rows of a source that arrives in pieces of `piece` bytes; checks that the steps are contiguous.
fn cut_all(mut cutter: Cutter, bytes: &[u8], piece: usize) -> Vec<Cut> {
    let (mut at, mut there, mut stuck) = (0, piece.min(bytes.len()), 0);
    let mut rows = Vec::new();
    while at < bytes.len() {
        let last = there == bytes.len();
        if at >= there {
            there = bytes.len().min(there + piece);
            continue;
        }
        let next = match cutter.step(&bytes[..there], at, last) {
            Step::More => {
                assert!(!last, "asked for more at the end, at {at}");
                there = bytes.len().min(there + piece);
                continue;
            }
            Step::Gap { next } => next,
            Step::Row(cut) | Step::Header(cut) => {
                assert!(at == cut.start && cut.start <= cut.end && cut.end <= cut.next, "{cut:?} at {at}");
                let between = &bytes[cut.end..cut.next];
                assert!(between.iter().all(|b| b.is_ascii_whitespace() || *b == b','), "{between:?} between rows");
                rows.push(cut);
                cut.next
            }
        };
        stuck = if next == at { stuck + 1 } else { 0 };
        assert!(next >= at && next <= there && stuck < 2, "from {at} to {next}");
        at = next;
    }
    rows
}

fn texts(rows: &[Cut], bytes: &[u8]) -> Vec<String> {
    rows.iter().map(|cut| String::from_utf8_lossy(&bytes[cut.start..cut.end]).into_owned()).collect()
}

fn csv_cutter() -> Cutter {
    Cutter::Csv(CsvCutter::new(b',', b'\n', 2, b"Id,AuditData"))
}

fn json_cutter(bytes: &[u8], descend: &'static [&'static str]) -> Cutter {
    let first = bytes.iter().position(|b| *b == b'{').unwrap_or(0);
    Cutter::Json(Box::new(JsonCutter::new(&bytes[first..], descend, 64)))
}

fn check_json(input: &str, descend: &'static [&'static str], expected: &[&str]) {
    for piece in [1, 2, 3, 7, 64, 1 << 20] {
        let rows = cut_all(json_cutter(input.as_bytes(), descend), input.as_bytes(), piece);
        assert_eq!(texts(&rows, input.as_bytes()), expected, "{input} in pieces of {piece}");
    }
}

#[test]
fn json_rows_are_found_however_they_are_strung_together() {
    const ROW: &str = r#"{"Id":1,"B":[{"C":"]}"}]}"#;
    let rows = [ROW, ROW];
    for input in [
        format!("{ROW}\n{ROW}\n"),
        format!("{ROW}\r\n\r\n{ROW}"),
        format!("[{ROW},{ROW}]"),
        format!("[\n  {ROW},\n  {ROW}\n]\n"),
        format!("[{ROW}][{ROW}]"),
        format!("[{ROW}],\n[{ROW}]"),
        format!("[[{ROW}],[{ROW}]]"),
        format!("{ROW},{ROW}"),
        format!("{ROW}{ROW}"),
        format!("[{ROW},{ROW}"),
        format!("\u{feff}{ROW}\n\u{feff}{ROW}"),
    ] {
        check_json(&input, &[], &rows);
    }
}

#[test]
fn pages_are_descended_into() {
    const PAGE: &[&str] = &["value"];
    let page = r#"{"@odata.context":"x{","n":[{"value":0}],"value":[{"Id":1,"B":2},{"Id":3}],"@odata.nextLink":"y"}"#;
    let rows = [r#"{"Id":1,"B":2}"#, r#"{"Id":3}"#];
    check_json(page, PAGE, &rows);
    check_json(&format!("{page}\n{page}"), PAGE, &[rows, rows].concat());
    check_json(&format!("[{page}]"), PAGE, &rows);
    check_json(r#"{"value":[{"Id":1},{"Id":2}"#, PAGE, &[r#"{"Id":1}"#, r#"{"Id":2}"#]);
    check_json(r#"{"value":{"Id":1},"x":{}}{"value":{"Id":2}}"#, PAGE, &[r#"{"Id":1}"#, r#"{"Id":2}"#]);
    check_json(r#"{"Id":1}{"value":7}"#, PAGE, &[r#"{"Id":1}"#, r#"{"value":7}"#]);
    check_json(r#"{"took":1,"hits":{"total":9,"hits":[{"Id":1}]},"x":1}"#, &["hits", "hits"], &[r#"{"Id":1}"#]);
}

#[test]
fn one_damaged_byte_costs_one_json_row() {
    let row = |id: u32| format!(r#"{{"Id":{id},"Operation":"x","F":[{{"Id":7,"P":"\\in\"box"}},{{"Id":8}}]}}"#);
    for join in ["\n", ",", ",\n"] {
        let whole: Vec<String> = (0..5).map(row).collect();
        for damage in 1..whole[2].len() {
            for byte in [b'"', b'{', b'}', b'\\', b'x', b' ', b'\n'] {
                let mut broken = whole[2].clone().into_bytes();
                broken[damage] = byte;
                let damaged = String::from_utf8(broken).unwrap();
                let input = [&whole[0], &whole[1], &damaged, &whole[3], &whole[4]].map(String::as_str).join(join);
                let rows =
                    texts(&cut_all(json_cutter(input.as_bytes(), &[]), input.as_bytes(), 1 << 20), input.as_bytes());
                let kept = [0, 1, 3, 4].iter().filter(|n| rows.contains(&whole[**n])).count();
                assert!(kept >= 3, "{rows:#?} of {input}");
            }
        }
    }
}

#[test]
fn rows_that_begin_in_other_ways_are_found_behind_a_broken_one() {
    let context = r#"{"AppAccessContext":{"Id":1},"CreationTime":"x","Id":1}"#;
    let plain = r#"{"CreationTime":"x","Id":2,"Folders":[{"Id":1},{"Id":2}]}"#;
    let other = r#"{"Zeta":1,"Id":3}"#;
    let broken = r#"{"CreationTime":"x,"Id":2,"Folders":[{"Id":1},{"Id":2}]}"#;
    let input = [context, plain, broken, context, plain].join(",");
    check_json(&input, &[], &[context, plain, broken, context, plain]);
    // A beginning never seen before: pieces of the broken row are rows of their own, the rows behind it are whole.
    let input = [context, broken, other, other].join(",");
    let rows = texts(&cut_all(json_cutter(input.as_bytes(), &[]), input.as_bytes(), 1 << 20), input.as_bytes());
    assert!(rows.iter().filter(|row| *row == other).count() == 2, "{rows:#?}");
}

#[test]
fn csv_rows_keep_line_ends_in_cells_and_skip_repeated_headers() {
    let input = "1,\"a\n\"\"b\"\"\r\nc\"\r\n\r\nId,AuditData\r\n\u{feff}Id,AuditData\n2,x\n\"#TYPE Selected\"\nOther,AuditData\n3,\"y\"";
    for piece in [1, 2, 5, 1 << 20] {
        let rows = cut_all(csv_cutter(), input.as_bytes(), piece);
        let expected = ["1,\"a\n\"\"b\"\"\r\nc\"", "2,x", "Other,AuditData", "3,\"y\""];
        assert_eq!(texts(&rows, input.as_bytes()), expected, "in pieces of {piece}");
    }
}

#[test]
fn an_unclosed_quote_costs_one_row() {
    let check = |input: &str, expected: &[&str]| {
        for piece in [1, 3, 1 << 20] {
            let rows = cut_all(csv_cutter(), input.as_bytes(), piece);
            assert_eq!(texts(&rows, input.as_bytes()), expected, "{input} in pieces of {piece}");
        }
    };
    check("1,\"a\n2,\"b\"\n3,\"c\"\n", &["1,\"a", "2,\"b\"", "3,\"c\""]);
    check("\"1\",\"a\n\"2\",\"b\"\n", &["\"1\",\"a", "\"2\",\"b\""]);
    check("1,\"{\"\"a\"\":\n\"\"b\"\"\n2,\"c\"\n", &["1,\"{\"\"a\"\":\n\"\"b\"\"", "2,\"c\""]);
    check("1,\"a\n2,b\n3,c\n", &["1,\"a", "2,b", "3,c"]);
    check("1,\"{\"\"a\"\":\n\"\"b", &["1,\"{\"\"a\"\":\n\"\"b"]);
    check("1,a\"b\n2,c\n", &["1,a\"b", "2,c"]);
}

#[test]
fn xml_events_are_cut_and_text_between_them_is_not_lost() {
    let input = "<?xml version=\"1.0\"?><SearchResults><!-- <Event> --> <Event A=\"1\"><B/></Event>\n<Event/>stray<Event><C>\n<Event D='1' /></SearchResults>";
    for piece in [1, 4, 1 << 20] {
        let rows = cut_all(Cutter::Xml(XmlCutter::default()), input.as_bytes(), piece);
        let expected = ["<Event A=\"1\"><B/></Event>", "<Event/>", "stray", "<Event><C>", "<Event D='1' />"];
        assert_eq!(texts(&rows, input.as_bytes()), expected, "in pieces of {piece}");
    }
}

/// Text that looks like CSV often enough to matter.
fn csvish() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            6 => Just("\"".to_owned()), 3 => Just("\"\"".to_owned()), 5 => Just(",".to_owned()), 3 => Just("\n".to_owned()),
            2 => Just("\r\n".to_owned()), 1 => Just("\u{feff}".to_owned()), 1 => Just(" ".to_owned()), 4 => "[a-z{}:1é]{1,4}",
            1 => Just("Id,AuditData".to_owned()), 1 => Just("#TYPE x".to_owned()),
        ],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

fn jsonish() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            5 => Just("\"".to_owned()), 4 => Just("{".to_owned()), 4 => Just("}".to_owned()), 2 => Just("[".to_owned()),
            2 => Just("]".to_owned()), 3 => Just(",".to_owned()), 2 => Just(":".to_owned()), 2 => Just("\n".to_owned()),
            1 => Just("\\".to_owned()), 1 => Just("\u{feff}".to_owned()), 2 => Just("{\"Id\":1,\"B\":".to_owned()),
            2 => "[a-z 1é]{1,4}", 1 => Just("\"value\":[".to_owned()), 2 => Just("{\"Id\":1,\"B\":{}}".to_owned()),
        ],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

/// A JSON object as exports write it, any spelling.
fn json_object() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "[a-z{}\\[\\]\",\\\\\n é]{0,8}".prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map("[a-z{\"]{0,3}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    (value, any::<bool>(), 0u32..1000).prop_map(|(value, pretty, id)| {
        let object = serde_json::json!({ "Id": id, "Value": value });
        if pretty { serde_json::to_string_pretty(&object).unwrap() } else { object.to_string() }
    })
}

fn rows_are_the_same(cutter: impl Fn() -> Cutter, bytes: &[u8], piece: usize) -> Result<(), TestCaseError> {
    let whole = cut_all(cutter(), bytes, usize::MAX / 2);
    prop_assert_eq!(&cut_all(cutter(), bytes, piece), &whole, "in pieces of {}", piece);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn csv_rows_do_not_depend_on_how_the_bytes_arrive(text in csvish(), piece in 1usize..20) {
        rows_are_the_same(csv_cutter, text.as_bytes(), piece)?;
    }

    #[test]
    fn json_rows_do_not_depend_on_how_the_bytes_arrive(text in jsonish(), piece in 1usize..20) {
        rows_are_the_same(|| json_cutter(text.as_bytes(), &[]), text.as_bytes(), piece)?;
        rows_are_the_same(|| json_cutter(text.as_bytes(), &["value"]), text.as_bytes(), piece)?;
    }

    #[test]
    fn xml_rows_do_not_depend_on_how_the_bytes_arrive(parts in proptest::collection::vec("<Event|</Event>|<E>|<!--|-->|[a >/]", 0..40), piece in 1usize..20) {
        rows_are_the_same(|| Cutter::Xml(XmlCutter::default()), parts.concat().as_bytes(), piece)?;
    }

    #[test]
    fn the_csv_crate_reads_the_same_cells(cells in proptest::collection::vec(
        proptest::collection::vec("[a-z{}:,;\"\n é]{0,30}", 2..4), 0..8), always in any::<bool>()) {
        let style = if always { ::csv::QuoteStyle::Always } else { ::csv::QuoteStyle::Necessary };
        let mut writer = ::csv::WriterBuilder::new().quote_style(style).flexible(true).from_writer(Vec::new());
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let rows = cut_all(csv_cutter(), &bytes, 64);
        let arena = bumpalo::Bump::new();
        let ours: Vec<Vec<String>> = texts(&rows, &bytes).iter().map(|text| {
            let split = super::csv::split(text, b',', 2, &arena);
            assert_eq!(split.complaint, None, "{text}");
            split.cells.iter().map(|cell| cell.text(&arena).to_owned()).collect()
        }).collect();
        // A row of nothing but blanks and a row of names are no data rows of an export.
        let theirs: Vec<Vec<String>> = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..])
            .records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn serde_json_reads_the_same_rows(rows in proptest::collection::vec(json_object(), 1..8), form in 0..5) {
        let text = match form {
            0 => rows.join("\n"),
            1 => rows.concat(),
            2 => format!("[{}]", rows.join(",")),
            3 => format!("[\n{}\n]\n", rows.join(",\n")),
            _ => rows.iter().map(|row| format!("[{row}]\n")).collect(),
        };
        let cuts = cut_all(json_cutter(text.as_bytes(), &[]), text.as_bytes(), 64);
        prop_assert_eq!(texts(&cuts, text.as_bytes()), rows);
    }

    #[test]
    fn a_stream_deserializer_agrees_on_damaged_lines(rows in proptest::collection::vec(json_object(), 1..6), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = rows.join("\n").into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        // Where the whole still is a stream of objects, the rows are exactly those.
        let objects: Result<Vec<Box<serde_json::value::RawValue>>, _> =
            serde_json::Deserializer::from_slice(&bytes).into_iter().collect();
        if let Ok(objects) = objects && objects.iter().all(|object| object.get().starts_with('{')) {
            let ours = texts(&cut_all(json_cutter(&bytes, &[]), &bytes, 64), &bytes);
            let theirs: Vec<String> = objects.iter().map(|object| object.get().to_owned()).collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}

//! Owns the data island: a table's rows as JSON inside the page, for tables too long to be elements.
//!
//! Not a published format: the page's own script is its only reader. Texts are escaped by `escape::json_string`, so that no
//! cell can close the script element; repeated texts are written once, in a column's list of words. A page carries hundreds of
//! thousands of rows, so a row holds what is new in it: times count from the column's base, `V000012` is 12, `<id>` is `id`.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use mailtrail_model::UtcMicros;

use super::zone;
use crate::escape;

/// How the script shows a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text, written in each row.
    Text,
    /// A text that repeats: an index into the column's words.
    Word,
    /// A text that is mostly in angle brackets, which are left out; any other text begins with `!`.
    Bracketed,
    /// The ids of sessions, `V` and so many digits: the number alone.
    Serial(usize),
    /// A count.
    Number,
    /// Seconds since 1970, shown as UTC.
    Time,
    /// Seconds.
    Duration,
    /// Bytes.
    Bytes,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Word => "word",
            Self::Bracketed => "bracketed",
            Self::Serial(_) => "serial",
            Self::Number => "number",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Bytes => "bytes",
        }
    }
}

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'t> {
    /// For [`Kind::Text`], [`Kind::Word`], [`Kind::Bracketed`] and [`Kind::Serial`].
    Text(&'t str),
    /// For the others.
    Number(i64),
    /// Not stated.
    None,
}

/// A column of an island.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IslandColumn {
    kind: Kind,
    tones: &'static [&'static str],
    explained: bool,
    base: i64,
    local: bool,
}

impl IslandColumn {
    /// A column of that kind.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, tones: &[], explained: false, base: 0, local: false }
    }

    /// Times, counted from here.
    pub(crate) fn times(from: UtcMicros) -> Self {
        Self { base: from.0.div_euclid(UtcMicros::SECOND), ..Self::new(Kind::Time) }
    }

    /// The ids of sessions. They are serial numbers of one width; should one not be, all are written as texts.
    pub(crate) fn ids<'t>(ids: impl IntoIterator<Item = &'t str>) -> Self {
        let mut width = None;
        for id in ids {
            let digits =
                id.strip_prefix('V').filter(|d| (1..16).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()));
            match (digits, width) {
                (Some(digits), None) => width = Some(digits.len()),
                (Some(digits), Some(width)) if digits.len() == width => {}
                _ => return Self::new(Kind::Text),
            }
        }
        Self::new(width.map_or(Kind::Text, Kind::Serial))
    }

    /// The same; the clock of the case's zone stands beside each time.
    pub(crate) fn with_local(self) -> Self {
        Self { local: true, ..self }
    }

    /// The same; a row with one of these words stands out as suspect.
    pub(crate) fn marking(self, tones: &'static [&'static str]) -> Self {
        Self { tones, ..self }
    }

    /// The same; its text is what `mailtrail explain` takes.
    pub(crate) fn explained(self) -> Self {
        Self { explained: true, ..self }
    }
}

/// An island being written.
pub(crate) struct Island {
    columns: Vec<IslandColumn>,
    words: Vec<BTreeMap<String, usize>>,
    rows: String,
    /// Bytes of the words.
    word_bytes: usize,
    /// The first and last time in it.
    span: Option<(i64, i64)>,
}

impl Island {
    /// Starts an island of these columns.
    pub(crate) fn new(columns: Vec<IslandColumn>) -> Self {
        Self { words: vec![BTreeMap::new(); columns.len()], columns, rows: String::new(), word_bytes: 0, span: None }
    }

    /// Bytes its rows and words take so far.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() + self.word_bytes
    }

    /// Adds a row: one value a column.
    pub(crate) fn row(&mut self, values: &[Value<'_>]) {
        self.rows.push_str(if self.rows.is_empty() { "[" } else { ",\n[" });
        for (place, ((column, words), value)) in self.columns.iter().zip(&mut self.words).zip(values).enumerate() {
            if place > 0 {
                self.rows.push(',');
            }
            match (column.kind, value) {
                (_, Value::None) => self.rows.push_str("null"),
                (Kind::Time, Value::Number(at)) => {
                    self.span = Some(self.span.map_or((*at, *at), |(from, to)| (from.min(*at), to.max(*at))));
                    self.rows.push_str(&at.saturating_sub(column.base).to_string());
                }
                (_, Value::Number(number)) => self.rows.push_str(&number.to_string()),
                (Kind::Word, Value::Text(text)) => {
                    let next = words.len();
                    let index = match words.get(*text) {
                        Some(index) => *index,
                        None => {
                            self.word_bytes += text.len() + 3;
                            words.insert((*text).to_owned(), next);
                            next
                        }
                    };
                    self.rows.push_str(&index.to_string());
                }
                (Kind::Serial(_), Value::Text(id)) => {
                    let digits = id.trim_start_matches('V').trim_start_matches('0');
                    self.rows.push_str(if digits.is_empty() { "0" } else { digits });
                }
                (Kind::Bracketed, Value::Text(text)) => {
                    let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
                    match bare.filter(|bare| !bare.starts_with('!')) {
                        Some(bare) => escape::json_string(&mut self.rows, &escape::visible(bare)),
                        None => escape::json_string(&mut self.rows, &escape::visible(&format!("!{text}"))),
                    }
                }
                (_, Value::Text(text)) => escape::json_string(&mut self.rows, &escape::visible(text)),
            }
        }
        self.rows.push(']');
    }

    /// The island's text; with the offsets of the case's zone, where it names one.
    pub(crate) fn finish(self, local: Option<Tz>) -> String {
        let mut out = String::from("{");
        if let (Some(local), Some((from, to))) = (local, self.span) {
            let steps: Vec<String> =
                zone::steps(local, from, to).into_iter().map(|(at, minutes)| format!("[{at},{minutes}]")).collect();
            out.push_str(&format!("\"zone\":\"{}\",\"offsets\":[{}],", local.name(), steps.join(",")));
        }
        out.push_str("\"columns\":[");
        for (place, (column, words)) in self.columns.iter().zip(&self.words).enumerate() {
            if place > 0 {
                out.push(',');
            }
            let tones: Vec<String> = column.tones.iter().map(|word| format!("\"{word}\"")).collect();
            out.push_str(&format!("{{\"kind\":\"{}\",", column.kind.as_str()));
            if let Kind::Serial(width) = column.kind {
                out.push_str(&format!("\"width\":{width},"));
            }
            if column.kind == Kind::Time {
                out.push_str(&format!("\"base\":{},\"local\":{},", column.base, column.local));
            }
            out.push_str(&format!("\"tones\":[{}],\"explain\":{},\"words\":[", tones.join(","), column.explained));
            let mut in_order: Vec<(&String, &usize)> = words.iter().collect();
            in_order.sort_by_key(|(_, index)| **index);
            for (place, (word, _)) in in_order.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                escape::json_string(&mut out, &escape::visible(word));
            }
            out.push_str("]}");
        }
        out.push_str("],\"rows\":[\n");
        out.push_str(&self.rows);
        out.push_str("\n]}");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_words_are_written_once_and_no_text_closes_the_script() {
        let mut island = Island::new([Kind::Word, Kind::Number, Kind::Text].map(IslandColumn::new).to_vec());
        for n in 0..2 {
            island.row(&[Value::Text("</script>"), Value::Number(n), Value::Text("a\u{202E}")]);
        }
        assert_eq!(
            island.finish(None),
            "{\"columns\":[{\"kind\":\"word\",\"tones\":[],\"explain\":false,\"words\":[\"\\u003c/script\\u003e\"]},\
             {\"kind\":\"number\",\"tones\":[],\"explain\":false,\"words\":[]},\
             {\"kind\":\"text\",\"tones\":[],\"explain\":false,\"words\":[]}],\"rows\":[\n[0,0,\"a⟨U+202E⟩\"],\n[0,1,\"a⟨U+202E⟩\"]\n]}"
        );
    }

    #[test]
    fn ids_and_times_hold_only_what_is_new_in_a_row() {
        let columns = vec![
            IslandColumn::ids(["V000007", "V000120"]),
            IslandColumn::new(Kind::Bracketed),
            IslandColumn::times(UtcMicros(100 * UtcMicros::SECOND)).with_local(),
        ];
        let mut island = Island::new(columns);
        island.row(&[Value::Text("V000007"), Value::Text("<a@b>"), Value::Number(160)]);
        island.row(&[Value::Text("V000120"), Value::Text("<!a>"), Value::Number(99)]);
        island.row(&[Value::Text("V000000"), Value::Text("a"), Value::None]);
        let text = island.finish(Some(Tz::Europe__Berlin));
        assert!(
            text.starts_with(
                "{\"zone\":\"Europe/Berlin\",\"offsets\":[[99,60]],\"columns\":[{\"kind\":\"serial\",\"width\":6,"
            ),
            "{text}"
        );
        assert!(text.contains("\"kind\":\"time\",\"base\":100,\"local\":true,"), "{text}");
        assert!(text.contains("[7,\"a@b\",60],\n[120,\"!\\u003c!a\\u003e\",-1],\n[0,\"!a\",null]"), "{text}");
    }

    #[test]
    fn ids_that_are_no_serial_numbers_of_one_width_are_written_as_they_are() {
        for ids in [["V1", "V12"], ["V1", "W2"], ["V1", "V１"], ["V", "V1"]] {
            assert_eq!(IslandColumn::ids(ids).kind, Kind::Text, "{ids:?}");
        }
        assert_eq!(IslandColumn::ids([]).kind, Kind::Text);
    }
}

//! Owns the data island: a table's rows as JSON inside the page, for tables too long to be elements.
//!
//! Not a published format: the page's own script is its only reader. Texts are escaped by `escape::json_string`, so that no
//! cell can close the script element; repeated texts are written once, in a column's list of words.

use std::collections::BTreeMap;

use crate::escape;

/// How the script shows a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text, written in each row.
    Text,
    /// A text that repeats: an index into the column's words.
    Word,
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
    /// For [`Kind::Text`] and [`Kind::Word`].
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
}

impl IslandColumn {
    /// A column of that kind.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, tones: &[], explained: false }
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
}

impl Island {
    /// Starts an island of these columns.
    pub(crate) fn new(columns: Vec<IslandColumn>) -> Self {
        Self { words: vec![BTreeMap::new(); columns.len()], columns, rows: String::new() }
    }

    /// Bytes its rows take so far.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
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
                (_, Value::Number(number)) => self.rows.push_str(&number.to_string()),
                (Kind::Word, Value::Text(text)) => {
                    let next = words.len();
                    let index = *words.entry((*text).to_owned()).or_insert(next);
                    self.rows.push_str(&index.to_string());
                }
                (_, Value::Text(text)) => escape::json_string(&mut self.rows, &escape::visible(text)),
            }
        }
        self.rows.push(']');
    }

    /// The island's text.
    pub(crate) fn finish(self) -> String {
        let mut out = String::from("{\"columns\":[");
        for (place, (column, words)) in self.columns.iter().zip(&self.words).enumerate() {
            if place > 0 {
                out.push(',');
            }
            let tones: Vec<String> = column.tones.iter().map(|word| format!("\"{word}\"")).collect();
            out.push_str(&format!("{{\"kind\":\"{}\",", column.kind.as_str()));
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
            island.finish(),
            "{\"columns\":[{\"kind\":\"word\",\"tones\":[],\"explain\":false,\"words\":[\"\\u003c/script\\u003e\"]},\
             {\"kind\":\"number\",\"tones\":[],\"explain\":false,\"words\":[]},\
             {\"kind\":\"text\",\"tones\":[],\"explain\":false,\"words\":[]}],\"rows\":[\n[0,0,\"a⟨U+202E⟩\"],\n[0,1,\"a⟨U+202E⟩\"]\n]}"
        );
    }
}

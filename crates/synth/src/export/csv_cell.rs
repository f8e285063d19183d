//! Owns CSV cells: quoting as exporters do it, which is not one way.

/// When a cell is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// Always (`Export-Csv`).
    Always,
    /// Where it must be (portals).
    Needed,
}

/// Appends one row.
pub(super) fn push_row<'a>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = &'a [u8]>, delimiter: u8, quote: Quote) {
    for (nth, cell) in cells.into_iter().enumerate() {
        if nth > 0 {
            out.push(delimiter);
        }
        push_cell(out, cell, delimiter, quote);
    }
    out.extend_from_slice(b"\r\n");
}

fn push_cell(out: &mut Vec<u8>, cell: &[u8], delimiter: u8, quote: Quote) {
    let must = || cell.iter().any(|byte| matches!(byte, b'"' | b'\r' | b'\n') || *byte == delimiter);
    if quote == Quote::Needed && !must() {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for (nth, part) in cell.split(|byte| *byte == b'"').enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Quote, push_row};

    #[test]
    fn rows_read_back_with_the_csv_crate() {
        let cells: [&[u8]; 4] = [b"plain", b"a \"b\", c", b"two\r\nlines", b""];
        for (delimiter, quote) in [(b',', Quote::Needed), (b';', Quote::Always)] {
            let mut out = Vec::new();
            push_row(&mut out, cells, delimiter, quote);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(&*out);
            let row = reader.byte_records().next().unwrap().unwrap();
            assert_eq!(row.iter().collect::<Vec<_>>(), cells);
        }
    }
}

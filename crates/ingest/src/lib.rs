//! Exports in, records out. Bytes become blocks, blocks become rows, rows become records; every row is accounted for.
//!
//! Does not: write a table, judge duplicates, infer anything. Never panics on any bytes.

mod row;

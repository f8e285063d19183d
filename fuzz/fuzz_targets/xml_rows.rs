//! What it checks stands in `mailtrail_ingest::fuzzing::xml_rows`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mailtrail_ingest::fuzzing::xml_rows(bytes));

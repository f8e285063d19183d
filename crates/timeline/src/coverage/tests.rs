use super::*;

#[test]
fn placeholder_compiles() {
    assert_eq!(LOGON_TYPES.len(), 3);
}

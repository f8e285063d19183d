//! Owns the page's style, its script, and the policy that lets nothing else run.

/// Written between `<style>` and `</style>`, byte for byte.
pub(crate) const STYLE: &str = include_str!("../../templates/page.css");
/// Written between `<script>` and `</script>`, byte for byte.
pub(crate) const SCRIPT: &str = include_str!("../../templates/page.js");

/// Hashes of the two texts above: a test recomputes them from a page and prints the line to paste when they change.
const STYLE_HASH: &str = "sha256-ZQfredei9yiwcSoZBrEO6xFGNJUe0OVg0sKsD9q9Xjc=";
const SCRIPT_HASH: &str = "sha256-XnybUameLyJVsrW6gHct6qcpsbejm7YULBKQ5sDqZTY=";

/// The content security policy: no request of any kind, only this style and this script.
pub(crate) fn policy() -> String {
    format!(
        "default-src 'none'; script-src '{SCRIPT_HASH}'; style-src '{STYLE_HASH}'; img-src data:; base-uri 'none'; \
         form-action 'none'"
    )
}

//! The page lets nothing run but its own style and script, and asks for nothing.

use base64::Engine as _;
use mailtrail_render::{ReportInput, SwimlanesView, Wording, report, swimlanes};
use sha2::{Digest as _, Sha256};

use crate::made_up::{self, Said, Shape};

pub(crate) fn page(shape: Shape) -> String {
    let timeline = made_up::timeline(shape);
    let charts = [swimlanes(&SwimlanesView::of(&timeline)).unwrap()];
    let case = made_up::case(shape.said);
    let input = ReportInput {
        timeline: &timeline,
        case: &case,
        charts: &charts,
        wording: Wording::Facts,
        mailbox_links: mailtrail_render::MailboxLinks::None,
        rows: None,
        exposure_sha256: None,
        revision: None,
        tool_version: "0.1.0",
    };
    report(&input).unwrap()
}

fn csp_hash(text: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// What stands between the first `open` and the next `close`, as a browser cuts it.
fn between<'t>(page: &'t str, open: &str, close: &str) -> &'t str {
    page.split_once(open).unwrap().1.split_once(close).unwrap().0
}

#[test]
fn the_policy_admits_the_style_and_the_script_as_written_on_the_page() {
    let page = page(Shape { mailboxes: 2, days: 92, said: Said::Both, classed: false });
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\">").replace("&#39;", "'");
    for (what, text) in [
        ("STYLE_HASH", between(&page, "<style>", "</style>")),
        ("SCRIPT_HASH", between(&page, "<script>", "</script>")),
    ] {
        let hash = csp_hash(text);
        assert!(policy.contains(&format!("'{hash}'")), "paste into page/policy.rs: const {what}: &str = \"{hash}\";");
    }
}

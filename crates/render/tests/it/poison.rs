//! Hostile texts, and a case in which every field is one of them. Shared by the tests and by `examples/sample_report.rs`.

use mailtrail_model::{CaseInputs, Timeline};

/// Markup, scripts, spreadsheets, templates, paths, bidi, controls, lengths: one a line of attack.
pub(crate) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "\"><script>alert(1)</script>",
        "' onmouseover='alert(1)",
        "\" onmouseover=\"alert(1)",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/x",
        "https://evil.example/?q=",
        "<iframe src=//evil.example>",
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<link rel=stylesheet href=//e>",
        "<a href=javascript:alert(1)>x</a>",
        "<form action=//evil.example><input>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
        "&lt;b&gt;",
        "&amp;",
        "&",
        "&#x3c;script&#x3e;",
        "{{ 7*7 }}",
        "{% include \"x\" %}",
        "{# x #}",
        "${7*7}",
        "<%= 7*7 %>",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "../../etc/passwd",
        "C:\\Windows\\x",
        "\\\\evil\\share",
        "CON",
        "nul.html",
        "a\u{202E}gnp.exe",
        "a\u{2066}b\u{2069}",
        "\u{200B}\u{200C}\u{200D}",
        "\u{FEFF}",
        "\u{0}",
        "\u{1}\u{8}\u{1B}[31m",
        "\u{7F}\u{85}\u{9F}",
        "a\r\nb",
        "\u{2028}\u{2029}",
        "\u{FFFE}\u{FFFF}",
        "\u{E0041}\u{E0042}",
        "\u{0300}\u{0301}\u{0302}",
        "مرحبا",
        "日本語メール",
        "Größe",
        "🕵️‍♀️",
        "",
        " ",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(4_000));
    texts.push("長".repeat(4_000));
    texts
}

/// The text in every field that a log, a file name or an examiner's file can fill.
pub(crate) fn poison(timeline: &mut Timeline, case: &mut CaseInputs, text: &str) {
    let own = || text.to_owned();
    timeline.case_id = Some(own());
    for source in &mut timeline.sources {
        source.name = own();
        source.refused = source.refused.as_ref().map(|_| own());
        for finding in &mut source.completeness.findings {
            finding.evidence = own();
            finding.ask = Some(own());
        }
    }
    timeline.ledger.sources.iter_mut().for_each(|row| row.name = own());
    for mailbox in &mut timeline.mailboxes {
        mailbox.name = own();
        mailbox.department = Some(own());
    }
    for context in &mut timeline.contexts {
        for field in [
            &mut context.user_id,
            &mut context.user_type,
            &mut context.logon_type,
            &mut context.app_id,
            &mut context.client_app_id,
            &mut context.effective_app,
            &mut context.device_id,
        ] {
            *field = Some(own());
        }
        context.client_family = own();
    }
    for session in &mut timeline.sessions {
        session.token_session = Some(own());
        session.addresses = vec![own(), own()];
        session.address_count = 2;
    }
    for address in &mut timeline.addresses {
        address.address = own();
        address.known_as = Some(own());
        address.country = Some(own());
        address.as_organization = Some(own());
    }
    for joined in &mut timeline.sign_ins {
        let sign_in = &mut joined.sign_in;
        for field in [&mut sign_in.principal, &mut sign_in.app_name, &mut sign_in.app_id, &mut sign_in.address] {
            *field = Some(own());
        }
        joined.known_as = Some(own());
    }
    for draft in &mut timeline.findings.drafts {
        draft.what = own();
        draft.why = own();
    }
    timeline.findings.fetch_next.iter_mut().for_each(|next| next.what = own());
    timeline.findings.departments = vec![(Some(own()), Default::default())];
    case.legend = Some(own());
    case.zone = Some(own());
    case.policy.chosen_by = Some(own());
    for entry in &mut case.attribution {
        (entry.id, entry.fact) = (own(), own());
        (entry.note, entry.by, entry.alternatives) = (Some(own()), Some(own()), Some(own()));
    }
}

//! Owns the grammar of `ClientInfoString`: `Client=<family>[;k=v|text]*;`, and the table of client families.
//!
//! Invariant: two spellings that differ only in version numbers give the same [`ClientString`]. Does not decide who used
//! the client: the text is the client's own claim. Sources: Microsoft Learn, "Use MailItemsAccessed"; the table in
//! microsoft/CSS-Exchange `Calendar/CalLogHelpers/ShortClientNameFunctions.ps1` (MIT); public records of 2021-2025.

/// What a client string says, with versions folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientString {
    /// Family: a name of [`FAMILIES`], or as logged where the table does not know it.
    pub(crate) family: String,
    /// The rest with each version number as `#` and `[AppId=…]` taken out; empty where there is none.
    pub(crate) detail: String,
    /// OWA fetched ahead of the reader: no person opened the item.
    pub(crate) preload: bool,
}

/// The family where a record states no client string.
pub(crate) const NOT_STATED: &str = "not stated";
/// Microsoft's own REST callers.
pub(crate) const REST_SYSTEM: &str = "RESTSystem";

/// What kind of client a family is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FamilyKind {
    /// A program that keeps folders on a device, and may log Sync.
    Desktop,
    /// A program that keeps mail on a device and logs Bind.
    Mobile,
    /// A browser.
    Browser,
    /// An application programming interface.
    Api,
    /// A Microsoft background service or server assistant.
    Server,
}

/// The families, as logged (compared without case), and what they are.
pub(crate) const FAMILIES: [(&str, FamilyKind, &str); 16] = [
    ("MSExchangeRPC", FamilyKind::Desktop, "Outlook for the desktop (MAPI over HTTP)"),
    ("OWA", FamilyKind::Browser, "Outlook on the web"),
    ("OneOutlook", FamilyKind::Browser, "new Outlook"),
    ("REST", FamilyKind::Api, "Microsoft Graph or Outlook REST"),
    (REST_SYSTEM, FamilyKind::Server, "Microsoft background service over REST"),
    ("WebServices", FamilyKind::Api, "Exchange Web Services"),
    ("ActiveSync", FamilyKind::Mobile, "Exchange ActiveSync"),
    ("OutlookService", FamilyKind::Mobile, "Outlook mobile or Windows Mail"),
    ("IMAP4", FamilyKind::Api, "IMAP"),
    ("POP3", FamilyKind::Api, "POP"),
    ("POP3/IMAP4", FamilyKind::Api, "POP or IMAP"),
    ("Hub Transport", FamilyKind::Server, "transport"),
    ("EBA", FamilyKind::Server, "event-based assistant"),
    ("TBA", FamilyKind::Server, "time-based assistant"),
    ("ELC", FamilyKind::Server, "retention assistant"),
    (NOT_STATED, FamilyKind::Api, "no client string"),
];

/// What kind of client a family is; a family the table does not know is an interface, the least trusting answer.
pub(crate) fn family_kind(family: &str) -> FamilyKind {
    FAMILIES.iter().find(|(name, ..)| *name == family).map_or(FamilyKind::Api, |(_, kind, _)| *kind)
}

impl ClientString {
    /// Reads `ClientInfoString`.
    pub(crate) fn parse(client_info_string: Option<&str>) -> Self {
        let Some(text) = client_info_string.map(str::trim).filter(|t| !t.is_empty()) else {
            return Self { family: NOT_STATED.to_owned(), detail: String::new(), preload: false };
        };
        let body = strip_client(text).unwrap_or(text);
        let (named, rest) = body.split_once(';').unwrap_or((body, ""));
        let family = match known(named.trim()) {
            Some("REST") if rest_system(rest) => REST_SYSTEM.to_owned(),
            Some("POP3/IMAP4") => protocol(rest).unwrap_or("POP3/IMAP4").to_owned(),
            Some(name) => name.to_owned(),
            None => fold_versions(named.trim()),
        };
        let detail = fold_versions(without_app_id(rest).trim_matches([';', ' ']));
        Self { family, detail, preload: text.contains("+Preload") }
    }
}

fn strip_client(text: &str) -> Option<&str> {
    let head = text.get(..7)?;
    head.eq_ignore_ascii_case("client=").then(|| &text[7..])
}

fn known(named: &str) -> Option<&'static str> {
    // `ELC-B2` and its like: one assistant, numbered by build.
    if named.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("elc-")) {
        return Some("ELC");
    }
    FAMILIES.iter().map(|(name, ..)| *name).find(|name| name.eq_ignore_ascii_case(named))
}

fn rest_system(rest: &str) -> bool {
    rest.split(';').any(|part| strip_client(part.trim()).is_some_and(|name| name.eq_ignore_ascii_case(REST_SYSTEM)))
}

fn protocol(rest: &str) -> Option<&'static str> {
    let stated = rest.split(';').find_map(|part| part.trim().strip_prefix("Protocol="))?;
    ["IMAP4", "POP3"].into_iter().find(|name| stated.eq_ignore_ascii_case(name))
}

fn without_app_id(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[AppId=") {
        out.push_str(before);
        rest = after.split_once(']').map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    out
}

/// Each run of digits, dots and underscores that does not continue a word becomes `#`: `Chrome/90.0.4430.93` → `Chrome/#`,
/// `Win64` stays.
fn fold_versions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    let mut in_version = false;
    for c in text.chars() {
        if in_version && (c.is_ascii_digit() || c == '.' || c == '_') {
            continue;
        }
        in_version = c.is_ascii_digit() && !in_word;
        in_word = c.is_alphanumeric() && !in_version;
        out.push(if in_version { '#' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, family: &str, detail: &str) {
        let parsed = ClientString::parse(Some(text));
        assert_eq!((parsed.family.as_str(), parsed.detail.as_str()), (family, detail), "{text}");
    }

    #[test]
    fn every_published_shape_gives_its_family() {
        check("Client=MSExchangeRPC", "MSExchangeRPC", "");
        check("Client=OWA;Action=ViaProxy", "OWA", "Action=ViaProxy");
        check("Client=REST;;", "REST", "");
        check("Client=REST;Client=RESTSystem;;", "RESTSystem", "Client=RESTSystem");
        check("Client=POP3/IMAP4;Protocol=IMAP4", "IMAP4", "Protocol=IMAP4");
        check("Client=POP3/IMAP4;Protocol=POP3", "POP3", "Protocol=POP3");
        check("Client=POP3/IMAP4", "POP3/IMAP4", "");
        check("Client=ELC-B2", "ELC", "");
        check("client=owa", "OWA", "");
        check("Client=Novel/2.1;x", "Novel/#", "x");
        check("", "not stated", "");
    }

    #[test]
    fn versions_fold_and_words_keep_their_digits() {
        check(
            "Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/90.0.4430.93 Safari/537.36;",
            "OWA",
            "Mozilla/# (Windows NT #; Win64; x64) Chrome/# Safari/#",
        );
        check("Client=OutlookService;Outlook-iOS/2.84.0;", "OutlookService", "Outlook-iOS/#");
        check(
            "Client=ActiveSync;UserAgent=Apple-iPhone13C2/1902.336;Version=160",
            "ActiveSync",
            "UserAgent=Apple-iPhone13C2/#;Version=#",
        );
    }

    #[test]
    fn a_bracketed_app_id_is_not_part_of_the_client() {
        check("Client=WebServices;python-requests/2.25.1[AppId=47629505-c2b6];", "WebServices", "python-requests/#");
        check("Client=WebServices;x[AppId=", "WebServices", "x");
    }

    #[test]
    fn preloading_is_seen() {
        assert!(ClientString::parse(Some("Client=OWA;Mozilla/5.0;+Preload+Preload")).preload);
        assert!(!ClientString::parse(Some("Client=OWA;Mozilla/5.0;")).preload);
    }

    #[test]
    fn an_application_that_only_mentions_restsystem_is_not_one() {
        check("Client=REST;I am RESTSystem;", "REST", "I am RESTSystem");
        check("Client=WebServices;Client=RESTSystem;", "WebServices", "Client=RESTSystem");
    }
}

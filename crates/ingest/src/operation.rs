//! Owns which operations are wanted: accesses, and those that explain an access. The rest is counted.

/// What a row's operation makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `MailItemsAccessed`.
    MailItems,
    /// `AttachmentAccess`.
    Attachment,
    /// Kept as context.
    Related(Story),
    /// Counted.
    No,
}

/// What part of the story around an access an operation tells; decides which of its parameters are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Story {
    /// A sign-in, good or failed.
    SignIn,
    /// Consent, application permissions, application credentials.
    Application,
    /// A rule or setting that moves mail, or hides that it moved.
    Forwarding,
    /// `Set-Mailbox`: kept only if it forwards or changes auditing.
    MailboxSetting,
    /// Who may open a mailbox.
    Permission,
    /// What is audited.
    Auditing,
    /// Searches, and mail that leaves by another way.
    OtherWay,
    /// Mail sent or deleted.
    Item,
}

/// Names without a trailing full stop or spaces, in lower case, sorted.
const RELATED: [(&str, Story); 52] = [
    ("add app role assignment grant to user", Story::Application),
    ("add app role assignment to service principal", Story::Application),
    ("add application", Story::Application),
    ("add delegated permission grant", Story::Application),
    ("add oauth2permissiongrant", Story::Application),
    ("add owner to application", Story::Application),
    ("add owner to service principal", Story::Application),
    ("add service principal", Story::Application),
    ("add service principal credentials", Story::Application),
    ("add-mailboxfolderpermission", Story::Permission),
    ("add-mailboxpermission", Story::Permission),
    ("add-recipientpermission", Story::Permission),
    ("adminmailaccess", Story::OtherWay),
    ("consent to application", Story::Application),
    ("copilotinteraction", Story::OtherWay),
    ("disable-inboxrule", Story::Forwarding),
    ("enable-inboxrule", Story::Forwarding),
    ("harddelete", Story::Item),
    ("mailboxlogin", Story::SignIn),
    ("new-applicationaccesspolicy", Story::Application),
    ("new-compliancesearch", Story::OtherWay),
    ("new-compliancesearchaction", Story::OtherWay),
    ("new-inboxrule", Story::Forwarding),
    ("new-mailboxexportrequest", Story::OtherWay),
    ("new-mailboxsearch", Story::OtherWay),
    ("new-managementroleassignment", Story::Permission),
    ("new-rolegroup", Story::Permission),
    ("new-transportrule", Story::Forwarding),
    ("remove-applicationaccesspolicy", Story::Application),
    ("remove-inboxrule", Story::Forwarding),
    ("remove-mailboxpermission", Story::Permission),
    ("remove-transportrule", Story::Forwarding),
    ("searchcreated", Story::OtherWay),
    ("searchexportdownloaded", Story::OtherWay),
    ("searchexported", Story::OtherWay),
    ("searchpreviewed", Story::OtherWay),
    ("searchquery", Story::OtherWay),
    ("searchqueryinitiatedexchange", Story::OtherWay),
    ("send", Story::Item),
    ("sendas", Story::Item),
    ("sendonbehalf", Story::Item),
    ("set-adminauditlogconfig", Story::Auditing),
    ("set-inboxrule", Story::Forwarding),
    ("set-mailbox", Story::MailboxSetting),
    ("set-mailboxauditbypassassociation", Story::Auditing),
    ("set-organizationconfig", Story::Auditing),
    ("set-transportrule", Story::Forwarding),
    ("update application – certificates and secrets management", Story::Application),
    ("updatecalendardelegation", Story::Permission),
    ("updateinboxrules", Story::Forwarding),
    ("userloggedin", Story::SignIn),
    ("userloginfailed", Story::SignIn),
];

impl Wanted {
    /// Judges an operation's name. Entra ends its names with a full stop; case never matters.
    pub(crate) fn of(operation: &str) -> Self {
        let name = operation.trim().trim_end_matches('.').trim_end();
        if name.eq_ignore_ascii_case("MailItemsAccessed") {
            return Self::MailItems;
        }
        if name.eq_ignore_ascii_case("AttachmentAccess") {
            return Self::Attachment;
        }
        let lower = |known: &str| known.bytes().cmp(name.bytes().map(|b| b.to_ascii_lowercase()));
        RELATED.binary_search_by(|(known, _)| lower(known)).map_or(Self::No, |at| Self::Related(RELATED[at].1))
    }

    /// Whether the operation is an access.
    pub(crate) fn is_access(self) -> bool {
        matches!(self, Self::MailItems | Self::Attachment)
    }

    /// Whether the row has to be parsed.
    pub(crate) fn is_wanted(self) -> bool {
        self != Self::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_found_in_any_dress() {
        assert!(RELATED.is_sorted_by(|a, b| a.0 < b.0));
        assert!(
            RELATED
                .iter()
                .all(|(name, story)| Wanted::of(&name.to_uppercase()) == Wanted::Related(*story) || name.contains('–'))
        );
        assert_eq!(Wanted::of("mailitemsaccessed "), Wanted::MailItems);
        assert_eq!(Wanted::of("AttachmentAccess"), Wanted::Attachment);
        assert_eq!(Wanted::of("Consent to application."), Wanted::Related(Story::Application));
        assert_eq!(
            Wanted::of("Update application – Certificates and secrets management "),
            Wanted::Related(Story::Application)
        );
        for other in ["", "Create", "MailItemsAccessedX", "FileAccessed", "send mail"] {
            assert_eq!(Wanted::of(other), Wanted::No, "{other}");
        }
    }
}

//! Owns the names of a few well-known applications, each with a public source. A name is no verdict: first-party ids are
//! used by intruders, too. The examiner's own list (`--apps`) is asked first.

/// A well-known application.
#[derive(Debug)]
pub struct App {
    /// Application id, lower case.
    pub id: &'static str,
    /// Its published name.
    pub name: &'static str,
    /// What to know about it; empty where there is nothing.
    pub note: &'static str,
}

/// Where names come from, unless the entry's note says otherwise.
pub const APPS_SOURCE: &str = "merill/microsoft-info _info/MicrosoftApps.csv @43b8a5d (MIT)";

const SCRIPTED: &str = "a first-party id that scripts use, too";
const DUAL: &str = "a legitimate product that responders' public lists name as abused (CIPP MaliciousApps.json, LETHAL-FORENSICS Application-Blacklist.csv)";

/// The list, in id order.
pub const APPS: [App; 21] = [
    App { id: "00000002-0000-0ff1-ce00-000000000000", name: "Office 365 Exchange Online", note: "" },
    App { id: "00000003-0000-0000-c000-000000000000", name: "Microsoft Graph", note: "the application is ClientAppId" },
    App { id: "04b07795-8ddb-461a-bbee-02f9e1bf7b46", name: "Microsoft Azure CLI", note: SCRIPTED },
    App { id: "13937bba-652e-4c46-b222-3003f4d1ff97", name: "Substrate Context Service", note: "" },
    App { id: "14d82eec-204b-4c2f-b7e8-296a70dab67e", name: "Microsoft Graph Command Line Tools", note: SCRIPTED },
    App { id: "1950a258-227b-4e31-a9cf-717495945fc2", name: "Microsoft Azure PowerShell", note: SCRIPTED },
    App { id: "1fec8e78-bce4-4aaf-ab1b-5451cc387264", name: "Microsoft Teams", note: "" },
    App { id: "26abc9a8-24f0-4b11-8234-e86ede698878", name: "SubstrateDirectoryEventProcessor", note: "" },
    App { id: "27922004-5251-4030-b22d-91ecd9a37ea4", name: "Outlook Mobile", note: "" },
    App { id: "2ef68ccc-8a4d-42ff-ae88-2d7bb89ad139", name: "Mail_Backup", note: DUAL },
    App { id: "47629505-c2b6-4a80-adb1-9b3a3d233b7b", name: "Microsoft Exchange Web Services", note: SCRIPTED },
    App { id: "5d661950-3475-41cd-a2c3-d671a3162bc1", name: "Microsoft Outlook", note: "" },
    App { id: "9199bf20-a13f-4107-85dc-02114787ef48", name: "One Outlook Web", note: "" },
    App { id: "a245e8c0-b53c-4b67-9b45-751d1dff8e6b", name: "Supermailer", note: DUAL },
    App { id: "a40d7d7d-59aa-447e-a655-679a4107e548", name: "Accounts Control UI", note: "" },
    App { id: "b669c6ea-1adf-453f-b8bc-6d526592b419", name: "Focused Inbox", note: "" },
    App { id: "d3590ed6-52b3-4102-aeff-aad2292ab01c", name: "Microsoft Office", note: "" },
    App { id: "de8bc8b5-d9f9-48b1-a8ad-b748da725064", name: "Graph Explorer", note: SCRIPTED },
    App { id: "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", name: "eM Client", note: DUAL },
    App {
        id: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        name: "Microsoft Exchange REST API Based PowerShell",
        note: SCRIPTED,
    },
    App { id: "ff8d92dc-3d82-41d6-bcbd-b9174d163620", name: "PERFECTDATA SOFTWARE", note: DUAL },
];

/// The entry of an id, in any case.
pub(crate) fn find(id: &str) -> Option<&'static App> {
    APPS.iter().find(|app| app.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_lower_case_and_unique() {
        assert!(APPS.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(APPS.iter().all(|app| app.id.len() == 36 && app.id == app.id.to_lowercase()));
    }

    #[test]
    fn an_id_is_found_in_any_case() {
        assert_eq!(find("E9A7FEA1-1CC0-4CD9-A31B-9137CA5DEEDD").map(|app| app.name), Some("eM Client"));
        assert!(find("e9a7fea1").is_none());
    }
}

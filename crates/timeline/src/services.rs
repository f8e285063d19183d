//! Owns the dated list of Microsoft background services: what may be called noise.
//!
//! Invariant: noise is recognised only positively, by (AppId, ClientAppId) on this list *and* a service's client string;
//! never by UserType or network, which is exactly how a stolen application looks. Does not drop anything: noise is greyed.

use crate::client_string::{FamilyKind, family_kind};

/// The date of the list; a service Microsoft ships later is not on it and stays unrecognised.
pub const SERVICES_AS_OF: &str = "2026-11-23";

/// One service: the pair a record carries, its name, and where that is public.
#[derive(Debug)]
pub struct Service {
    /// `AppId`.
    pub app_id: &'static str,
    /// `ClientAppId`; `None` where the record states none or the same id again.
    pub client_app_id: Option<&'static str>,
    /// What it is.
    pub name: &'static str,
    /// Where this is public.
    pub source: &'static str,
}

const MERILL: &str = "merill/microsoft-info _info/MicrosoftApps.csv @43b8a5d (MIT)";
const TWO_TENANTS: &str = "seen with RESTSystem from Microsoft networks in two unrelated public tenants: \
    invictus-ir/o365_dataset @b3361cd and microsoft/msticpy-lab @b426cb3";
const SEKOIA: &str = "SEKOIA-IO/intake-formats @b8f64fe, Office 365 samples: quarantine release";

/// The services.
pub const SERVICES: [Service; 7] = [
    Service {
        app_id: "13937bba-652e-4c46-b222-3003f4d1ff97",
        client_app_id: None,
        name: "Substrate Context Service",
        source: MERILL,
    },
    Service {
        app_id: "b669c6ea-1adf-453f-b8bc-6d526592b419",
        client_app_id: None,
        name: "Focused Inbox",
        source: MERILL,
    },
    Service {
        app_id: "26abc9a8-24f0-4b11-8234-e86ede698878",
        client_app_id: None,
        name: "Substrate Directory Event Processor",
        source: MERILL,
    },
    Service {
        app_id: "8f0bb7d0-51ef-4c03-8837-ab91cbc1c509",
        client_app_id: None,
        name: "quarantine release",
        source: SEKOIA,
    },
    Service {
        app_id: "f3f64fec-ecee-4e9a-9eed-a36a5e421300",
        client_app_id: None,
        name: "Microsoft service without a published name",
        source: TWO_TENANTS,
    },
    Service {
        app_id: "5a2ee4c5-13b8-465b-88d7-75ecf16830ad",
        client_app_id: Some(SUBSTRATE_CLIENT),
        name: "Microsoft service without a published name",
        source: TWO_TENANTS,
    },
    Service {
        app_id: "8a18aa92-0a1e-4e06-abd0-e118fa4787b1",
        client_app_id: Some(SUBSTRATE_CLIENT),
        name: "Microsoft service without a published name",
        source: TWO_TENANTS,
    },
];

const SUBSTRATE_CLIENT: &str = "3c8e478f-21ca-493a-b87c-c7366d664d54";

/// The service behind an access, if it is one: ids on the list, and a client string only a service carries.
pub(crate) fn recognise(app_id: Option<&str>, client_app_id: Option<&str>, family: &str) -> Option<&'static Service> {
    if family_kind(family) != FamilyKind::Server {
        return None;
    }
    let app = app_id?;
    SERVICES.iter().find(|service| {
        app.eq_ignore_ascii_case(service.app_id)
            && match (client_app_id, service.client_app_id) {
                (None, None) => true,
                (Some(client), None) => client.eq_ignore_ascii_case(service.app_id),
                (Some(client), Some(listed)) => client.eq_ignore_ascii_case(listed),
                (None, Some(_)) => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::recognise;

    const FOCUSED: &str = "b669c6ea-1adf-453f-b8bc-6d526592b419";

    #[test]
    fn a_listed_id_without_a_service_string_is_not_noise() {
        assert!(recognise(Some(FOCUSED), None, "RESTSystem").is_some());
        assert!(recognise(Some(FOCUSED), Some(FOCUSED), "RESTSystem").is_some());
        assert!(recognise(Some(FOCUSED), None, "REST").is_none());
    }

    #[test]
    fn a_service_string_without_a_listed_pair_is_not_noise() {
        assert!(recognise(Some("7a5fbd1c-3e6d-461a-9075-83049393b3a7"), None, "RESTSystem").is_none());
        assert!(recognise(Some(FOCUSED), Some("7a5fbd1c-3e6d-461a-9075-83049393b3a7"), "RESTSystem").is_none());
        assert!(recognise(None, None, "RESTSystem").is_none());
        assert!(recognise(Some("5a2ee4c5-13b8-465b-88d7-75ecf16830ad"), None, "RESTSystem").is_none());
    }
}

//! Owns where an access came from: the address text as logged and what it parses to. Parsing is `ingest::address`.

use std::net::IpAddr;

use crate::{Attribution, Interval, Network, access::Text};

/// What an address text turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Address<'a> {
    /// An IP address; an IPv4-mapped IPv6 address is its IPv4 address.
    Ip(IpAddr),
    /// A host name, lower case, port removed.
    Host(std::borrow::Cow<'a, str>),
    /// No address stated (`<null>`, empty, absent).
    #[default]
    None,
    /// Text that is none of these; kept in [`Origin::raw`].
    Unreadable,
}

/// The origin of an access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin<'a> {
    /// `ClientIPAddress`, else `ClientIP`, as logged.
    pub raw: Text<'a>,
    /// What it means.
    pub address: Address<'a>,
}

impl Origin<'_> {
    /// The spelling in our tables: the address or host without port, brackets and mapping; `None` if there is none.
    #[must_use]
    pub fn normalized(&self) -> Option<String> {
        match &self.address {
            Address::Ip(ip) => Some(ip.to_string()),
            Address::Host(host) => Some(host.to_string()),
            Address::None | Address::Unreadable => None,
        }
    }
}

/// One address over all accesses of the window, with what lists and databases say of it. None of it is a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressSummary {
    /// The address or host name, as our tables spell it.
    pub address: String,
    /// Its /24 or /48; `None` for a host name.
    pub network: Option<Network>,
    /// The block of the dated list of Microsoft's front ends it lies in. Illicit applications on Graph come from there, too.
    pub front_end: Option<Network>,
    /// The examiner's own label, where a device list names the address as the organisation's.
    pub known_as: Option<String>,
    /// Country (ISO code) by the examiner's database.
    pub country: Option<String>,
    /// Autonomous system number by the examiner's database.
    pub asn: Option<u32>,
    /// Its organisation.
    pub as_organization: Option<String>,
    /// The strongest attribution of its accesses.
    pub attribution: Attribution,
    /// First to last record, end exclusive.
    pub span: Interval,
    /// Records.
    pub records: u64,
    /// Records of suspect accesses, provisional ones included.
    pub suspect_records: u64,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Ways in, by id, sorted.
    pub contexts: Vec<String>,
}

//! Owns where an access came from: the address text as logged and what it parses to. Parsing is `ingest::address`.

use std::net::IpAddr;

use crate::access::Text;

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

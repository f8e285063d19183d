//! Owns address ranges: CIDR blocks, and the dated list of Microsoft's front-end networks. Spellings of a single address in
//! audit records belong to `ingest::address`.

use std::{fmt, net::IpAddr};

/// An address or CIDR block, host bits cleared. A single address is a block of full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The block of `prefix` bits around `address`; `None` if the address family has fewer bits. An IPv4-mapped IPv6 address
    /// is its IPv4 address (its prefix counts from bit 96).
    #[must_use]
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let (address, prefix) = match (address, address.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(v4)) => (IpAddr::V4(v4), prefix.checked_sub(96)?),
            (_, canonical) => (canonical, prefix),
        };
        (prefix <= width(address)).then(|| Self { address: masked(address, prefix), prefix })
    }

    /// Reads `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('/') {
            Some((address, prefix)) => Self::new(address.trim().parse().ok()?, prefix.trim().parse().ok()?),
            None => {
                let address: IpAddr = text.parse().ok()?;
                Self::new(address, width(address))
            }
        }
    }

    /// Whether `address` lies inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        width(address) == width(self.address) && masked(address, self.prefix) == self.address
    }

    /// Whether the two blocks share an address.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }

    /// The network /24 (IPv4) or /48 (IPv6) of an address: the unit in which addresses are compared as networks.
    #[must_use]
    pub fn neighbourhood(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { 24 } else { 48 };
        Self { address: masked(address, prefix), prefix }
    }

    /// Bits of the prefix.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// First address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == width(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}

/// Day on which [`FRONT_END_NETWORKS`] was last compared with a public copy of its source.
pub const FRONT_END_NETWORKS_AS_OF: &str = "2026-11-23";

/// Networks from which Microsoft's own front ends call a mailbox, for Exchange Online and Entra sign-in.
///
/// From Microsoft's published "Office 365 URLs and IP address ranges" (Exchange Online, id 1; Microsoft Entra, id 56), and two
/// data-centre blocks that background services show in public records (`2603:10a6::`, `2603:10b6::`). Delegated Graph
/// applications, illicit ones too, show these addresses instead of their own, so an address inside says nothing about *whose*
/// request it was.
pub const FRONT_END_NETWORKS: &[&str] = &[
    "13.107.6.152/31",
    "13.107.18.10/31",
    "13.107.128.0/22",
    "20.20.32.0/19",
    "20.190.128.0/18",
    "20.231.128.0/19",
    "23.103.160.0/20",
    "40.96.0.0/13",
    "40.104.0.0/15",
    "40.126.0.0/18",
    "52.96.0.0/14",
    "131.253.33.215/32",
    "132.245.0.0/16",
    "150.171.32.0/22",
    "204.79.197.215/32",
    "2603:1006::/40",
    "2603:1007:200::/48",
    "2603:1016::/36",
    "2603:1017::/48",
    "2603:1026::/36",
    "2603:1027:1::/48",
    "2603:1036::/36",
    "2603:1037:1::/48",
    "2603:1046::/36",
    "2603:1047:1::/48",
    "2603:1056::/36",
    "2603:1057:2::/48",
    "2603:10a6::/32",
    "2603:10b6::/32",
    "2620:1ec:4::152/128",
];

/// The front-end block that holds or touches `network`, if any.
#[must_use]
pub fn front_end_network(network: &Network) -> Option<Network> {
    FRONT_END_NETWORKS.iter().filter_map(|text| Network::parse(text)).find(|block| block.overlaps(network))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn blocks_are_read_with_their_host_bits_cleared() {
        for (text, printed) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7/24", "192.0.2.0/24"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(network(text).to_string(), printed);
        }
        for text in ["192.0.2.0/33", "2001:db8::/129", "host", "192.0.2.0/", "::ffff:192.0.2.0/24", ""] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_block_holds_its_addresses_and_no_others() {
        assert!(network("192.0.2.0/24").contains("192.0.2.255".parse().unwrap()));
        assert!(network("192.0.2.0/24").contains("::ffff:192.0.2.1".parse().unwrap()));
        assert!(!network("192.0.2.0/24").contains("192.0.3.0".parse().unwrap()));
        assert!(!network("0.0.0.0/0").contains("2001:db8::1".parse().unwrap()));
        assert!(network("192.0.0.0/16").overlaps(&network("192.0.2.1")));
    }

    #[test]
    fn every_embedded_block_is_readable_and_spelled_canonically() {
        for text in FRONT_END_NETWORKS {
            let parsed = network(text);
            assert_eq!(parsed.address().to_string(), text.split('/').next().unwrap());
        }
        assert_eq!(front_end_network(&network("20.190.160.12")).unwrap().to_string(), "20.190.128.0/18");
        assert!(front_end_network(&network("192.0.2.1")).is_none());
    }
}

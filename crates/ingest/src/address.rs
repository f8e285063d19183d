//! Owns the spellings of a client address: with port, brackets, IPv4 mapping, host names, placeholders.
//!
//! Does not look anything up: a host name stays a host name.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use mailtrail_model::Address;

/// Reads an address text.
pub(crate) fn parse(text: &str) -> Address<'_> {
    let text = text.trim();
    if is_placeholder(text) {
        return Address::None;
    }
    if let Some((inner, port)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port_reads = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return if port_reads { bare(inner.trim()) } else { Address::Unreadable };
    }
    bare(text)
}

/// An address or host without brackets, perhaps with a port.
fn bare(text: &str) -> Address<'_> {
    if let Some(ip) = ip(text) {
        return Address::Ip(ip);
    }
    if let Some((host, port)) = text.rsplit_once(':')
        && is_port(port)
    {
        return ip(host).map_or_else(|| host_name(host), Address::Ip);
    }
    // `SOME TEXT (10.90.0.1)`: the address stands in the parentheses.
    if let Some(inner) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, inner)| inner) {
        return ip(inner.trim()).map_or(Address::Unreadable, Address::Ip);
    }
    host_name(text)
}

fn ip(text: &str) -> Option<IpAddr> {
    if let Ok(v4) = text.parse::<Ipv4Addr>() {
        return Some(IpAddr::V4(v4));
    }
    let (address, zone) = text.split_once('%').unwrap_or((text, ""));
    if !zone.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let v6: Ipv6Addr = address.parse().ok()?;
    Some(v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4))
}

/// What writers put where there is no address.
fn is_placeholder(text: &str) -> bool {
    text.is_empty() || ["<null>", "null", "-"].iter().any(|none| text.eq_ignore_ascii_case(none))
}

fn host_name(text: &str) -> Address<'_> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if is_placeholder(text) {
        return Address::None;
    }
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    // A last label of digits only would be a broken IPv4 address, not a host.
    let last_is_number = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if text.len() > 253 || last_is_number || !text.split('.').all(label) {
        return Address::Unreadable;
    }
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        Address::Host(Cow::Owned(text.to_ascii_lowercase()))
    } else {
        Address::Host(Cow::Borrowed(text))
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match parse(text) {
            Address::Ip(ip) => ip.to_string(),
            Address::Host(host) => format!("host {host}"),
            Address::None => "none".to_owned(),
            Address::Unreadable => "unreadable".to_owned(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn every_spelling_of_one_address_is_that_address() {
        for text in [
            "10.11.12.13",
            "10.11.12.13:12345",
            "[10.11.12.13]:12345",
            "[10.11.12.13]",
            "::ffff:10.11.12.13",
            "[::ffff:10.11.12.13]:12345",
            "::ffff:10.11.12.13:443",
            " 10.11.12.13 ",
            "::ffff:0a0b:0c0d",
            "[CORRECTIPV4 (10.11.12.13)]",
        ] {
            check(text, "10.11.12.13");
        }
        for text in ["2001:db8::abcd", "[2001:db8::abcd]:12345", "[2001:db8::abcd]", "2001:DB8:0::ABCD"] {
            check(text, "2001:db8::abcd");
        }
        check("FE80::", "fe80::");
        check("fe80::1%eth0", "fe80::1");
        check("fe80:0011:2233:4455:6677:8899:AABB:CCDD", "fe80:11:2233:4455:6677:8899:aabb:ccdd");
        check("2603:10a6:208:14::26", "2603:10a6:208:14::26");
        check("::1", "::1");
    }

    #[test]
    fn hosts_placeholders_and_nonsense_are_told_apart() {
        check("localhost", "host localhost");
        check("[localhost]:12345", "host localhost");
        check("Host.Example.com", "host host.example.com");
        check("host.example.com:443", "host host.example.com");
        check("<null>", "none");
        check("", "none");
        check("NOTANIPV4 (10.9000.0.1)", "unreadable");
        check("10.9000.0.1", "unreadable");
        check("10.11.12.13:99999", "unreadable");
        check("[10.11.12.13", "unreadable");
        check("-.", "none");
        check("[null]:15", "none");
        check("-a.example", "unreadable");
        check("a b", "unreadable");
        check("ho\u{202e}st", "unreadable");
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads_as_something_that_reads_the_same_again(text in "[0-9a-fA-F:.\\[\\]()%<>nul ]{0,40}") {
            let shown = match parse(&text) {
                Address::Ip(ip) => ip.to_string(),
                Address::Host(host) => host.into_owned(),
                Address::None | Address::Unreadable => return Ok(()),
            };
            let again = match parse(&shown) {
                Address::Ip(ip) => ip.to_string(),
                Address::Host(host) => host.into_owned(),
                Address::None | Address::Unreadable => String::new(),
            };
            proptest::prop_assert_eq!(again, shown);
        }
    }
}

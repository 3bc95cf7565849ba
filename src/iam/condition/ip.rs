//! IPv4 and IPv6 addresses and CIDR blocks as condition values. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::net::IpAddr;

use ipnet::IpNet;

/// Parses `203.0.113.0/24`, `2001:db8::/32`, or a single address as a block of one.
pub(crate) fn block(text: &str) -> Option<IpNet> {
    let text = text.trim();
    match text.split_once('/') {
        // `ipnet` accepts leading zeros, but other parsers read such a number as octal.
        Some((address, _)) => address.parse::<IpAddr>().ok().and(text.parse().ok()),
        None => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(block: &str, address: &str) -> bool {
        super::block(block).unwrap().contains(&address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_block_contains_the_addresses_with_its_prefix() {
        assert!(within("203.0.113.0/24", "203.0.113.255"));
        assert!(!within("203.0.113.0/24", "203.0.114.0"));
        assert!(within("2001:db8::/32", "2001:DB8:1::1"));
        assert!(!within("2001:db8::/32", "2001:db9::1"));
    }

    #[test]
    fn the_widest_block_contains_every_address_of_its_ip_version() {
        assert!(within("0.0.0.0/0", "52.94.5.5"));
        assert!(!within("0.0.0.0/0", "::1"));
        assert!(within("::/0", "ffff::"));
    }

    #[test]
    fn a_bare_address_is_a_block_of_one() {
        assert!(within("10.0.0.1", "10.0.0.1"));
        assert!(!within("10.0.0.1", "10.0.0.2"));
        assert!(within("10.0.0.1/24", "10.0.0.77"));
    }

    #[test]
    fn invalid_blocks_are_rejected() {
        for text in
            ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "::/129", "host", "1.1.1.1/+8", "010.0.0.0/8", "1.1.1.1/8/8"]
        {
            assert_eq!(block(text), None, "{text}");
        }
    }
}

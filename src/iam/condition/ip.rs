//! IP addresses and CIDR blocks as condition values, of both versions. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads `203.0.113.0/24`, `2001:db8::/32`, or an address, which is a block of one.
pub(crate) fn block(text: &str) -> Option<IpNet> {
    let text = text.trim();
    match text.split_once('/') {
        // `ipnet` reads leading zeros, which elsewhere make a number octal.
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
    fn a_block_holds_the_addresses_that_share_its_prefix() {
        assert!(within("203.0.113.0/24", "203.0.113.255"));
        assert!(!within("203.0.113.0/24", "203.0.114.0"));
        assert!(within("2001:db8::/32", "2001:DB8:1::1"));
        assert!(!within("2001:db8::/32", "2001:db9::1"));
    }

    #[test]
    fn the_widest_block_holds_every_address_of_its_version_only() {
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
    fn what_is_no_block_is_refused() {
        for text in
            ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "::/129", "host", "1.1.1.1/+8", "010.0.0.0/8", "1.1.1.1/8/8"]
        {
            assert_eq!(block(text), None, "{text}");
        }
    }
}

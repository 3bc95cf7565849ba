//! IP addresses and CIDR blocks as condition values, of both versions. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses; a bare address is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    V4 { address: u32, prefix: u32 },
    V6 { address: u128, prefix: u32 },
}

impl Block {
    /// Reads `203.0.113.0/24`, `2001:db8::/32`, or an address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(length(prefix)?)),
            None => (text.trim(), None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => Self::v4(address, prefix.unwrap_or(Ipv4Addr::BITS)),
            IpAddr::V6(address) => Self::v6(address, prefix.unwrap_or(Ipv6Addr::BITS)),
        }
    }

    fn v4(address: Ipv4Addr, prefix: u32) -> Option<Self> {
        let address = address.to_bits();
        (prefix <= Ipv4Addr::BITS).then_some(Self::V4 { address, prefix })
    }

    fn v6(address: Ipv6Addr, prefix: u32) -> Option<Self> {
        let address = address.to_bits();
        (prefix <= Ipv6Addr::BITS).then_some(Self::V6 { address, prefix })
    }

    /// Is the address in the block? Addresses of the other version are not.
    pub(crate) fn contains(self, candidate: IpAddr) -> bool {
        match (self, candidate) {
            (Self::V4 { address, prefix }, IpAddr::V4(candidate)) => {
                let difference = address ^ candidate.to_bits();
                difference.checked_shr(Ipv4Addr::BITS - prefix).unwrap_or(0) == 0
            }
            (Self::V6 { address, prefix }, IpAddr::V6(candidate)) => {
                let difference = address ^ candidate.to_bits();
                difference.checked_shr(Ipv6Addr::BITS - prefix).unwrap_or(0) == 0
            }
            (Self::V4 { .. }, IpAddr::V6(_)) | (Self::V6 { .. }, IpAddr::V4(_)) => false,
        }
    }
}

fn length(text: &str) -> Option<u32> {
    (text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(block: &str, address: &str) -> bool {
        Block::parse(block).unwrap().contains(address.parse().unwrap())
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
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "::/129", "host", "1.1.1.1/+8"] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }
}

//! Base64 as condition values, read to bytes so that `BinaryEquals` compares
//! those. Nothing is ever encoded here.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, PAD_INDIFFERENT};

/// AWS does not say that bits which no byte is made of must be zero.
const READER: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, PAD_INDIFFERENT.with_decode_allow_trailing_bits(true));

/// The bytes a text stands for; padding may be left out.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    READER.decode(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_with_or_without_padding() {
        assert_eq!(decode("QmluYXJ5").unwrap(), b"Binary");
        assert_eq!(decode("TWE=").unwrap(), b"Ma");
        assert_eq!(decode("TWE").unwrap(), b"Ma");
        assert_eq!(decode("/+8=").unwrap(), [0xff, 0xef]);
        assert_eq!(decode("").unwrap(), b"");
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        assert_eq!(decode("a"), None);
        assert_eq!(decode("a!bc"), None);
        assert_eq!(decode("é==="), None);
    }
}

//! The difference between this machine's clock and AWS's, from an AWS response.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::model::Moment;

/// A skew in seconds that AWS accepts, so a skew up to this size does not explain a refusal.
const SLACK: i32 = 60;

/// Returns the current time, or `None` if the machine's clock is before 1970.
pub(super) fn now() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Moment)
}

/// Returns whether a response's `Date` is plausible. The SDK computes the clock skew from this header, and panics on a
/// time beyond its calendar.
pub(super) fn is_plausible(date: &str) -> bool {
    // 2000 to 2200, in seconds since 1970.
    const TIMES: std::ops::Range<i64> = 946_684_800..7_258_118_400;
    DateTime::from_str(date, Format::HttpDate).is_ok_and(|date| TIMES.contains(&date.secs()))
}

/// Returns how many seconds this machine's clock is ahead of AWS's; negative if it is behind.
///
/// `Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)` names the
/// request's time first and AWS's time last. Without such a message, the response's `Date` is AWS's time.
pub(super) fn ahead(message: &str, date: Option<&str>) -> Option<i32> {
    let stamps: Vec<i64> = message.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(seconds_of_stamp).collect();
    if let [request, .., aws] = stamps.as_slice() {
        return i32::try_from(request - aws).ok();
    }
    let aws = DateTime::from_str(date?, Format::HttpDate).ok()?.secs();
    let here = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let ahead = i32::try_from(i64::try_from(here).ok()? - aws).ok()?;
    (ahead.abs() >= SLACK).then_some(ahead)
}

/// Parses `20260101T000000Z` into seconds since 1970.
fn seconds_of_stamp(word: &str) -> Option<i64> {
    let of = |from: usize, to: usize| word.get(from..to);
    if word.len() != 16 || of(8, 9) != Some("T") || of(15, 16) != Some("Z") {
        return None;
    }
    let text = format!("{}-{}-{}T{}:{}:{}Z", of(0, 4)?, of(4, 6)?, of(6, 8)?, of(9, 11)?, of(11, 13)?, of(13, 15)?);
    DateTime::from_str(&text, Format::DateTime).ok().map(|time| time.secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_signature_shows_the_skew() {
        let text =
            "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)";
        assert_eq!(ahead(text, None), Some(-30 * 60));
        let text = "Signature not yet current: 20260101T010000Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)";
        assert_eq!(ahead(text, None), Some(3600));
    }

    #[test]
    fn a_date_beyond_a_calendar_is_not_plausible() {
        for (date, expected) in [
            ("Fri, 27 Nov 2026 04:00:00 GMT", true),
            ("Fri, 31 Dec 9999 23:59:59 GMT", false),
            ("Sat, 01 Jan 0000 00:00:00 GMT", false),
            ("Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("", false),
            ("junk", false),
        ] {
            assert_eq!(is_plausible(date), expected, "{date}");
        }
    }

    #[test]
    fn without_times_in_the_message_the_date_header_shows_the_skew() {
        let text = "The difference between the request time and the current time is too large.";
        assert!(ahead(text, Some("Thu, 01 Jan 1970 00:00:00 GMT")).is_some_and(|seconds| seconds > 1_000_000_000));
        assert_eq!(ahead(text, Some("nonsense")), None);
        assert_eq!(ahead(text, None), None);
    }
}

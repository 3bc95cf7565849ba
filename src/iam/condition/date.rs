//! Dates as condition values: the W3C profile of ISO 8601, and epoch seconds. See
//! <https://www.w3.org/TR/NOTE-datetime>. Calendar rules come from the `time` crate.

use std::sync::LazyLock;

use time::OffsetDateTime;
use time::format_description::{OwnedFormatItem, parse_owned};
use time::parsing::Parsed;

/// A date with an optional time of day, seconds, fraction and time zone.
#[expect(clippy::expect_used, reason = "a constant, read by every test")]
static FORM: LazyLock<OwnedFormatItem> = LazyLock::new(|| {
    let zone =
        "[first [Z] [[offset_hour sign:mandatory]:[offset_minute]] [[offset_hour sign:mandatory][offset_minute]]]";
    let time = format!("T[hour]:[minute][optional [:[second][optional [.[subsecond]]]]][optional [{zone}]]");
    parse_owned::<2>(&format!("[year]-[month]-[day][optional [{time}]]")).expect("a form of a date")
});

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Parses `2026-10-05`, `2026-10-05T12:00:00.5+02:00`, `2026-10`, or epoch seconds. Rejects four digits alone,
    /// because they could be a year or seconds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 4
            && let Some(instant) = epoch(text)
        {
            return Some(instant);
        }
        if text.len() == "YYYY-MM".len() { calendar(&format!("{text}-01")) } else { calendar(text) }
    }
}

/// Parses a date. The time defaults to midnight, and the time zone to UTC.
fn calendar(text: &str) -> Option<Instant> {
    let mut parsed = Parsed::new();
    let rest = parsed.parse_item(text.as_bytes(), &*FORM).ok()?;
    if parsed.hour_24().is_none() {
        parsed.set_hour_24(0)?;
    }
    if parsed.offset_hour().is_none() {
        parsed.set_offset_hour(0)?;
    }
    let date = OffsetDateTime::try_from(parsed).ok()?;
    // `time` also accepts a signed year and offsets of a day or more.
    let is_of_profile =
        text.starts_with(|first: char| first.is_ascii_digit()) && date.offset().whole_hours().abs() < 24;
    (rest.is_empty() && is_of_profile)
        .then(|| Instant { seconds: date.unix_timestamp(), nanoseconds: date.nanosecond() })
}

fn epoch(text: &str) -> Option<Instant> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (negative, digits) = match whole.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, whole),
    };
    // More than 15 digits are not a date. With this limit, the sums below can't overflow.
    if digits.len() > 15 || (negative && text.contains('.')) {
        return None;
    }
    let seconds = number(digits, digits.len())?;
    Some(Instant { seconds: if negative { -seconds } else { seconds }, nanoseconds: nanoseconds(fraction)? })
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        Instant::parse(text).unwrap().seconds
    }

    #[test]
    fn a_date_and_its_epoch_seconds_are_the_same_instant() {
        assert_eq!(seconds("2026-10-05T12:00:00Z"), 1_791_201_600);
        assert_eq!(Instant::parse("1791201600"), Instant::parse("2026-10-05T12:00:00Z"));
        assert_eq!(seconds("1970-01-01"), 0);
        assert_eq!(seconds("2000-03-01"), 951_868_800);
        assert_eq!(seconds("1969-12-31T23:59:59Z"), -1);
        assert_eq!(seconds("-1"), -1);
        assert_eq!(seconds("999999999999999"), 999_999_999_999_999);
    }

    #[test]
    fn every_day_follows_the_previous_one_and_no_month_has_an_extra_day() {
        let mut before = seconds("1895-12-31");
        for year in 1896..=2104 {
            let leap = year % 4 == 0 && ![1900, 2100].contains(&year);
            let february = if leap { 29 } else { 28 };
            for (month, days) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for day in 1..=days {
                    let today = seconds(&format!("{year}-{month:02}-{day:02}"));
                    assert_eq!(today, before + 86_400, "{year}-{month:02}-{day:02}");
                    before = today;
                }
                for day in [0, days + 1] {
                    assert_eq!(Instant::parse(&format!("{year}-{month:02}-{day:02}")), None);
                }
            }
        }
    }

    #[test]
    fn every_second_of_a_day_is_valid_and_nothing_beyond() {
        for (hour, minute, second) in [(0, 0, 0), (0, 0, 59), (0, 59, 0), (23, 0, 0), (7, 8, 9), (23, 59, 59)] {
            let clock = format!("{hour:02}:{minute:02}:{second:02}");
            let expected = hour * 3_600 + minute * 60 + second;
            assert_eq!(seconds(&format!("1970-01-01T{clock}Z")), expected, "{clock}");
            assert_eq!(seconds(&format!("1970-01-01T{clock}")), expected, "{clock}");
            let zone = format!("{hour:02}:{minute:02}");
            let ahead = hour * 3_600 + minute * 60;
            assert_eq!(seconds(&format!("1970-01-01T00:00+{zone}")), -ahead, "{zone}");
            assert_eq!(seconds(&format!("1970-01-01T00:00-{zone}")), ahead, "{zone}");
            assert_eq!(seconds(&format!("1970-01-01T00:00-{}", zone.replace(':', ""))), ahead, "{zone}");
        }
        for clock in ["24:00:00", "00:60:00", "00:00:60", "00:00:00:00", "00", "1:00", "00:00+24:00", "00:00+00:60"] {
            assert_eq!(Instant::parse(&format!("1970-01-01T{clock}")), None, "{clock}");
        }
    }

    #[test]
    fn offsets_and_fractions_count() {
        assert_eq!(Instant::parse("2026-10-05T14:00:00+02:00"), Instant::parse("2026-10-05T12:00:00Z"));
        assert_eq!(seconds("2026-10-05T06:30:00-0530"), seconds("2026-10-05T12:00Z"));
        assert!(Instant::parse("2026-10-05T12:00:00.5Z") > Instant::parse("2026-10-05T12:00:00.45Z"));
        assert_eq!(Instant::parse("1.5"), Some(Instant { seconds: 1, nanoseconds: 500_000_000 }));
        assert_eq!(Instant::parse("1.1234567899"), Some(Instant { seconds: 1, nanoseconds: 123_456_789 }));
        assert_eq!(Instant::parse("1970-01-01T00:00:01.5"), Instant::parse("1.5"));
    }

    #[test]
    fn a_month_means_its_first_day() {
        assert_eq!(seconds("2026-10"), seconds("2026-10-01T00:00:00Z"));
    }

    #[test]
    fn invalid_dates_are_rejected() {
        for text in [
            "",
            "now",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-10-05T",
            "2026-10-05T25:00:00Z",
            "2026-10-05T12:00:00+99",
            "2026-10-05T12:00:00.Z",
            "2026-10T12:00:00Z",
            "1000000000000000",
            "-1.5",
            "1.",
            "1.x",
            "2026-10-05-01",
            "2026-10-",
            "2026-1-05",
            "--5",
            "+2026-10-05",
            "-2026-10-05",
            "2026-W41-1",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}

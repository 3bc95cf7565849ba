//! Points in time by AWS's clock, and time spans.

use std::fmt;

use time::{Date, Month, OffsetDateTime, Time};

/// Seconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(pub i64);

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Moment {
    /// Returns an earlier day in the format of log folders: `2026/11/24`.
    pub fn folder_of_days_ago(self, days: i64) -> String {
        match OffsetDateTime::from_unix_timestamp(self.0 - days * DAY) {
            Ok(at) => format!("{:04}/{:02}/{:02}", at.year(), u8::from(at.month()), at.day()),
            Err(_) => String::new(),
        }
    }

    /// Returns the year and the month (from 1). `None` if the year does not have four digits.
    pub fn month(self) -> Option<(u16, u8)> {
        let at = OffsetDateTime::from_unix_timestamp(self.0).ok()?;
        let year = u16::try_from(at.year()).ok().filter(|year| *year <= 9999)?;
        Some((year, u8::from(at.month())))
    }

    /// Returns the time as `20261124T220000Z`, so that names sort by time.
    pub fn stamp(self) -> String {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(at) => {
                let (month, hour, minute, second) = (u8::from(at.month()), at.hour(), at.minute(), at.second());
                format!("{:04}{month:02}{:02}T{hour:02}{minute:02}{second:02}Z", at.year(), at.day())
            }
            Err(_) => self.0.to_string(),
        }
    }

    /// Returns the time in the format of logbucket's files: `2026-11-24T22:00:00Z`.
    pub fn iso(self) -> String {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(at) => {
                let (month, hour, minute, second) = (u8::from(at.month()), at.hour(), at.minute(), at.second());
                format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", at.year(), at.day())
            }
            Err(_) => self.0.to_string(),
        }
    }

    /// Parses the format of [`Self::iso`].
    pub(super) fn parse_iso8601(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let numbers = |text: &str, between| text.split(between).map(str::parse).collect::<Result<Vec<u16>, _>>().ok();
        let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
        let ([year, month, day], [hour, minute, second]) = (date.as_slice(), time.as_slice()) else { return None };
        let small = |number: &u16| u8::try_from(*number).ok();
        let month = Month::try_from(small(month)?).ok()?;
        let date = Date::from_calendar_date(i32::from(*year), month, small(day)?).ok()?;
        let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
        Some(Self(date.with_time(time).assume_utc().unix_timestamp()))
    }

    /// Returns the time in the format of S3 access log keys: `2026-11-24-22-00-00`.
    pub fn dashed(self) -> String {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(at) => {
                let (month, hour, minute, second) = (u8::from(at.month()), at.hour(), at.minute(), at.second());
                format!("{:04}-{month:02}-{:02}-{hour:02}-{minute:02}-{second:02}", at.year(), at.day())
            }
            Err(_) => String::new(),
        }
    }

    /// Parses `yyyymmdd`, `yyyymmddhhmm` or `yyyymmddhhmmss`.
    pub fn from_digits(text: &str) -> Option<Self> {
        if !matches!(text.len(), 8 | 12 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = |from: usize| text.get(from..from + 2).map_or(Some(0), |digits| digits.parse::<u8>().ok());
        let month = Month::try_from(number(4)?).ok()?;
        let date = Date::from_calendar_date(text.get(..4)?.parse().ok()?, month, number(6)?).ok()?;
        let time = Time::from_hms(number(8)?, number(10)?, number(12)?).ok()?;
        Some(Self(date.with_time(time).assume_utc().unix_timestamp()))
    }

    /// Returns the seconds to another moment. Negative if the other moment is earlier.
    pub fn until(self, other: Self) -> i64 {
        other.0.saturating_sub(self.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(at) => {
                let (month, hour, minute) = (u8::from(at.month()), at.hour(), at.minute());
                write!(f, "{:04}-{month:02}-{:02} {hour:02}:{minute:02} UTC", at.year(), at.day())
            }
            Err(_) => write!(f, "second {} of the epoch", self.0),
        }
    }
}

/// Formats a time span in the largest unit that fits into it at least twice.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (number, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7_199 => (seconds / MINUTE, "minute"),
        7_200..=172_799 => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_formatted_in_utc() {
        assert_eq!(Moment(1_795_557_600).to_string(), "2026-11-24 22:00 UTC");
        assert_eq!(Moment(1_795_557_600).folder_of_days_ago(0), "2026/11/24");
        assert_eq!(Moment(1_795_557_600).folder_of_days_ago(24), "2026/10/31");
        assert_eq!(Moment(i64::MAX).to_string(), format!("second {} of the epoch", i64::MAX));
    }

    #[test]
    fn a_moment_in_a_file_is_parsed_as_it_was_written() {
        let moment = Moment(1_795_557_600);
        assert_eq!(moment.iso(), "2026-11-24T22:00:00Z");
        assert_eq!(Moment::parse_iso8601(&moment.iso()), Some(moment));
        for text in ["", "2026-11-24", "2026-13-24T22:00:00Z", "2026-11-24T22:00:00", "2026-11-24T22:00Z"] {
            assert_eq!(Moment::parse_iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_has_a_suitable_unit() {
        let spans = [0, 1, 119, 120, 7_199, 7_200, 172_799, 172_800, -5].map(span);
        let words = [
            "0 seconds",
            "1 second",
            "119 seconds",
            "2 minutes",
            "119 minutes",
            "2 hours",
            "47 hours",
            "2 days",
            "0 seconds",
        ];
        assert_eq!(spans, words);
    }
}

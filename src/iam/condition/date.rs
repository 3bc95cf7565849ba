//! Dates as condition values: the W3C profile of ISO 8601 and epoch seconds. See
//! <https://www.w3.org/TR/NOTE-datetime>. No calendar beyond what comparison needs.

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads `2026-10-05`, `2026-10-05T12:00:00.5+02:00`, `2026-10`, or epoch
    /// seconds. Four digits alone could be a year or seconds, so they are neither.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 4
            && let Some(instant) = epoch(text)
        {
            return Some(instant);
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let day = days(date)?;
        let (seconds, nanoseconds) = match time {
            Some(time) if date.len() == 10 => seconds_of(time)?,
            Some(_) => return None,
            None => (0, 0),
        };
        Some(Self { seconds: day * 86_400 + seconds, nanoseconds })
    }
}

fn epoch(text: &str) -> Option<Instant> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (negative, digits) = match whole.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, whole),
    };
    // Beyond 15 digits nothing is a date, and the sums below stay small.
    if digits.len() > 15 || (negative && text.contains('.')) {
        return None;
    }
    let seconds = number(digits, digits.len())?;
    Some(Instant { seconds: if negative { -seconds } else { seconds }, nanoseconds: nanoseconds(fraction)? })
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, `YYYY-MM`.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = match parts.next() {
        Some(day) => number(day, 2)?,
        None => 1,
    };
    if parts.next().is_some() || !(1..=days_in(year, month)?).contains(&day) {
        return None;
    }
    // Counting years from March puts the leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn days_in(year: i64, month: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Seconds since midnight UTC of `hh:mm[:ss[.fraction]][zone]`; no zone is UTC.
fn seconds_of(text: &str) -> Option<(i64, u32)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else if let Some(sign) = text.rfind(['+', '-']) {
        let (clock, zone) = text.split_at_checked(sign)?;
        (clock, offset(zone)?)
    } else {
        (text, 0)
    };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let (second, fraction) = match parts.next() {
        Some(second) => second.split_once('.').unwrap_or((second, "0")),
        None => ("00", "0"),
    };
    let second = number(second, 2)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = hour * 3_600 + minute * 60 + second - offset;
    Some((seconds, nanoseconds(fraction)?))
}

/// The seconds a zone such as `+02:00` or `-0530` is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2)?,
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
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
    fn every_day_follows_the_one_before_and_no_month_has_one_more() {
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
    fn every_second_of_a_day_counts_and_no_clock_shows_more() {
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
    fn a_month_begins_on_its_first_day() {
        assert_eq!(seconds("2026-10"), seconds("2026-10-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
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
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}

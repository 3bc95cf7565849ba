//! Dates in the forms that policies use: a date or a month, optionally with a time of day, or the seconds since 1970.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Parses a policy's date, in the W3C profiles that IAM accepts or as a number, to seconds since 1970.
#[must_use]
pub fn epoch_seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let full = match text.split_once('T') {
        None => match text.len() {
            7 => format!("{text}-01T00:00:00Z"),
            _ => format!("{text}T00:00:00Z"),
        },
        Some((date, time)) => {
            let (clock, zone) = match time.find(['Z', '+', '-']) {
                Some(at) => time.split_at(at),
                None => (time, "Z"),
            };
            let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
            format!("{date}T{clock}{zone}")
        }
    };
    DateTime::from_str(&full, Format::DateTimeWithOffset).ok().map(|at| at.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::epoch_seconds;

    #[test]
    fn every_date_format_is_parsed() {
        let expected = Some(1_767_225_600.0);
        for text in [
            "2026-01",
            "2026-01-01",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00Z",
            "1767225600",
            "2026-01-01T01:00:00+01:00",
        ] {
            assert_eq!(epoch_seconds(text), expected, "{text}");
        }
        assert_eq!(epoch_seconds("soon"), None);
    }
}

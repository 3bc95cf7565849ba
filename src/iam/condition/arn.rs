//! ARNs as condition values: six parts, each matched on its own, so that no
//! wildcard crosses the first five colons. `ArnEquals` is `ArnLike`. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use crate::iam::glob::Pattern;
use crate::iam::resource_set::{Letters, ResourceSet};
use crate::iam::truth::Truth;

const COLONS: usize = 5;

/// What comes of holding a request's value against an ARN pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArnMatch {
    Same,
    Different,
    /// The pattern has fewer than six parts, of which AWS says nothing: `*` may stand for
    /// every ARN or for none.
    PatternIsNoArn,
    /// The pattern has fewer than six parts, and one of those that it has differs: no
    /// wildcard crosses a colon.
    PatternIsNoArnAndDiffers,
    /// The request's value has fewer than six parts.
    ValueIsNoArn,
}

/// Holds a request's value against an ARN pattern, part by part.
pub(crate) fn compare(pattern: &Pattern, value: &str) -> ArnMatch {
    let wanted = pattern.split(':', COLONS);
    let found: Vec<&str> = value.splitn(COLONS + 1, ':').collect();
    let same = wanted.iter().zip(&found).all(|(pattern, part)| pattern.matches(part));
    if wanted.len() <= COLONS {
        // One that does not begin as an ARN may be no list of parts to AWS at all.
        let has_parts = wanted.len() > 1 && wanted.first() == Some(&Pattern::of("arn"));
        if has_parts && !same { ArnMatch::PatternIsNoArnAndDiffers } else { ArnMatch::PatternIsNoArn }
    } else if found.len() <= COLONS || found.first() != Some(&"arn") {
        ArnMatch::ValueIsNoArn
    } else if same {
        ArnMatch::Same
    } else {
        ArnMatch::Different
    }
}

/// Holds an ARN of which only the beginning is known, its account at least, against a pattern.
pub(crate) fn begins(pattern: &Pattern, beginning: &str) -> Truth {
    let wanted = pattern.split(':', COLONS);
    let found: Vec<&str> = beginning.splitn(COLONS + 1, ':').collect();
    let (Some((last, parts)), Some((rest, known))) = (wanted.split_last(), found.split_last()) else {
        return Truth::Unknown;
    };
    if known.len() != COLONS || parts.len() != COLONS {
        return Truth::Unknown;
    }
    let same = parts.iter().zip(known).all(|(pattern, part)| pattern.matches(part));
    let set = ResourceSet::from(*rest).many(Letters::Any, "*");
    Truth::from(same).and(set.within(last).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIL: &str = "arn:aws:logs:us-east-1:123456789012:delivery-source:src";

    fn compared(pattern: &str) -> ArnMatch {
        compare(&Pattern::of(pattern), TRAIL)
    }

    #[test]
    fn a_wildcard_stays_within_its_part() {
        assert_eq!(compared("arn:aws:logs:*:123456789012:*"), ArnMatch::Same);
        assert_eq!(compared("arn:aws:logs:us-east-?:*:*"), ArnMatch::Same);
        assert_eq!(compared("arn:aws:*:delivery-source:src"), ArnMatch::PatternIsNoArnAndDiffers);
        assert_eq!(compared("arn:aws:*:a:b:src"), ArnMatch::Different);
    }

    #[test]
    fn a_pattern_of_too_few_parts_differs_only_by_a_part_that_it_has() {
        for pattern in ["*", "arn:*", "arn:aws:logs", "arn:aws:logs:*", "arn:aws:*:us-*:*", "*src", "*:src", "src"] {
            assert_eq!(compared(pattern), ArnMatch::PatternIsNoArn, "{pattern}");
        }
        for pattern in ["arn:aws:s3", "arn:aws-cn:*", "arn:*:src", "arn:aws:logs:eu-*"] {
            assert_eq!(compared(pattern), ArnMatch::PatternIsNoArnAndDiffers, "{pattern}");
        }
    }

    #[test]
    fn a_wildcard_matches_an_empty_part() {
        let bucket = Pattern::of("arn:aws:s3:*:*:acme-*");
        assert_eq!(compare(&bucket, "arn:aws:s3:::acme-data"), ArnMatch::Same);
    }

    #[test]
    fn a_value_that_is_no_arn_is_told_apart() {
        let pattern = Pattern::of("arn:aws:logs:*:*:*");
        assert_eq!(compare(&pattern, "vpcflowlogs"), ArnMatch::ValueIsNoArn);
        assert_eq!(compare(&pattern, "urn:a:b:c:d:e"), ArnMatch::ValueIsNoArn);
    }
}

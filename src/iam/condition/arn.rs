//! ARNs as condition values. Each of the six parts is matched separately, so a wildcard doesn't match the first five
//! colons. `ArnEquals` and `ArnLike` behave the same. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use crate::iam::glob::Pattern;
use crate::iam::resource_set::{Letters, ResourceSet};
use crate::iam::truth::Truth;

const COLONS: usize = 5;

/// The result of matching a request's value against an ARN pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArnMatch {
    Same,
    Different,
    /// The pattern has fewer than six parts. AWS doesn't document this: `*` may match every ARN or none.
    PatternIsNoArn,
    /// The pattern has fewer than six parts, and one part differs. A wildcard doesn't match a colon.
    PatternIsNoArnAndDiffers,
    /// The request's value has fewer than six parts.
    ValueIsNoArn,
}

/// Matches a request's value against an ARN pattern, part by part.
pub(crate) fn compare(pattern: &Pattern, value: &str) -> ArnMatch {
    let wanted = pattern.split(':', COLONS);
    let found: Vec<&str> = value.splitn(COLONS + 1, ':').collect();
    let same = wanted.iter().zip(&found).all(|(pattern, part)| pattern.matches(part));
    if wanted.len() <= COLONS {
        // If a pattern doesn't begin with `arn`, it is unknown whether AWS splits it into parts.
        let has_parts = wanted.len() > 1 && wanted.first() == Some(&Pattern::parse("arn"));
        if has_parts && !same { ArnMatch::PatternIsNoArnAndDiffers } else { ArnMatch::PatternIsNoArn }
    } else if found.len() <= COLONS || found.first() != Some(&"arn") {
        ArnMatch::ValueIsNoArn
    } else if same {
        ArnMatch::Same
    } else {
        ArnMatch::Different
    }
}

/// Matches an ARN against a pattern. Only the ARN's beginning is known. The known part must include the account.
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
        compare(&Pattern::parse(pattern), TRAIL)
    }

    #[test]
    fn a_wildcard_does_not_match_colons() {
        assert_eq!(compared("arn:aws:logs:*:123456789012:*"), ArnMatch::Same);
        assert_eq!(compared("arn:aws:logs:us-east-?:*:*"), ArnMatch::Same);
        assert_eq!(compared("arn:aws:*:delivery-source:src"), ArnMatch::PatternIsNoArnAndDiffers);
        assert_eq!(compared("arn:aws:*:a:b:src"), ArnMatch::Different);
    }

    #[test]
    fn a_short_pattern_differs_only_in_its_own_parts() {
        for pattern in ["*", "arn:*", "arn:aws:logs", "arn:aws:logs:*", "arn:aws:*:us-*:*", "*src", "*:src", "src"] {
            assert_eq!(compared(pattern), ArnMatch::PatternIsNoArn, "{pattern}");
        }
        for pattern in ["arn:aws:s3", "arn:aws-cn:*", "arn:*:src", "arn:aws:logs:eu-*"] {
            assert_eq!(compared(pattern), ArnMatch::PatternIsNoArnAndDiffers, "{pattern}");
        }
    }

    #[test]
    fn a_wildcard_matches_an_empty_part() {
        let bucket = Pattern::parse("arn:aws:s3:*:*:acme-*");
        assert_eq!(compare(&bucket, "arn:aws:s3:::acme-data"), ArnMatch::Same);
    }

    #[test]
    fn a_value_that_is_not_an_arn_is_reported_as_such() {
        let pattern = Pattern::parse("arn:aws:logs:*:*:*");
        assert_eq!(compare(&pattern, "vpcflowlogs"), ArnMatch::ValueIsNoArn);
        assert_eq!(compare(&pattern, "urn:a:b:c:d:e"), ArnMatch::ValueIsNoArn);
    }
}

//! Distinguishes custom endpoints from AWS's own.

use crate::model::without_user;

use super::connect::Aws;

/// The hosts of AWS's own endpoints, including VPC endpoints
/// (<https://docs.aws.amazon.com/general/latest/gr/rande.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html>).
const OF_AWS: [&str; 4] = ["amazonaws.com", "amazonaws.com.cn", "api.aws", "api.amazonwebservices.com.cn"];

/// The services that a run writes to, and the services that an undo queries before a removal, by their SDK IDs.
const SERVICES: [&str; 4] = ["S3", BALANCERS, "KMS", "CloudWatch Logs"];

/// The SDK IDs of the two versions of the load balancer API: the second version, and the first.
const BALANCERS: &str = "Elastic Load Balancing v2";
const CLASSIC: &str = "Elastic Load Balancing";

impl Aws {
    /// Returns the endpoint used in place of AWS's own, without user and password, or `None` if it is AWS's own. Lists
    /// each endpoint if the services use different endpoints.
    pub fn endpoint(&self) -> Option<String> {
        let of = |service: &'static str| self.destination.endpoint_url(service).and_then(|url| foreign(&url));
        let mut each = SERVICES.map(|service| (service, of(service))).to_vec();
        // Receipts of earlier versions don't name the first API, so the first API is listed only if its endpoint
        // differs.
        let classic = of(CLASSIC);
        if classic != of(BALANCERS) {
            each.push((CLASSIC, classic));
        }
        described(&each)
    }
}

fn described(of_each: &[(&str, Option<String>)]) -> Option<String> {
    let [(_, first), rest @ ..] = of_each else { return None };
    if rest.iter().all(|(_, other)| other == first) {
        return first.clone();
    }
    let each = of_each.iter().map(|(service, url)| format!("{service} {}", url.as_deref().unwrap_or("AWS")));
    Some(each.collect::<Vec<_>>().join(", "))
}

fn foreign(url: &str) -> Option<String> {
    let url = without_user(url);
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host_and_port = authority.to_ascii_lowercase();
    let host = host_and_port.split(':').next().unwrap_or_default();
    let is_aws = OF_AWS.iter().any(|of| host == *of || host.strip_suffix(of).is_some_and(|rest| rest.ends_with('.')));
    (!is_aws).then(|| format!("{}://{host_and_port}{}", scheme.to_ascii_lowercase(), path.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_endpoints_are_listed_by_service() {
        let url = || Some("http://localhost:1".to_owned());
        assert_eq!(described(&[("S3", None), ("ELB", None), ("KMS", None)]), None);
        assert_eq!(described(&[("S3", url()), ("ELB", url()), ("KMS", url())]), url());
        let mixed = described(&[("S3", None), ("ELB", url()), ("KMS", None)]);
        assert_eq!(mixed.as_deref(), Some("S3 AWS, ELB http://localhost:1, KMS AWS"));
    }

    #[test]
    fn a_vpc_endpoint_counts_as_aws_but_a_lookalike_name_does_not() {
        for own in [
            "https://s3.eu-west-1.amazonaws.com",
            "https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com/",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "https://s3.dualstack.eu-west-1.api.aws",
        ] {
            assert_eq!(foreign(own), None, "{own}");
        }
        for other in ["https://amazonaws.com.evil.example", "https://evilamazonaws.com"] {
            assert_eq!(foreign(other).as_deref(), Some(other));
        }
        assert_eq!(foreign("HTTP://me:secret@LocalHost:4566/x/").as_deref(), Some("http://localhost:4566/x"));
    }
}

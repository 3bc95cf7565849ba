//! A source as named by the user: a load balancer, a bucket or a network, by name, ID or ARN.

use std::fmt;

use crate::model::{Arn, ArnError, BucketName, BucketNameError, Region};

use super::{LoadBalancerType, NetworkId, NetworkIdError, Producer};

/// A source as the user named it, before it is looked up.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SourceName {
    /// A load balancer's ARN. The Region and account in the ARN override the session's.
    LoadBalancerArn(Arn),
    /// A load balancer's name, in the session's Region and account.
    LoadBalancer(String),
    /// A bucket's name.
    Bucket(BucketName),
    /// A network's ARN.
    NetworkArn(Arn),
    /// A network's ID, in the session's Region and account.
    Network(NetworkId),
}

/// The reason why a text can't be a source.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SourceNameError {
    /// The text starts like an ARN but isn't an ARN.
    #[error(transparent)]
    Arn(#[from] ArnError),
    /// The text is not a bucket name.
    #[error(transparent)]
    Bucket(#[from] BucketNameError),
    /// The text is not a network.
    #[error(transparent)]
    Network(#[from] NetworkIdError),
    /// The text is the ARN of something else.
    #[error("`{arn}` is not the ARN of {expected}")]
    OtherThing {
        /// The ARN as given.
        arn: String,
        /// The expected type.
        expected: &'static str,
    },
    /// The text is the ARN of another type of load balancer.
    #[error("`{arn}` is {}, but `{producer}` is for another type of load balancer", .found.title())]
    OtherType {
        /// The ARN as given.
        arn: String,
        /// The type in the ARN.
        found: LoadBalancerType,
        /// The requested producer.
        producer: Producer,
    },
    /// The text is not a load balancer's name.
    #[error("`{0}` is not a load balancer's name: letters, digits and `-` (not at an end), at most 32 characters")]
    LoadBalancer(String),
}

impl SourceName {
    /// Parses a producer's source.
    ///
    /// Load balancer names: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>.
    pub fn parse(producer: Producer, text: &str) -> Result<Self, SourceNameError> {
        match producer {
            Producer::Alb | Producer::Clb | Producer::Nlb => load_balancer(producer, text),
            Producer::S3Access | Producer::Inventory => bucket(text),
            Producer::VpcFlow => network(text),
        }
    }

    /// Returns the source's Region, if the name contains it.
    pub fn region(&self) -> Option<Region> {
        match self {
            Self::LoadBalancerArn(arn) | Self::NetworkArn(arn) => arn.region.parse().ok(),
            Self::Bucket(_) | Self::LoadBalancer(_) | Self::Network(_) => None,
        }
    }

    /// Returns the ARN, if the user named the source by its ARN. The ARN contains the Region and account.
    pub fn arn(&self) -> Option<&Arn> {
        match self {
            Self::LoadBalancerArn(arn) | Self::NetworkArn(arn) => Some(arn),
            Self::Bucket(_) | Self::LoadBalancer(_) | Self::Network(_) => None,
        }
    }

    /// Returns the bucket, if the source is a bucket.
    pub fn bucket(&self) -> Option<&BucketName> {
        match self {
            Self::Bucket(name) => Some(name),
            Self::LoadBalancer(_) | Self::LoadBalancerArn(_) | Self::Network(_) | Self::NetworkArn(_) => None,
        }
    }

    /// Returns the ID, if the source is a network.
    pub fn network(&self) -> Option<NetworkId> {
        match self {
            Self::Network(id) => Some(id.clone()),
            Self::NetworkArn(arn) => NetworkId::from_arn(arn),
            Self::Bucket(_) | Self::LoadBalancer(_) | Self::LoadBalancerArn(_) => None,
        }
    }

    /// Returns the policy resource for a load balancer of this type. `None` for other sources. The ARN ends with an ID that
    /// only AWS knows. `place` is the start of ARNs in the Region and account.
    pub fn balancer_resource(&self, kind: LoadBalancerType, place: &str) -> Option<String> {
        match self {
            Self::LoadBalancerArn(arn) => Some(arn.to_string()),
            Self::LoadBalancer(name) => Some(format!("{place}{}", kind.resource(name))),
            Self::Bucket(_) | Self::Network(_) | Self::NetworkArn(_) => None,
        }
    }

    /// Returns the source's own name, as in a policy statement that names sources one by one.
    pub fn own_name(&self) -> String {
        match self {
            Self::Bucket(name) => name.to_string(),
            Self::LoadBalancer(name) => name.clone(),
            Self::Network(id) => id.to_string(),
            Self::LoadBalancerArn(Arn { resource, .. }) | Self::NetworkArn(Arn { resource, .. }) => resource.clone(),
        }
    }

    /// Returns whether the source can be found without a Region. A bucket can, since its name is global.
    pub fn is_found_anywhere(&self) -> bool {
        match self {
            Self::Bucket(_) => true,
            Self::LoadBalancer(_) | Self::LoadBalancerArn(_) | Self::Network(_) | Self::NetworkArn(_) => false,
        }
    }
}

fn load_balancer(producer: Producer, text: &str) -> Result<SourceName, SourceNameError> {
    if !text.starts_with("arn:") {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let edges = text.starts_with('-') || text.ends_with('-');
        let whole = (1..=32).contains(&text.len()) && text.chars().all(legal) && !edges;
        return if whole {
            Ok(SourceName::LoadBalancer(text.to_owned()))
        } else {
            Err(SourceNameError::LoadBalancer(text.to_owned()))
        };
    }
    let arn: Arn = text.parse()?;
    let other = || SourceNameError::OtherThing { arn: text.to_owned(), expected: "a load balancer" };
    let kind = arn.resource.strip_prefix("loadbalancer/").ok_or_else(other)?;
    if arn.service != "elasticloadbalancing" || arn.region.is_empty() || arn.account.is_empty() {
        return Err(other());
    }
    let kind = match kind.split_once('/') {
        // The ARNs of Classic Load Balancers contain no type:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_elasticloadbalancing.html
        None => LoadBalancerType::Classic,
        Some(("app", _)) => LoadBalancerType::Application,
        Some(("net", _)) => LoadBalancerType::Network,
        Some(("gwy", _)) => LoadBalancerType::Gateway,
        Some(_) => return Err(other()),
    };
    if kind.producer() == Some(producer) {
        Ok(SourceName::LoadBalancerArn(arn))
    } else {
        Err(SourceNameError::OtherType { arn: text.to_owned(), found: kind, producer })
    }
}

fn bucket(text: &str) -> Result<SourceName, SourceNameError> {
    if !text.starts_with("arn:") {
        return Ok(SourceName::Bucket(text.parse()?));
    }
    let arn: Arn = text.parse()?;
    if arn.service != "s3" || !arn.region.is_empty() || arn.resource.contains(['/', ':']) {
        return Err(SourceNameError::OtherThing { arn: text.to_owned(), expected: "a bucket" });
    }
    Ok(SourceName::Bucket(arn.resource.parse()?))
}

fn network(text: &str) -> Result<SourceName, SourceNameError> {
    if !text.starts_with("arn:") {
        return Ok(SourceName::Network(text.parse()?));
    }
    let arn: Arn = text.parse()?;
    let other = || SourceNameError::OtherThing {
        arn: text.to_owned(),
        expected: "a VPC, subnet, network interface or transit gateway",
    };
    NetworkId::from_arn(&arn).filter(|_| !arn.account.is_empty()).ok_or_else(other)?;
    Ok(SourceName::NetworkArn(arn))
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoadBalancerArn(arn) | Self::NetworkArn(arn) => arn.fmt(f),
            Self::Network(id) => id.fmt(f),
            Self::LoadBalancer(name) => f.write_str(name),
            Self::Bucket(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_load_balancers_arn_is_refused_for_alb() {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/edge/50dc6c495c0c9188";
        assert!(matches!(SourceName::parse(Producer::Alb, arn), Err(SourceNameError::OtherType { .. })));
        assert!(SourceName::parse(Producer::Nlb, arn).is_ok());
    }

    #[test]
    fn a_classic_load_balancers_arn_contains_no_type() {
        for arn in [
            "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/old-web",
            "arn:aws-cn:elasticloadbalancing:cn-north-1:111122223333:loadbalancer/app",
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:loadbalancer/net",
        ] {
            for producer in [Producer::Alb, Producer::Nlb] {
                let refused = SourceName::parse(producer, arn);
                assert!(matches!(refused, Err(SourceNameError::OtherType { .. })), "{arn}: {refused:?}");
            }
            assert!(SourceName::parse(Producer::Clb, arn).is_ok(), "{arn}");
        }
        let group = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/50dc6c495c0c9188";
        assert!(matches!(SourceName::parse(Producer::Alb, group), Err(SourceNameError::OtherThing { .. })));
    }

    #[test]
    fn a_bucket_can_be_given_by_arn() {
        let source = SourceName::parse(Producer::Inventory, "arn:aws:s3:::app-data").unwrap();
        assert_eq!(source.to_string(), "app-data");
        assert!(SourceName::parse(Producer::Inventory, "arn:aws:s3:::app-data/key").is_err());
    }

    #[test]
    fn a_load_balancer_is_rejected_as_a_source_of_s3_access_logs() {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";
        assert!(SourceName::parse(Producer::S3Access, arn).is_err());
    }
}

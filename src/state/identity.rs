use crate::model::{AccountId, Partition};

/// The caller, from `sts:GetCallerIdentity`.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    pub account: AccountId,
    pub arn: String,
    pub partition: Partition,
}

impl Identity {
    /// Returns a short name for the caller: `Role/session`, `user/NAME`, `root`.
    pub fn short_arn(&self) -> &str {
        let resource = self.arn.splitn(6, ':').nth(5).unwrap_or(&self.arn);
        resource.strip_prefix("assumed-role/").unwrap_or(resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_a_short_distinct_name() {
        let short = |arn: &str| {
            let account = "111122223333".parse().unwrap();
            let identity = Identity { account, arn: arn.to_owned(), partition: Partition::Aws };
            identity.short_arn().to_owned()
        };
        assert_eq!(short("arn:aws:sts::111122223333:assumed-role/Operator/alice"), "Operator/alice");
        assert_eq!(short("arn:aws:iam::111122223333:user/ops/alice"), "user/ops/alice");
        assert_eq!(short("arn:aws:iam::111122223333:root"), "root");
        assert_eq!(short("odd"), "odd");
    }
}

//! Who is calling.

use crate::model::{AccountId, Partition};

/// The caller, by `sts:GetCallerIdentity`.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The caller's account.
    pub account: AccountId,
    /// The caller's ARN.
    pub arn: String,
    /// The partition of the caller's ARN.
    pub partition: Partition,
}

impl Identity {
    /// The caller as people say it: `Role/session`, `user/NAME`, `root`.
    pub fn short_arn(&self) -> &str {
        let resource = self.arn.splitn(6, ':').nth(5).unwrap_or(&self.arn);
        resource.strip_prefix("assumed-role/").unwrap_or(resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_called_by_what_tells_it_apart() {
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

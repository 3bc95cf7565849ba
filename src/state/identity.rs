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

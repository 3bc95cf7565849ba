//! Determines the caller's identity.

use crate::model::{Arn, Region};
use crate::state::Identity;

use super::error::{AwsError, ErrorCause, WHO};
use super::session::Session;

/// Calls `sts:GetCallerIdentity`, which needs no permission, once per session.
pub(super) async fn identity(session: &Session, region: &Region) -> Result<Identity, AwsError> {
    session.identity.get_or_try_init(|| asked(session, region)).await.cloned()
}

async fn asked(session: &Session, region: &Region) -> Result<Identity, AwsError> {
    let answer = session
        .sts(region)
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| AwsError::new(WHO, "the caller", &error))?;
    let arn = answer.arn().unwrap_or_default().to_owned();
    let parsed = arn.parse::<Arn>();
    match (answer.account().unwrap_or_default().parse(), parsed) {
        (Ok(account), Ok(Arn { partition, .. })) => Ok(Identity { account, arn, partition }),
        _ => Err(AwsError {
            action: WHO,
            resource: "the caller".to_owned(),
            cause: ErrorCause::Other,
            code: None,
            message: format!("the response names no known account and partition: `{arn}`"),
            request_id: None,
        }),
    }
}

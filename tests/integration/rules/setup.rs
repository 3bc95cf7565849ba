//! What several of these tests start with.

use sandbox::{Effect, Fault, When};

use crate::account::Account;

pub(super) fn denied(operation: &str) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() }
}

pub(super) fn log_to(account: &Account, source: &str, target: &str) {
    let logging = format!(
        "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    );
    account.sandbox.set_setting(source, "logging", Some(&logging));
}

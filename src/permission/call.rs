//! A call to AWS, with what it takes and when it is made.

use crate::producer::Producer;

/// A call that logbucket makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Call {
    /// The operation by its API's name, such as `s3:PutBucketEncryption`.
    pub api: &'static str,
    /// The jobs that make it.
    pub jobs: &'static [Job],
    /// The producers for which it is made.
    pub producers: &'static [Producer],
    /// What must be so for it to be made.
    pub need: Need,
    /// The IAM actions that AWS asks for, each with what it is asked on; the one it is named after comes first.
    pub actions: &'static [(&'static str, Resource)],
}

/// What a caller is to be able to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Job {
    /// `check` of sources that are named.
    Check,
    /// `check` of a bucket, which lists what may log there.
    CheckBucket,
    /// `init --dry-run`: looking.
    DryRun,
    /// `init` with its answers given by flags.
    Init,
    /// `scan`.
    Scan,
    /// `undo` of a run.
    Undo,
    /// `init` on a terminal, which lists what there is.
    Wizard,
}

/// What must be so for a call to be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// Nothing.
    Always,
    /// A customer managed key encrypts the logs.
    Key,
    /// That key is one that logbucket makes, or made.
    OwnKey,
}

/// What an action is asked on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Resource {
    /// Nothing that has an ARN: AWS takes `*` alone.
    Anything,
    /// The caller's own role or user.
    Caller,
    /// The load balancers that log.
    LoadBalancers,
    /// The buckets that log.
    Sources,
    /// Every bucket of the account: whether it logs somewhere, only it says.
    EveryBucket,
    /// The destination bucket.
    Destination,
    /// The test object in it.
    TestObject,
    /// Its objects, in the folder of the logs.
    Logs,
    /// The key that encrypts the logs.
    Key,
    /// Every key of the account and Region: whose a key is, only its tags tell.
    EveryKey,
    /// The alias of the key that logbucket makes.
    OwnAlias,
}

impl Resource {
    /// The Sid of the statement about it.
    pub(super) fn sid(self) -> &'static str {
        match self {
            Self::Anything => "LogbucketLists",
            Self::Caller => "LogbucketPreflight",
            Self::LoadBalancers => "LogbucketLoadBalancers",
            Self::Sources => "LogbucketSources",
            Self::EveryBucket => "LogbucketEveryBucket",
            Self::Destination => "LogbucketDestination",
            Self::TestObject => "LogbucketTestObject",
            Self::Logs => "LogbucketLogs",
            Self::Key => "LogbucketKey",
            Self::EveryKey => "LogbucketEveryKey",
            Self::OwnAlias => "LogbucketKeyAlias",
        }
    }

    /// Whether it is only there where a customer managed key is used.
    pub(super) fn is_of_a_key(self) -> bool {
        match self {
            Self::EveryKey | Self::Key | Self::OwnAlias => true,
            Self::Anything
            | Self::Caller
            | Self::Destination
            | Self::EveryBucket
            | Self::LoadBalancers
            | Self::Logs
            | Self::Sources
            | Self::TestObject => false,
        }
    }
}

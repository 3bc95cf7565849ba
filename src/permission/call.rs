//! An AWS call, with the permissions that it needs and the jobs that make it.

use crate::producer::Producer;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ApiCall {
    /// The API operation, such as `s3:PutBucketEncryption`.
    pub api: &'static str,
    /// The jobs that make the call.
    pub jobs: &'static [Job],
    /// The producers that need the call.
    pub producers: &'static [Producer],
    /// The condition under which logbucket makes the call.
    pub need: CallCondition,
    /// The IAM actions that AWS checks, each with its resource. The action with the call's own name comes first.
    pub actions: &'static [(&'static str, Resource)],
}

/// A job that the caller needs permissions for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Job {
    /// `check` with named sources.
    Check,
    /// `check` of a bucket, which lists the logs that go to the bucket.
    CheckBucket,
    /// `init --dry-run`, which only reads.
    DryRun,
    /// `init` with all answers given by flags.
    Init,
    Scan,
    Undo,
    /// `init` on a terminal, which lists existing resources.
    Wizard,
}

/// The condition under which logbucket makes a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallCondition {
    Always,
    /// A customer managed key encrypts the logs.
    Key,
    /// logbucket creates the customer managed key, or an earlier run created it.
    OwnKey,
}

/// The resource that an action is checked against.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Resource {
    /// No specific resource: AWS accepts only `*`.
    Anything,
    /// The caller's own role or user.
    Caller,
    /// The load balancers that log.
    LoadBalancers,
    /// The networks that log.
    Networks,
    /// Every flow log: its ID is known only after it was created.
    FlowLogs,
    /// The buckets that log.
    Sources,
    /// Every bucket of the account, because each bucket must be read to find out whether it logs.
    EveryBucket,
    Destination,
    /// The test object in the destination.
    TestObject,
    /// The objects in the destination's log folder.
    Logs,
    /// The key that encrypts the logs.
    Key,
    /// Every key of the account and Region, because each key's tags must be read to find logbucket's own keys.
    EveryKey,
    /// The alias of the key that logbucket creates.
    OwnAlias,
}

impl Resource {
    /// Returns the Sid of the statement for this resource.
    pub(super) fn sid(self) -> &'static str {
        match self {
            Self::Anything => "LogbucketLists",
            Self::Caller => "LogbucketPreflight",
            Self::LoadBalancers => "LogbucketLoadBalancers",
            Self::Networks => "LogbucketNetworks",
            Self::FlowLogs => "LogbucketFlowLogs",
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

    /// Returns whether the resource is needed only with a customer managed key.
    pub(super) fn needs_key(self) -> bool {
        match self {
            Self::EveryKey | Self::Key | Self::OwnAlias => true,
            Self::Anything
            | Self::Caller
            | Self::Destination
            | Self::EveryBucket
            | Self::FlowLogs
            | Self::LoadBalancers
            | Self::Networks
            | Self::Logs
            | Self::Sources
            | Self::TestObject => false,
        }
    }
}

//! What the project's own tests, fuzzers and `main.rs` use. Not a public interface: it changes without notice.

pub mod aws {
    pub use crate::aws::{Aws, Callbacks, Connect, ErrorCause, ObserveError, trail_event, variables_to_unset};
}

pub mod cli {
    pub use crate::cli::{Cli, Command, CommandWord};
}

pub mod command {
    pub use crate::command::draft;
}

pub mod exit {
    pub use crate::exit::TABLE;
}

pub mod health {
    pub use crate::health::{Diagnosis, Health, operations, story};
}

pub mod iam {
    pub use crate::iam::{
        AccessRequest, Context, ContextValue, Decision, Document, Effect, NarrowError, PolicyAnswer, Principal, Truth,
        Unnamed, evaluate, exempt_service,
    };
}

pub mod model {
    pub use crate::model::{
        AccountId, BucketEncryption, BucketName, EncryptionKind, KeyArn, KeyChoice, Moment, Partition, Region, Seen,
        StorageClass, Tag, TransitionAfter, is_hidden,
    };
}

pub mod permission {
    pub use crate::permission::CALLS;
}

pub mod plan {
    pub use crate::plan::{
        DefaultEncryption, EncryptionFinding, Finding, FindingId, FindingKind, Fix, GrantFinding, Plan, PlannedStep,
        PolicyFinding, Refusal, Step, StepKind, plan,
    };
}

pub mod producer {
    pub use crate::producer::{
        Aggregation, Attachment, Choices, ConfiguredDestination, FlowFormat, FlowRequest, InventoryField,
        InventoryFormat, InventoryFrequency, InventoryVersions, KeyContext, KeyFormat, Kind, LoadBalancer,
        LoadBalancerType, Log, LogType, Network, Overdue, PartitionDate, Probe, ProbedKey, Producer, Source,
        SourceBucket, Traffic, bucket_probes, key_probes, legacy_probes,
    };
    pub mod encryption {
        pub use crate::producer::encryption::EncryptionOutcome;
    }
}

pub mod request {
    pub use crate::request::{CommandLine, Consent, Draft, Expiry, Preflight, Request, shell_word};
}

pub mod state {
    pub use crate::state::{
        Bucket, BucketOrigin, BucketState, Identity, Key, KeyManager, KeyOrigin, Observed, OwnKeys, Ownership, Payer,
        TrailEvent,
    };
}

pub mod ui {
    pub use crate::ui::sentences;
}

pub mod undo {
    pub mod receipt {
        pub use crate::undo::receipt::Receipt;
    }
}

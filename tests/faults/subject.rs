//! The commands to test, and the commands that run before them. Each row is one kind of run.

#[derive(Debug)]
pub(crate) struct Subject {
    /// The name in a case.
    pub(crate) name: &'static str,
    /// The commands that run before the tested one, undisturbed.
    pub(crate) before: &'static [&'static str],
    pub(crate) words: &'static str,
}

/// Undoes the run before this command.
const UNDO: &str = "undo latest --yes";

/// Every producer, new and shared destinations, keys, and a bucket that needs a fix.
pub(crate) const ALL: &[Subject] = &[
    Subject {
        name: "alb-new-bucket",
        before: &[],
        words: "init alb --source web --bucket demo-logs --expire-days 30 --tag owner=me --yes",
    },
    Subject {
        name: "alb-shared-bucket",
        before: &[],
        words: "init alb --source web --bucket shared-logs --prefix alb --yes",
    },
    Subject {
        name: "alb-beside-nlb",
        before: &["init nlb --source edge --bucket shared-logs --prefix nlb --expire-days 90 --fix --yes"],
        words: "init alb --source web --bucket shared-logs --prefix alb --expire-days 30 --fix --yes",
    },
    Subject {
        name: "nlb-new-key",
        before: &[],
        words: "init nlb --source edge --bucket demo-logs --kms-key create --yes",
    },
    Subject {
        name: "clb-shared-bucket",
        before: &[],
        words: "init clb --source old-web --bucket shared-logs --prefix clb --emit-interval 5 --yes",
    },
    Subject {
        name: "vpc-flow-new-bucket",
        before: &[],
        words: "init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket demo-logs --hive --yes",
    },
    Subject {
        name: "vpc-flow-changed",
        before: &["init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket shared-logs --prefix net --yes"],
        words: "init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket shared-logs --prefix net --aggregation 60 --fix --yes",
    },
    Subject { name: "nlb-own-key", before: &[], words: "init nlb --source edge --bucket kms-logs --yes" },
    Subject {
        name: "s3-access",
        before: &[],
        words: "init s3-access --source app-data --source app-images --bucket shared-logs --prefix s3/ --yes",
    },
    Subject {
        name: "inventory-new-key",
        before: &[],
        words: "init inventory --source app-data --bucket demo-logs --report-kms-key create --yes",
    },
    Subject {
        name: "inventory-fix",
        before: &[],
        words: "init inventory --source app-data --bucket managed-kms-logs --fix --yes",
    },
    Subject {
        name: "undo-alb-new-bucket",
        before: &["init alb --source web --bucket demo-logs --expire-days 30 --tag owner=me --yes"],
        words: UNDO,
    },
    Subject {
        name: "undo-alb-beside-nlb",
        before: &[
            "init nlb --source edge --bucket shared-logs --prefix nlb --expire-days 90 --fix --yes",
            "init alb --source web --bucket shared-logs --prefix alb --expire-days 30 --fix --yes",
        ],
        words: UNDO,
    },
    Subject {
        name: "undo-nlb-new-key",
        before: &["init nlb --source edge --bucket demo-logs --kms-key create --yes"],
        words: UNDO,
    },
    Subject {
        name: "undo-clb-moved",
        before: &[
            "init clb --source old-web --bucket demo-logs --yes",
            "init clb --source old-web --bucket shared-logs --prefix clb --emit-interval 5 --fix --yes",
        ],
        words: UNDO,
    },
    Subject {
        name: "undo-vpc-flow-changed",
        before: &[
            "init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket shared-logs --prefix net --yes",
            "init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket shared-logs --prefix net --aggregation 60 --fix --yes",
        ],
        words: UNDO,
    },
    Subject { name: "undo-nlb-own-key", before: &["init nlb --source edge --bucket kms-logs --yes"], words: UNDO },
    Subject {
        name: "undo-s3-access",
        before: &["init s3-access --source app-data --source app-images --bucket shared-logs --prefix s3/ --yes"],
        words: UNDO,
    },
    Subject {
        name: "undo-inventory-fix",
        before: &["init inventory --source app-data --bucket managed-kms-logs --fix --yes"],
        words: UNDO,
    },
];

impl Subject {
    /// Returns whether the command undoes the run before it.
    pub(crate) fn undoes(&self) -> bool {
        self.words == UNDO
    }

    pub(crate) fn named(name: &str) -> &'static Self {
        ALL.iter().find(|subject| subject.name == name).unwrap_or_else(|| panic!("no subject {name}"))
    }
}

//! What is run: a command, and what was run before it.
//!
//! Another kind of run is another row.

/// A command under test.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its name in a case.
    pub(crate) name: &'static str,
    /// What is run before, undisturbed.
    pub(crate) before: &'static [&'static str],
    /// The command's words.
    pub(crate) words: &'static str,
}

/// What the last run before it changed is put back.
const UNDO: &str = "undo latest --yes";

/// Every producer, new and shared destinations, keys, and a bucket that has to be mended.
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
    /// Whether it undoes the last run before it.
    pub(crate) fn undoes(&self) -> bool {
        self.words == UNDO
    }

    /// The one of that name.
    pub(crate) fn named(name: &str) -> &'static Self {
        ALL.iter().find(|subject| subject.name == name).unwrap_or_else(|| panic!("no subject {name}"))
    }
}

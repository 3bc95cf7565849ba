//! The steps of a sequence: runs and undos by two users, and a colleague's changes in the console.

use std::fmt;

/// A user. Both use the same account, but each has their own receipts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum User {
    A,
    B,
}

pub(crate) const USERS: [User; 2] = [User::A, User::B];

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Init(User, Init),
    Undo { user: User, which: Which, dry: bool },
    Change(Change),
}

/// The run to undo.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    Latest,
    /// The nth of the user's runs, modulo their number.
    Nth(usize),
}

/// A console change: a row of [`super::console::CHANGES`], on a bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) name: &'static str,
    pub(crate) bucket: &'static str,
    /// The number by which the change chooses its prefix, key or value.
    pub(crate) number: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Producer {
    Alb,
    Nlb,
    Clb,
    S3Access,
    Inventory,
    VpcFlow,
}

/// A run to make.
#[derive(Clone, Debug)]
pub(crate) struct Init {
    pub(crate) producer: Producer,
    pub(crate) sources: Vec<&'static str>,
    pub(crate) bucket: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) log_types: &'static [&'static str],
    pub(crate) interval: Option<&'static str>,
    pub(crate) inventory: Option<&'static str>,
    pub(crate) key: Option<&'static str>,
    pub(crate) days: Option<u32>,
    pub(crate) tag: Option<(&'static str, &'static str)>,
    pub(crate) exempt: Option<&'static str>,
    pub(crate) fix: bool,
}

impl Init {
    pub(crate) fn words(&self) -> String {
        let (producer, key) = match self.producer {
            Producer::Alb => ("alb", "--kms-key"),
            Producer::Nlb => ("nlb", "--kms-key"),
            Producer::Clb => ("clb", "--kms-key"),
            Producer::S3Access => ("s3-access", "--kms-key"),
            Producer::Inventory => ("inventory", "--report-kms-key"),
            Producer::VpcFlow => ("vpc-flow", "--kms-key"),
        };
        let interval = if self.producer == Producer::VpcFlow { "--aggregation" } else { "--emit-interval" };
        let mut words = vec![format!("init {producer} --bucket {}", self.bucket)];
        let mut flag = |name: &str, value: &str| words.push(format!("{name} {value}"));
        self.sources.iter().for_each(|source| flag("--source", source));
        self.log_types.iter().for_each(|log| flag("--log-type", log));
        if !self.prefix.is_empty() {
            flag("--prefix", self.prefix);
        }
        self.interval.iter().for_each(|minutes| flag(interval, minutes));
        self.inventory.iter().for_each(|id| flag("--inventory-id", id));
        self.key.iter().for_each(|named| flag(key, named));
        self.days.iter().for_each(|days| flag("--expire-days", &days.to_string()));
        self.tag.iter().for_each(|(name, value)| flag("--tag", &format!("{name}={value}")));
        self.exempt.iter().for_each(|sid| flag("--exempt", sid));
        words.push(if self.fix { "--fix --yes" } else { "--yes" }.to_owned());
        words.join(" ")
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::A { "A" } else { "B" })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init(user, init) => write!(f, "{user}: {}", init.words()),
            Self::Undo { user, which, dry } => {
                let consent = if *dry { "--dry-run" } else { "--yes" };
                match which {
                    Which::Latest => write!(f, "{user}: undo latest {consent}"),
                    Which::Nth(nth) => write!(f, "{user}: undo run {nth} {consent}"),
                }
            }
            Self::Change(Change { name, bucket, number }) => write!(f, "console: {name} [{bucket}, {number}]"),
        }
    }
}

//! Sequences by number. The same number always gives the same sequence.

use std::fmt;

use fastrand::Rng;

use super::console::{self, Kind};
use super::scene::NETWORKS;
use super::step::{Change, Init, Producer, Step, User, Which};

/// The focus of a sequence, and a row of the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Theme {
    OneUser,
    TwoUsers,
    Settings,
    Grants,
    Sources,
    Keys,
    Anew,
    Everything,
}

/// Every theme, in the report's order. The sequence's number selects one.
pub(crate) const THEMES: [(Theme, &str); 8] = [
    (Theme::OneUser, "one user's runs, undone in any order"),
    (Theme::TwoUsers, "two users with their own receipts"),
    (Theme::Settings, "a colleague changes settings of the bucket"),
    (Theme::Grants, "a colleague changes policies and tags"),
    (Theme::Sources, "a colleague points sources at the bucket, elsewhere or off"),
    (Theme::Keys, "shared KMS keys, and a colleague who changes them"),
    (Theme::Anew, "buckets that are filled, deleted or recreated"),
    (Theme::Everything, "everything"),
];

#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    pub(crate) number: u64,
    pub(crate) theme: Theme,
    /// The world it runs in.
    pub(crate) world: usize,
    pub(crate) steps: Vec<Step>,
}

/// A sequence's number, optionally with the steps to take. Written as `12` or `12:0,3`.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) number: u64,
    pub(crate) kept: Option<Vec<usize>>,
}

impl Named {
    pub(crate) fn parse(words: &str) -> Self {
        let (number, kept) = words.split_once(':').map_or((words, None), |(number, kept)| (number, Some(kept)));
        let places = |kept: &str| kept.split(',').map(|at| at.parse().unwrap()).collect();
        Self { number: number.parse().unwrap(), kept: kept.map(places) }
    }

    pub(crate) fn sequence(&self) -> Sequence {
        let mut sequence = Sequence::of(self.number);
        if let Some(kept) = &self.kept {
            sequence.steps = kept.iter().map(|at| sequence.steps[*at].clone()).collect();
        }
        sequence
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kept {
            None => write!(f, "{}", self.number),
            Some(kept) => {
                let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
                write!(f, "{}:{}", self.number, kept.join(","))
            }
        }
    }
}

/// The destinations: a shared bucket, a bucket with a customer managed key, and two buckets that a run creates.
const BUCKETS: [&str; 4] = ["team-logs", "kms-logs", "new-logs", "more-logs"];

impl Sequence {
    pub(crate) fn of(number: u64) -> Self {
        let mut rng = Rng::with_seed(number);
        let theme = THEMES[usize::try_from(number).unwrap() % THEMES.len()].0;
        let world = rng.usize(..4);
        // A sequence uses few names, so that its steps affect the same things.
        let main = BUCKETS[rng.usize(..BUCKETS.len())];
        let other = BUCKETS[rng.usize(..BUCKETS.len())];
        let named = rng.bool();
        let mut hand = Hand { rng, theme, main, other, named };
        let length = hand.rng.usize(2..=7);
        let mut steps = vec![Step::Init(User::A, hand.init())];
        while steps.len() <= length {
            steps.push(hand.step());
        }
        if !steps.iter().any(|step| matches!(step, Step::Undo { dry: false, .. })) {
            steps.push(hand.undo());
        }
        Self { number, theme, world, steps }
    }
}

/// Chooses the steps.
struct Hand {
    rng: Rng,
    theme: Theme,
    main: &'static str,
    other: &'static str,
    /// Whether most logs have a prefix.
    named: bool,
}

impl Hand {
    fn step(&mut self) -> Step {
        match (self.rng.usize(..100), self.theme) {
            (0..45, Theme::OneUser | Theme::TwoUsers) | (0..30, _) => Step::Init(self.user(), self.init()),
            (45..90, Theme::OneUser | Theme::TwoUsers) | (30..60, _) => self.undo(),
            (_, _) => self.change(),
        }
    }

    fn user(&mut self) -> User {
        let one_in = match self.theme {
            Theme::OneUser => return User::A,
            Theme::TwoUsers | Theme::Everything => 2,
            Theme::Settings | Theme::Grants | Theme::Sources | Theme::Keys | Theme::Anew => 6,
        };
        if self.rng.usize(..one_in) == 0 { User::B } else { User::A }
    }

    fn bucket(&mut self) -> &'static str {
        if self.rng.usize(..5) == 0 { self.other } else { self.main }
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.usize(..all.len())]
    }

    /// Chooses whether a log has a prefix. Console changes mostly use the runs' prefix, so the runs' policies allow
    /// them.
    fn is_named(&mut self) -> bool {
        self.named != (self.rng.usize(..5) == 0)
    }

    fn sometimes<T>(&mut self, one_in: usize, what: T) -> Option<T> {
        (self.rng.usize(..one_in) == 0).then_some(what)
    }

    fn init(&mut self) -> Init {
        let producers: &[Producer] = if self.theme == Theme::Keys {
            &[Producer::Nlb, Producer::Nlb, Producer::Inventory, Producer::Alb]
        } else if self.theme == Theme::Sources {
            &[
                Producer::Alb,
                Producer::Nlb,
                Producer::S3Access,
                Producer::Inventory,
                Producer::VpcFlow,
                Producer::VpcFlow,
            ]
        } else {
            &[
                Producer::Alb,
                Producer::Alb,
                Producer::Nlb,
                Producer::Clb,
                Producer::S3Access,
                Producer::S3Access,
                Producer::Inventory,
                Producer::VpcFlow,
                Producer::VpcFlow,
            ]
        };
        let producer = self.one_of(producers);
        let sources: &[&[&'static str]] = match producer {
            Producer::Alb => &[&["web"], &["web"], &["shop"], &["web", "shop"]],
            Producer::Nlb => &[&["edge"]],
            Producer::Clb => &[&["old-web"]],
            Producer::S3Access | Producer::Inventory => {
                &[&["app-data"], &["app-data"], &["app-images"], &["app-data", "app-images"]]
            }
            Producer::VpcFlow => &[&[NETWORKS[0]], &[NETWORKS[0]], &[NETWORKS[1]], &[NETWORKS[0], NETWORKS[1]]],
        };
        let prefix = match producer {
            Producer::Alb => "alb",
            Producer::Nlb => "nlb",
            Producer::Clb => "clb",
            Producer::S3Access => "s3/",
            Producer::Inventory => "inv",
            Producer::VpcFlow => "flow",
        };
        let logs: &[&'static [&'static str]] = match producer {
            Producer::Alb => &[&[], &["access"], &["connection"], &["access", "connection"]],
            Producer::Nlb | Producer::Clb | Producer::S3Access | Producer::Inventory | Producer::VpcFlow => &[&[]],
        };
        let named = self.theme == Theme::Keys || self.rng.usize(..4) == 0;
        let keys: &[&'static str] = if named && matches!(producer, Producer::Nlb | Producer::Inventory) {
            &["alias/logs", "alias/logs", "alias/other", "create"]
        } else {
            &[]
        };
        let ids: &[Option<&'static str>] =
            if producer == Producer::Inventory { &[None, Some("one"), Some("two")] } else { &[None] };
        let intervals: &[Option<&'static str>] = match producer {
            Producer::Clb => &[None, Some("5"), Some("60")],
            Producer::VpcFlow => &[None, Some("60"), Some("600")],
            Producer::Alb | Producer::Nlb | Producer::S3Access | Producer::Inventory => &[None],
        };
        let days = self.one_of(&[9, 30]);
        let tag = self.one_of(&[("owner", "a"), ("owner", "b"), ("team", "logs")]);
        Init {
            producer,
            sources: self.one_of(sources).to_vec(),
            bucket: self.bucket(),
            prefix: if self.is_named() { prefix } else { "" },
            log_types: self.one_of(logs),
            interval: self.one_of(intervals),
            inventory: self.one_of(ids),
            key: if keys.is_empty() { None } else { Some(self.one_of(keys)) },
            days: self.sometimes(4, days),
            tag: self.sometimes(4, tag),
            exempt: self.sometimes(6, "DenyUnencryptedUploads"),
            fix: self.rng.usize(..3) > 0,
        }
    }

    fn undo(&mut self) -> Step {
        let nth = self.rng.usize(..4);
        let which = if self.rng.bool() { Which::Latest } else { Which::Nth(nth) };
        Step::Undo { user: self.user(), which, dry: self.rng.usize(..12) == 0 }
    }

    fn change(&mut self) -> Step {
        let wanted = match self.theme {
            Theme::Settings => Some(Kind::Setting),
            Theme::Grants => Some(Kind::Grant),
            Theme::Sources => Some(Kind::Source),
            Theme::Keys => Some(Kind::Key),
            Theme::Anew => Some(Kind::Bucket),
            Theme::OneUser | Theme::TwoUsers | Theme::Everything => None,
        };
        // One change in five may be of any kind.
        let wanted = wanted.filter(|_| self.rng.usize(..5) > 0);
        let rows: Vec<&'static str> = console::CHANGES
            .iter()
            .filter(|row| wanted.is_none_or(|kind| kind == row.kind))
            .map(|row| row.name)
            .collect();
        let number = self.rng.usize(..500) * 2 + usize::from(self.is_named());
        Step::Change(Change { name: self.one_of(&rows), bucket: self.bucket(), number })
    }
}

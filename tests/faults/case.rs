//! A case: a command, a fault, and the request that the fault hits. This module lists all cases and a sample of them.

use std::collections::BTreeMap;
use std::fmt;

use crate::fault::{self, Fault, Shape};
use crate::subject::{self, Subject};
use crate::trial::Reference;

/// A case. It is written and parsed as words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) subject: &'static Subject,
    pub(crate) fault: &'static Fault,
    pub(crate) shape: Shape,
    /// The number of the request that the fault hits, from 1, or 0 if the fault hits no particular request.
    pub(crate) nth: usize,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match self.shape {
            Shape::Once => "once".to_owned(),
            Shape::Blip => "blip".to_owned(),
            Shape::Lasting => "lasting".to_owned(),
            Shape::Times(times) => format!("times-{times}"),
        };
        write!(f, "{} {} {shape} {}", self.subject.name, self.fault.name, self.nth)
    }
}

impl Case {
    pub(crate) fn parse(words: &str) -> Self {
        let words: Vec<&str> = words.split(' ').collect();
        let [subject, fault, shape, nth] = words[..] else { panic!("no case: {words:?}") };
        let shape = match shape {
            "once" => Shape::Once,
            "blip" => Shape::Blip,
            "lasting" => Shape::Lasting,
            _ => Shape::Times(shape.trim_start_matches("times-").parse().unwrap()),
        };
        Self { subject: Subject::named(subject), fault: Fault::named(fault), shape, nth: nth.parse().unwrap() }
    }

    /// Returns how often the client tries a call.
    pub(crate) fn attempts(&self) -> u32 {
        if self.shape == Shape::Once { 1 } else { 3 }
    }
}

/// Returns every fault at every request of every command.
pub(crate) fn every(references: &BTreeMap<&str, Reference>) -> Vec<Case> {
    let mut cases = Vec::new();
    for subject in subject::ALL {
        let Reference { requests, creates } = references[subject.name];
        for fault in fault::ALL.iter().filter(|fault| fault.applies(creates, !subject.undoes())) {
            for &shape in fault.shapes {
                let indices = if matches!(shape, Shape::Times(_)) { 0..=0 } else { 1..=requests };
                cases.extend(indices.map(|nth| Case { subject, fault, shape, nth }));
            }
        }
    }
    cases
}

/// Returns a sample, which is always the same. It includes all faults and commands, and spreads the requests.
pub(crate) fn sample(all: &[Case]) -> Vec<Case> {
    // Primes, so that the sample doesn't follow the pattern of faults or requests.
    const OF_MANY: usize = 41;
    const OF_FEW: usize = 5;
    let (few, many): (Vec<Case>, Vec<Case>) = all.iter().partition(|case| matches!(case.shape, Shape::Times(_)));
    many.into_iter().skip(7).step_by(OF_MANY).chain(few.into_iter().step_by(OF_FEW)).collect()
}

//! Which of its three logs an ALB writes, as text and as flags.

use std::collections::BTreeSet;

use crate::producer::LogType;

/// Returns their name for use in a sentence.
pub(in crate::producer) fn title(types: &BTreeSet<LogType>) -> String {
    let names: Vec<&str> = types.iter().map(|log| log.as_str()).collect();
    match names.as_slice() {
        [] => "ALB logs".to_owned(),
        [only] => format!("ALB {only} log"),
        [first, last] => format!("ALB {first} and {last} logs"),
        [first @ .., last] => format!("ALB {} and {last} logs", first.join(", ")),
    }
}

/// Returns their flags; none for the access log alone.
pub(in crate::producer) fn flags(types: &BTreeSet<LogType>) -> Vec<(&'static str, String)> {
    if *types == BTreeSet::from([LogType::Access]) {
        return Vec::new();
    }
    types.iter().map(|log| ("--log-type", log.as_str().to_owned())).collect()
}

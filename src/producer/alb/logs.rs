//! The selected logs of an ALB, as text and as flags. An ALB has three logs.

use std::collections::BTreeSet;

use crate::producer::LogType;

/// Returns the name of the selected logs for use in a sentence.
pub(in crate::producer) fn title(types: &BTreeSet<LogType>) -> String {
    let names: Vec<&str> = types.iter().map(|log| log.as_str()).collect();
    match names.as_slice() {
        [] => "ALB logs".to_owned(),
        [only] => format!("ALB {only} log"),
        [first, last] => format!("ALB {first} and {last} logs"),
        [first @ .., last] => format!("ALB {} and {last} logs", first.join(", ")),
    }
}

/// Returns the flags that select the logs. Empty if only the access log is selected.
pub(in crate::producer) fn flags(types: &BTreeSet<LogType>) -> Vec<(&'static str, String)> {
    if *types == BTreeSet::from([LogType::Access]) {
        return Vec::new();
    }
    types.iter().map(|log| ("--log-type", log.as_str().to_owned())).collect()
}

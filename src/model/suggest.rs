//! Suggestions for mistyped names, and lists of names in sentences.

use super::regions::REGIONS;

/// The minimum similarity of two names for a suggestion. The similarity of `weeb` and `web` is 0.93. The similarity of
/// `nobody` and `web` is 0.
const ALIKE: f64 = 0.85;

/// Returns at most `most` names similar to the wanted one, the most similar first.
///
/// A name that contains the wanted name counts as similar: a user who types `web` may mean `web-prod`.
pub(crate) fn suggest(wanted: &str, names: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    let folded = wanted.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let long = folded.len() >= 3;
        let slip = long && strsim::damerau_levenshtein(&folded, &name) == 1;
        let whole = long && name.contains(&folded);
        strsim::jaro_winkler(&folded, &name).max(if slip || whole { ALIKE } else { 0.0 })
    };
    let alike = names.into_iter().filter(|name| name != wanted).map(|name| (likeness(&name), name));
    let mut alike: Vec<(f64, String)> = alike.filter(|(likeness, _)| *likeness >= ALIKE).collect();
    alike.sort_by(|(left, one), (right, other)| right.total_cmp(left).then_with(|| one.cmp(other)));
    alike.dedup();
    alike.into_iter().take(most).map(|(_, name)| name).collect()
}

/// Formats `a`, `b` or `c`, with backticks.
pub(crate) fn either(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Formats `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Returns the Region that was probably meant, or `None` if the name is a known Region or is not similar to a known
/// Region.
pub(crate) fn suggest_region(name: &str) -> Option<String> {
    if REGIONS.contains(&name) {
        return None;
    }
    // Region names differ in few letters, so the edit distance works better than the similarity.
    let slips = |region: &&&str| strsim::damerau_levenshtein(name, region);
    REGIONS.iter().min_by_key(slips).filter(|region| slips(region) <= 3).map(|region| (*region).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(wanted: &str, names: &[&str]) -> Vec<String> {
        suggest(wanted, names.iter().map(|name| (*name).to_owned()), 3)
    }

    #[test]
    fn a_typo_is_similar_and_another_name_is_not() {
        let names = ["web", "legacy-web", "edge", "tcp-only"];
        assert_eq!(suggested("weeb", &names), ["web"]);
        assert_eq!(suggested("egde", &names), ["edge"]);
        assert_eq!(suggested("wbe", &names), ["web"]);
        assert_eq!(suggested("legacy", &names), ["legacy-web"]);
        assert!(suggested("nobody", &names).is_empty());
        assert!(suggested("x", &[]).is_empty());
    }

    #[test]
    fn at_most_three_names_are_suggested_most_similar_first() {
        assert_eq!(suggested("web-4", &["web-1", "web-2", "web-3", "web-44"]), ["web-44", "web-1", "web-2"]);
    }

    #[test]
    fn names_are_joined_for_a_sentence() {
        let names = |names: &[&str]| either(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["a"]), "`a`");
        assert_eq!(names(&["a", "b", "c"]), "`a`, `b` or `c`");
    }

    #[test]
    fn a_mistyped_region_is_corrected_and_a_known_one_is_not() {
        assert_eq!(suggest_region("us-esat-1").as_deref(), Some("us-east-1"));
        assert_eq!(suggest_region("eu-wets-2").as_deref(), Some("eu-west-2"));
        assert_eq!(suggest_region("useast1").as_deref(), Some("us-east-1"));
        assert_eq!(suggest_region("eu-west-3"), None);
        assert_eq!(suggest_region("some-where-else-7"), None);
    }
}

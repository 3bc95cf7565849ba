//! Near names: what somebody may have meant.

use super::regions::REGIONS;

/// How alike two names must be; `weeb` and `web` are 0.93, `nobody` and `web` 0.
const ALIKE: f64 = 0.85;

/// The names that are most like the one that is not there, the nearest first and no more than `most`.
///
/// A name that begins with the whole of what was asked for is near: `web` may well mean `web-prod`.
pub fn near(wanted: &str, names: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
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

/// `a`, `b` or `c`, quoted as names are.
pub fn either(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The Region that was probably meant; nothing where the name is one that is known, or like none.
pub fn near_region(name: &str) -> Option<String> {
    if REGIONS.contains(&name) {
        return None;
    }
    // Regions differ in few letters, so that the number of slips tells more than likeness does.
    let slips = |region: &&&str| strsim::damerau_levenshtein(name, region);
    REGIONS.iter().min_by_key(slips).filter(|region| slips(region) <= 3).map(|region| (*region).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near_of(wanted: &str, names: &[&str]) -> Vec<String> {
        near(wanted, names.iter().map(|name| (*name).to_owned()), 3)
    }

    #[test]
    fn a_slip_of_the_keyboard_is_near_and_another_name_is_not() {
        let names = ["web", "legacy-web", "edge", "tcp-only"];
        assert_eq!(near_of("weeb", &names), ["web"]);
        assert_eq!(near_of("egde", &names), ["edge"]);
        assert_eq!(near_of("wbe", &names), ["web"]);
        assert_eq!(near_of("legacy", &names), ["legacy-web"]);
        assert!(near_of("nobody", &names).is_empty());
        assert!(near_of("x", &[]).is_empty());
    }

    #[test]
    fn no_more_than_three_names_are_near_and_the_nearest_is_first() {
        assert_eq!(near_of("web-4", &["web-1", "web-2", "web-3", "web-44"]), ["web-44", "web-1", "web-2"]);
    }

    #[test]
    fn names_are_listed_as_one_says_them() {
        let names = |names: &[&str]| either(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["a"]), "`a`");
        assert_eq!(names(&["a", "b", "c"]), "`a`, `b` or `c`");
    }

    #[test]
    fn a_mistyped_region_is_guessed_and_a_known_one_left_alone() {
        assert_eq!(near_region("us-esat-1").as_deref(), Some("us-east-1"));
        assert_eq!(near_region("eu-wets-2").as_deref(), Some("eu-west-2"));
        assert_eq!(near_region("useast1").as_deref(), Some("us-east-1"));
        assert_eq!(near_region("eu-west-3"), None);
        assert_eq!(near_region("some-where-else-7"), None);
    }
}

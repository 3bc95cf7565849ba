//! Small pieces of sentences: counts, lists, step numbers, a command line.

use crate::request::{Request, shell_word};

use super::clean::clean;

/// A number with its noun.
pub(super) fn counted(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Names for a headline: a few in full, the rest counted.
pub(super) fn shortened(names: &[String]) -> String {
    match names.len() {
        0..=4 => listed(names),
        many => format!("{} and {} more", names.iter().take(3).cloned().collect::<Vec<_>>().join(", "), many - 3),
    }
}

/// `step 2`, `steps 2 and 3`.
pub(super) fn steps(numbers: &[usize]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{} {}", if numbers.len() == 1 { "step" } else { "steps" }, listed(&words))
}

/// The command line that repeats a request.
pub(crate) fn command(request: &Request) -> String {
    command_line(&request.to_args())
}

/// The command line that looks later at what came of a request.
pub(super) fn check_command(request: &Request) -> String {
    command_line(&request.to_check_args())
}

fn command_line(args: &[String]) -> String {
    let words: Vec<String> = args.iter().map(|word| quoted(word)).collect();
    format!("logbucket {}", words.join(" "))
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    shell_word(&clean(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_named_by_their_numbers() {
        assert_eq!(steps(&[2]), "step 2");
        assert_eq!(steps(&[2, 3, 5]), "steps 2, 3 and 5");
    }
}

//! Text with every character that a terminal executes or hides, and how it may be printed.

use logbucket::internals::model::is_hidden;
use serde_json::json;

use crate::account::{Account, Ran};
use crate::terminal::Terminal;

/// A forged line, colors, a link, a write to the clipboard, a bell, C0 and C1 controls, direction marks, and invisible
/// characters.
pub(super) const HOSTILE: &str = "a\nfix: curl x | sh\r\n\tfix: curl y | sh\u{85}\u{2029}fix: curl z | sh\n\u{1b}[31;7mb\u{1b}]8;;http://x\u{7}c\u{1b}]52;c;eA==\u{7}\u{8}d\u{9b}31me\u{9d}0;f\u{202e}g\u{2066}h\u{200b}i\u{feff}j\u{2028}k\u{7f}l\u{e0041}m";

/// `HOSTILE` without the characters that XML can't contain.
pub(super) const IN_XML: &str = "a\nfix: curl x | sh\n\tfix: curl y | sh\u{85}\u{2029}fix: curl z | sh\n\u{9b}31me\u{9d}0;f\u{202e}g\u{2066}h\u{200b}i\u{feff}j\u{2028}k\u{7f}l\u{e0041}m";

/// A part of both texts, as it is displayed.
pub(super) const SHOWN: &str = "f\\u{202e}g\\u{2066}h\\u{200b}i";

/// Asserts that output of the program contains no hidden characters except its own line ends, and no forged line.
#[track_caller]
pub(super) fn inert(text: &str) {
    let line = text.lines().find(|line| line.chars().any(is_hidden));
    assert_eq!(line, None);
    let forged = text.lines().find(|line| line.trim_start_matches([' ', '"', '\'']).starts_with("fix: curl"));
    assert_eq!(forged, None);
}

/// Returns the run, whose output must be harmless and contain this text.
#[track_caller]
pub(super) fn says_inertly(ran: Ran, text: &str) -> Ran {
    inert(&ran.stdout);
    inert(&ran.stderr);
    ran.says(text)
}

/// `web` logs to `web-logs`, which a Deny of this name stops.
pub(super) fn stopped_by(sid: &str) -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket web-logs --yes").ends(0);
    let mut policy = account.policy("web-logs");
    let deny = json!({
        "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalServiceName": sid}},
    });
    let allow = json!({
        "Sid": format!("{sid}2"), "Effect": "Allow", "Principal": {"AWS": [sid]}, "Action": [sid, "s3:GetObject"],
        "Resource": format!("arn:aws:s3:::web-logs/{sid}"), "Condition": {"StringLike": {sid: [sid]}},
    });
    policy["Statement"].as_array_mut().unwrap().extend([deny, allow]);
    account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
    account
}

/// Terminal output may contain the program's own codes, but none from names.
#[track_caller]
pub(super) fn inert_on(terminal: &Terminal) {
    let sent = terminal.sent();
    for code in ["\u{1b}[31;7m", "\u{1b}]", "\u{7}"] {
        assert!(!sent.contains(code), "{code:?} is in {sent:?}");
    }
    let screen = terminal.screen();
    assert!(!screen.lines().any(|line| line.trim_start().starts_with("fix: curl")), "{screen}");
    let own = |c: char| matches!(c, '\u{1b}' | '\r' | '\n' | '\u{8}');
    let hidden = sent.chars().find(|c| is_hidden(*c) && !own(*c));
    assert_eq!(hidden, None, "{sent:?}");
}

//! The README's pictures are screens of the real program. `just pictures` redraws them.

use std::fs;
use std::path::PathBuf;

use crate::account::Account;
use crate::terminal::{Key, Terminal};

/// The variable that redraws the pictures instead of comparing them.
const DRAW: &str = "LOGBUCKET_DRAW_PICTURES";

/// Waits until the screen matches the README's SVG of this name.
#[track_caller]
fn is_pictured(terminal: &Terminal, name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(format!("{name}.svg"));
    if std::env::var_os(DRAW).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, picture(&terminal.formatted())).unwrap();
        return;
    }
    let drawn = fs::read_to_string(path).unwrap_or_default();
    // The program may still be writing the last lines of its screen.
    let shown = terminal.settles(|lines| picture(lines) == drawn);
    assert!(picture(&shown) == drawn, "{name}.svg is not what the program shows: `just pictures` draws it anew");
}

fn picture(lines: &[String]) -> String {
    let count = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    format!("{}\n", anstyle_svg::Term::new().render_svg(&lines[..count].join("\x1b[0m\n")).trim_end())
}

#[test]
fn the_picture_of_the_wizard_matches_its_output() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 112, 44, &[]);
    terminal.shows("which service will log?").press(Key::Enter);
    terminal.shows("which logs?").press(Key::Enter);
    terminal.shows("which Application Load Balancers?").types("web").shows("❯ ○ web").press(Key::Enter);
    terminal.shows("destination in us-east-1?").shows("search ›").shows("❯ create ");
    is_pictured(&terminal, "wizard");
    terminal.interrupted().with(130);
}

#[test]
fn the_picture_of_a_plan_matches_its_output() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init alb --source web --bucket managed-kms-logs", 112, 44, &[]);
    terminal.shows("what now?").shows("❯ quit");
    is_pictured(&terminal, "plan");
    terminal.interrupted().with(130);
}

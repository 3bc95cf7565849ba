//! The README's pictures are screens of the real program. `just pictures` redraws them.

use std::fs;
use std::path::PathBuf;

use anstyle::RgbColor;
use anstyle_svg::Palette;

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
    assert!(picture(&shown) == drawn, "{name}.svg is not what the program shows: `just pictures` draws it again");
}

fn picture(lines: &[String]) -> String {
    let count = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let term = anstyle_svg::Term::new().palette(PALETTE);
    let drawn = term.render_svg(&lines[..count].join("\x1b[0m\n"));
    format!("{}\n", drawn.trim_end().replace(DIMMED, READABLE))
}

/// The colors of the pictures. The usual red and yellow are too dark to read on black.
const PALETTE: Palette = Palette([
    RgbColor(0, 0, 0),
    RgbColor(255, 110, 110),
    RgbColor(60, 190, 60),
    RgbColor(215, 160, 60),
    RgbColor(120, 150, 255),
    RgbColor(220, 120, 220),
    RgbColor(60, 190, 190),
    RgbColor(190, 190, 190),
    RgbColor(130, 130, 130),
    RgbColor(255, 130, 130),
    RgbColor(110, 235, 110),
    RgbColor(255, 255, 110),
    RgbColor(150, 170, 255),
    RgbColor(255, 150, 255),
    RgbColor(110, 255, 255),
    RgbColor(255, 255, 255),
]);

/// The style of dimmed text, as the library draws it and as it stands in the pictures.
const DIMMED: &str = "opacity: 0.4;";
const READABLE: &str = "opacity: 0.75;";

/// The least contrast of text, by the Web Content Accessibility Guidelines, level AA
/// (<https://www.w3.org/TR/WCAG22/#contrast-minimum>).
const CONTRAST: f64 = 4.5;

/// Returns the relative luminance of a color such as `#AABBCC`, seen through `opacity` on black.
fn luminance(color: &str, opacity: f64) -> f64 {
    let channels = u32::from_str_radix(color.trim_start_matches('#'), 16).unwrap().to_be_bytes();
    let channel = |nth: usize| {
        let value = f64::from(channels[nth]) * opacity / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(2) + 0.0722 * channel(3)
}

#[test]
fn the_text_of_every_picture_can_be_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let pictures = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in pictures.filter(|path| path.extension().is_some_and(|end| end == "svg")) {
        let drawn = fs::read_to_string(&path).unwrap();
        let colors: Vec<(&str, &str)> = drawn
            .lines()
            .filter_map(|line| line.trim().strip_prefix('.')?.split_once(" { fill: "))
            .map(|(class, rest)| (class, rest.trim_end_matches(" }")))
            .collect();
        let background = colors.iter().find(|(class, _)| *class == "bg").unwrap().1;
        assert_eq!(background, "#000000", "the background of {}", path.display());
        let opacity = if drawn.contains(".dimmed") { 0.75 } else { 1.0 };
        assert!(!drawn.contains(".dimmed") || drawn.contains(READABLE), "{}", path.display());
        let foregrounds = colors.iter().filter(|(class, _)| class.starts_with("fg"));
        for (class, color) in foregrounds {
            // The dimmed text of the plain color is the darkest one.
            let opacity = if *class == "fg" { opacity } else { 1.0 };
            let contrast = (luminance(color, opacity) + 0.05) / 0.05;
            assert!(contrast >= CONTRAST, "{}: {class} {color} has a contrast of {contrast:.2}", path.display());
        }
    }
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
    terminal.interrupt().exited_with(130);
}

#[test]
fn the_picture_of_a_plan_matches_its_output() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init alb --source web --bucket managed-kms-logs", 112, 44, &[]);
    terminal.shows("what now?").shows("❯ quit");
    is_pictured(&terminal, "plan");
    terminal.interrupt().exited_with(130);
}

//! Tests the page of `scan --report` in a real browser: `just browser`. Needs Chromium, or another program named in
//! `LOGBUCKET_BROWSER`.
//!
//! Not part of the tests that only need a Rust toolchain.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "integration/account.rs"]
#[expect(dead_code, reason = "shared with the tests that do much more with an account")]
mod account;

use std::fs;
use std::path::Path;
use std::process::Command;

use sandbox::{Crowd, Effect, Fault, When};
use serde_json::Value;

use account::Account;

/// A script that measures the page. The page's own policy forbids scripts, so a test adds this one to a copy that
/// allows them.
const RULER: &str = r#"<script>
addEventListener("load", () => {
  const light = color => {
    const [r, g, b] = color.match(/[\d.]+/g).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (!/, 0\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = element => {
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05);
  };
  const texts = [...document.querySelectorAll("h1, h2, h3, p, code, a, td, th, .state, summary, dd, li")]
    .filter(element => element.checkVisibility());
  const root = document.documentElement;
  const rows = document.querySelector("details > .wide");
  const closed = rows ? !rows.checkVisibility() : null;
  for (const details of document.querySelectorAll("details")) details.open = true;
  const measured = {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    width: innerWidth,
    needs: root.scrollWidth,
    least_contrast: Math.min(...texts.map(contrast)),
    smallest_text: Math.min(...texts.map(element => parseFloat(getComputedStyle(element).fontSize))),
    articles: document.querySelectorAll("article").length,
    links: [...document.links].map(link => link.href),
    closed,
    opened: rows ? rows.checkVisibility() : null,
    outline: getComputedStyle(document.querySelector("article")).borderLeftColor,
    requests: performance.getEntriesByType("resource").length,
  };
  document.body.textContent = "";
  document.body.append(Object.assign(document.createElement("pre"), { id: "measured", textContent: JSON.stringify(measured) }));
});
</script>"#;

/// Returns a browser that contacts no one and exits by itself.
fn browser(profile: &Path) -> Command {
    let name = std::env::var_os("LOGBUCKET_BROWSER").unwrap_or_else(|| "chromium".into());
    let mut command = Command::new(name);
    command.arg(format!("--user-data-dir={}", profile.display())).args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--virtual-time-budget=5000",
    ]);
    command
}

/// Returns the measurements of a page.
fn measured(folder: &Path, page: &str, width: u32, scheme: &str) -> Value {
    let allowed = page.replace("default-src 'none';", "default-src 'none'; script-src 'unsafe-inline';");
    assert_ne!(allowed, page, "the page says what it may load");
    let file = folder.join("measured.html");
    fs::write(&file, allowed.replace("</body>", &format!("{RULER}</body>"))).unwrap();
    let mut browser = browser(&folder.join("profile"));
    browser
        .arg(format!("--window-size={width},900"))
        .arg(scheme)
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()));
    let output = browser.output().expect("a browser");
    let dom = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = dom.split_once(r#"<pre id="measured">"#).unwrap_or_else(|| panic!("{dom}"));
    let (json, _) = rest.split_once("</pre>").unwrap();
    serde_json::from_str(&json.replace("&amp;", "&")).unwrap()
}

const LIGHT: &str = "--blink-settings=preferredColorScheme=1";
const DARK: &str = "--blink-settings=preferredColorScheme=0";

#[test]
fn the_page_is_readable_in_wide_narrow_light_and_dark_browsers() {
    let account = Account::seeded();
    account
        .run("init alb --source web --bucket web-logs-with-a-rather-long-name-that-must-break-somewhere-123 --yes")
        .ends(0);
    account.wait(account.sandbox.plant_crowd(&Crowd { balancers: 30, buckets: 40, ..Crowd::default() }));
    let when = When::OperationTimes("DescribeListeners".to_owned(), 2);
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    account.run(&format!("scan --report {}", file.display())).ends(3);
    let page = fs::read_to_string(&file).unwrap();
    for (width, scheme, dark) in [(1280, LIGHT, false), (1280, DARK, true), (500, LIGHT, false), (320, DARK, true)] {
        let measured = measured(folder.path(), &page, width, scheme);
        let number = |name: &str| measured.get(name).and_then(Value::as_f64).unwrap_or_else(|| panic!("{measured:#}"));
        assert_eq!(measured.get("dark"), Some(&Value::Bool(dark)), "{measured:#}");
        assert!(number("width") <= f64::from(width.max(500)), "{measured:#}");
        assert!(number("needs") <= number("width"), "it must not scroll sideways: {measured:#}");
        assert!(number("least_contrast") >= 4.5, "WCAG 2.2, 1.4.3: {measured:#}");
        assert!(number("smallest_text") >= 12.0, "{measured:#}");
        assert!(number("articles") >= 10.0, "{measured:#}");
        assert_eq!(measured.get("requests"), Some(&Value::from(0)), "nothing is loaded: {measured:#}");
        assert_eq!(
            (measured.get("closed"), measured.get("opened")),
            (Some(&Value::Bool(true)), Some(&Value::Bool(true)))
        );
        assert_eq!(
            measured.get("outline").and_then(Value::as_str),
            Some(if dark { "rgb(255, 128, 120)" } else { "rgb(179, 38, 30)" })
        );
    }
}

#[test]
fn the_page_blocks_every_script() {
    let account = Account::seeded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    account.run(&format!("scan --report {}", file.display())).ends(3);
    let page = fs::read_to_string(&file).unwrap();
    fs::write(&file, page.replace("</body>", "<script>document.title = 'it ran'</script></body>")).unwrap();
    let mut browser = browser(&folder.path().join("profile"));
    let output = browser.arg("--dump-dom").arg(format!("file://{}", file.display())).output().expect("a browser");
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("<title>Log delivery in account 111122223333</title>"), "{dom}");
}

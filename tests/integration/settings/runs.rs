//! A run that must end in time, with an exit code and a message.

use std::ffi::OsStr;
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::account::{Account, Ran};

pub(super) const CHECK: &str = "check alb --source web";

/// The variable that every run sets unless a test changes it.
pub(super) const ATTEMPTS: &str = "AWS_MAX_ATTEMPTS";

/// Longer than any of these runs takes, and shorter than any limit on credentials.
const BOUND: Duration = Duration::from_secs(45);

/// Kills a run that does not end, so that the test can name the run.
fn wait_or_kill(mut child: Child, of: &dyn std::fmt::Debug) -> Ran {
    fn reader(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        })
    }
    let (stdout, stderr) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > BOUND {
            child.kill().unwrap();
            panic!("it did not end: {of:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Ran { code: status.code().unwrap_or(-1), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// A run with `--output json`, which must end with one of the program's exit codes, one document, and a message if it
/// failed.
#[track_caller]
pub(super) fn ends_well(account: &Account, flags: &[&OsStr], variables: &[(&OsStr, &OsStr)]) -> Ran {
    let of = (flags, variables);
    let mut command = account.command();
    command.args(CHECK.split(' ')).args(["--output", "json"]).args(flags);
    // Each call is tried only once, so an endpoint that does not answer takes little time.
    command.env(ATTEMPTS, "1").envs(variables.iter().copied());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    // The process can't start if its environment is too long for the kernel.
    let Ok(child) = child else { panic!("it can't be started: {of:?}") };
    let ran = wait_or_kill(child, &of);
    assert!([0, 1, 2, 3].contains(&ran.code), "{of:?}: {ran:?}");
    let document = ran.json();
    assert_eq!(document["exit_code"], ran.code, "{of:?}: {ran:?}");
    if [1, 2].contains(&ran.code) {
        assert!(ran.stderr.starts_with("error: ") && document["error"].is_string(), "{of:?}: {ran:?}");
    }
    let all = format!("{}{}", ran.stdout, ran.stderr);
    for never in ["internal error", "hush", "interceptor", "This is a bug"] {
        assert!(!all.contains(never), "{of:?}: {all}");
    }
    ran
}

/// Runs many commands, as many at once as there are processors.
pub(super) fn run_in_parallel<T: Send>(cases: Vec<T>, run: impl Fn(&Account, &T) + Sync) {
    let cases = std::sync::Mutex::new(cases.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let account = Account::seeded();
                loop {
                    let Some(case) = cases.lock().unwrap().next() else { break };
                    run(&account, &case);
                }
            });
        }
    });
}

pub(super) fn write_config(account: &Account, config: &[u8], credentials: &[u8]) {
    let folder = account.home().join(".aws");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config"), config).unwrap();
    fs::write(folder.join("credentials"), credentials).unwrap();
}

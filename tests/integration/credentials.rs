//! Credentials that arrive late, never, or in a form that can't be sent.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::seed;

use crate::account::Account;
use crate::tables::each_case;

const CHECK: &str = "check alb --source web";

/// A profile whose credentials come from a script.
fn with_process(script: &str) -> Account {
    let account = Account::seeded();
    let folder = account.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    let file = account.home().join("process.sh");
    std::fs::write(&file, script).unwrap();
    let config = format!("[profile \"slow one\"]\ncredential_process = /bin/sh {}\n", file.display());
    std::fs::write(folder.join("config"), config).unwrap();
    account
}

fn answer(id: &str, token: &str) -> String {
    format!(r#"printf '%s' '{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{SECRET_ACCESS_KEY}"{token}}}'"#)
}

#[cfg(unix)]
#[test]
fn a_credential_process_that_hangs_is_reported_and_can_be_interrupted() {
    let account = with_process("exec sleep 90\n");
    let mut command = account.command();
    command.args(CHECK.split(' ')).args(["--output", "json", "--profile", "slow one"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let note = lines.next().unwrap().unwrap();
    assert_eq!(
        note,
        "note: still waiting for the `credential_process` of profile `slow one`; logbucket gives up after 60 seconds"
    );
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["error"], "interrupted");
}

#[test]
fn a_credential_process_that_hangs_is_stopped_after_a_minute() {
    let account = with_process("exec sleep 90\n");
    let started = Instant::now();
    let args: Vec<String> = CHECK.split(' ').chain(["--profile", "slow one"]).map(str::to_owned).collect();
    let ran = account.run_args(&args).ends(1);
    assert!(started.elapsed() < Duration::from_secs(80), "{:?}", started.elapsed());
    let says = "no credentials from the `credential_process` of profile `slow one` within 60 seconds";
    assert!(ran.stderr.contains(says) && ran.stderr.contains("hint: run that command by itself"), "{ran:?}");
    assert!(account.sandbox.requests().is_empty());
}

#[test]
fn a_slow_credential_process_is_waited_for() {
    let id = access_key_id(seed::ACCOUNT);
    let account = with_process(&format!("sleep 6\n{}\n", answer(&id, "")));
    let args: Vec<String> = CHECK.split(' ').chain(["--profile", "slow one"]).map(str::to_owned).collect();
    let ran = account.run_args(&args);
    assert!([0, 3].contains(&ran.code), "{ran:?}");
    assert!(ran.stderr.contains("still waiting for the `credential_process`"), "{ran:?}");
    let quiet = account.run_args(&[args, vec!["--quiet".to_owned()]].concat());
    assert!(!quiet.stderr.contains("still waiting"), "{quiet:?}");
}

#[test]
fn process_credentials_that_cannot_be_sent_are_refused_and_not_shown() {
    let id = access_key_id(seed::ACCOUNT);
    for (id, token) in [
        ("hush\\r\\nX", ""),
        ("hush\\u000a", ""),
        ("hush\u{e9}", ""),
        (id.as_str(), r#", "SessionToken": "hush\r\ntoken""#),
    ] {
        let account = with_process(&answer(id, token));
        let args: Vec<String> =
            CHECK.split(' ').chain(["--output", "json", "--profile", "slow one"]).map(str::to_owned).collect();
        let ran = account.run_args(&args).ends(1);
        assert!(ran.json()["error"].as_str().unwrap().contains("the credentials contain a line break"), "{ran:?}");
        assert!(ran.stderr.contains("hint: copy the credentials again"), "{ran:?}");
        assert!(!ran.stderr.contains("hush") && !ran.stdout.contains("hush"), "{ran:?}");
        assert!(account.sandbox.requests().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_failed_credential_process_is_reported_with_exit_code_and_first_line() {
    let long = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYhush";
    let cases = [
        (
            "printf '\\n\\033[31mno vault is open\\033[0m\\nhush: more\\n' >&2; exit 3\n".to_owned(),
            "the `credential_process` of profile `slow one` failed with exit code 3: no vault is open\n",
        ),
        (
            "exit 7\n".to_owned(),
            "the `credential_process` of profile `slow one` failed with exit code 7 and printed no error message\n",
        ),
        (format!("echo refused {long} >&2; exit 1\n"), "failed with exit code 1: refused [hidden]\n"),
        ("echo 'login failed, password: hush' >&2; exit 1\n".to_owned(), "login failed, password: [hidden]\n"),
        ("echo 'Password: hush token=hush' >&2; exit 1\n".to_owned(), "code 1: Password: [hidden]\n"),
        ("echo 'Secret Access Key: hush' >&2; exit 1\n".to_owned(), "Secret Access Key: [hidden]\n"),
        ("echo 'vault --client-secret hush -x' >&2; exit 1\n".to_owned(), "vault --client-secret [hidden]\n"),
        ("echo 'Authorization: Bearer hush' >&2; exit 1\n".to_owned(), "Authorization: [hidden]\n"),
        (format!("echo 'got {}' >&2; exit 1\n", "0123456789abcdef".repeat(3)), "code 1: got [hidden]\n"),
        ("echo hello\n".to_owned(), "the `credential_process` of profile `slow one` gave no credentials: "),
    ];
    each_case(cases, |(script, says)| {
        let account = with_process(&script);
        let args: Vec<String> = CHECK.split(' ').chain(["--profile", "slow one"]).map(str::to_owned).collect();
        let ran = account.run_args(&args).ends(1);
        let ran = ran.says(says).says("hint: run the command of `credential_process` yourself to see why; then fix it");
        ran.omits("sign in").omits("aws login").omits("\\n").omits("exit status").omits("hush").omits("\u{1b}");
        assert!(account.sandbox.requests().is_empty());
    });
}

/// A token file that is endless, or that would take too long to read.
#[cfg(unix)]
#[test]
fn a_token_is_not_read_from_a_pipe_a_device_or_an_endless_file() {
    let sso = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = r\n\
               [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n";
    let legacy = "[default]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
                  sso_account_id = 111122223333\nsso_role_name = r\n";
    let login = "[default]\nlogin_session = arn:aws:iam::111122223333:user/Admin\n";
    let web = "[default]\nrole_arn = arn:aws:iam::111122223333:role/r\nweb_identity_token_file = TOKEN\n";
    // The file's name is a hash of the session, of the start URL, or of the signed-in user.
    let cases = [
        (sso, "sso/cache", "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
        (legacy, "sso/cache", "a51746d4aa793ae07b25e90c3a5db96fc7832bd7"),
        (login, "login/cache", "15ad6a9800868e2ba5939d78849f67465e0f8392752060b3bfa16b8e10b47063"),
        (web, "tokens", "token"),
    ];
    each_case(cases, |(config, cache, name)| {
        for kind in ["pipe", "device", "huge"] {
            let account = Account::seeded();
            let folder = account.home().join(".aws").join(cache);
            std::fs::create_dir_all(&folder).unwrap();
            let token = folder.join(format!("{name}.json"));
            match kind {
                "pipe" => assert!(Command::new("mkfifo").arg(&token).status().unwrap().success()),
                "device" => std::os::unix::fs::symlink("/dev/zero", &token).unwrap(),
                _ => std::fs::File::create(&token).unwrap().set_len(1 << 30).unwrap(),
            }
            let config = config.replace("TOKEN", &token.display().to_string());
            std::fs::write(account.home().join(".aws/config"), config).unwrap();
            let none = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
            let ran = account.run_with(&format!("{CHECK} --output json"), &none).ends(2);
            let error = ran.json()["error"].as_str().unwrap().to_owned();
            assert!(error.contains("is not a regular file of 1 byte to 16 MiB"), "{cache} {kind}: {error}");
        }
    });
}

#[cfg(unix)]
#[test]
fn a_credential_process_with_endless_output_is_stopped() {
    for script in ["exec yes\n", "exec cat /dev/zero\n"] {
        let account = with_process(script);
        let args: Vec<String> = CHECK.split(' ').chain(["--profile", "slow one"]).map(str::to_owned).collect();
        let ran = account.run_args(&args).ends(1);
        assert!(ran.stderr.contains("stopped: it printed more than 1 MiB"), "{script}: {ran:?}");
        assert!(ran.stderr.len() < 64 * 1024 && account.sandbox.requests().is_empty(), "{script}: {ran:?}");
    }
}

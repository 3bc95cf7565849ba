//! `sandbox serve` runs a seeded AWS for anything that reads `AWS_ENDPOINT_URL`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Crowd, Sandbox, seed};

const PORT: u16 = 4599;
const USAGE: &str = "\
A simulated AWS with a seeded account, for trying logbucket

Usage:
  sandbox serve [PORT]     Serve it on 127.0.0.1 until interrupted (default port: 4599; 0 picks a free port)
  sandbox --help           Print this

Options of `serve`:
  --crowd                  Add a large account: 300 load balancers in four Regions and 1000 buckets
  --buckets N              Add a large account with N buckets
  --latency MS             Delay every request by MS milliseconds
  --deliver SECONDS        Let the log services write their logs every SECONDS seconds (default: never)

`serve` prints the environment for logbucket or any tool that reads AWS_ENDPOINT_URL. When it ends, it prints the number
of requests.
";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["-h" | "--help"] => help(),
        ["serve", rest @ ..] if rest.iter().any(|word| matches!(*word, "-h" | "--help")) => help(),
        ["serve", rest @ ..] => Serve::parsed(rest).map_or_else(|what| misused(&what), |serve| serve.run()),
        [] => misused("missing command"),
        [word, ..] => misused(&format!("unknown command '{word}'")),
    }
}

fn help() -> io::Result<ExitCode> {
    io::stdout().write_all(USAGE.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Reports a usage error. Exits with 2, like other tools.
fn misused(what: &str) -> io::Result<ExitCode> {
    write!(io::stderr(), "sandbox: {what}\n\n{USAGE}")?;
    Ok(ExitCode::from(2))
}

/// The variable that decides where logbucket keeps its receipts.
const STATE: &str = "XDG_STATE_HOME";

/// The options of `serve`.
struct Serve {
    port: u16,
    crowd: Option<Crowd>,
    latency: Duration,
    /// How often the log services write.
    deliver: Option<Duration>,
}

impl Serve {
    fn parsed(words: &[&str]) -> Result<Self, String> {
        let (mut port, mut crowd, mut latency, mut deliver) = (None, None, Duration::ZERO, None);
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "--crowd" => crowd = Some(crowd.unwrap_or_default()),
                "--buckets" => {
                    let buckets = words.next().and_then(|word| word.parse().ok()).ok_or("--buckets takes a number")?;
                    crowd = Some(Crowd { buckets, ..crowd.unwrap_or_default() });
                }
                "--latency" => {
                    let milliseconds = words.next().and_then(|word| word.parse().ok());
                    latency = Duration::from_millis(milliseconds.ok_or("--latency takes a number of milliseconds")?);
                }
                "--deliver" => {
                    let seconds = words.next().and_then(|word| word.parse().ok()).filter(|seconds| *seconds > 0);
                    deliver = Some(Duration::from_secs(seconds.ok_or("--deliver takes a number of seconds")?));
                }
                _ if word.starts_with('-') => return Err(format!("unknown option '{word}'")),
                _ if port.is_some() => return Err("serve takes only a port".to_owned()),
                _ => port = Some(word.parse().map_err(|_| format!("'{word}' is not a port"))?),
            }
        }
        Ok(Self { port: port.unwrap_or(PORT), crowd, latency, deliver })
    }

    fn run(&self) -> io::Result<ExitCode> {
        tokio::runtime::Runtime::new()?.block_on(async {
            let sandbox = Sandbox::seeded().await;
            seed::plant_classic(&sandbox).await;
            seed::plant_vpc(&sandbox);
            if let Some(crowd) = &self.crowd {
                sandbox.plant_crowd(crowd).await;
            }
            sandbox.set_latency(self.latency);
            let served = match sandbox.serve(self.port).await {
                Ok(served) => served,
                Err(error) => {
                    writeln!(io::stderr(), "sandbox: cannot serve on 127.0.0.1:{}: {error}", self.port)?;
                    return Ok(ExitCode::FAILURE);
                }
            };
            let mut out = io::stdout();
            writeln!(out, "export AWS_ENDPOINT_URL={}", served.url())?;
            writeln!(out, "export AWS_ACCESS_KEY_ID={}", access_key_id(seed::ACCOUNT))?;
            writeln!(out, "export AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}")?;
            writeln!(out, "export {STATE}={}", std::env::temp_dir().join("logbucket-sandbox").display())?;
            // The AWS CLI version 1 and boto3 only read the second name.
            for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
                writeln!(out, "export {name}={}", seed::REGION)?;
            }
            out.flush()?;
            tokio::select! {
                ended = tokio::signal::ctrl_c() => ended?,
                () = deliver(&sandbox, self.deliver) => {}
            }
            let (requests, at_once) = (sandbox.requests().len(), sandbox.most_at_once());
            writeln!(io::stderr(), "served {requests} requests, at most {at_once} at once")?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Lets the log services write from time to time, forever.
async fn deliver(sandbox: &Sandbox, every: Option<Duration>) {
    loop {
        match every {
            Some(every) => tokio::time::sleep(every).await,
            None => std::future::pending().await,
        }
        sandbox.deliver().await;
    }
}

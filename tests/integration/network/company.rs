//! A network that reaches AWS only through its proxy.

use std::fs;
use std::sync::Arc;

use sandbox::{Ca, Passed, Proxy};

use crate::account::{Account, Ran};

pub(super) const CHECK: &str = "check alb --source web";
pub(super) const OF_BUCKET: &str = "check s3-access --source app-data";

/// An account behind a proxy: AWS's real endpoint names only work through it.
pub(super) struct Company {
    pub(super) account: Account,
    pub(super) proxy: Proxy,
    pub(super) bundle: String,
}

impl Company {
    pub(super) fn new() -> Self {
        Self::with_authorization(None)
    }

    pub(super) fn with_authorization(authorization: Option<&str>) -> Self {
        let account = Account::seeded();
        let ca = Arc::new(Ca::new().unwrap());
        let proxy = account.wait(account.sandbox.serve_proxy(Arc::clone(&ca), authorization)).unwrap();
        let bundle = write_file(&account, "ca.pem", &ca.pem());
        Self { account, proxy, bundle }
    }

    /// A run that only has AWS's own endpoints.
    pub(super) fn run(&self, words: &str, variables: &[(&str, &str)]) -> Ran {
        self.proxy.forget();
        let none = [("AWS_ENDPOINT_URL", "")];
        let all: Vec<_> = none.iter().chain(variables).copied().collect();
        self.account.run_with(words, &all)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.proxy.address())
    }

    /// The hosts of the requested tunnels.
    pub(super) fn hosts(&self) -> Vec<String> {
        let tunnels = self.proxy.passed().into_iter().filter(|passed| passed.method == "CONNECT");
        let mut hosts: Vec<String> = tunnels.map(|Passed { target, .. }| target).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

pub(super) fn write_file(account: &Account, name: &str, text: &str) -> String {
    let path = account.home().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[track_caller]
pub(super) fn assert_judged(ran: &Ran) {
    assert!([0, 3].contains(&ran.code), "{ran:?}");
}

//! Sentences about the sources.

use std::ffi::OsStr;

use crate::plan::SourceFinding;
use crate::producer::LoadBalancerType;
use crate::request::shell_word;

use super::Sentences;

pub(super) fn sentences(kind: &SourceFinding, name: &str) -> Sentences {
    match kind {
        SourceFinding::RegionNotUsed { of_sources } => Sentences::new(
            format!("the sources are in {of_sources}, so `--region {name}` is ignored"),
            "a bucket or an ARN has its own Region; the flag only applies to load balancers given by name",
        ),
        SourceFinding::OtherRegion { region, of_first } => Sentences::new(
            format!("`{name}` is in {region}, but the first source is in {of_first}"),
            "a destination must be in the Region of every source that writes to it",
        )
        .hinted(format!("run `init` for `{name}` with a bucket in {region}")),
        SourceFinding::OtherAccount { account, of_caller, noun } => Sentences::new(
            format!("`{name}` belongs to account {account}, but your credentials are for {of_caller}"),
            format!("only its own account can configure a {noun}"),
        )
        .hinted(format!("use credentials of account {account}")),
        SourceFinding::OtherType { producer, wanted, own } => Sentences::new(
            format!("`{name}` is {}, but `{producer}` is for {}", own.title(), wanted.title()),
            "each type of load balancer has its own logs",
        )
        .hinted(other_type_hint(name, *own)),
        SourceFinding::NoListener { wanted, refusal } => {
            Sentences::new(format!("`{name}` has no listener"), refusal.why)
                .hinted(format!("add a {wanted} listener, then run again"))
        }
        SourceFinding::OtherListeners { wanted, refusal, protocols } => {
            Sentences::new(format!("`{name}` listens on {} only", protocols.join(", ")), refusal.why)
                .hinted(format!("add a {wanted} listener, then run again; VPC Flow Logs show other traffic"))
        }
        SourceFinding::ListenersUnreadable { wanted, refusal, denial } => {
            Sentences::new(format!("could not tell whether `{name}` has a {wanted} listener: {denial}"), refusal.why)
        }
    }
}

fn other_type_hint(name: &str, own: LoadBalancerType) -> String {
    let name = shell_word(OsStr::new(name)).unwrap_or_else(|_| "NAME".to_owned());
    match own.producer() {
        Some(producer) => format!("use `{producer} --source {name}`"),
        None => "Gateway Load Balancers have no access logs; VPC Flow Logs show their traffic".to_owned(),
    }
}

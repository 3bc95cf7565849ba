//! The attributes of each type of load balancer, with their defaults and valid values.
//!
//! ELB v2 API, `LoadBalancerAttribute`. [`crate::delivery::attach`] decides whether a log bucket allows the service.

use std::collections::BTreeMap;

use crate::elb::balancer::CLASSIC;
use crate::elb::error::{Refusal, refuse};

/// The kinds of logs, as their attributes' prefixes.
pub const LOGS: &[&str] = &["access_logs", "connection_logs", "health_check_logs"];

const OF_ALL: &[(&str, &str)] =
    &[("deletion_protection.enabled", "false"), ("load_balancing.cross_zone.enabled", "false")];
const OF_NETWORK: &[(&str, &str)] = &[
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.prefix", ""),
    ("dns_record.client_routing_policy", "any_availability_zone"),
    ("ipv6.deny_all_igw_traffic", "false"),
];
const OF_APPLICATION: &[(&str, &str)] = &[
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.prefix", ""),
    ("connection_logs.s3.enabled", "false"),
    ("connection_logs.s3.bucket", ""),
    ("connection_logs.s3.prefix", ""),
    ("health_check_logs.s3.enabled", "false"),
    ("health_check_logs.s3.bucket", ""),
    ("health_check_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("idle_timeout.timeout_seconds", "60"),
    ("ipv6.deny_all_igw_traffic", "false"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"),
    ("routing.http.xff_client_port.enabled", "false"),
    ("routing.http.xff_header_processing.mode", "append"),
    ("routing.http2.enabled", "true"),
    ("waf.fail_open.enabled", "false"),
    ("zonal_shift.config.enabled", "false"),
];

/// The only log of a Classic Load Balancer is its access log, stored under the other types' attribute names.
const OF_CLASSIC: &[(&str, &str)] =
    &[("access_logs.s3.enabled", "false"), ("access_logs.s3.bucket", ""), ("access_logs.s3.prefix", "")];

/// Returns the default attributes of a load balancer type.
#[must_use]
pub fn defaults(kind: &str) -> BTreeMap<String, String> {
    let own = match kind {
        "application" => OF_APPLICATION,
        "network" => OF_NETWORK,
        CLASSIC => OF_CLASSIC,
        _ => &[],
    };
    OF_ALL.iter().chain(own).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Merges attributes with their defaults.
#[must_use]
pub fn with_defaults(kind: &str, set: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut all = defaults(kind);
    all.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
    all
}

/// Validates the attributes that the client sent. ELB v2 API: at most 20, with keys of up to 256 characters and values
/// of up to 1024.
pub fn check(kind: &str, sent: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let invalid = |message: String| Err(refuse("ValidationError", &message));
    if sent.is_empty() || sent.len() > 20 {
        return invalid("1 validation error detected: Value at 'attributes' failed to satisfy constraint: Member must have length less than or equal to 20".to_owned());
    }
    let known = defaults(kind);
    for (key, value) in sent {
        if !known.contains_key(key) {
            return refused(key, kind);
        }
        if value.chars().count() > 1024 {
            return invalid(format!("The value of '{key}' is too long"));
        }
        if known.get(key).is_some_and(|default| default == "true" || default == "false")
            && value != "true"
            && value != "false"
        {
            return invalid(format!("The value of '{key}' must be 'true' or 'false'"));
        }
        if key.ends_with(".s3.prefix") {
            check_prefix(key, value)?;
        }
    }
    Ok(())
}

fn refused(key: &str, kind: &str) -> Result<(), Refusal> {
    Err(refuse(
        "InvalidConfigurationRequest",
        &format!("Load balancer attribute key '{key}' is not supported for {kind} load balancers"),
    ))
}

/// User guide: the prefix "must not include the string" `AWSLogs`; the rule about slashes is from
/// <https://github.com/ansible/ansible/issues/55147>.
pub fn check_prefix(key: &str, value: &str) -> Result<(), Refusal> {
    if value.starts_with('/') || value.ends_with('/') {
        return Err(refuse("ValidationError", &format!("The value of '{key}' cannot start or end with '/'")));
    }
    if value.contains("AWSLogs") {
        return Err(refuse("ValidationError", &format!("The value of '{key}' cannot contain 'AWSLogs'")));
    }
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    if value.chars().all(letters) {
        Ok(())
    } else {
        Err(refuse("ValidationError", &format!("The value of '{key}' contains invalid characters")))
    }
}

/// Returns the bucket and prefix of a kind of logs, if enabled.
#[must_use]
pub fn destination(attributes: &BTreeMap<String, String>, log: &str) -> Option<(String, String)> {
    let value = |name: &str| attributes.get(&format!("{log}.s3.{name}")).cloned().unwrap_or_default();
    (value("enabled") == "true").then(|| (value("bucket"), value("prefix")))
}

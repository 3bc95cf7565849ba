//! The next step after a failure, with the command or policy statement for it.

use crate::model::{BucketName, either, span, suggest, suggest_region};

use super::error::{AwsError, ErrorCause};
use super::permission_hint::{denying_policy, limiting_policy, refused_call, statement};
use super::situation::{EnvironmentKeys, Situation, aws_with};

/// The most names that a hint lists; there may be hundreds.
const LISTED: usize = 6;

/// Another reason why S3 refuses a bucket policy
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
const PUBLIC: &str = "Block Public Access rejects a policy with a public statement";

impl AwsError {
    /// Returns what to do about the error.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        Some(match self.cause {
            ErrorCause::NoCredentials => no_credentials(situation),
            ErrorCause::NoProfile => no_profile(self.quoted_name(), &situation.profiles),
            ErrorCause::LateCredentials if !self.message.contains("credential_process") => format!(
                "run the same command again; {} shows where the credentials come from",
                situation.aws(&["configure", "list"])
            ),
            ErrorCause::LateCredentials => format!(
                "run that command by itself to see what it is waiting for; {} shows where it is configured",
                situation.aws(&["configure", "list"])
            ),
            ErrorCause::FailedProcess => {
                "run the command of `credential_process` yourself to see why; then fix it, or change the profile in ~/.aws/config or ~/.aws/credentials".to_owned()
            }
            ErrorCause::UnfitCredentials => "copy the credentials again, without line breaks".to_owned(),
            ErrorCause::BadConfiguration => {
                let list = situation.aws(&["configure", "list"]);
                format!("fix ~/.aws/config or ~/.aws/credentials: {list} shows what is wrong")
            }
            ErrorCause::SignedOut => format!("sign in: {}", situation.aws(&["login"])),
            ErrorCause::SignedOutOfSso => format!("sign in: {}", situation.aws(&["sso", "login"])),
            ErrorCause::Expired if situation.keys == EnvironmentKeys::OfAUser => {
                "AWS_ACCESS_KEY_ID is set without AWS_SESSION_TOKEN: if the key ID begins with ASIA, the credentials are temporary, so export the token too; if not, correct this machine's clock, or export new keys".to_owned()
            }
            ErrorCause::Expired if situation.keys == EnvironmentKeys::OfASession => {
                "your session token has expired: assume the role again and export the new credentials, or unset the AWS_ variables and use `--profile NAME`".to_owned()
            }
            ErrorCause::Expired => {
                let (sso, login) = (situation.aws(&["sso", "login"]), situation.aws(&["login"]));
                format!("renew the credentials: {sso} or {login}, or assume the role again")
            }
            ErrorCause::BadKey if self.is("SignatureDoesNotMatch") => format!(
                "the secret access key does not belong to the access key ID: {} tests them, {} shows where they come from",
                situation.aws(&["sts", "get-caller-identity"]),
                situation.aws(&["configure", "list"])
            ),
            ErrorCause::BadKey => format!(
                "the access key is mistyped, deleted, or from a Region that is not enabled for the account: {} tests it, {} shows where it comes from",
                situation.aws(&["sts", "get-caller-identity"]),
                situation.aws(&["configure", "list"])
            ),
            ErrorCause::AccessDenied => self.denied(situation),
            ErrorCause::ClockSkew(ahead) => {
                let skew = match ahead {
                    Some(ahead @ 1..) => format!("this machine's clock is {} ahead of AWS's", span(ahead.into())),
                    Some(behind) => format!("this machine's clock is {} behind AWS's", span(i64::from(behind).abs())),
                    None => "this machine's clock differs from AWS's by several minutes".to_owned(),
                };
                format!("{skew}: correct it, on Linux with `sudo timedatectl set-ntp true`")
            }
            ErrorCause::Throttled => {
                "wait a minute, or set AWS_MAX_ATTEMPTS=10 in the environment to retry longer".to_owned()
            }
            ErrorCause::AwsFault => {
                "the failure is in AWS, not in the request: wait a minute, and check https://health.aws.amazon.com if it persists".to_owned()
            }
            ErrorCause::Intermediary | ErrorCause::Other if self.is("HTTP 407") => proxy_user("HTTP_PROXY"),
            ErrorCause::Intermediary => {
                "check the proxy in HTTPS_PROXY or HTTP_PROXY, or exempt the host from it in NO_PROXY; without a proxy, check where calls are sent: `--endpoint-url`, AWS_ENDPOINT_URL".to_owned()
            }
            ErrorCause::Unreachable => self.unreachable(situation),
            ErrorCause::Endless => {
                "AWS never sends such a response: check where calls are sent (`--endpoint-url`, AWS_ENDPOINT_URL, a proxy), and run again on a faster network if this one is slow".to_owned()
            }
            ErrorCause::Other if self.is_not_of_aws() => {
                "check where calls are sent, `--endpoint-url` and AWS_ENDPOINT_URL: something other than AWS answers there"
                    .to_owned()
            }
            _ if self.is_refused_by_abac() => {
                let resource = self.resource.as_str();
                format!(
                    "attribute-based access control (ABAC) is on for the bucket, so S3 rejects PutBucketTagging: add the tags with `aws s3control tag-resource` (`s3:TagResource` on `arn:aws:s3:::{resource}`), or omit `--tag`"
                )
            }
            ErrorCause::Other if self.is("TooManyBuckets") => {
                "the account has reached its bucket quota (10,000 by default): use an existing bucket with `--bucket`, or request an increase: `aws service-quotas request-service-quota-increase --region us-east-1 --service-code s3 --quota-code L-DC2B2D3D --desired-value N`".to_owned()
            }
            ErrorCause::Other if self.is("TooManyConfigurations") => {
                "the source has 1,000 inventory configurations, which is S3's limit: reuse one with `--inventory-id`, or delete one".to_owned()
            }
            ErrorCause::Other if self.is("LimitExceededException") && self.action.starts_with("kms:") => {
                "a key policy can have at most 32,768 characters (https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html): remove statements that are no longer needed, or name another key".to_owned()
            }
            ErrorCause::Other if self.is_taken_name() => free_name(&self.resource, situation),
            ErrorCause::Other => return None,
        })
    }

    /// Returns whether a success or a redirect came from something other than AWS.
    fn is_not_of_aws(&self) -> bool {
        self.code.as_deref().is_some_and(|code| ["HTTP 2", "HTTP 3"].iter().any(|range| code.starts_with(range)))
    }

    /// Returns whether S3 refused tags because the bucket uses attribute-based access control. AWS does not document
    /// the code for this refusal.
    fn is_refused_by_abac(&self) -> bool {
        let says = |word: &str| self.message.contains(word);
        self.action == "s3:PutBucketTagging" && (says("ABAC") || says("TagResource") || self.is("MethodNotAllowed"))
    }

    /// Returns whether someone else owns the bucket, so that repeating the command can't help.
    pub fn is_taken_name(&self) -> bool {
        self.is("BucketAlreadyExists")
    }

    /// Returns the policy statement that would allow the call, or says that no statement can.
    fn denied(&self, situation: &Situation) -> String {
        if let Some(policy) = denying_policy(&self.message) {
            return format!(
                "an explicit Deny in {policy} blocks this, and no Allow overrides it: have that policy changed, or use other credentials with `--profile`{}",
                self.name_within_account(situation)
            );
        }
        if let Some(policy) = limiting_policy(&self.message) {
            return format!(
                "no {policy} allows this call, and a grant in the caller's own policy does not help: have the {policy} changed, or use other credentials with `--profile`"
            );
        }
        if self.action == "s3:PutBucketPolicy" && self.message.contains("public") {
            return format!("{PUBLIC}: remove or restrict the statements that allow access to everyone");
        }
        let (action, resource) = match refused_call(&self.message) {
            Some((action, resource)) => (action, resource.unwrap_or(&self.resource)),
            None => (self.action, self.resource.as_str()),
        };
        let grant = granted_by(action, resource, situation);
        // S3 often says no more than "Access Denied".
        if self.action == "s3:PutBucketPolicy" && refused_call(&self.message).is_none() {
            return format!(
                "{grant}; if that is already granted, there are two possible causes: an explicit Deny in the bucket policy or an organization's policy blocks it, or {PUBLIC} (set on the bucket or the account)"
            );
        }
        if action.starts_with("s3:") && refused_call(&self.message).is_none() {
            return format!(
                "{grant}; if that is already granted, an explicit Deny in the bucket policy or an organization's policy blocks it{}",
                self.name_within_account(situation)
            );
        }
        if action == "sts:AssumeRole" {
            return format!("{grant}; the role's trust policy must allow that caller as well");
        }
        grant
    }

    /// Suggests a name in the account's own namespace, which an organization can require by the condition key
    /// `s3:x-amz-bucket-namespace` (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>).
    fn name_within_account(&self, situation: &Situation) -> String {
        let own = (self.action == "s3:CreateBucket").then(|| within_account(&self.resource, situation)).flatten();
        own.map(|own| format!("; if your organization requires account-regional bucket names (`s3:x-amz-bucket-namespace`), use `--bucket {own}`")).unwrap_or_default()
    }

    /// Returns the environment variable of the proxy that the message names.
    fn proxy_variable(&self) -> Option<&str> {
        let (_, proxy) = self.message.split_once(" through the proxy ")?;
        let (_, variable) = proxy.split_once(" of ")?;
        variable.split(':').next()
    }

    fn unreachable(&self, situation: &Situation) -> String {
        let region = situation.region.as_ref().map(|region| (region, suggest_region(region.as_str())));
        if let Some((region, Some(meant))) = region {
            return format!("unknown Region `{region}`: did you mean `--region {meant}`?");
        }
        if self.message.contains("InvalidContentType") {
            return "the endpoint does not use TLS: try the URL with `http://`".to_owned();
        }
        if self.message.contains("certificate") {
            return "behind a proxy that inspects TLS, or with a private CA, set AWS_CA_BUNDLE (or `ca_bundle` in the profile) to a PEM file with the CA's certificate; that file replaces the system's CAs".to_owned();
        }
        if let Some(variable) = self.proxy_variable() {
            if self.message.contains("proxy authorization required") {
                return proxy_user(variable);
            }
            return format!("check the proxy in {variable}, or exempt that host from it in NO_PROXY");
        }
        "check the network, and where calls are sent: `--endpoint-url`, AWS_ENDPOINT_URL, `--region`".to_owned()
    }
}

/// Returns what to do about a proxy that requires authentication.
fn proxy_user(variable: &str) -> String {
    format!("the proxy needs a user and a password: write `USER:PASSWORD@` before its host in {variable}")
}

/// Returns how to grant an action to the caller.
pub(super) fn granted_by(action: &str, resource: &str, situation: &Situation) -> String {
    let statement = statement(action, resource, situation.place());
    format!("use other credentials with `--profile`, or have this added to the caller's policy: {statement}")
}

fn no_credentials(situation: &Situation) -> String {
    match &situation.profile {
        Some(name) if situation.profiles.contains(name) => {
            let (sso, login) = (aws_with(&["configure", "sso"], Some(name)), aws_with(&["login"], Some(name)));
            return format!("run {sso} or {login} to set up its credentials");
        }
        Some(name) => return no_profile(name, &situation.profiles),
        None => {}
    }
    let sign_in = "sign in with `aws login`, or set up a profile with `aws configure sso --profile NAME`";
    match listed(&situation.profiles) {
        Some(profiles) => format!("name a profile with `--profile` ({profiles}), or {sign_in}"),
        None => format!("{sign_in} and name it with `--profile NAME`"),
    }
}

pub(super) fn no_profile(name: &str, known: &[String]) -> String {
    let meant = suggest(name, known.iter().cloned(), 3);
    if !meant.is_empty() {
        return format!("did you mean {}?", either(&meant));
    }
    if let Some(profiles) = listed(known) {
        return format!("choose an existing one with `--profile` ({profiles})");
    }
    let sso = aws_with(&["configure", "sso"], Some(name));
    format!("the AWS configuration has no profiles: create one with {sso}")
}

/// Joins names, at most [`LISTED`] of them.
pub(super) fn listed(names: &[String]) -> Option<String> {
    let more = names.len().saturating_sub(LISTED);
    let names = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    match (names.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(names),
        (false, more) => Some(format!("{names} and {more} more")),
    }
}

/// Returns the bucket's name in the account's own namespace, if there is one.
fn within_account(name: &str, situation: &Situation) -> Option<BucketName> {
    let (account, region) = (situation.account.as_ref()?, situation.region.as_ref()?);
    name.parse::<BucketName>().ok()?.within_account(account, region)
}

/// Suggests a name that no other account can take, in place of a taken one.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>
fn free_name(taken: &str, situation: &Situation) -> String {
    match within_account(taken, situation) {
        Some(own) => {
            format!(
                "someone else has that name: choose another, such as `--bucket {own}`, which no other account can take"
            )
        }
        None => "someone else has that name: choose another with `--bucket`".to_owned(),
    }
}

//! The requests of a log service. They are evaluated against a policy.

use crate::iam::{
    AccessRequest, Context, ContextValue, Decision, Document, Effect, MatchReason, PolicyAnswer, Principal,
    ResourceSet, StatementElement, Truth, Unnamed, evaluate,
};

use crate::model::{Moment, Partition};

use super::condition_keys::{CREATES_OBJECT, DOCUMENTED, SENT, likely};
use super::keys::ObjectKeys;
use super::{Destination, LogSource};

/// A request of a service, and its description.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The description, such as "`s3:PutObject` by `logging.s3.amazonaws.com` for `app-data`".
    pub what: String,
    /// The files that the request writes, such as "its logs". `None` if it writes no files.
    pub part: Option<&'static str>,
    /// The request.
    pub request: AccessRequest,
    /// Condition keys with the values that a policy on AWS's pages uses to allow the service. Such a grant works,
    /// although no page says that every request has the keys.
    pub documented: Vec<(&'static str, ContextValue)>,
    /// The operation that needs the request.
    pub need: ProbePurpose,
    /// Condition keys whose value is inferred, because no AWS page states it.
    inferred: Vec<&'static str>,
}

/// The operation that needs a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProbePurpose {
    /// Every delivery.
    Delivery,
    /// AWS's pages grant the request, but no page says that delivery fails without it.
    Granted,
    /// Enabling the log. A log that is on does not need the request.
    Enabling,
}

impl Probe {
    /// Evaluates the request. An Allow may rely on the condition keys of AWS's own policies. A Deny that depends on
    /// these keys stays unknown, since no page says that they are always sent.
    #[must_use]
    pub fn judged(&self, document: &Document) -> Decision {
        let mut decision = evaluate(document, &self.request);
        if depends_on_creation(&decision) {
            let context = self.request.context.clone().with(CREATES_OBJECT, ContextValue::known("true"));
            let of_creation = evaluate(document, &AccessRequest { context, ..self.request.clone() });
            // An upload can consist of several requests, but one of them creates the object.
            if matches!(of_creation.answer, PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied) {
                return of_creation;
            }
        }
        if let Some(now) = self.refused_now(document, &decision) {
            return now;
        }
        if self.documented.is_empty() {
            return decision;
        }
        let documented = evaluate(document, &self.as_documented()).statements;
        for (own, documented) in decision.statements.iter_mut().zip(documented) {
            // Report only the elements that are unknown even with these keys.
            let is_clearer = match documented.truth {
                Truth::True => true,
                Truth::Unknown => own.truth == Truth::Unknown,
                Truth::False => false,
            };
            if own.effect == Some(Effect::Allow) && is_clearer {
                *own = documented;
            }
        }
        let is_allowed =
            decision.statements.iter().any(|own| own.effect == Some(Effect::Allow) && own.truth == Truth::True);
        let may_be_denied =
            decision.statements.iter().any(|own| own.effect != Some(Effect::Allow) && own.truth != Truth::False);
        if decision.answer == PolicyAnswer::Unknown && is_allowed && !may_be_denied {
            decision.answer = PolicyAnswer::Allowed;
        }
        decision
    }

    /// Returns the decision for a request that is made now, if the decision depends on the time and such a request is
    /// certainly refused. A policy that allows the service only until a certain date stays uncertain.
    fn refused_now(&self, document: &Document, decision: &Decision) -> Option<Decision> {
        let ContextValue::NotBefore(now) = self.request.context.get(CURRENT_TIME) else { return None };
        if decision.answer != PolicyAnswer::Unknown {
            return None;
        }
        let digits: String = now.chars().filter(char::is_ascii_digit).collect();
        let seconds = Moment::from_digits(&digits)?.0.to_string();
        let context = self.request.context.clone().with(CURRENT_TIME, ContextValue::known(now.clone()));
        let context = context.with(EPOCH_TIME, ContextValue::known(seconds));
        let of_now = evaluate(document, &AccessRequest { context, ..self.request.clone() });
        matches!(of_now.answer, PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied).then_some(of_now)
    }

    /// Returns the same request with the condition keys of AWS's own policies.
    #[must_use]
    pub fn as_documented(&self) -> AccessRequest {
        let known = self.documented.iter().cloned();
        let context = known.fold(self.request.context.clone(), |context, (key, value)| context.with(key, value));
        AccessRequest { context, ..self.request.clone() }
    }

    /// Returns the same request, made at this time or later. Every request contains the time
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime>),
    /// and the date in the name of a file is at most [`LATEST`] seconds older than its delivery.
    #[must_use]
    pub fn dated(mut self, now: Moment) -> Self {
        if let Some(month) = Moment(now.0 - LATEST).month() {
            self.request.resource = self.request.resource.since(month);
        }
        for key in [CURRENT_TIME, EPOCH_TIME] {
            self.request.context.insert(key, ContextValue::NotBefore(now.iso()));
        }
        self
    }

    /// Returns the same request without inferences: keys with an inferred value may have any value.
    #[must_use]
    pub fn without_inferences(&self) -> Self {
        let context = self.request.context.clone().with_unnamed(Unnamed::Usual(&DOCUMENTED));
        let context = self.inferred.iter().fold(context, |context, key| context.with(key, ContextValue::Unknown));
        Self { request: AccessRequest { context, ..self.request.clone() }, ..self.clone() }
    }

    /// Returns the same request, made by the account that an ACL allows: "the S3 log delivery account", in AWS's words
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>). No page says
    /// whether policies are evaluated for this account or for the service principal.
    #[must_use]
    pub fn by_log_delivery_account(mut self) -> Self {
        let request = &mut self.request;
        if let Principal::Service(name) = &request.principal {
            request.principal = Principal::ServiceOrItsAccount(name.clone());
        }
        for key in IDENTITY {
            let mut choices = match request.context.get(key).clone() {
                ContextValue::Known(values) => vec![Some(values)],
                ContextValue::OneOf(choices) => choices,
                ContextValue::Absent
                | ContextValue::Begins(_)
                | ContextValue::AtOrBelow(_)
                | ContextValue::NotBefore(_)
                | ContextValue::Unknown => continue,
            };
            choices.push(None);
            request.context.insert(key, ContextValue::OneOf(choices));
        }
        self
    }

    /// Returns the same request, for any of these resources.
    #[must_use]
    pub fn to_any_of(mut self, resources: ResourceSet) -> Self {
        self.request.resource = resources;
        self
    }

    /// Returns the same request, marked as needed only for this operation.
    #[must_use]
    pub fn needed_for(self, need: ProbePurpose) -> Self {
        Self { need, ..self }
    }

    /// Returns the same request, with likely values for keys that AWS does not document.
    #[must_use]
    pub fn likely(&self) -> AccessRequest {
        AccessRequest { context: likely(&self.request.context), ..self.request.clone() }
    }
}

/// The condition keys with a request's time.
const CURRENT_TIME: &str = "aws:CurrentTime";
const EPOCH_TIME: &str = "aws:EpochTime";

/// The keys that only a service principal's request has.
const IDENTITY: [&str; 3] = ["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:PrincipalIsAWSService"];

/// The maximum delay in seconds between the date in a file's name and its delivery. Load balancer folders have "the
/// date that the log was delivered"
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>). S3 access
/// logs come "within a few hours", but AWS names no limit
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>), so a month leaves a wide margin.
const LATEST: i64 = 31 * 24 * 60 * 60;

/// Returns whether the decision is unknown because a statement tests if the request creates an object.
fn depends_on_creation(decision: &Decision) -> bool {
    let asks = |reason: &MatchReason| matches!(&reason.element, StatementElement::Condition { key, .. } if key.eq_ignore_ascii_case(CREATES_OBJECT));
    let in_doubt = decision.statements.iter().filter(|verdict| verdict.truth == Truth::Unknown);
    decision.answer == PolicyAnswer::Unknown && in_doubt.flat_map(|verdict| &verdict.because).any(asks)
}

/// Builds a request with the keys that every log service sends and the keys of this request.
#[derive(Clone, Debug)]
pub(crate) struct ServiceRequest {
    service: &'static str,
    context: Context,
    documented: Vec<(&'static str, ContextValue)>,
    inferred: Vec<&'static str>,
}

impl ServiceRequest {
    /// Starts a request of a service principal, in the sources' Region, to a resource of the destination's account.
    pub(crate) fn for_destination(service: &'static str, destination: &Destination) -> Self {
        let regional = service.replacen(".amazonaws.com", &format!(".{}.amazonaws.com", destination.region), 1);
        let own = service.to_owned();
        let context = Context::new(Unnamed::Usual(&SENT))
            .with("aws:PrincipalServiceName", ContextValue::known(service))
            // "All service principal names that belong to the service". No page says which names these are
            // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
            .with(
                "aws:PrincipalServiceNamesList",
                ContextValue::OneOf(vec![Some(vec![own.clone()]), Some(vec![own, regional])]),
            )
            .with("aws:RequestedRegion", ContextValue::known(destination.region.as_str()))
            .with("aws:ResourceAccount", ContextValue::known(destination.owner.as_str()))
            .with("s3:ResourceAccount", ContextValue::known(destination.owner.as_str()));
        Self { service, context, documented: Vec::new(), inferred: Vec::new() }
    }

    /// Adds a condition key to the request.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: ContextValue) -> Self {
        self.context.insert(key, value);
        self
    }

    /// Adds a key with an inferred value that no AWS page states. A delivered object can contradict the inference.
    #[must_use]
    pub(crate) fn with_inferred(mut self, key: &'static str, value: ContextValue) -> Self {
        self.inferred.push(key);
        self.with(key, value)
    }

    /// Adds a key that the request may have, and that a policy on AWS's pages uses to allow the request.
    #[must_use]
    pub(crate) fn with_documented(mut self, key: &'static str, value: &str) -> Self {
        self.documented.push((key, ContextValue::known(value)));
        self.with(key, perhaps(value))
    }

    /// Adds the source's account and ARN. AWS documents that the request has them.
    #[must_use]
    pub(crate) fn on_behalf_of(self, account: &str, arn: ContextValue) -> Self {
        self.with("aws:SourceAccount", ContextValue::known(account)).with("aws:SourceArn", arn)
    }

    /// Returns the probe for one action on one resource.
    pub(crate) fn probe(self, action: &str, resource: String, log_source: &LogSource) -> Probe {
        self.probe_for(action, resource.into(), None, log_source)
    }

    /// Returns the probes for writing each of these object keys.
    pub(crate) fn puts(self, keys: impl IntoIterator<Item = ObjectKeys>, log_source: &LogSource) -> Vec<Probe> {
        let put = |keys: ObjectKeys| self.clone().probe_for("s3:PutObject", keys.arns, Some(keys.part), log_source);
        keys.into_iter().map(put).collect()
    }

    fn probe_for(
        self,
        action: &str,
        resource: ResourceSet,
        part: Option<&'static str>,
        log_source: &LogSource,
    ) -> Probe {
        Probe {
            what: format!("`{action}` on `{resource}` by `{}` for `{}`", self.service, log_source.name),
            part,
            request: AccessRequest {
                principal: Principal::Service(self.service.to_owned()),
                action: action.to_owned(),
                resource,
                context: self.context,
            },
            documented: self.documented,
            need: ProbePurpose::Delivery,
            inferred: self.inferred,
        }
    }

    /// Returns the probe for a KMS key. S3 calls KMS for the service, with the bucket or the object as encryption
    /// context.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context>: the context
    /// is the bucket's ARN if a Bucket Key is used, and otherwise the object's ARN.
    pub(crate) fn key_probe(
        self,
        action: &str,
        key: &ProbedKey<'_>,
        destination: &Destination,
        log_source: &LogSource,
    ) -> Probe {
        let via = via(destination);
        let probe = match key.context {
            KeyContext::Bucket => {
                self.with("kms:EncryptionContext:aws:s3:arn", ContextValue::known(destination.bucket_arn()))
            }
            // An object's ARN consists of the bucket's ARN, `/` and the object's key.
            KeyContext::BucketOrObject => {
                self.with("kms:EncryptionContext:aws:s3:arn", ContextValue::AtOrBelow(destination.bucket_arn()))
            }
        };
        probe.with("kms:ViaService", via).with("kms:EncryptionContextKeys", ContextValue::known("aws:s3:arn")).probe(
            action,
            key.arn.to_owned(),
            log_source,
        )
    }
}

/// Returns the value of `kms:ViaService`. AWS's table of values has `s3.REGION.amazonaws.com` for every Region
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>). But S3's
/// host in China ends with `.com.cn`. AWS does not document which of the two names is sent in China.
fn via(destination: &Destination) -> ContextValue {
    let host = format!("s3.{}.amazonaws.com", destination.region);
    match destination.partition {
        Partition::Aws | Partition::AwsUsGov => ContextValue::known(host),
        Partition::AwsCn => ContextValue::OneOf(vec![Some(vec![format!("{host}.cn")]), Some(vec![host])]),
    }
}

/// A KMS key that a service's writes depend on.
#[derive(Clone, Copy, Debug)]
pub struct ProbedKey<'a> {
    /// The key's ARN.
    pub arn: &'a str,
    /// The encryption context that S3 sends.
    pub context: KeyContext,
}

/// An encryption context of S3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyContext {
    /// The bucket, because its default encryption uses a Bucket Key.
    Bucket,
    /// The object, or the bucket if a later setting turns a Bucket Key on.
    BucketOrObject,
}

/// Returns a value that AWS does not document: either absent, or the given text.
pub(super) fn perhaps(value: impl Into<String>) -> ContextValue {
    ContextValue::OneOf(vec![None, Some(vec![value.into()])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::{KeyFormat, Prefix};

    #[test]
    fn s3_is_recognized_by_its_host_and_in_china_by_either_host() {
        let of = |partition, region: &str| {
            via(&Destination {
                partition,
                bucket: "acme-logs".parse().unwrap(),
                prefix: Prefix::default(),
                owner: "111122223333".parse().unwrap(),
                region: region.parse().unwrap(),
                source_account: "111122223333".parse().unwrap(),
                key_format: KeyFormat::Simple,
                flow_keys: crate::producer::FlowKeys::default(),
            })
        };
        assert_eq!(of(Partition::Aws, "eu-west-1"), ContextValue::known("s3.eu-west-1.amazonaws.com"));
        assert_eq!(of(Partition::AwsUsGov, "us-gov-west-1"), ContextValue::known("s3.us-gov-west-1.amazonaws.com"));
        let ContextValue::OneOf(choices) = of(Partition::AwsCn, "cn-north-1") else { panic!("one value") };
        let hosts: Vec<String> = choices.into_iter().flatten().flatten().collect();
        assert_eq!(hosts, ["s3.cn-north-1.amazonaws.com.cn", "s3.cn-north-1.amazonaws.com"]);
    }
}

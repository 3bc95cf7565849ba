//! The ways in which the bucket may allow a log service for a source. Each way is open, closed or unknown.

use std::collections::BTreeSet;

use crate::iam::{Decision, Document, Effect, PolicyAnswer, StatementVerdict, Truth, evaluate, public_statements};
use crate::model::Seen;
use crate::plan::PublicPolicy;
use crate::plan::plan_context::PlanContext;
use crate::producer::{AclWay, Probe, ProbePurpose};
use crate::state::{Bucket, Ownership, PublicPolicies};

/// A way to allow a service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// The bucket policy allows the service's principal.
    Policy,
    /// The bucket policy allows the account that wrote the Region's logs in the past. AWS still supports this account.
    LegacyAccount,
    /// The bucket's ACL allows the log delivery group.
    Acl,
}

/// A way, and the requests that use it.
#[derive(Clone, Debug)]
pub(super) struct WayIn {
    pub(super) way: Way,
    /// The requests that must be allowed. For a log that is on, the requests for enabling it are left out.
    pub(super) probes: Vec<Probe>,
    /// The requests for enabling the log.
    enabling: Vec<Probe>,
    /// Whether the ACL allows the service. Only used for [`Way::Acl`].
    acl: Truth,
    /// Whether S3 blocks other accounts while the bucket's policy is public. Only used for [`Way::LegacyAccount`].
    restriction: Truth,
}

/// Returns whether `RestrictPublicBuckets` is on for the bucket. If it is on, and the policy is public, access is
/// restricted to "only AWS service principals and authorized users within this account". Then "public and cross-account
/// access within any public bucket policy, including non-public delegation to specific accounts, is blocked". If the
/// bucket's setting is off, the account's or the organization's setting may still be on, and "the most restrictive
/// combination" applies. logbucket does not read the settings of the account and the organization.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
fn restriction_of(context: &PlanContext<'_>) -> Truth {
    match context.bucket().map(|bucket| &bucket.public_policies) {
        Some(Seen::Present(PublicPolicies { restricted: true, .. })) => Truth::True,
        Some(Seen::Absent | Seen::Denied(_) | Seen::Present(_)) | None => Truth::Unknown,
    }
}

/// Returns the ways for a source. The first is the way that AWS recommends.
pub(super) fn ways_in(context: &PlanContext<'_>, source: usize) -> Vec<WayIn> {
    let probes = context.bucket_probes(source);
    let is_on = context.is_attached(source);
    let of = |way: Way, mut probes: Vec<Probe>, acl: Truth| {
        let enabling = probes.iter().filter(|probe| probe.need == ProbePurpose::Enabling).cloned().collect();
        probes.retain(|probe| !is_on || probe.need != ProbePurpose::Enabling);
        WayIn { way, probes, enabling, acl, restriction: restriction_of(context) }
    };
    let mut ways = vec![of(Way::Policy, probes.clone(), Truth::False)];
    let by_legacy = context.legacy_probes(source);
    if !by_legacy.is_empty() {
        ways.push(of(Way::LegacyAccount, by_legacy, Truth::False));
    }
    match acl(context) {
        Truth::False => {}
        acl @ (Truth::True | Truth::Unknown) => {
            let by_account = probes.into_iter().map(Probe::by_log_delivery_account).collect();
            ways.push(of(Way::Acl, by_account, acl));
        }
    }
    ways
}

/// Returns the statement that makes or may make the policy public. Returns `None` if no way depends on it.
pub(super) fn restriction(ways: &[WayIn], document: &Document) -> Option<PublicPolicy> {
    let may_serve = |way: &&WayIn| way.way == Way::LegacyAccount && way.is_granted(document) != Truth::False;
    let way = ways.iter().find(may_serve)?;
    let publics = public_statements(document);
    let &(index, makes_public) = publics.iter().find(|(_, truth)| *truth == Truth::True).or(publics.first())?;
    let sid = document.statements().get(index).and_then(|statement| statement.sid().map(str::to_owned));
    Some(PublicPolicy { index, sid, makes_public, is_restricted: way.restriction })
}

/// Returns the ways without undocumented requests and properties. Inferred properties may be wrong. If no page calls a
/// request necessary, the service may not need it.
pub(super) fn documented(ways: &[WayIn]) -> Vec<WayIn> {
    let documented = |way: &WayIn| {
        let needed = way.probes.iter().filter(|probe| probe.need == ProbePurpose::Delivery);
        WayIn { probes: needed.map(Probe::without_inferences).collect(), ..way.clone() }
    };
    ways.iter().map(documented).collect()
}

/// Returns whether some way is open: true if at least one is certainly open, false if all are certainly closed.
pub(super) fn is_allowed(ways: &[WayIn], document: &Document) -> Truth {
    ways.iter().map(|way| way.is_open(document)).fold(Truth::False, Truth::or)
}

impl WayIn {
    /// Returns whether each request is granted, even if something denies it.
    pub(super) fn is_granted(&self, document: &Document) -> Truth {
        match self.way {
            Way::Acl => self.acl,
            Way::Policy | Way::LegacyAccount => self.each(|probe| granted(&probe.judged(document))),
        }
    }

    /// Returns whether each request is allowed.
    pub(super) fn is_open(&self, document: &Document) -> Truth {
        match self.way {
            // Without a matching statement, the ACL decides. A Deny overrides the ACL.
            Way::Acl => self.acl.and(self.is_denied(document).negated()),
            Way::Policy => self.each(|probe| allowed(&probe.judged(document))),
            Way::LegacyAccount => {
                self.each(|probe| allowed(&probe.judged(document))).and(self.is_restricted(document).negated())
            }
        }
    }

    /// Returns whether each request is allowed if it carries the values that an AWS service very likely sends.
    pub(super) fn is_likely_open(&self, document: &Document) -> Truth {
        match self.way {
            Way::Acl => self.acl.and(self.each(|probe| denied(&evaluate(document, &probe.likely())).negated())),
            Way::Policy => self.each(|probe| allowed(&evaluate(document, &probe.likely()))),
            Way::LegacyAccount => self
                .each(|probe| allowed(&evaluate(document, &probe.likely())))
                .and(self.is_restricted(document).negated()),
        }
    }

    /// Returns whether this way is enough without a statement by logbucket. A Deny against the service has its own
    /// finding, and an exemption can fix it. An exemption can't fix a Deny against the legacy account, but a statement
    /// for the service's principal avoids this Deny.
    pub(super) fn serves(&self, ways: &[Self], document: &Document) -> Truth {
        match (self.way, self.is_open(document), self.is_likely_open(document)) {
            (Way::LegacyAccount | Way::Acl, Truth::Unknown, likely) if self.is_granted(document) == Truth::True => {
                let is_public = self.way == Way::LegacyAccount && self.is_restricted(document) != Truth::False;
                // If the Deny may also match the service, a second statement does not help.
                let is_no_help =
                    || ways.iter().any(|way| way.way == Way::Policy && way.is_denied(document) != Truth::False);
                if likely == Truth::Unknown && !is_public && is_no_help() { Truth::True } else { likely }
            }
            (Way::Policy | Way::Acl, ..) => self.is_granted(document),
            (Way::LegacyAccount, open, _) => open,
        }
    }

    /// Returns whether S3 blocks the legacy account because the policy is public.
    pub(super) fn is_restricted(&self, document: &Document) -> Truth {
        let publics = public_statements(document).into_iter().map(|(_, truth)| truth);
        publics.fold(Truth::False, Truth::or).and(self.restriction)
    }

    /// Returns whether a request is denied, even if something grants it.
    fn is_denied(&self, document: &Document) -> Truth {
        self.each(|probe| denied(&probe.judged(document)).negated()).negated()
    }

    /// Returns whether the test file's arrival settles every doubt: no other file leaves a further statement in doubt.
    pub(super) fn leaves_open_what_its_test_file_has_settled(&self, document: &Document) -> bool {
        let doubts = |probe: &Probe| -> BTreeSet<usize> {
            let statements = probe.judged(document).statements;
            statements.iter().filter(|verdict| verdict.truth == Truth::Unknown).map(|verdict| verdict.index).collect()
        };
        let settled: BTreeSet<usize> = self.enabling.iter().flat_map(doubts).collect();
        let others = self.probes.iter().filter(|probe| probe.need != ProbePurpose::Enabling);
        others.flat_map(doubts).all(|doubt| settled.contains(&doubt))
    }

    /// Returns whether a delivered log says nothing about other files or later files.
    pub(super) fn differs_between_requests(&self, document: &Document) -> bool {
        self.probes.iter().any(|probe| probe.judged(document).differs_between_requests())
    }

    /// Returns the requests that are not needed because the log is already on.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &Probe> {
        let is_needed = self.probes.iter().any(|probe| probe.need == ProbePurpose::Enabling);
        self.enabling.iter().filter(move |_| !is_needed)
    }

    /// Returns the first decision that certainly refuses a request for enabling the log.
    pub(super) fn refused_while_enabling(&self, document: &Document) -> Option<Decision> {
        let decisions = self.enabling.iter().map(|probe| probe.judged(document));
        match self.way {
            // An ACL grant can only be refused by a Deny.
            Way::Acl => None,
            Way::Policy | Way::LegacyAccount => {
                decisions.into_iter().find(|decision| allowed(decision) == Truth::False)
            }
        }
    }

    fn each(&self, of: impl Fn(&Probe) -> Truth) -> Truth {
        self.probes.iter().map(of).fold(Truth::True, Truth::and)
    }
}

fn allowed(decision: &Decision) -> Truth {
    match decision.answer {
        PolicyAnswer::Allowed => Truth::True,
        PolicyAnswer::Unknown if decision.allow_possible => Truth::Unknown,
        PolicyAnswer::Unknown | PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied => Truth::False,
    }
}

fn granted(decision: &Decision) -> Truth {
    let by_statement = any_of(decision, Effect::Allow);
    if decision.answer == PolicyAnswer::Allowed { Truth::True } else { by_statement }
}

fn denied(decision: &Decision) -> Truth {
    any_of(decision, Effect::Deny)
}

/// Returns whether a statement with this effect matches. A statement with an unknown effect may have this effect.
fn any_of(decision: &Decision, effect: Effect) -> Truth {
    let says = |verdict: &StatementVerdict| match verdict.effect {
        Some(own) if own == effect => verdict.truth,
        Some(_) => Truth::False,
        None => verdict.truth.and(Truth::Unknown),
    };
    decision.statements.iter().map(says).fold(Truth::False, Truth::or)
}

/// The log delivery group needs two permissions in the bucket's ACL. If the group has only one of them, returns the
/// missing permission.
pub(super) fn lacking_permission(context: &PlanContext<'_>) -> Option<&'static str> {
    let bucket = context.bucket().filter(|_| context.facts().destination.acl == AclWay::LogDeliveryGroup)?;
    let acl = bucket.log_delivery_acl.present().filter(|_| are_acls_enabled(bucket) != Truth::False)?;
    match (acl.write, acl.read_acp) {
        (true, false) => Some("READ_ACP"),
        (false, true) => Some("WRITE"),
        (true, true) | (false, false) => None,
    }
}

/// Returns whether the bucket's ACL has an effect.
fn are_acls_enabled(bucket: &Bucket) -> Truth {
    match &bucket.ownership {
        Seen::Present(Ownership::BucketOwnerEnforced) => Truth::False,
        Seen::Absent | Seen::Present(_) => Truth::True,
        Seen::Denied(_) => Truth::Unknown,
    }
}

/// Returns whether the bucket's ACL allows the log delivery group. The ACL only matters for S3 access logs, and only if
/// ACLs are enabled.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
fn acl(context: &PlanContext<'_>) -> Truth {
    let Some(bucket) = context.bucket().filter(|_| context.facts().destination.acl == AclWay::LogDeliveryGroup) else {
        return Truth::False;
    };
    let granted = match &bucket.log_delivery_acl {
        Seen::Present(acl) if acl.write && acl.read_acp => Truth::True,
        Seen::Absent | Seen::Present(_) => Truth::False,
        Seen::Denied(_) => Truth::Unknown,
    };
    granted.and(are_acls_enabled(bucket))
}

//! The ways in which the bucket may let a log service in for a source, and whether each is open: yes, no, or not known.

use std::collections::BTreeSet;

use crate::iam::{Answer, Decision, Document, Effect, Truth, Verdict, evaluate, public_statements};
use crate::model::Seen;
use crate::plan::world::World;
use crate::producer::{AclWay, Need, Probe};
use crate::state::{Bucket, Ownership, PublicPolicies};

/// How a service may be let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// The bucket policy lets its principal in.
    Policy,
    /// The bucket policy lets the account in that wrote the logs of the Region before: AWS still supports that.
    LegacyAccount,
    /// The bucket's ACL lets the log delivery group in.
    Acl,
}

/// A way, and the requests that come by it.
#[derive(Clone, Debug)]
pub(super) struct WayIn {
    pub(super) way: Way,
    /// What the service has to be allowed: what only enabling the log takes is left out for a log that is on.
    pub(super) probes: Vec<Probe>,
    /// What enabling the log takes.
    enabling: Vec<Probe>,
    /// What the ACL says; it has no meaning elsewhere.
    acl: Truth,
    /// Whether S3 keeps other accounts out of the bucket while its policy is public; it has no meaning for other ways.
    restriction: Truth,
}

/// Whether `RestrictPublicBuckets` is on for the bucket: a bucket with a public policy is then open to "only AWS service principals
/// and authorized users within this account", and "public and cross-account access within any public bucket policy, including
/// non-public delegation to specific accounts, is blocked". Where the bucket's own is off, its account's or an organization's may
/// be on: "the most restrictive combination" counts, and those are not read.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
fn restriction_of(world: &World<'_>) -> Truth {
    match world.bucket().map(|bucket| &bucket.public_policies) {
        Some(Seen::Present(PublicPolicies { restricted: true, .. })) => Truth::True,
        Some(Seen::Absent | Seen::Denied(_) | Seen::Present(_)) | None => Truth::Unknown,
    }
}

/// The ways in for a source, the one that AWS recommends first.
pub(super) fn ways_in(world: &World<'_>, source: usize) -> Vec<WayIn> {
    let probes = world.bucket_probes(source);
    let is_on = world.is_attached(source);
    let of = |way: Way, mut probes: Vec<Probe>, acl: Truth| {
        let enabling = probes.iter().filter(|probe| probe.need == Need::Enabling).cloned().collect();
        probes.retain(|probe| !is_on || probe.need != Need::Enabling);
        WayIn { way, probes, enabling, acl, restriction: restriction_of(world) }
    };
    let mut ways = vec![of(Way::Policy, probes.clone(), Truth::False)];
    let by_legacy = world.legacy_probes(source);
    if !by_legacy.is_empty() {
        ways.push(of(Way::LegacyAccount, by_legacy, Truth::False));
    }
    match acl(world) {
        Truth::False => {}
        acl @ (Truth::True | Truth::Unknown) => {
            let by_account = probes.into_iter().map(Probe::by_log_delivery_account).collect();
            ways.push(of(Way::Acl, by_account, acl));
        }
    }
    ways
}

/// What of the policy makes it public, or may, where a way depends on that.
pub(super) fn restriction(ways: &[WayIn], document: &Document) -> Option<String> {
    let may_serve = |way: &&WayIn| way.way == Way::LegacyAccount && way.is_granted(document) != Truth::False;
    let way = ways.iter().find(may_serve)?;
    let publics = public_statements(document);
    let (index, truth) = publics.iter().find(|(_, truth)| *truth == Truth::True).or(publics.first())?;
    let sid = document.statements().get(*index).and_then(|statement| statement.sid().map(|sid| format!(" `{sid}`")));
    let makes = if *truth == Truth::True { "makes" } else { "may make" };
    let (setting, blocks) = match way.restriction {
        Truth::True => ("Block Public Access", "of the bucket then blocks"),
        Truth::False | Truth::Unknown => {
            ("Block Public Access, of which that of the account was not read", "would then block")
        }
    };
    Some(format!(
        "{setting}: statement {}{} {makes} the policy public, and `RestrictPublicBuckets` {blocks} every other account, \
         that of Elastic Load Balancing included",
        index + 1,
        sid.unwrap_or_default()
    ))
}

/// Whether some way may be open to deliveries, by what AWS documents alone: what is inferred of their requests may be otherwise, and
/// what no page says to be needed may be missing.
pub(super) fn may_deliver(ways: &[WayIn], document: &Document) -> bool {
    let documented = |way: &WayIn| {
        let needed = way.probes.iter().filter(|probe| probe.need == Need::Delivery);
        WayIn { probes: needed.map(Probe::without_inferences).collect(), ..way.clone() }
    };
    ways.iter().any(|way| documented(way).is_open(document) != Truth::False)
}

/// Whether some way is open: certainly, or certainly none.
pub(super) fn is_let_in(ways: &[WayIn], document: &Document) -> Truth {
    ways.iter().map(|way| way.is_open(document)).fold(Truth::False, Truth::or)
}

impl WayIn {
    /// Whether something lets each request in, whatever may deny it.
    pub(super) fn is_granted(&self, document: &Document) -> Truth {
        match self.way {
            Way::Acl => self.acl,
            Way::Policy | Way::LegacyAccount => self.each(|probe| granted(&probe.judged(document))),
        }
    }

    /// Whether each request is let in.
    pub(super) fn is_open(&self, document: &Document) -> Truth {
        match self.way {
            // A policy that says nothing leaves the decision to the ACL; a Deny wins over it.
            Way::Acl => self.acl.and(self.is_denied(document).negated()),
            Way::Policy => self.each(|probe| allowed(&probe.judged(document))),
            Way::LegacyAccount => {
                self.each(|probe| allowed(&probe.judged(document))).and(self.is_restricted(document).negated())
            }
        }
    }

    /// Whether each request is let in, if it carries what a service of AWS's very likely sends.
    pub(super) fn is_likely_open(&self, document: &Document) -> Truth {
        match self.way {
            Way::Acl => self.acl.and(self.each(|probe| denied(&evaluate(document, &probe.likely())).negated())),
            Way::Policy => self.each(|probe| allowed(&evaluate(document, &probe.likely()))),
            Way::LegacyAccount => self
                .each(|probe| allowed(&evaluate(document, &probe.likely())))
                .and(self.is_restricted(document).negated()),
        }
    }

    /// Whether the way, one of these, needs no statement of ours beside it. A Deny against the service can be narrowed, and is a
    /// finding of its own; the legacy account stays behind a Deny, and a statement for the service's principal passes it by.
    pub(super) fn serves(&self, ways: &[Self], document: &Document) -> Truth {
        match (self.way, self.is_open(document), self.is_likely_open(document)) {
            (Way::LegacyAccount | Way::Acl, Truth::Unknown, likely) if self.is_granted(document) == Truth::True => {
                let is_public = self.way == Way::LegacyAccount && self.is_restricted(document) != Truth::False;
                // A Deny that may match the account may match the service, too. A second statement is then no help.
                let is_no_help =
                    || ways.iter().any(|way| way.way == Way::Policy && way.is_denied(document) != Truth::False);
                if likely == Truth::Unknown && !is_public && is_no_help() { Truth::True } else { likely }
            }
            (Way::Policy | Way::Acl, ..) => self.is_granted(document),
            (Way::LegacyAccount, open, _) => open,
        }
    }

    /// Whether S3 keeps the legacy account out, since the policy is public.
    pub(super) fn is_restricted(&self, document: &Document) -> Truth {
        let publics = public_statements(document).into_iter().map(|(_, truth)| truth);
        publics.fold(Truth::False, Truth::or).and(self.restriction)
    }

    /// Whether something denies a request, whatever lets it in.
    fn is_denied(&self, document: &Document) -> Truth {
        self.each(|probe| denied(&probe.judged(document)).negated()).negated()
    }

    /// Whether every statement that is in doubt for any file is as much in doubt for the test file.
    pub(super) fn leaves_open_what_its_test_file_has_settled(&self, document: &Document) -> bool {
        let doubts = |probe: &Probe| -> BTreeSet<usize> {
            let statements = probe.judged(document).statements;
            statements.iter().filter(|verdict| verdict.truth == Truth::Unknown).map(|verdict| verdict.index).collect()
        };
        let settled: BTreeSet<usize> = self.enabling.iter().flat_map(doubts).collect();
        let others = self.probes.iter().filter(|probe| probe.need != Need::Enabling);
        others.flat_map(doubts).all(|doubt| settled.contains(&doubt))
    }

    /// The requests that nothing of a log that is on depends on.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &Probe> {
        let is_needed = self.probes.iter().any(|probe| probe.need == Need::Enabling);
        self.enabling.iter().filter(move |_| !is_needed)
    }

    /// What enabling the log takes and this way certainly refuses.
    pub(super) fn refused_while_enabling(&self, document: &Document) -> Option<Decision> {
        let decisions = self.enabling.iter().map(|probe| probe.judged(document));
        match self.way {
            // Only a Deny refuses what an ACL grants.
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
        Answer::Allowed => Truth::True,
        Answer::Unknown if decision.allow_possible => Truth::Unknown,
        Answer::Unknown | Answer::ExplicitlyDenied | Answer::ImplicitlyDenied => Truth::False,
    }
}

fn granted(decision: &Decision) -> Truth {
    let by_statement = any_of(decision, Effect::Allow);
    if decision.answer == Answer::Allowed { Truth::True } else { by_statement }
}

fn denied(decision: &Decision) -> Truth {
    any_of(decision, Effect::Deny)
}

/// Whether a statement of that effect matches; one whose effect is not understood may.
fn any_of(decision: &Decision, effect: Effect) -> Truth {
    let says = |verdict: &Verdict| match verdict.effect {
        Some(own) if own == effect => verdict.truth,
        Some(_) => Truth::False,
        None => verdict.truth.and(Truth::Unknown),
    };
    decision.statements.iter().map(says).fold(Truth::False, Truth::or)
}

/// The permission that the bucket's ACL lacks to allow the log delivery group, where it gives it the other one.
pub(super) fn lacking_permission(world: &World<'_>) -> Option<&'static str> {
    let bucket = world.bucket().filter(|_| world.facts().destination.acl == AclWay::LogDeliveryGroup)?;
    let acl = bucket.log_delivery_acl.present().filter(|_| are_acls_enabled(bucket) != Truth::False)?;
    match (acl.write, acl.read_acp) {
        (true, false) => Some("READ_ACP"),
        (false, true) => Some("WRITE"),
        (true, true) | (false, false) => None,
    }
}

/// Whether the bucket's ACL counts.
fn are_acls_enabled(bucket: &Bucket) -> Truth {
    match &bucket.ownership {
        Seen::Present(Ownership::BucketOwnerEnforced) => Truth::False,
        Seen::Absent | Seen::Present(_) => Truth::True,
        Seen::Denied(_) => Truth::Unknown,
    }
}

/// Whether the log delivery group is let in by the bucket's ACL, which counts for S3 access logs where ACLs are not disabled.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
fn acl(world: &World<'_>) -> Truth {
    let Some(bucket) = world.bucket().filter(|_| world.facts().destination.acl == AclWay::LogDeliveryGroup) else {
        return Truth::False;
    };
    let granted = match &bucket.log_delivery_acl {
        Seen::Present(acl) if acl.write && acl.read_acp => Truth::True,
        Seen::Absent | Seen::Present(_) => Truth::False,
        Seen::Denied(_) => Truth::Unknown,
    };
    granted.and(are_acls_enabled(bucket))
}

//! Can the service use the customer managed key? New keys are made able.

use crate::iam::{Answer, Document, evaluate};
use crate::model::{Denial, Encryption, EncryptionKind, KeyChoice, KeySlot, Region, Seen};
use crate::plan::grants::{Granted, KEY_POLICY_LIMIT, granted, kept_out};
use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, PlannedStep, Severity, Step};
use crate::producer::{self, EncryptedBy, KeyContext, Probe, ProbedKey, Template, Values};
use crate::state::{Key, KeyManager, KeyOrigin, Shown};

use super::encryption::{Target, known_default_key, target};
use super::reports;

const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html";
const STATES: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
const NLB: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html";
const INVENTORY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let default = choice_of(&world.request.encryption);
    let report = world.request.kind.report_key();
    let kept_report = report.filter(|_| reports::is_kept_key(world));
    for (choice, key) in [(default, &world.observed.default_key), (report, &world.observed.report_key)] {
        match (choice, key) {
            // Nothing is named that is not named today.
            (Some(choice), Seen::Denied(denial))
                if std::ptr::eq(key, &raw const world.observed.report_key) && kept_report == Some(choice) =>
            {
                findings.push(unreadable(world, denial.resource.clone(), &denial.to_string(), Cure::Nothing));
            }
            (Some(KeyChoice::Create), Seen::Absent) => findings.extend(created(world)),
            (Some(KeyChoice::Create), Seen::Present(key)) if key.origin == KeyOrigin::Unknown => {
                findings.push(foreign(world, key));
            }
            (Some(KeyChoice::Create), Seen::Present(key)) => findings.extend(alias(world, key)),
            (Some(KeyChoice::Existing(name)), Seen::Absent) => findings.push(missing(world, &name.to_string())),
            (Some(_), Seen::Denied(denial)) => {
                let hint = format!(
                    "allow `{}`, or name the key by its full ARN with credentials of its account",
                    denial.action
                );
                findings.push(unreadable(world, denial.resource.clone(), &denial.to_string(), Cure::Impossible(hint)));
            }
            (None, Seen::Denied(denial)) => findings.extend(undescribed(world, key, denial)),
            (None | Some(KeyChoice::Existing(_)), _) => {}
        }
    }
    let keys = match world.facts().encrypted_by {
        EncryptedBy::Source => reports::keys(world),
        EncryptedBy::Bucket => known_default_key(world).into_iter().collect(),
    };
    // What was to be created is not theirs: nothing of it is judged or changed.
    let is_foreign = |key: &Key| {
        let subject = key.arn.to_string();
        findings.iter().any(|found| found.id == FindingId::KeyForeign && found.subject == subject)
    };
    let keys: Vec<&Key> = keys.into_iter().filter(|key| !is_foreign(key)).collect();
    findings.extend(keys.into_iter().flat_map(|key| of_key(world, key)));
    findings
}

/// The bucket's own key, which may not be described: judged by its name alone. Or the key that today's reports are kept on.
fn undescribed(world: &World<'_>, key: &Seen<Key>, denial: &Denial) -> Option<Finding> {
    if std::ptr::eq(key, &raw const world.observed.report_key) {
        return Some(unreadable(world, denial.resource.clone(), &denial.to_string(), Cure::Nothing));
    }
    let present = world.present_encryption()?;
    if target(world) != Target::Keep
        || present.kind() != EncryptionKind::SseKmsCustomer
        || (world.facts().encrypted_by == EncryptedBy::Source && !reports::take_the_default(world))
    {
        return None;
    }
    let subject = present.key.clone().unwrap_or_default();
    let cure = if present.key_arn().is_some() {
        Cure::Nothing
    } else {
        Cure::Impossible(format!("allow `{}`: the bucket must name the key by its full ARN", denial.action))
    };
    Some(unreadable(world, subject, &denial.to_string(), cure))
}

fn choice_of(encryption: &Encryption) -> Option<&KeyChoice> {
    match encryption {
        Encryption::SseKms(choice) => Some(choice),
        Encryption::SseS3 | Encryption::Unstated => None,
    }
}

/// Why S3 could never use the key for a bucket in the Region, if so.
pub fn unusable(region: &Region, key: &Key) -> Option<String> {
    if key.manager == KeyManager::Aws {
        return Some("is an AWS managed key, whose policy can't let a log service in".to_owned());
    }
    if key.arn.arn().region != region.as_str() {
        return Some(format!("is in {}, the bucket in {region}", key.arn.arn().region));
    }
    // A word that is not known is no reason: the key itself will tell.
    let other = |word: &str, wanted: &str| word != wanted && word != "unknown";
    if other(&key.spec, "SYMMETRIC_DEFAULT") || other(&key.usage, "ENCRYPT_DECRYPT") {
        return Some(format!("is a {} key for {}: S3 uses symmetric encryption keys", key.spec, key.usage));
    }
    // "Updating" still makes data keys, says the table of key states.
    (!matches!(key.state.as_str(), "Enabled" | "Updating" | "unknown")).then(|| format!("is in state {}", key.state))
}

/// Whether the key policy, as it is, lets the service in for every source.
pub(super) fn lets_in(world: &World<'_>, key: &Key) -> bool {
    let Some(document) = key.policy.present().and_then(|text| Document::parse(text).ok()) else { return false };
    let certain = |probe: &Probe| world.producer().certainly_asks(&probe.request.action);
    let probes = probes(world, key);
    probes
        .iter()
        .filter(|(_, probe)| certain(probe))
        .all(|(_, probe)| evaluate(&document, &probe.request).answer == Answer::Allowed)
}

pub(super) fn probes(world: &World<'_>, key: &Key) -> Vec<(usize, Probe)> {
    let arn = key.arn.to_string();
    // A plan keeps a Bucket Key as it is, so that this holds for what it writes, too.
    let by_bucket_key = world
        .present_encryption()
        .is_some_and(|default| default.bucket_key && default.key_arn().is_some_and(|default| default == key.arn));
    let context = if by_bucket_key { KeyContext::Bucket } else { KeyContext::BucketOrObject };
    let key = ProbedKey { arn: &arn, context };
    let of_writer = |(index, writer)| {
        let probes = producer::key_probes(world.producer(), writer, &world.place, &key);
        probes.into_iter().map(move |probe| (index, probe))
    };
    world.writers.iter().enumerate().flat_map(of_writer).collect()
}

/// The alias of the key that logbucket makes for a bucket.
fn alias_name(world: &World<'_>) -> String {
    world.place.bucket.key_alias()
}

fn created(world: &World<'_>) -> Option<Finding> {
    let grant = world.producer().facts().key_grant?;
    let names: Vec<String> = world.writers.iter().map(|writer| writer.name.clone()).collect();
    let root =
        Document::empty().with_statement_appended(Template::KeyRoot.fill(&Values::of(&world.place, names.clone())));
    let policy = match granted(&root, &[grant], &world.place, names, KEY_POLICY_LIMIT) {
        Granted::Exactly(policy) | Granted::Widened(policy) => policy.to_text(),
        Granted::TooLarge { .. } => return None,
    };
    let key = Step::CreateKey { bucket: world.place.bucket.clone(), policy };
    let rotation = Step::EnableKeyRotation { bucket: world.place.bucket.clone(), key: KeySlot::Created };
    let alias = Step::CreateAlias { alias: alias_name(world), key: KeySlot::Created };
    Some(Finding {
        id: FindingId::KeyAbsent,
        severity: Severity::Wanted,
        subject: alias_name(world),
        what: format!("there is no key `{}` yet", alias_name(world)),
        why: "logs under a customer managed key need one that lets the log service in".to_owned(),
        page: CREATE,
        cure: Cure::Steps(vec![
            PlannedStep::creates_at_risk(
                key,
                "a key costs 1 USD a month, and logs under it can't be read once it is deleted",
            ),
            PlannedStep::creates(rotation),
            PlannedStep::creates(alias),
        ]),
    })
}

/// Somebody else's key has the alias of the one that was to be created: rotating it, opening it and encrypting with it is for its owner to
/// decide.
fn foreign(world: &World<'_>, key: &Key) -> Finding {
    let alias = alias_name(world);
    let flag = match choice_of(&world.request.encryption) {
        Some(KeyChoice::Create) => "--kms-key",
        Some(KeyChoice::Existing(_)) | None => "--report-kms-key",
    };
    Finding {
        id: FindingId::KeyForeign,
        severity: Severity::Stops,
        subject: key.arn.to_string(),
        what: format!(
            "the alias `{alias}` belongs to key `{}`, and no receipt says that a run of yours created it",
            key.arn
        ),
        why: "`create` uses and changes only keys that it created itself".to_owned(),
        page: CREATE,
        cure: Cure::Impossible(format!(
            "use that key as it is with `{flag} {alias}`, name another key, or give that key another alias"
        )),
    }
}

fn alias(world: &World<'_>, key: &Key) -> Option<Finding> {
    (!key.own_alias).then(|| Finding {
        id: FindingId::KeyAliasAbsent,
        severity: Severity::Wanted,
        subject: key.arn.to_string(),
        what: format!("the key made for `{}` has no alias `{}` yet", world.place.bucket, alias_name(world)),
        why: "a later run finds the key by its alias".to_owned(),
        page: CREATE,
        // The run that made it may have stopped before it could rotate.
        cure: Cure::Steps(vec![
            PlannedStep::creates(Step::EnableKeyRotation {
                bucket: world.place.bucket.clone(),
                key: KeySlot::Known(key.arn.clone()),
            }),
            PlannedStep::creates(Step::CreateAlias { alias: alias_name(world), key: KeySlot::Known(key.arn.clone()) }),
        ]),
    })
}

fn missing(world: &World<'_>, name: &str) -> Finding {
    Finding {
        id: FindingId::KeyUnknown,
        severity: Severity::Stops,
        subject: name.to_owned(),
        what: if name.starts_with("arn:") {
            format!("there is no key `{name}`")
        } else {
            format!("there is no key `{name}` in {} of account {}", world.place.region, world.place.owner)
        },
        why: "logs can't be encrypted with a key that is not there".to_owned(),
        page: STATES,
        cure: Cure::Impossible("name a key that exists, or `create`".to_owned()),
    }
}

fn unreadable(world: &World<'_>, subject: String, what: &str, cure: Cure) -> Finding {
    Finding {
        id: FindingId::KeyPolicyUnreadable,
        severity: Severity::Warns,
        subject,
        what: format!("whether the key lets `{}` in is not known: {what}", world.producer().facts().principal),
        why: "without a statement in the key policy nothing is delivered, mostly without an error".to_owned(),
        page: world.facts().key_page,
        cure,
    }
}

fn of_key(world: &World<'_>, key: &Key) -> Vec<Finding> {
    if let Some(reason) = unusable(&world.place.region, key) {
        return vec![Finding {
            id: FindingId::KeyUnusable,
            severity: Severity::Stops,
            subject: key.arn.to_string(),
            what: format!("`{}` {reason}", key.arn),
            why: "S3 needs an enabled symmetric customer managed key of the bucket's Region".to_owned(),
            page: STATES,
            cure: Cure::Impossible(other_key(world, key)),
        }];
    }
    match &key.policy {
        Seen::Present(text) => policy(world, key, text),
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => {
            vec![unreadable(
                world,
                key.arn.to_string(),
                &format!("{denial}; the statement it needs: {}", statement(world)),
                Cure::Nothing,
            )]
        }
    }
}

fn other_key(world: &World<'_>, key: &Key) -> String {
    let made = choice_of(&world.request.encryption) == Some(&KeyChoice::Create)
        || world.request.kind.report_key() == Some(&KeyChoice::Create);
    let other = if made { "name another key" } else { "name another key, or `create`" };
    match key.state.as_str() {
        "Disabled" => format!("enable the key, or {other}"),
        "PendingDeletion" => format!("cancel the key's deletion, or {other}; an alias of a dead key can be deleted"),
        _ => other.to_owned(),
    }
}

/// The statement that a key policy needs, for a person who has to add it by hand.
fn statement(world: &World<'_>) -> String {
    let names = world.writers.iter().map(|writer| writer.name.clone()).collect();
    let values = Values::of(&world.place, names);
    world.producer().facts().key_grant.map(|grant| grant.fill(&values).to_string()).unwrap_or_default()
}

fn policy(world: &World<'_>, key: &Key, text: &str) -> Vec<Finding> {
    let (probes, perhaps): (Vec<_>, Vec<_>) =
        probes(world, key).into_iter().partition(|(_, probe)| world.producer().certainly_asks(&probe.request.action));
    let Some(grant) = world.producer().facts().key_grant else { return Vec::new() };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let hint = format!("add this statement to the key policy by hand: {}", statement(world));
            return vec![unreadable(world, key.arn.to_string(), &error.to_string(), Cure::Impossible(hint))];
        }
    };
    let out = kept_out(&document, &probes);
    if out.is_empty() {
        return narrow(world, key, &document, &perhaps).into_iter().collect();
    }
    // What depends on a condition that nobody can judge may work all the same.
    let perhaps = |(_, probe): &(usize, Probe)| {
        let decision = evaluate(&document, &probe.request);
        decision.answer == Answer::Allowed || (decision.answer == Answer::Unknown && decision.allow_possible)
    };
    let may_be_in = probes.iter().all(perhaps);
    if may_be_in && out.iter().all(|index| world.observed.shown.get(index) >= Some(&Shown::Log)) {
        return Vec::new();
    }
    let severity = if may_be_in { Severity::Warns } else { Severity::Stops };
    let finding = |what: String, cure: Cure| Finding {
        id: FindingId::KeyPolicy,
        severity,
        subject: key.arn.to_string(),
        what,
        why: format!("`{}` must be allowed by the key policy itself", world.producer().facts().principal),
        page: if grant == Template::KeyInventory { INVENTORY } else { NLB },
        cure,
    };
    let names = out.iter().filter_map(|index| world.writers.get(*index)).map(|writer| writer.name.clone()).collect();
    // Whether a policy is too long is for KMS to say: how it counts is not documented.
    let (after, length) = match granted(&document, &[grant], &world.place, names, KEY_POLICY_LIMIT) {
        Granted::Exactly(after) | Granted::Widened(after) => (after, String::new()),
        Granted::TooLarge { size, document } => {
            (document, format!("; with the grant it has {size} characters (documented limit: {KEY_POLICY_LIMIT})"))
        }
    };
    let principal = world.producer().facts().principal;
    let shut_out = if may_be_in {
        format!("could not tell whether the key policy of `{}` lets `{principal}` in{length}", key.arn)
    } else {
        let missing = not_allowed(&document, &probes);
        format!("the policy of `{}` does not allow {missing} to `{principal}`{length}", key.arn)
    };
    let blocked = probes.iter().find_map(|(_, probe)| {
        let decision = evaluate(&after, &probe.request);
        (decision.answer != Answer::Allowed).then(|| (probe.what.clone(), decision))
    });
    if let Some((what, decision)) = blocked {
        let statements: Vec<String> = decision.deciding().iter().map(ToString::to_string).collect();
        let statements = statements.join("; ");
        if decision.answer != Answer::Unknown {
            let hint = "change that statement of the key policy by hand: logbucket changes no Deny of a key".to_owned();
            return vec![finding(format!("{what} is stopped by {statements}"), Cure::Impossible(hint))];
        }
        let doubt = Finding {
            severity: Severity::Warns,
            ..finding(format!("whether {what} is allowed depends on {statements}"), Cure::Nothing)
        };
        // Our statement is there already: writing it again would change nothing, and no run would be the last.
        if after == document {
            return vec![doubt];
        }
        return vec![doubt, finding(shut_out, put(key, text, &after))];
    }
    vec![finding(shut_out, put(key, text, &after))]
}

/// The actions that the document does not allow.
fn not_allowed(document: &Document, probes: &[(usize, Probe)]) -> String {
    let is_missing = |probe: &&Probe| {
        let decision = evaluate(document, &probe.request);
        decision.answer != Answer::Allowed && !decision.allow_possible
    };
    let mut actions: Vec<String> = probes
        .iter()
        .map(|(_, probe)| probe)
        .filter(is_missing)
        .map(|probe| format!("`{}`", probe.request.action))
        .collect();
    actions.dedup();
    actions.join(", ")
}

/// What AWS's page on the logs grants and the document does not, where what is certain is allowed: logs are written, as far as is
/// known, and `init` leaves the policy as it is.
fn narrow(world: &World<'_>, key: &Key, document: &Document, perhaps: &[(usize, Probe)]) -> Option<Finding> {
    let missing = not_allowed(document, perhaps);
    (!missing.is_empty()).then(|| Finding {
        id: FindingId::KeyPolicyNarrow,
        severity: Severity::Warns,
        subject: key.arn.to_string(),
        what: format!(
            "the policy of `{}` does not allow {missing} to `{}`, which AWS's page on these logs grants",
            key.arn,
            world.producer().facts().principal
        ),
        why: "AWS does not say whether the service uses it: other pages grant less".to_owned(),
        page: NLB,
        cure: Cure::Nothing,
    })
}

fn put(key: &Key, before: &str, after: &Document) -> Cure {
    let step = Step::PutKeyPolicy { key: key.arn.clone(), before: before.to_owned(), after: after.to_text() };
    Cure::Steps(vec![PlannedStep::sets(step, "whoever counts on what the key policy says today finds it changed")])
}

//! Sentences about the grant that the service needs in the bucket policy.

use crate::iam::Truth;
use crate::plan::{
    Doubts, GrantFinding, MissingGrant, Nearest, Partly, PublicPolicy, StoppedLegacy, Sureness, Withheld,
};

use super::policy::DENY_WINS;
use super::{Sentences, joined, listed, quoted};

const ONLY_A_POLICY: &str = "only the bucket policy can grant a service access";

pub(super) fn sentences(kind: &GrantFinding) -> Sentences {
    match kind {
        GrantFinding::NewBucket { producer, sources } => Sentences::new(
            format!(
                "a new bucket has no policy; it must allow `{}` for {}",
                producer.facts().principal,
                listed(sources)
            ),
            ONLY_A_POLICY,
        ),
        GrantFinding::Unfinished => {
            Sentences::new("an earlier run created this bucket and stopped before it denied plain HTTP", ONLY_A_POLICY)
        }
        GrantFinding::OnlyExempts => {
            Sentences::new("the plan exempts the service from a Deny statement", ONLY_A_POLICY)
        }
        GrantFinding::Missing(missing) => missing_sentences(missing),
        GrantFinding::NotEnough { request } => {
            Sentences::new(format!("{request} would not be allowed even with the grant"), ONLY_A_POLICY)
                .hinted("choose a prefix without `*` and `?`, or give the policy `\"Version\": \"2012-10-17\"`")
        }
        GrantFinding::ByAclOnly { producer, sources, denies } => Sentences::new(
            format!(
                "only the bucket's ACL allows `{}` to write logs for {}, and the bucket policy may deny it: {}",
                producer.facts().principal,
                listed(sources),
                joined(denies)
            ),
            "AWS writes such logs from its own log delivery account; AWS does not document whether a policy applies to \
             that account or to the service principal; a grant in the policy removes the doubt",
        ),
        GrantFinding::VeryLikelyMissing { producer, sources, doubts } => Sentences::new(
            format!(
                "the bucket policy very likely does not allow `{}` for {}: {}",
                producer.facts().principal,
                listed(sources),
                doubts_text(doubts)
            ),
            "log services write from AWS's own network, not as a principal of any account",
        ),
        GrantFinding::Uncertain { producer, sources, doubts, may_be_by_acl, partly } => {
            let (or_acl, or_unread) =
                if *may_be_by_acl { (" or the bucket's ACL", ", or the ACL could not be read") } else { ("", "") };
            let what = format!(
                "could not tell whether the bucket policy{or_acl} allows `{}` for {}: it depends on {}",
                producer.facts().principal,
                listed(sources),
                doubts_text(doubts)
            );
            let why = match (&doubts.public, partly) {
                (Some(_), _) => {
                    "a statement that allows the service principal does not depend on Block Public Access".to_owned()
                }
                (None, Some(partly)) => partly_text(*partly).to_owned(),
                (None, None) => format!("AWS does not document everything the service sends{or_unread}"),
            };
            Sentences::new(what, why)
        }
        GrantFinding::StoppedLegacy(stopped) => stopped_legacy_sentences(stopped),
    }
}

fn missing_sentences(missing: &MissingGrant) -> Sentences {
    let withheld = match &missing.withheld {
        Withheld::All => String::new(),
        Withheld::Actions(actions) => format!(" to call {}", quoted(actions)),
        Withheld::Files(files) => format!(" to write {}", files.join(", ")),
    };
    let nearest = match &missing.nearest {
        Nearest::NoStatements => "; it has no statements".to_owned(),
        Nearest::Statements(statements) if statements.is_empty() => String::new(),
        Nearest::Statements(statements) => format!("; closest match: {}", joined(statements)),
    };
    let by_acl =
        missing.acl_lacks.map(|lacks| format!("; the bucket's ACL lacks `{lacks}` for the log delivery group"));
    let what = format!(
        "the bucket policy does not allow `{}`{withheld} for {}{nearest}{}",
        missing.producer.facts().principal,
        listed(&missing.sources),
        by_acl.unwrap_or_default()
    );
    let why = if missing.are_files_allowed {
        "the service may write its files without this grant, but AWS's documented policy contains it; AWS does not say whether logs arrive without it"
    } else if missing.acl_lacks.is_some() {
        "an ACL must grant the group both `WRITE` and `READ_ACP`; a bucket policy can allow the service without either"
    } else {
        ONLY_A_POLICY
    };
    Sentences::new(what, why)
}

fn doubts_text(doubts: &Doubts) -> String {
    if doubts.only_acl {
        return "an ACL that could not be read".to_owned();
    }
    let statements = doubts.statements.iter().map(ToString::to_string);
    joined(&statements.chain(doubts.public.as_ref().map(public_text)).collect::<Vec<_>>())
}

fn public_text(public: &PublicPolicy) -> String {
    let sid = public.sid.as_ref().map(|sid| format!(" `{sid}`")).unwrap_or_default();
    let makes = if public.makes_public == Truth::True { "makes" } else { "may make" };
    let (setting, blocks) = match public.is_restricted {
        Truth::True => ("the bucket's `RestrictPublicBuckets`", "blocks"),
        Truth::False | Truth::Unknown => {
            ("`RestrictPublicBuckets` of the account or organization (not read)", "may block")
        }
    };
    format!(
        "Block Public Access: statement {}{sid} {makes} the policy public, and {setting} then {blocks} every other account, \
         including Elastic Load Balancing's",
        public.index + 1
    )
}

pub(super) fn partly_text(partly: Partly) -> &'static str {
    match partly {
        Partly::SomeFiles => {
            "the statement covers only some of the files that the service writes, so one delivered file proves \
             nothing about the others"
        }
        Partly::SomeTimes => {
            "the statement's result changes over time, so a file delivered today proves nothing about later ones"
        }
    }
}

fn stopped_legacy_sentences(stopped: &StoppedLegacy) -> Sentences {
    let is_only_restricted = stopped.denies.is_empty();
    let (is_denied, of_aws) = match stopped.sureness {
        Sureness::Certain if is_only_restricted => ("is blocked", ""),
        Sureness::Certain => ("is denied", ""),
        Sureness::VeryLikely => (
            "is very likely denied",
            "the account belongs to AWS, not to your organization, and writes from AWS's network; ",
        ),
    };
    let denies = stopped.denies.iter().map(ToString::to_string);
    let by: Vec<String> = stopped.public.as_ref().map(public_text).into_iter().chain(denies).collect();
    let what = format!(
        "the bucket policy allows only the Elastic Load Balancing account `{}` to write logs for {}, and this access {is_denied} by {}",
        stopped.account,
        listed(&stopped.sources),
        joined(&by)
    );
    let rule = if is_only_restricted {
        "S3 then limits access to a bucket with a public policy to the bucket owner's account and service principals"
    } else {
        DENY_WINS
    };
    let principal = stopped.producer.facts().principal;
    Sentences::new(what, format!("{rule}; {of_aws}AWS recommends allowing `{principal}` instead of the account"))
}

//! The request that `init` would be given for what is configured today.

use crate::model::{BucketName, Encryption, Region};
use crate::plan::{Cure, Finding, FindingId, Severity};
use crate::producer::{Attachment, Prefix, PrefixRule, Producer, Target};
use crate::request::{Consent, Preflight, Request};

const ALB: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
const INVENTORY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryS3BucketDestination.html";

/// A request about an attachment as it is, or as it can be judged at all.
#[derive(Debug)]
pub(super) struct Question {
    /// What `init` would be asked.
    pub(super) request: Request,
    /// What is wrong with the prefix, where it breaks the producer's rules.
    pub(super) prefix: Option<Finding>,
    /// What `init` would be asked to mend it: with a legal prefix where the prefix is what stops the logs. Or why `init` can't
    /// be asked: no run of it may move logs for another reason.
    pub(super) mended: Result<Request, String>,
}

impl Question {
    /// The question about an attachment that is on. `region` is that of the source.
    ///
    /// An error says what of it is not understood, so that nothing can be judged.
    pub(super) fn of(attachment: &Attachment, target: &Target, region: &Region) -> Result<Self, String> {
        let producer = attachment.producer();
        let bucket: BucketName = target.bucket.parse().map_err(|error| format!("the destination's name: {error}"))?;
        let (nearest, illegal) = match Prefix::parse(producer, &target.prefix) {
            Ok(prefix) => (Ok(prefix), None),
            Err(error) => {
                let finding = illegal_prefix(attachment, &target.prefix, error.to_string());
                let moved = legal(producer, &target.prefix).filter(|_| finding.severity == Severity::Stops);
                let why = || format!("{error}: name another one with `logbucket init {producer} --prefix PREFIX`");
                (moved.ok_or_else(why), Some(finding))
            }
        };
        // A name is shorter than an ARN in the command that cures, and needs the Region beside it.
        let source = attachment.source.as_named();
        let placed = (!source.is_found_anywhere()).then(|| region.clone());
        let request = Request {
            kind: attachment.kind(target)?,
            sources: vec![source],
            bucket,
            prefix: Some(Prefix::as_stored(&target.prefix)).filter(|prefix| !prefix.is_root()),
            encryption: Encryption::Unstated,
            expire_days: None,
            transition: None,
            tags: std::collections::BTreeMap::new(),
            consent: Consent::default(),
            wait: None,
            region: placed,
            profile: None,
            endpoint_url: None,
            receipt_dir: None,
            preflight: Preflight::default(),
        };
        let mended = nearest
            .map(|prefix| Request { prefix: Some(prefix).filter(|prefix| !prefix.is_root()), ..request.clone() });
        Ok(Self { request, prefix: illegal, mended })
    }
}

/// What is left of a prefix when a folder that the service appends itself and slashes at its ends are taken away, where that is
/// all that is wrong with it.
fn legal(producer: Producer, prefix: &str) -> Option<Prefix> {
    let prefix = if producer.facts().prefix == PrefixRule::LoadBalancer {
        prefix.split('/').filter(|folder| !folder.contains("AWSLogs")).collect::<Vec<_>>().join("/")
    } else {
        prefix.to_owned()
    };
    Prefix::parse(producer, prefix.trim_matches('/')).ok()
}

/// A rule that the field alone tells is no proof against a log that AWS turned on.
fn illegal_prefix(attachment: &Attachment, prefix: &str, what: String) -> Finding {
    let documented = prefix.contains("AWSLogs") || prefix.starts_with('/') || prefix.ends_with('/');
    let (severity, why, page) = match attachment.facts().prefix {
        PrefixRule::Folders => (
            Severity::Warns,
            "the reports' manifests then name keys under which no file lies (seen in the field)",
            INVENTORY,
        ),
        PrefixRule::LoadBalancer if documented => {
            (Severity::Stops, "the service does not write under such a prefix", ALB)
        }
        PrefixRule::LoadBalancer | PrefixRule::Text => {
            (Severity::Warns, "the field tells of refusals, and AWS documents none", ALB)
        }
    };
    Finding {
        id: FindingId::PrefixIllegal,
        severity,
        subject: attachment.source.name().to_owned(),
        what,
        why: why.to_owned(),
        page,
        cure: Cure::Nothing,
    }
}

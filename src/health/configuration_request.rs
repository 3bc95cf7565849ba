//! Builds the request that `init` would get for the current configuration.

use crate::model::{BucketName, Encryption, Region};
use crate::plan::{DeliveryFinding, Finding, Fix, Hint, Severity};
use crate::producer::{Attachment, ConfiguredDestination, Prefix, PrefixError};
use crate::request::{Consent, Preflight, Request};

/// The request for an attachment's current configuration.
#[derive(Debug)]
pub(super) struct ConfigurationRequest {
    /// The request for `init`.
    pub(super) request: Request,
    /// A finding about the prefix, if it breaks the producer's rules.
    pub(super) prefix: Option<Finding>,
    /// The request for the `init` run that fixes the log. If the current prefix blocks the logs, the request has a
    /// legal prefix. Any other illegal prefix is an error, because `init` moves logs only if their prefix blocks them.
    pub(super) fix_request: Result<Request, Hint>,
}

impl ConfigurationRequest {
    /// Builds the question for an enabled attachment. `region` is the source's Region.
    ///
    /// The error names the part of the configuration that logbucket does not understand. The attachment then can't be
    /// evaluated.
    pub(super) fn for_attachment(
        attachment: &Attachment,
        target: &ConfiguredDestination,
        region: &Region,
    ) -> Result<Self, String> {
        let producer = attachment.producer();
        let bucket: BucketName = target.bucket.parse().map_err(|error| format!("the destination's name: {error}"))?;
        let (nearest, illegal) = match Prefix::parse(producer, &target.prefix) {
            Ok(prefix) => (Ok(prefix), None),
            Err(error) => {
                let finding = illegal_prefix(attachment, &target.prefix, error.clone());
                let moved = Prefix::nearest(producer, &target.prefix).filter(|_| finding.severity() == Severity::Error);
                (moved.ok_or(Hint::OtherPrefix { producer, error }), Some(finding))
            }
        };
        // The suggested command uses the source's name, which is shorter than an ARN. A name needs a Region.
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
        let fix_request = nearest
            .map(|prefix| Request { prefix: Some(prefix).filter(|prefix| !prefix.is_root()), ..request.clone() });
        Ok(Self { request, prefix: illegal, fix_request })
    }
}

/// Returns a finding about an illegal prefix. It is only a warning if AWS does not document the rule: AWS may accept a
/// prefix that the rule forbids.
fn illegal_prefix(attachment: &Attachment, prefix: &str, error: PrefixError) -> Finding {
    let rule = attachment.facts().prefix.illegal(prefix);
    Finding::new(attachment.source.name(), DeliveryFinding::IllegalPrefix { error, rule }, Fix::Nothing)
}

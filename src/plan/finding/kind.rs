//! The kind of a finding, by aspect. A kind has the data for its sentences and for comparing it with another.

use super::rule::{FindingRule, Severity};
use super::{
    AttachmentFinding, DeliveryFinding, DestinationFinding, EncryptionFinding, FindingId, GrantFinding, KeyFinding,
    KeyPolicyFinding, PolicyFinding, ReportFinding, RetentionFinding, SettingFinding, SourceFinding, TagFinding,
    TemplateFinding,
};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FindingKind {
    Attachment(AttachmentFinding),
    Delivery(DeliveryFinding),
    Destination(DestinationFinding),
    Encryption(EncryptionFinding),
    Grant(GrantFinding),
    Key(KeyFinding),
    KeyPolicy(KeyPolicyFinding),
    Policy(PolicyFinding),
    /// A policy or encryption could not be read, but delivered logs of these sources show that it allows the service.
    Proven {
        /// What could not be read.
        kind: Box<FindingKind>,
        sources: Vec<String>,
    },
    Report(ReportFinding),
    Retention(RetentionFinding),
    Setting(SettingFinding),
    Source(SourceFinding),
    Tag(TagFinding),
    Template(TemplateFinding),
}

impl FindingKind {
    /// Returns the stable name.
    pub fn id(&self) -> FindingId {
        self.rule().id
    }

    pub fn severity(&self) -> Severity {
        self.rule().severity
    }

    /// Returns the AWS page.
    pub fn page(&self) -> &'static str {
        self.rule().page
    }

    fn rule(&self) -> FindingRule {
        match self {
            Self::Attachment(kind) => kind.rule(),
            Self::Delivery(kind) => kind.rule(),
            Self::Destination(kind) => kind.rule(),
            Self::Encryption(kind) => kind.rule(),
            Self::Grant(kind) => kind.rule(),
            Self::Key(kind) => kind.rule(),
            Self::KeyPolicy(kind) => kind.rule(),
            Self::Policy(kind) => kind.rule(),
            Self::Proven { kind, .. } => FindingRule::warning(FindingId::UnreadButProven, kind.page()),
            Self::Report(kind) => kind.rule(),
            Self::Retention(kind) => kind.rule(),
            Self::Setting(kind) => kind.rule(),
            Self::Source(kind) => kind.rule(),
            Self::Tag(kind) => kind.rule(),
            Self::Template(kind) => kind.rule(),
        }
    }
}

macro_rules! from_aspects {
    ($($aspect:ident($kind:ident)),+) => {
        $(
            impl From<$kind> for FindingKind {
                fn from(kind: $kind) -> Self {
                    Self::$aspect(kind)
                }
            }
        )+
    };
}

from_aspects!(
    Attachment(AttachmentFinding),
    Delivery(DeliveryFinding),
    Destination(DestinationFinding),
    Encryption(EncryptionFinding),
    Grant(GrantFinding),
    Key(KeyFinding),
    KeyPolicy(KeyPolicyFinding),
    Policy(PolicyFinding),
    Report(ReportFinding),
    Retention(RetentionFinding),
    Setting(SettingFinding),
    Source(SourceFinding),
    Tag(TagFinding),
    Template(TemplateFinding)
);

//! How to attach a source: the new value of its setting, and the write that sets it.

use crate::model::Denial;

use super::facts::Refusal;
use super::{OwnEncryption, Place, ReportKey, SourceStep};

/// What a source should be attached to.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// Where its logs should go.
    pub place: &'a Place,
    /// The encryption that its configuration should name, if the log service leaves that to the source.
    pub encryption: &'a OwnEncryption<ReportKey>,
    /// Whether its objects already get that encryption.
    pub is_encrypted_so: bool,
    /// What to do with a source that is already attached.
    pub renewal: Renewal,
}

/// What to do with a source that is already attached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renewal {
    /// Leave it as it is.
    None,
    /// Attach it again if AWS checks the destination during that call, because the destination changes.
    ToBeJudged,
}

/// Returns how to attach a source.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made at a time")]
pub enum Attaching {
    /// Nothing: it already logs there.
    Nothing,
    /// Nothing can be done: its current setting could not be read.
    Unseen(Denial),
    Write(Write),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Write {
    /// What differs, as text.
    pub what: String,
    pub step: SourceStep,
    /// Who is affected if it removes something that was there.
    pub risk: String,
    /// Why AWS delivers nothing with the current setting, if so.
    pub refusal: Option<Refusal>,
}

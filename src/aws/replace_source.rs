//! Changes where a bucket logs. S3 accepts no condition, so a destination that someone else sets meanwhile is detected
//! and restored.

use crate::plan::Setting;
use crate::producer::{SourceSetting, SourceSlot};

use super::connect::Aws;
use super::repeat::{Replacement, Tries, Try};
use super::watched_write::write_and_look;
use super::write::WriteError;

impl Aws {
    /// Writes a source's setting. If someone else changed the setting meanwhile, restores their value and fails with
    /// [`WriteError::Moved`].
    pub(super) async fn replace_source(
        &self,
        of: Replacement<'_>,
        slot: &SourceSlot,
        after: &SourceSetting,
        tries: &Tries<'_>,
    ) -> Result<Try, WriteError> {
        if self.is_already_applied(of, tries).await? {
            return Ok(Try::Done);
        }
        let look = async || self.source_setting(slot, of.owner, of.region).await.ok()?.present().cloned();
        let setting = |value: &SourceSetting| Setting::Source(slot.clone(), value.clone());
        let is_theirs = |seen: &SourceSetting| !setting(seen).is(of.before) && !seen.is(after);
        let (sent, theirs) = Box::pin(write_and_look(self.set_source(slot, after, of.owner), &look, is_theirs)).await;
        let theirs = match (sent, theirs) {
            (Err(error), _) => return Ok(Try::Failed(error)),
            (Ok(()), None) => return Ok(Try::Done),
            (Ok(()), Some(theirs)) => theirs,
        };
        let moved = WriteError::moved(of.before, Some(setting(&theirs)));
        let is_lost = look().await.is_some_and(|now| now.is(after));
        if is_lost && let Err(first) = self.set_source(slot, &theirs, of.owner).await {
            return Err(WriteError::Open { first: Box::new(first), then: Box::new(moved) });
        }
        Err(moved)
    }
}

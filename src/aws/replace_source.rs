//! Changes where a bucket logs. S3 accepts no condition, so a destination that someone else sets meanwhile is detected
//! and restored.

use crate::plan::Setting;

use super::connect::Aws;
use super::repeat::{Replacement, Try};
use super::watched_write::write_and_look;
use super::write::WriteError;

impl Aws {
    /// Writes a source's setting. If someone else changed the setting meanwhile, restores their value and fails with
    /// [`WriteError::Moved`].
    pub(super) async fn replace_source(&self, of: Replacement<'_>) -> Result<Try, WriteError> {
        let look = async || self.setting(of.slot, of.owner, of.region).await.ok().and_then(Result::ok);
        let Some(before) = of.before else {
            return Ok(self.set(of).await.map_or_else(Try::Failed, |()| Try::Done));
        };
        let is_theirs = |seen: &Setting| !seen.is(before) && !seen.is(of.after);
        let (sent, theirs) = Box::pin(write_and_look(self.set(of), &look, is_theirs)).await;
        let theirs = match (sent, theirs) {
            (Err(error), _) => return Ok(Try::Failed(error)),
            (Ok(()), None) => return Ok(Try::Done),
            (Ok(()), Some(theirs)) => theirs,
        };
        let moved = WriteError::moved(of.slot, before.clone(), theirs.clone());
        let is_lost = look().await.is_some_and(|now| now.is(of.after));
        if is_lost && let Err(first) = self.set(Replacement { before: Some(of.after), after: &theirs, ..of }).await {
            return Err(WriteError::Open { first: Box::new(first), then: Box::new(moved) });
        }
        Err(moved)
    }
}

//! Who is asked about, and where: shown first, so that nobody sets up the wrong account.

use crate::aws::{ObserveError, regions};
use crate::model::{Partition, Region};
use crate::state::Identity;
use crate::ui::{Choice, Unanswered};

use super::conversation::Conversation;
use super::halt::Halt;

/// Whose account, and where.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) caller: Identity,
    pub(super) region: Region,
}

impl Conversation<'_> {
    /// Shows account, Region and caller; asks for a Region where none is configured.
    pub(super) async fn greet(&mut self) -> Result<(), Halt> {
        let Some(region) = self.configured_region()? else {
            self.prompt.say("no Region is configured");
            return self.other_region().await;
        };
        let aws = self.aws.clone();
        let caller = async { Ok::<_, Halt>(tokio::join!(aws.caller(&region), aws.account_alias(region.partition()))) };
        let (caller, alias) = self.look("who is calling", Box::pin(caller)).await?;
        let caller = caller?;
        let alias = alias.map(|alias| format!(" ({alias})")).unwrap_or_default();
        self.prompt.say(&format!("account {}{alias} in {region}, as {}", caller.account, caller.short_arn()));
        self.prompt.say(&format!("credentials: {}", self.aws.source.situation().credentials()));
        if !self.greeted {
            self.prompt.aside(
                "arrow keys and Enter choose, Esc goes back, Ctrl-C leaves; nothing is changed before you agree to the plan",
            );
        }
        self.greeted = true;
        self.who = Some(Who { caller, region });
        Ok(())
    }

    /// Asks for another Region, and goes on there.
    pub(super) async fn other_region(&mut self) -> Result<(), Halt> {
        let here = self.configured_region()?;
        let partition = here.as_ref().map_or(Partition::Aws, Region::partition);
        let known = regions(partition);
        let at = known.iter().position(|region| Some(region) == here.as_ref()).unwrap_or_default();
        let mut choices: Vec<Choice<Option<Region>>> =
            known.into_iter().map(|region| Choice::new(region.as_str().to_owned(), "", Some(region))).collect();
        choices.push(Choice::new("another", "type its name", None));
        let region = match self.prompt.search("Region (type to search)", choices, at) {
            Ok(Some(region)) => region,
            Ok(None) => self.typed_region()?,
            // Without a Region there is nothing to go back to.
            Err(Unanswered::Back) if here.is_some() => return Ok(()),
            Err(Unanswered::Back) => return Err(Halt::Interrupted),
            Err(unanswered) => return Err(unanswered.into()),
        };
        self.prompt.answered("Region", region.as_str());
        self.move_to(region).await;
        Ok(())
    }

    fn configured_region(&self) -> Result<Option<Region>, Halt> {
        self.aws.source.region().map_err(|error| ObserveError::BadRegion(error).into())
    }

    fn typed_region(&self) -> Result<Region, Halt> {
        let check = |text: &str| text.parse::<Region>().map(drop).map_err(|error| error.to_string());
        let text = self.prompt.text("Region", "", check)?;
        text.parse().map_err(|_| Halt::Back)
    }
}

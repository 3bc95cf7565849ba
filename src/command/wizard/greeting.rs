//! Shows the account, caller and Region first, so that no one works in the wrong account.

use crate::aws::ObserveError;
use crate::command::mode::Mode;
use crate::model::{Partition, Region, regions};
use crate::state::Identity;
use crate::ui::{Choice, ListSearch, Prompt, PromptError};

use super::conversation::Conversation;
use super::wizard_exit::WizardExit;

/// The caller and the Region.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) caller: Identity,
    pub(super) region: Region,
}

impl Conversation<'_> {
    /// Shows account, Region and caller once. Asks for a Region if none is configured.
    pub(super) async fn greet(&mut self) -> Result<(), WizardExit> {
        while self.who.is_none() {
            let Some(region) = self.configured_region()? else {
                Prompt::say("no Region is configured");
                self.other_region().await?;
                continue;
            };
            let aws = self.aws.clone();
            let first = !self.greeted;
            let alias = async { if first { aws.account_alias(region.partition()).await } else { None } };
            let caller = async { Ok::<_, WizardExit>(tokio::join!(aws.caller(&region), alias)) };
            let (caller, alias) = self.look("your AWS identity", Box::pin(caller)).await?;
            let caller = caller?;
            self.alias = self.alias.take().or(alias);
            let known = self.alias.as_ref().map(|alias| format!(" ({alias})")).unwrap_or_default();
            Prompt::say(&format!("account {}{known} in {region}, as {}", caller.account, caller.short_arn()));
            Prompt::say(&format!("credentials: {}", self.aws.source.situation().credentials()));
            if first {
                let promise = match self.mode {
                    Mode::Apply => "nothing changes until you approve the plan",
                    Mode::Preview { .. } => "nothing changes",
                };
                Prompt::aside(&format!("{}; {promise}", self.prompt.keys()));
            }
            self.greeted = true;
            self.who = Some(Who { caller, region });
        }
        Ok(())
    }

    /// Asks for another Region and switches to it. The current Region comes first.
    pub(super) async fn other_region(&mut self) -> Result<(), WizardExit> {
        let here = self.configured_region()?;
        let partition = here.as_ref().map_or(Partition::Aws, Region::partition);
        let known = regions(partition).into_iter().filter(|region| Some(region) != here.as_ref());
        let known = known.map(|region| Choice::new(region.as_str(), "", region.clone()));
        let current = here.iter().map(|here| Choice::new(here.as_str(), "current", here.clone()));
        let choices: Vec<Choice<Region>> = current.chain(known).collect();
        let offer = |text: &str| {
            let region = text.parse::<Region>().ok()?;
            Some(Choice::new(format!("use {region}"), "not in this program's list", region))
        };
        let (question, fixed) = ("Region? (type to search)", Vec::new());
        let region = match self.prompt.search(ListSearch { question, choices, fixed, offer: &offer, typed: "", at: 0 })
        {
            Ok(found) => found.value,
            // Without a Region, there is nothing to go back to.
            Err(PromptError::Back) if here.is_some() => return Ok(()),
            Err(PromptError::Back) => return Err(WizardExit::Interrupted),
            Err(unanswered) => return Err(unanswered.into()),
        };
        self.prompt.answered("Region", region.as_str());
        self.move_to(region).await;
        Ok(())
    }

    fn configured_region(&self) -> Result<Option<Region>, WizardExit> {
        self.aws.source.region().map_err(|error| ObserveError::BadRegion(error).into())
    }
}

//! Decides which question comes next, and goes back through the answers.
//!
//! Asks no questions itself: the wizard asks the topic from [`Interview::next_topic`] and changes the draft.

use crate::model::Region;
use crate::producer::Topic;

use super::{Consent, Draft};

/// The questions that complete a draft.
#[derive(Clone, Debug)]
pub struct Interview {
    draft: Draft,
    answered: Vec<Topic>,
    given: Vec<Topic>,
    /// The `--exempt` flags of the command line, which apply to any bucket.
    exempts: Vec<String>,
    /// The interview before the user started to change an answer.
    before: Option<Box<Self>>,
}

impl Interview {
    /// Starts with the questions that flags left open.
    pub fn new(draft: Draft) -> Self {
        let given =
            Topic::for_producer(draft.producer).iter().copied().filter(|topic| topic.is_answered(&draft)).collect();
        let exempts = if draft.bucket.is_none() { draft.consent.exempts.clone() } else { Vec::new() };
        Self { draft, answered: Vec::new(), given, exempts, before: None }
    }

    /// Starts with all questions answered; only changed answers are asked.
    pub fn complete(draft: Draft) -> Self {
        let given = Topic::for_producer(draft.producer).to_vec();
        Self { draft, answered: Vec::new(), given, exempts: Vec::new(), before: None }
    }

    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Returns the next question's topic, or `None` if all are answered.
    pub fn next_topic(&self) -> Option<Topic> {
        let open = |topic: &Topic| !self.answered.contains(topic) && !self.given.contains(topic);
        // A flag that precedes the choice of a producer counts once that is known.
        self.topics().iter().copied().find(|topic| open(topic) && !topic.is_answered(&self.draft))
    }

    /// Sets the Region of the run.
    pub fn place(&mut self, region: Region) {
        self.draft.region = Some(region);
    }

    /// Changes the user's consent.
    pub fn agree(&mut self, change: impl FnOnce(&mut Consent)) {
        change(&mut self.draft.consent);
    }

    /// Reopens an answer from a prompt; an answer from a flag stays.
    pub fn ask_again(&mut self, topic: Topic) {
        if self.answered.contains(&topic) {
            self.reopen(topic);
        }
    }

    /// Records an answer; `change` writes it into the draft.
    pub fn answer(&mut self, topic: Topic, change: impl FnOnce(&mut Draft)) {
        change(&mut self.draft);
        self.answered.push(topic);
    }

    /// Removes the last answer, so that it is asked again. If an answer is being changed and nothing was answered
    /// since, cancels the change. Returns whether there was anything to go back to.
    pub fn back(&mut self) -> bool {
        if let Some(topic) = self.answered.pop() {
            self.forget(topic);
            return true;
        }
        match self.before.take() {
            Some(before) => {
                *self = *before;
                true
            }
            None => false,
        }
    }

    /// Reopens an answer of a complete interview, and those that depend on it.
    pub fn change(&mut self, topic: Topic) {
        let before = Self { before: None, ..self.clone() };
        self.before = Some(Box::new(before));
        // Going back leads to the previous state, not to other questions.
        self.given.append(&mut self.answered);
        self.reopen(topic);
    }

    /// Returns the answers before a change: the defaults when they are asked again.
    pub fn former(&self) -> &Draft {
        self.before.as_ref().map_or(&self.draft, |before| &before.draft)
    }

    /// Returns the topics whose answers can be changed.
    pub fn topics(&self) -> &'static [Topic] {
        Topic::for_producer(self.draft.producer)
    }

    /// Reopens an answer and those that depend on it, whether from a flag or a prompt.
    pub fn reopen(&mut self, topic: Topic) {
        let mut open = topic.dependents(self.draft.producer).to_vec();
        open.push(topic);
        for topic in &open {
            self.forget(*topic);
        }
        self.answered.retain(|topic| !open.contains(topic));
        self.given.retain(|topic| !open.contains(topic));
    }

    /// Exemptions were chosen for one bucket: another may have a statement with the same Sid.
    fn forget(&mut self, topic: Topic) {
        topic.forget(&mut self.draft);
        if topic == Topic::Bucket {
            self.draft.consent.exempts.clone_from(&self.exempts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::{LogType, Producer};

    fn alb(draft: &mut Draft) {
        draft.producer = Some(Producer::Alb);
    }

    #[test]
    fn a_question_answered_by_a_flag_is_not_asked() {
        let draft = Draft {
            producer: Some(Producer::Nlb),
            sources: vec!["edge".to_owned()],
            expire_days: Some(30),
            ..Draft::default()
        };
        let mut interview = Interview::new(draft);
        let mut asked = Vec::new();
        while let Some(topic) = interview.next_topic() {
            asked.push(topic);
            interview.answer(topic, |_| {});
        }
        assert_eq!(asked, [Topic::Bucket, Topic::Encryption, Topic::Prefix]);
    }

    #[test]
    fn a_flag_counts_even_if_the_producer_is_chosen_later() {
        let mut interview = Interview::new(Draft { sources: vec!["web".to_owned()], ..Draft::default() });
        assert_eq!(interview.next_topic(), Some(Topic::Producer));
        interview.answer(Topic::Producer, alb);
        assert_eq!(interview.next_topic(), Some(Topic::LogTypes));
        interview.answer(Topic::LogTypes, |draft| draft.choices.log_types.extend([LogType::Access]));
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
    }

    #[test]
    fn back_asks_the_last_question_again_but_no_flag() {
        let mut interview = Interview::new(Draft { sources: vec!["web".to_owned()], ..Draft::default() });
        interview.answer(Topic::Producer, alb);
        interview.answer(Topic::LogTypes, |draft| draft.choices.log_types.extend([LogType::Connection]));
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::LogTypes));
        assert!(interview.draft().choices.log_types.is_empty());
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::Producer));
        assert!(!interview.back(), "nothing is before the first question");
        assert_eq!(interview.draft().sources, ["web"]);
    }

    #[test]
    fn a_cancelled_change_keeps_the_answer() {
        let mut interview = Interview::new(Draft { producer: Some(Producer::Nlb), ..Draft::default() });
        for topic in Topic::for_producer(Some(Producer::Nlb)).iter().skip(1) {
            interview.answer(*topic, |draft| draft.bucket = Some("one-logs".parse().unwrap()));
        }
        let complete = interview.draft().clone();
        interview.change(Topic::Bucket);
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
        assert_eq!(interview.former(), &complete);
        interview.answer(Topic::Bucket, |draft| draft.bucket = Some("two-logs".parse().unwrap()));
        assert_eq!(interview.next_topic(), Some(Topic::Encryption));
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
        assert!(interview.back());
        assert_eq!(interview.next_topic(), None);
        assert_eq!(interview.draft(), &complete);
    }

    #[test]
    fn another_producer_reopens_everything_and_another_bucket_its_encryption() {
        let mut interview = Interview::new(Draft::default());
        interview.answer(Topic::Producer, alb);
        for topic in Topic::for_producer(Some(Producer::Alb)).iter().skip(1) {
            interview.answer(*topic, |_| {});
        }
        assert_eq!(interview.next_topic(), None);
        interview.reopen(Topic::Bucket);
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
        interview.answer(Topic::Bucket, |_| {});
        assert_eq!(interview.next_topic(), Some(Topic::Encryption));
        interview.reopen(Topic::Producer);
        assert_eq!(interview.next_topic(), Some(Topic::Producer));
        interview.answer(Topic::Producer, |draft| draft.producer = Some(Producer::Nlb));
        assert_eq!(interview.next_topic(), Some(Topic::Sources));
    }

    #[test]
    fn an_exemption_for_one_bucket_does_not_apply_to_another() {
        let named = |bucket: Option<&str>| {
            let consent = Consent { exempts: vec!["ByFlag".to_owned()], ..Consent::default() };
            let bucket = bucket.map(|name| name.parse().unwrap());
            Interview::new(Draft { producer: Some(Producer::Nlb), bucket, consent, ..Draft::default() })
        };
        let mut of_any = named(None);
        of_any.answer(Topic::Bucket, |draft| draft.bucket = Some("one-logs".parse().unwrap()));
        of_any.agree(|consent| consent.exempts.push("DenyAll".to_owned()));
        let mut again = of_any.clone();
        again.back();
        for mut interview in [again, of_any] {
            interview.reopen(Topic::Bucket);
            assert_eq!(interview.draft().consent.exempts, ["ByFlag"]);
        }
        let mut of_one = named(Some("one-logs"));
        of_one.reopen(Topic::Bucket);
        assert!(of_one.draft().consent.exempts.is_empty());
    }

    #[test]
    fn a_run_complete_by_flags_asks_only_reopened_questions() {
        let draft = Draft { producer: Some(Producer::Nlb), sources: vec!["edge".to_owned()], ..Draft::default() };
        let mut interview = Interview::complete(draft);
        assert_eq!(interview.next_topic(), None);
        interview.reopen(Topic::Sources);
        assert_eq!(interview.next_topic(), Some(Topic::Sources));
        interview.answer(Topic::Sources, |draft| draft.sources.push("tcp".to_owned()));
        assert_eq!(interview.next_topic(), None);
    }
}

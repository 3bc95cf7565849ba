//! Decides which question comes next, and goes back through the answers.
//!
//! This module asks nothing: the wizard asks about the topic from [`Interview::next_topic`] and changes the draft.

use crate::model::Region;
use crate::producer::Topic;

use super::{Consent, Draft};

/// The questions that complete a draft.
#[derive(Clone, Debug)]
pub(crate) struct Interview {
    draft: Draft,
    /// Each topic's last answer, even if the topic is asked again.
    former: Draft,
    answered: Vec<Answered>,
    given: Vec<Topic>,
    /// The `--exempt` flags of the command line, which apply to any bucket.
    exempts: Vec<String>,
    /// Topics with a default that are asked one by one, not on the screen with all options.
    reopened: Vec<Topic>,
    /// The topic whose answer the user is changing, and the interview before the change.
    before: Option<(Topic, Box<Self>)>,
}

#[derive(Clone, Copy, Debug)]
struct Answered {
    topic: Topic,
    /// Whether the user was asked. If not, only one answer was possible.
    was_asked: bool,
}

impl Interview {
    /// Starts with the questions that flags left open.
    pub(crate) fn new(draft: Draft) -> Self {
        let given =
            Topic::for_producer(draft.producer).iter().copied().filter(|topic| topic.is_answered(&draft)).collect();
        let exempts = if draft.bucket.is_none() { draft.consent.exempts.clone() } else { Vec::new() };
        Self { given, exempts, ..Self::complete(draft) }
    }

    /// Starts with all questions answered; only reopened questions are asked.
    pub(crate) fn complete(draft: Draft) -> Self {
        let given = Topic::for_producer(draft.producer).to_vec();
        let (answered, exempts, reopened) = (Vec::new(), Vec::new(), Vec::new());
        Self { former: draft.clone(), draft, answered, given, exempts, reopened, before: None }
    }

    pub(crate) fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Returns the next question's topic, or `None` if all are answered. Topics with a default belong to the last one,
    /// [`Topic::Options`].
    pub(crate) fn next_topic(&self) -> Option<Topic> {
        let asked = self.topics().iter().filter(|topic| !topic.is_optional());
        let mut open = asked.copied().filter(|topic| self.is_open(*topic));
        let open = open.find(|topic| *topic != Topic::Options || self.options().next().is_some());
        open.or_else(|| self.reopened.last().copied())
    }

    /// Returns whether the topic still has no answer from a flag or a prompt.
    fn is_open(&self, topic: Topic) -> bool {
        let is_answered = self.answered.iter().any(|answered| answered.topic == topic);
        // If a flag was given without a producer, its value counts once the user has chosen the producer.
        !is_answered && !self.given.contains(&topic) && !topic.is_answered(&self.draft)
    }

    /// Returns the topics that have a default and no answer from a flag.
    pub(crate) fn options(&self) -> impl Iterator<Item = Topic> {
        let optional = self.topics().iter().copied().filter(|topic| topic.is_optional());
        optional.filter(|topic| !self.given.contains(topic))
    }

    /// Returns whether the user asked to change this answer.
    pub(crate) fn is_changing(&self, topic: Topic) -> bool {
        self.before.as_ref().is_some_and(|(changing, _)| *changing == topic)
    }

    /// Sets the Region of the run.
    pub(crate) fn place(&mut self, region: Region) {
        self.draft.region = Some(region);
    }

    /// Changes the user's consent.
    pub(crate) fn agree(&mut self, change: impl FnOnce(&mut Consent)) {
        change(&mut self.draft.consent);
    }

    /// Reopens an answer from a prompt; an answer from a flag stays.
    pub(crate) fn ask_again(&mut self, topic: Topic) {
        if self.answered.iter().any(|answered| answered.topic == topic) {
            self.reopen(topic);
        }
    }

    /// Records the user's answer; `change` writes it into the draft.
    pub(crate) fn answer(&mut self, topic: Topic, change: impl FnOnce(&mut Draft)) {
        self.record(topic, change, true);
    }

    /// Records the only possible answer. Going back skips it.
    pub(crate) fn settle(&mut self, topic: Topic, change: impl FnOnce(&mut Draft)) {
        self.record(topic, change, false);
    }

    fn record(&mut self, topic: Topic, change: impl FnOnce(&mut Draft), was_asked: bool) {
        change(&mut self.draft);
        topic.copy(&self.draft, &mut self.former);
        let is_reopened = self.reopened.contains(&topic);
        self.reopened.retain(|other| *other != topic);
        // Going back from the screen with all options keeps their answers.
        if !topic.is_optional() || is_reopened {
            self.answered.push(Answered { topic, was_asked });
        }
    }

    /// Removes the user's last answer, so that its question is asked again. If the user is changing an answer and has
    /// answered nothing since, cancels the change. Returns whether there was anything to go back to.
    pub(crate) fn back(&mut self) -> bool {
        while let Some(Answered { topic, was_asked }) = self.answered.pop() {
            self.forget(topic);
            if topic.is_optional() {
                self.reopened.push(topic);
            }
            if was_asked {
                return true;
            }
        }
        match self.before.take() {
            Some((_, before)) => {
                *self = *before;
                true
            }
            None => false,
        }
    }

    /// Returns whether there is a question or a change to go back to.
    pub(crate) fn can_go_back(&self) -> bool {
        self.before.is_some() || self.answered.iter().any(|answered| answered.was_asked)
    }

    /// Reopens an answer of a complete interview, and the answers that depend on it.
    pub(crate) fn change(&mut self, topic: Topic) {
        let before = Self { before: None, ..self.clone() };
        self.before = Some((topic, Box::new(before)));
        // Going back cancels the change; it does not lead to other questions.
        self.given.extend(self.answered.drain(..).map(|answered| answered.topic));
        self.reopened.clear();
        self.reopen(topic);
    }

    /// Returns each topic's last answer, which is the default when the topic is asked again.
    pub(crate) fn former(&self) -> &Draft {
        &self.former
    }

    /// Returns the topics whose answers can be changed.
    pub(crate) fn topics(&self) -> &'static [Topic] {
        Topic::for_producer(self.draft.producer)
    }

    /// Reopens an answer and the answers that depend on it. Answers from flags are reopened too.
    pub(crate) fn reopen(&mut self, topic: Topic) {
        let mut open = topic.dependents(self.draft.producer).to_vec();
        open.push(topic);
        for topic in &open {
            self.forget(*topic);
        }
        self.answered.retain(|answered| !open.contains(&answered.topic));
        self.given.retain(|topic| !open.contains(topic));
        self.reopened.retain(|topic| !open.contains(topic));
        if topic.is_optional() {
            self.reopened.push(topic);
        }
    }

    /// Removes an answer. With the bucket, also removes its exemptions: another bucket may have a statement with the
    /// same Sid.
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
    use crate::request::Expiry;

    fn alb(draft: &mut Draft) {
        draft.producer = Some(Producer::Alb);
    }

    /// Returns the questions after the question about the producer.
    fn asked(producer: Producer) -> impl Iterator<Item = Topic> {
        Topic::for_producer(Some(producer)).iter().copied().skip(1).filter(|topic| !topic.is_optional())
    }

    #[test]
    fn a_question_answered_by_a_flag_is_not_asked() {
        let draft = Draft {
            producer: Some(Producer::Nlb),
            sources: vec!["edge".to_owned()],
            expiry: Expiry::Chosen(Some(30)),
            ..Draft::default()
        };
        let mut interview = Interview::new(draft);
        let mut asked = Vec::new();
        while let Some(topic) = interview.next_topic() {
            asked.push(topic);
            interview.answer(topic, |_| {});
        }
        assert_eq!(asked, [Topic::Bucket, Topic::Encryption, Topic::Options]);
        assert_eq!(interview.options().collect::<Vec<_>>(), [Topic::Prefix]);
    }

    #[test]
    fn back_skips_a_question_with_one_answer_and_remembers_the_others() {
        let mut interview = Interview::new(Draft { producer: Some(Producer::Nlb), ..Draft::default() });
        interview.answer(Topic::Sources, |draft| draft.sources = vec!["edge".to_owned()]);
        interview.answer(Topic::Bucket, |draft| draft.bucket = Some("one-logs".parse().unwrap()));
        interview.settle(Topic::Encryption, |_| {});
        interview.answer(Topic::Expiry, |draft| draft.expiry = Expiry::Chosen(Some(9)));
        interview.answer(Topic::Options, |_| {});
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::Options));
        assert_eq!(interview.draft().expiry, Expiry::Chosen(Some(9)));
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
        assert_eq!(interview.draft().bucket, None);
        assert_eq!(interview.former().bucket.as_ref().unwrap().as_str(), "one-logs");
    }

    #[test]
    fn an_option_can_be_changed_without_the_others() {
        let mut interview = Interview::complete(Draft {
            producer: Some(Producer::Nlb),
            expiry: Expiry::Chosen(Some(30)),
            ..Draft::default()
        });
        interview.change(Topic::Expiry);
        assert_eq!(interview.next_topic(), Some(Topic::Expiry));
        interview.answer(Topic::Expiry, |draft| draft.expiry = Expiry::Chosen(Some(90)));
        assert_eq!(interview.next_topic(), None);
        assert!(interview.back());
        assert_eq!(interview.next_topic(), Some(Topic::Expiry));
        assert_eq!(interview.former().expiry, Expiry::Chosen(Some(90)));
        assert!(interview.back());
        assert_eq!((interview.next_topic(), interview.draft().expiry), (None, Expiry::Chosen(Some(30))));
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
    fn back_repeats_the_last_question_unless_a_flag_answered_it() {
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
        for topic in asked(Producer::Nlb) {
            interview.answer(topic, |draft| draft.bucket = Some("one-logs".parse().unwrap()));
        }
        let complete = interview.draft().clone();
        interview.change(Topic::Bucket);
        assert_eq!(interview.next_topic(), Some(Topic::Bucket));
        assert_eq!(interview.former().bucket, complete.bucket);
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
        for topic in asked(Producer::Alb) {
            interview.answer(topic, |_| {});
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
    fn a_run_with_complete_flags_asks_only_reopened_questions() {
        let draft = Draft { producer: Some(Producer::Nlb), sources: vec!["edge".to_owned()], ..Draft::default() };
        let mut interview = Interview::complete(draft);
        assert_eq!(interview.next_topic(), None);
        interview.reopen(Topic::Sources);
        assert_eq!(interview.next_topic(), Some(Topic::Sources));
        interview.answer(Topic::Sources, |draft| draft.sources.push("tcp".to_owned()));
        assert_eq!(interview.next_topic(), None);
    }
}

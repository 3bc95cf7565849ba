//! How to attach a Classic Load Balancer: set its access log and the publishing interval.

use crate::model::Seen;
use crate::producer::attaching::{Attaching, Goal, Renewal, Write};
use crate::producer::facts::{AttachedAs, AttachmentFacts, DestinationJudged};
use crate::producer::{
    Destination, LoadBalancer, NewSetting, SourceSetting, SourceSlot, SourceStep, destination_in_words,
};

use super::{ClassicLog, EmitInterval};

/// The call that attaches a Classic Load Balancer.
pub(in crate::producer) const ATTACHMENT: AttachmentFacts = AttachmentFacts {
    api: "elasticloadbalancing:ModifyLoadBalancerAttributes",
    page: "https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ModifyLoadBalancerAttributes.html",
    form: AttachedAs::Log,
    destination_judged: DestinationJudged::InTheCall,
};

/// Returns a load balancer's log setting with the new value.
pub(in crate::producer) fn attached(
    balancer: &LoadBalancer,
    asked: Option<EmitInterval>,
    destination: &Destination,
) -> (SourceSlot, NewSetting) {
    let today = balancer.attributes.present().map(ClassicLog::from_attributes).unwrap_or_default();
    (slot(balancer), NewSetting::ClassicLog(wanted(&today, asked, destination)))
}

fn slot(balancer: &LoadBalancer) -> SourceSlot {
    SourceSlot::ClassicLog { arn: balancer.arn.clone(), name: balancer.name.clone() }
}

/// Returns the requested log setting. Without a requested interval, a log that is on keeps its interval, and a new log
/// gets AWS's default.
fn wanted(today: &ClassicLog, asked: Option<EmitInterval>, destination: &Destination) -> ClassicLog {
    ClassicLog {
        enabled: true,
        bucket: destination.bucket.to_string(),
        prefix: destination.prefix.to_string(),
        emit_interval: Some(minutes_of(today, asked)),
    }
}

fn minutes_of(today: &ClassicLog, asked: Option<EmitInterval>) -> u32 {
    match asked {
        Some(asked) => asked.minutes(),
        None if today.enabled => today.minutes(),
        None => EmitInterval::Sixty.minutes(),
    }
}

/// Returns the minutes between two log files after the load balancer is attached.
pub(in crate::producer) fn minutes(balancer: &LoadBalancer, asked: Option<EmitInterval>) -> u32 {
    minutes_of(&balancer.attributes.present().map(ClassicLog::from_attributes).unwrap_or_default(), asked)
}

/// Returns how to attach the load balancer. AWS doesn't document whether a call that changes nothing checks the
/// destination again.
pub(in crate::producer) fn attaching(
    balancer: &LoadBalancer,
    asked: Option<EmitInterval>,
    goal: &Goal<'_>,
) -> Attaching {
    let today = match &balancer.attributes {
        Seen::Present(today) => ClassicLog::from_attributes(today),
        Seen::Denied(denial) => return Attaching::Unseen(denial.clone()),
        Seen::Absent => return Attaching::Nothing,
    };
    let wanted = wanted(&today, asked, goal.destination);
    let is_same = today.is(&wanted);
    if is_same && goal.renewal == Renewal::None {
        return Attaching::Nothing;
    }
    let name = &balancer.name;
    let there = destination_in_words(&today.bucket, &today.prefix);
    let what = if is_same {
        format!(
            "`{name}` already logs here; sending the same attributes again may make AWS check the changed bucket (not documented)"
        )
    } else if !today.enabled {
        format!("`{name}`: the access log is off")
    } else if today.goes_where(&wanted) {
        format!("`{name}`: the access log is published every {} minutes", today.minutes())
    } else {
        format!("`{name}`: the access log goes to `{there}`")
    };
    let risk = if today.goes_where(&wanted) {
        format!("the log is then published every {} minutes instead of every {}", wanted.minutes(), today.minutes())
    } else {
        format!("new logs no longer go to `{there}`; existing ones stay there")
    };
    let step = SourceStep {
        slot: slot(balancer),
        before: SourceSetting::ClassicLog(today),
        after: NewSetting::ClassicLog(wanted),
    };
    Attaching::Write(Write { what, steps: vec![step], risk, refusal: None })
}

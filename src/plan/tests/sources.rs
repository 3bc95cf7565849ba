//! Sources that can't log, and sources with a warning.

use super::fixture::{Case, Changing, denied, each, in_order};
use crate::model::Seen;
use crate::plan::unusable_source;
use crate::producer::{LoadBalancerType, Producer};

#[test]
fn a_source_in_another_region_or_account_or_of_another_type_is_refused() {
    let elsewhere: Case<'_> = (
        "Region",
        |world| world.balancer().region = "eu-central-1".parse().unwrap(),
        &["source-other-region error: refused"],
    );
    let foreign: Case<'_> = (
        "account",
        |world| world.balancer().account = "444455556666".parse().unwrap(),
        &["source-other-account error: refused"],
    );
    let gateway: Case =
        ("gateway", |world| world.balancer().kind = LoadBalancerType::Gateway, &["source-other-type error: refused"]);
    each(
        &in_order(Producer::Alb),
        &[
            ("in order", |_| {}, &[]),
            elsewhere,
            foreign,
            gateway,
            (
                "network",
                |world| world.balancer().kind = LoadBalancerType::Network,
                &["source-other-type error: refused"],
            ),
            ("no listener, which ALB logs don't need", |world| world.balancer().listener_protocols = Seen::Absent, &[]),
        ],
    );
    each(
        &in_order(Producer::Nlb),
        &[
            ("in order", |_| {}, &[]),
            elsewhere,
            foreign,
            gateway,
            (
                "application",
                |world| world.balancer().kind = LoadBalancerType::Application,
                &["source-other-type error: refused"],
            ),
        ],
    );
    each(
        &in_order(Producer::S3Access),
        &[
            ("in order", |_| {}, &[]),
            (
                "Region",
                |world| world.source_bucket().region = "eu-central-1".parse().unwrap(),
                &["source-other-region error: refused"],
            ),
        ],
    );
}

#[test]
fn the_hint_names_the_command_that_fits_the_type() {
    let hint = |kind| {
        let mut world = in_order(if kind == LoadBalancerType::Application { Producer::Nlb } else { Producer::Alb });
        world.balancer().kind = kind;
        world.finding("source-other-type").hint().unwrap()
    };
    assert_eq!(hint(LoadBalancerType::Application), "use `alb --source edge`");
    assert_eq!(hint(LoadBalancerType::Network), "use `nlb --source web`");
    assert!(hint(LoadBalancerType::Gateway).contains("VPC Flow Logs"));
}

#[test]
fn an_nlb_without_a_tls_listener_is_refused_unless_its_listeners_are_unreadable() {
    each(
        &in_order(Producer::Nlb),
        &[
            (
                "one of several is TLS",
                |world| world.balancer().listener_protocols = Seen::Present(vec!["TCP".to_owned(), "TLS".to_owned()]),
                &[],
            ),
            (
                "none is TLS",
                |world| world.balancer().listener_protocols = Seen::Present(vec!["TCP".to_owned()]),
                &["listener-not-tls error: refused"],
            ),
            (
                "none at all",
                |world| world.balancer().listener_protocols = Seen::Present(Vec::new()),
                &["listener-not-tls error: refused"],
            ),
            (
                "not to be seen",
                |world| {
                    world.balancer().listener_protocols = denied("elasticloadbalancing:DescribeListeners");
                },
                &["listener-not-tls warning: nothing"],
            ),
            ("not looked for", |world| world.balancer().listener_protocols = Seen::Absent, &[]),
        ],
    );
    let what = |protocols: &[&str]| {
        let mut world = in_order(Producer::Nlb);
        world.balancer().listener_protocols = Seen::Present(protocols.iter().map(|&one| one.to_owned()).collect());
        world.finding("listener-not-tls").what()
    };
    assert_eq!(what(&[]), "`edge` has no listener");
    assert_eq!(what(&["TCP", "UDP"]), "`edge` listens on TCP, UDP only");
}

#[test]
fn sources_that_can_never_log_are_marked_in_a_list() {
    let refused = |producer: Producer, change: Changing| {
        let mut world = in_order(producer);
        change(&mut world);
        unusable_source(producer, &world.observed.sources[0]).map(|finding| finding.id().as_str())
    };
    assert_eq!(refused(Producer::Nlb, |_| {}), None);
    assert_eq!(
        refused(Producer::Nlb, |world| world.balancer().kind = LoadBalancerType::Gateway),
        Some("source-other-type")
    );
    let plain: Changing = |world| world.balancer().listener_protocols = Seen::Present(vec!["TCP".to_owned()]);
    assert_eq!(refused(Producer::Nlb, plain), Some("listener-not-tls"));
    let unseen: Changing = |world| world.balancer().listener_protocols = denied("x:Y");
    assert_eq!(refused(Producer::Nlb, unseen), None);
    assert_eq!(refused(Producer::S3Access, |_| {}), None);
}

#[test]
fn a_region_flag_that_does_not_match_the_sources_is_ignored() {
    each(
        &in_order(Producer::Alb),
        &[
            ("the same", |world| world.draft.region = Some("us-east-1".parse().unwrap()), &[]),
            (
                "another",
                |world| world.draft.region = Some("eu-central-1".parse().unwrap()),
                &["region-not-used warning: nothing"],
            ),
        ],
    );
}

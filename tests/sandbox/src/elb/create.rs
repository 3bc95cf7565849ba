//! Creates load balancers, listeners and target groups with their tags, and deletes load balancers.
//!
//! ELB v2 API. Of a listener, only what decides about logs is stored.

use std::collections::{BTreeMap, HashMap};

use winterbaume_core::StatefulService as _;
use winterbaume_elasticloadbalancingv2::views::{CertificateView, Elbv2StateView, ListenerView};

use crate::arrange::LoadBalancerSeed;
use crate::dispatch::Caller;
use crate::ec2::network;
use crate::elb::balancer::{self, Balancer, CLASSIC, interface_description, listener_arn};
use crate::elb::describe::{answered, member};
use crate::elb::error::{Refusal, not_found, refuse};
use crate::elb::members;
use crate::sandbox::Sandbox;
use crate::services::state_account;
use crate::sts::parameter;
use crate::wire::{Reply, Request};
use crate::xml::{self, escape};

/// Returns the tags in a request, from `Tags.member.1`.
pub fn tags(form: &[(String, String)]) -> BTreeMap<String, String> {
    (1..=50)
        .map_while(|nth| {
            let key = parameter(form, &format!("Tags.member.{nth}.Key"))?;
            let value = parameter(form, &format!("Tags.member.{nth}.Value")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Creates a load balancer of any type, with a network interface in each subnet that exists. Subnets are not required.
pub async fn add(
    sandbox: &Sandbox,
    caller: &Caller,
    form: &[(String, String)],
    name: &str,
    kind: &str,
) -> Result<Balancer, Refusal> {
    let same = |known: &Balancer| known.name == name && (known.kind == CLASSIC) == (kind == CLASSIC);
    if balancer::all(sandbox, &caller.account, &caller.region).await.iter().any(same) {
        let message = format!("A load balancer with the same name '{name}' exists");
        return Err(refuse("DuplicateLoadBalancerName", &message));
    }
    let seed = LoadBalancerSeed {
        kind: kind.to_owned(),
        listeners: Vec::new(),
        tags: tags(form),
        ..LoadBalancerSeed::application(name).of(&caller.account).within(&caller.region)
    };
    balancer::add(sandbox, vec![seed]).await;
    let arn = balancer::arn(name, kind, &caller.account, &caller.region);
    let subnets: Vec<String> = members(form, "Subnets").into_iter().map(str::to_owned).collect();
    network::add_interfaces(&mut sandbox.world().ec2, caller, &subnets, &interface_description(&arn));
    balancer::by_arn(sandbox, &caller.account, &caller.region, &arn).await.ok_or_else(|| not_found(&arn))
}

/// `CreateLoadBalancer`.
pub async fn load_balancer(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let name = parameter(form, "Name").unwrap_or_default();
    if name.is_empty() {
        return Err(refuse("ValidationError", "A load balancer name is required"));
    }
    let created = add(sandbox, caller, form, name, parameter(form, "Type").unwrap_or("application")).await?;
    Ok(answered("CreateLoadBalancer", &format!("<LoadBalancers>{}</LoadBalancers>", member(&created))))
}

/// `DeleteLoadBalancer`: "Deleting a load balancer also deletes its listeners."
pub async fn delete(sandbox: &Sandbox, request: &Request, caller: &Caller, arn: &str) -> Reply {
    let reply = sandbox.services().elb(request, &caller.account, &caller.region).await;
    if reply.ok() {
        let mut world = sandbox.world();
        world.attributes.remove(arn);
        network::drop_interfaces(&mut world.ec2, caller, &interface_description(arn));
    }
    reply
}

/// `CreateListener`: "[HTTPS and TLS listeners] ... You must provide exactly one certificate."
pub async fn listener(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let arn = parameter(form, "LoadBalancerArn").unwrap_or_default();
    let balancer =
        balancer::by_arn(sandbox, &caller.account, &caller.region, arn).await.ok_or_else(|| not_found(arn))?;
    let protocol = parameter(form, "Protocol").unwrap_or("HTTP");
    let port = parameter(form, "Port").and_then(|port| port.parse().ok()).unwrap_or(80);
    if balancer.listeners.iter().any(|known| known.port == port) {
        return Err(refuse("DuplicateListener", "A listener already exists on this port for this load balancer"));
    }
    let certificate = parameter(form, "Certificates.member.1.CertificateArn");
    if matches!(protocol, "HTTPS" | "TLS") {
        let Some(certificate) = certificate else {
            let message = "A certificate must be specified for HTTPS and TLS listeners";
            return Err(refuse("ValidationError", message));
        };
        if !sandbox.world().certificates.contains_key(certificate) {
            return Err(refuse("CertificateNotFound", &format!("Certificate '{certificate}' not found")));
        }
    }
    let kept = arn.replace(&caller.account, state_account());
    let key = listener_arn(&kept, port);
    let view = ListenerView {
        arn: key.clone(),
        load_balancer_arn: kept,
        port,
        protocol: protocol.to_owned(),
        default_actions: Vec::new(),
        certificates: certificate
            .map(|arn| CertificateView {
                certificate_arn: arn.replace(&caller.account, state_account()),
                is_default: Some(true),
            })
            .into_iter()
            .collect(),
        attributes: HashMap::new(),
    };
    let made = listener_arn(arn, port);
    let mut state = Elbv2StateView::default();
    state.resource_tags.insert(key.clone(), tags(form).into_iter().collect());
    state.listeners.insert(key, view);
    merge(sandbox, caller, state).await;
    let inside = format!(
        "<Listeners><member><ListenerArn>{}</ListenerArn><LoadBalancerArn>{}</LoadBalancerArn><Port>{port}</Port><Protocol>{}</Protocol></member></Listeners>",
        escape(&made),
        escape(arn),
        escape(protocol)
    );
    Ok(answered("CreateListener", &inside))
}

/// `CreateTargetGroup`, left to the service, which drops the tags.
pub async fn target_group(sandbox: &Sandbox, request: &Request, caller: &Caller, form: &[(String, String)]) -> Reply {
    let reply = sandbox.services().elb(request, &caller.account, &caller.region).await;
    let path = ["CreateTargetGroupResult", "TargetGroups", "member", "TargetGroupArn"];
    let made = xml::parse(&reply.body).and_then(|root| root.text_at(&path).map(str::to_owned));
    if let Some(arn) = made {
        let mut state = Elbv2StateView::default();
        state.resource_tags.insert(arn.replace(&caller.account, state_account()), tags(form).into_iter().collect());
        merge(sandbox, caller, state).await;
    }
    reply
}

/// Returns the tags of a listener or target group.
pub async fn tags_of(sandbox: &Sandbox, caller: &Caller, arn: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let state = sandbox.services().balancers(&caller.account).snapshot(state_account(), &caller.region).await;
    let kept = arn.replace(&caller.account, state_account());
    if !state.listeners.contains_key(&kept) && !state.target_groups.contains_key(&kept) {
        return Err(match arn.split(':').nth(5) {
            Some(path) if path.starts_with("targetgroup/") => {
                refuse("TargetGroupNotFound", &format!("Target groups '{arn}' not found"))
            }
            Some(path) if path.starts_with("listener/") => {
                refuse("ListenerNotFound", &format!("One or more listeners not found: '{arn}'"))
            }
            _ => not_found(arn),
        });
    }
    Ok(state.resource_tags.get(&kept).cloned().unwrap_or_default().into_iter().collect())
}

async fn merge(sandbox: &Sandbox, caller: &Caller, state: Elbv2StateView) {
    let _ = sandbox.services().balancers(&caller.account).merge(state_account(), &caller.region, state).await;
    sandbox.services().known().forget(&caller.account, &caller.region);
}

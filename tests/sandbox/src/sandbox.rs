//! The sandbox: one simulated AWS, its log of requests, its faults.
//!
//! A request goes through [`Sandbox::answer`] whichever way it came; what it does is decided by its service.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::time::{Instant, sleep};

use crate::caller::{self, CallerPolicy, PolicyKind};
use crate::common::Common;
use crate::delivery::{self, Arrival};
use crate::endless::{first_page, with_more};
use crate::fault::{Fault, Faults, Target};
use crate::iam::simulate::Decision;
use crate::in_process::InProcess;
use crate::lag::{self, Behind, Lag};
use crate::record::{Recorded, longest_chain, most_at_once};
use crate::server::{self, Served};
use crate::services::Services;
use crate::struck::{End, Struck};
use crate::trail::record;
use crate::wire::{Reply, Request};
use crate::world::{Spreading, World};
use crate::{dispatch, region, seed};

/// One simulated AWS; a clone is the same one.
#[derive(Clone, Debug)]
pub struct Sandbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    world: Mutex<World>,
    services: Services,
    faults: Mutex<Faults>,
    caller: Mutex<Option<CallerPolicy>>,
    boundary: Mutex<Option<CallerPolicy>>,
    organization: Mutex<Option<CallerPolicy>>,
    log: Mutex<Vec<Recorded>>,
    latency: Mutex<Duration>,
    lag: Mutex<Lag>,
    count: AtomicUsize,
}

/// What a client gets.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A reply.
    Reply(Reply),
    /// A reply whose body ends half way, and then a broken connection.
    CutShort(Reply),
    /// A reply whose body never ends.
    Endless(Reply),
    /// A broken connection.
    Reset,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sandbox {
    /// A sandbox without anything in it.
    #[expect(clippy::unused_async, reason = "a sandbox is made the same way whether it is seeded or not")]
    pub async fn empty() -> Self {
        Self(Arc::new(Inner {
            world: Mutex::default(),
            services: Services::new(),
            faults: Mutex::default(),
            caller: Mutex::default(),
            boundary: Mutex::default(),
            organization: Mutex::default(),
            log: Mutex::default(),
            latency: Mutex::new(Duration::ZERO),
            lag: Mutex::default(),
            count: AtomicUsize::new(0),
        }))
    }

    /// A sandbox with the seeded accounts, see [`crate::seed`].
    pub async fn seeded() -> Self {
        let sandbox = Self::empty().await;
        seed::plant(&sandbox).await;
        sandbox
    }

    /// An HTTP client for SDKs that asks this sandbox in process, without sockets.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InProcess::new(self.clone()))
    }

    /// Serves the sandbox over HTTP/1.1 on 127.0.0.1, until the result is dropped; port 0 is any.
    pub async fn serve(&self, port: u16) -> std::io::Result<Served> {
        server::serve(self.clone(), port).await
    }

    /// The requests that arrived, in order.
    pub fn requests(&self) -> Vec<Recorded> {
        held(&self.0.log).clone()
    }

    /// Forgets the requests that arrived.
    pub fn forget_requests(&self) {
        held(&self.0.log).clear();
    }

    /// Injects a fault; its count begins now.
    pub fn inject(&self, fault: Fault) {
        held(&self.0.faults).inject(fault);
    }

    /// Takes every fault back.
    pub fn clear_faults(&self) {
        held(&self.0.faults).clear();
    }

    /// From now on the operators may do what this identity-based policy allows, and nothing else.
    pub fn allow_only(&self, policy: &serde_json::Value) {
        *held(&self.0.caller) = Some(CallerPolicy::new(policy));
    }

    /// From now on the operators' permissions boundary allows this, and nothing else.
    pub fn set_boundary(&self, policy: &serde_json::Value) {
        *held(&self.0.boundary) = Some(CallerPolicy::new(policy));
    }

    /// From now on the accounts are in an organization whose service control policies allow this, and nothing else.
    pub fn set_service_control_policy(&self, policy: &serde_json::Value) {
        *held(&self.0.organization) = Some(CallerPolicy::new(policy));
    }

    /// The actions that were needed since the operators may no longer do everything.
    pub fn asked_actions(&self) -> BTreeSet<String> {
        held(&self.0.caller).as_ref().map(CallerPolicy::asked).unwrap_or_default()
    }

    /// What the operators' policy says to an action on a resource; without one they may do everything.
    pub(crate) fn decision(&self, action: &str, resource: &str) -> Decision {
        held(&self.0.caller).as_ref().map_or(Decision::Allowed, |policy| policy.decision(action, resource))
    }

    /// What the permissions boundary says, where there is one.
    pub(crate) fn boundary_decision(&self, action: &str, resource: &str) -> Option<Decision> {
        held(&self.0.boundary).as_ref().map(|policy| policy.decision(action, resource))
    }

    /// What the organization's service control policies say, where there is an organization.
    pub(crate) fn organization_decision(&self, action: &str, resource: &str) -> Option<Decision> {
        held(&self.0.organization).as_ref().map(|policy| policy.decision(action, resource))
    }

    /// How long every request takes.
    pub fn set_latency(&self, latency: Duration) {
        *held(&self.0.latency) = latency;
    }

    /// From now on what is read of buckets lags behind what is written, or does no longer.
    ///
    /// S3 User Guide, "Amazon S3 data consistency model": "Bucket configurations have an eventual consistency model."
    pub fn set_lag(&self, behind: Option<Behind>) {
        *self.lag() = Lag::new(behind);
    }

    /// What lags behind. Not to be held across an `await`.
    pub(crate) fn lag(&self) -> MutexGuard<'_, Lag> {
        held(&self.0.lag)
    }

    /// The largest number of requests that ran strictly one after another.
    pub fn longest_chain(&self) -> usize {
        longest_chain(&held(&self.0.log))
    }

    /// The largest number of requests that were under way at once; latency is time under way.
    pub fn most_at_once(&self) -> usize {
        most_at_once(&held(&self.0.log))
    }

    /// Hours pass: every attached producer delivers, silently does not, or delivers what nobody can read.
    pub async fn deliver(&self) {
        self.deliver_at(SystemTime::now()).await;
    }

    /// The same at another time: what arrives lies in that day's folder, with that time in its key and as its `LastModified`.
    ///
    /// Judged by the policies, keys and settings that there are now.
    pub async fn deliver_at(&self, time: SystemTime) {
        delivery::deliver(self, time).await;
    }

    /// The logs that are on and would arrive now; nothing is written.
    pub async fn arrivals(&self) -> Vec<Arrival> {
        delivery::arrivals(self).await
    }

    /// A policy takes time to be seen: the next `n` attachments after a bucket policy is written are refused.
    ///
    /// `S3Bucket validation transient issue`, <https://github.com/cn-terraform/terraform-aws-ecs-fargate/issues/49>.
    pub fn attach_refusals(&self, n: usize) {
        self.world().spreading = Spreading { refusals: n, ..Spreading::default() };
    }

    /// The same for so long after a bucket policy is written.
    pub fn refuse_attaching_for(&self, time: Duration) {
        self.world().spreading = Spreading { time, ..Spreading::default() };
    }

    /// Everything in front of the services. Not to be held across an `await`.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        held(&self.0.world)
    }

    /// The services behind.
    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    /// Answers a request: records it, carries out the faults that strike it, and hands it to its service.
    pub async fn answer(&self, request: Request) -> Outcome {
        let named = dispatch::name(&request);
        let index = self.arrived(&request, &named);
        let target = Target { service: &named.service, operation: &named.operation, mutating: named.mutating };
        let effects = held(&self.0.faults).strike(target);
        let Struck { wait, held: hold, mut refusal, mut unknown, failure, page, undone, tokens, end } =
            Struck::by(effects, self, &request, &named);
        let wait = wait + *held(&self.0.latency);
        if !wait.is_zero() {
            sleep(wait).await;
        }
        if undone {
            self.answered(index, page.as_ref());
            return page.map_or(Outcome::Reset, Outcome::Reply);
        }
        // IAM and Account Management are global: what Region their requests are signed for is theirs to judge.
        let global = matches!(named.service.as_str(), "iam" | "account");
        if refusal.is_none() && !global && !region::enabled(&self.world(), &named.caller.account, &named.caller.region)
        {
            unknown = true;
            refusal = Some(Common::RegionDisabled.reply(self, &request, &named));
        }
        for (kind, policy) in [
            (PolicyKind::Identity, &self.0.caller),
            (PolicyKind::Boundary, &self.0.boundary),
            (PolicyKind::ServiceControl, &self.0.organization),
        ] {
            if let (None, Some(policy)) = (&refusal, held(policy).as_mut()) {
                refusal = caller::refuse(self, kind, policy, &request, &named);
            }
        }
        let (request, nth) = if tokens.is_some() { first_page(request) } else { (request, 0) };
        let reply = match refusal {
            Some(reply) => reply,
            None => lag::answer(self, &request, &named).await,
        };
        let reply = match tokens {
            Some(tokens) => with_more(reply, 1 + nth % tokens.max(1)),
            None => reply,
        };
        if !unknown {
            record::call(self, &request, &named, &reply);
        }
        if !hold.is_zero() {
            sleep(hold).await;
        }
        let reply = page.unwrap_or_else(|| identified(failure.unwrap_or(reply), &named.service, index));
        self.answered(index, matches!(end, End::Whole | End::Endless).then_some(&reply));
        match end {
            End::Endless => Outcome::Endless(reply),
            End::CutShort if !reply.body.is_empty() => Outcome::CutShort(reply),
            End::CutShort | End::Reset => Outcome::Reset,
            End::Whole => Outcome::Reply(reply),
        }
    }

    fn arrived(&self, request: &Request, named: &dispatch::Named) -> usize {
        let mut log = held(&self.0.log);
        let index = self.0.count.fetch_add(1, Ordering::Relaxed);
        log.push(Recorded {
            index,
            service: named.service.clone(),
            operation: named.operation.clone(),
            region: named.caller.region.clone(),
            account: named.caller.account.clone(),
            resource: named.resource.clone(),
            mutating: named.mutating,
            status: 0,
            error: None,
            expected_owner: request.header("x-amz-expected-bucket-owner").map(str::to_owned),
            arrived: Instant::now(),
            answered: None,
        });
        index
    }

    fn answered(&self, index: usize, reply: Option<&Reply>) {
        if let Some(recorded) = held(&self.0.log).iter_mut().rev().find(|one| one.index == index) {
            recorded.answered = Some(Instant::now());
            if let Some(reply) = reply {
                recorded.status = reply.status;
                recorded.error = if reply.ok() { None } else { record::error(reply).map(|(code, _)| code) };
            }
        }
    }
}

/// A reply with its request id where its service tells it; S3's successes tell it only in a header.
fn identified(mut reply: Reply, service: &str, index: usize) -> Reply {
    let id = format!("SANDBOX{index:09}");
    if service != "kms" && (service != "s3" || !reply.ok()) {
        let body = String::from_utf8_lossy(&reply.body);
        let told = format!("<RequestId>{id}</RequestId>");
        reply.body = body.replace("<RequestId>SANDBOX</RequestId>", &told).into();
    }
    if service == "s3" {
        reply.with("x-amz-request-id", &id).with("x-amz-id-2", "sandbox")
    } else {
        reply.with("x-amzn-requestid", &id)
    }
}

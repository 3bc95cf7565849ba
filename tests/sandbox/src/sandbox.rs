//! The sandbox: one simulated AWS, its request log and its faults.
//!
//! Every request goes through [`Sandbox::answer`], which passes it to its service.

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

/// One simulated AWS. Clones share its state.
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

/// What a client receives.
#[derive(Clone, Debug)]
pub enum Outcome {
    Reply(Reply),
    /// A reply whose body ends halfway because the connection breaks.
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

    /// A sandbox with the seeded accounts. See [`crate::seed`].
    pub async fn seeded() -> Self {
        let sandbox = Self::empty().await;
        seed::plant(&sandbox).await;
        sandbox
    }

    /// Returns an HTTP client for SDKs that calls this sandbox in process, without sockets.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InProcess::new(self.clone()))
    }

    /// Serves the sandbox over HTTP/1.1 on 127.0.0.1 until the result is dropped. Port 0 picks a free port.
    pub async fn serve(&self, port: u16) -> std::io::Result<Served> {
        server::serve(self.clone(), port).await
    }

    /// Returns the requests in order of arrival.
    pub fn requests(&self) -> Vec<Recorded> {
        held(&self.0.log).clone()
    }

    /// Clears the request log.
    pub fn forget_requests(&self) {
        held(&self.0.log).clear();
    }

    /// Injects a fault and starts its count.
    pub fn inject(&self, fault: Fault) {
        held(&self.0.faults).inject(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        held(&self.0.faults).clear();
    }

    /// Restricts the operators to what this identity-based policy allows.
    pub fn allow_only(&self, policy: &serde_json::Value) {
        *held(&self.0.caller) = Some(CallerPolicy::new(policy));
    }

    /// Gives the operators a permissions boundary with this policy.
    pub fn set_boundary(&self, policy: &serde_json::Value) {
        *held(&self.0.boundary) = Some(CallerPolicy::new(policy));
    }

    /// Puts the accounts into an organization with this service control policy.
    pub fn set_service_control_policy(&self, policy: &serde_json::Value) {
        *held(&self.0.organization) = Some(CallerPolicy::new(policy));
    }

    /// Returns the actions needed since the operators' permissions were restricted.
    pub fn asked_actions(&self) -> BTreeSet<String> {
        held(&self.0.caller).as_ref().map(CallerPolicy::asked).unwrap_or_default()
    }

    /// Returns the decision of the operators' policy on an action. Without a policy everything is allowed.
    pub(crate) fn decision(&self, action: &str, resource: &str) -> Decision {
        held(&self.0.caller).as_ref().map_or(Decision::Allowed, |policy| policy.decision(action, resource))
    }

    /// Returns the decision of the permissions boundary, if there is one.
    pub(crate) fn boundary_decision(&self, action: &str, resource: &str) -> Option<Decision> {
        held(&self.0.boundary).as_ref().map(|policy| policy.decision(action, resource))
    }

    /// Returns the decision of the organization's service control policies, if there is an organization.
    pub(crate) fn organization_decision(&self, action: &str, resource: &str) -> Option<Decision> {
        held(&self.0.organization).as_ref().map(|policy| policy.decision(action, resource))
    }

    /// Returns whether the operator may carry out an S3 operation that a service carries out in its name. Its policies
    /// and the injected faults decide.
    pub(crate) fn may(&self, operation: &str, resource: &str) -> bool {
        let action = format!("s3:{operation}");
        let further = [self.boundary_decision(&action, resource), self.organization_decision(&action, resource)];
        !held(&self.0.faults).denies(operation)
            && self.decision(&action, resource) == Decision::Allowed
            && further.into_iter().flatten().all(|decision| decision == Decision::Allowed)
    }

    /// Sets how long every request takes.
    pub fn set_latency(&self, latency: Duration) {
        *held(&self.0.latency) = latency;
    }

    /// Makes reads of buckets lag behind writes. `None` stops the lag.
    ///
    /// S3 User Guide, "Amazon S3 data consistency model": "Bucket configurations have an eventual consistency model."
    pub fn set_lag(&self, behind: Option<Behind>) {
        *self.lag() = Lag::new(behind);
    }

    /// Returns the state of the lag. Don't hold it across an `await`.
    pub(crate) fn lag(&self) -> MutexGuard<'_, Lag> {
        held(&self.0.lag)
    }

    /// Returns the largest number of requests that ran strictly one after another.
    pub fn longest_chain(&self) -> usize {
        longest_chain(&held(&self.0.log))
    }

    /// Returns the largest number of requests in progress at once. Latency counts as progress.
    pub fn most_at_once(&self) -> usize {
        most_at_once(&held(&self.0.log))
    }

    /// Lets hours pass: every attached source delivers, fails silently, or delivers objects that no one can read.
    pub async fn deliver(&self) {
        self.deliver_at(SystemTime::now()).await;
    }

    /// Delivers at a given time, which appears in the objects' folders and keys and as `LastModified`.
    ///
    /// The current policies, keys and settings decide what arrives.
    pub async fn deliver_at(&self, time: SystemTime) {
        delivery::deliver(self, time).await;
    }

    /// Returns the enabled logs that would arrive now. Writes nothing.
    pub async fn arrivals(&self) -> Vec<Arrival> {
        delivery::arrivals(self).await
    }

    /// Simulates a policy that propagates slowly: after a bucket policy is written, the next `n` attachments are
    /// refused.
    ///
    /// `S3Bucket validation transient issue`, <https://github.com/cn-terraform/terraform-aws-ecs-fargate/issues/49>.
    pub fn attach_refusals(&self, n: usize) {
        self.world().spreading = Spreading { refusals: n, ..Spreading::default() };
    }

    /// Refuses attachments for this long after a bucket policy is written.
    pub fn refuse_attaching_for(&self, time: Duration) {
        self.world().spreading = Spreading { time, ..Spreading::default() };
    }

    /// Returns the state of the layer in front of the services. Don't hold it across an `await`.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        held(&self.0.world)
    }

    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    /// Answers a request: records it, applies the faults that hit it, and passes it to its service.
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
        // IAM and Account Management are global and check the Region in the signature themselves.
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

/// Adds the request ID in the place where the service returns it. S3 returns it only in a header if the request
/// succeeds.
fn identified(mut reply: Reply, service: &str, index: usize) -> Reply {
    let id = format!("SANDBOX{index:09}");
    if service != "kms" && (service != "s3" || !reply.ok()) {
        // EC2 writes the element in two other ways.
        let body = ["RequestId", "requestId", "RequestID"]
            .iter()
            .fold(String::from_utf8_lossy(&reply.body).into_owned(), |body, name| {
                body.replace(&format!("<{name}>SANDBOX</{name}>"), &format!("<{name}>{id}</{name}>"))
            });
        reply.body = body.into();
    }
    if service == "s3" {
        reply.with("x-amz-request-id", &id).with("x-amz-id-2", "sandbox")
    } else {
        reply.with("x-amzn-requestid", &id)
    }
}

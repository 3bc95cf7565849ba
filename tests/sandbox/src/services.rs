//! The `winterbaume` services behind the sandbox, and how requests are passed to them.
//!
//! They support one account per process, so load balancers and keys have one service per account, and account IDs are
//! translated.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use winterbaume_core::{MockRequest, MockService as _, default_account_id, set_default_account_id};
use winterbaume_elasticloadbalancingv2::ElasticLoadBalancingV2Service;
use winterbaume_kms::KmsService;
use winterbaume_s3::S3Service;
use winterbaume_sts::StsService;

use crate::account::ACCOUNT;
use crate::elb::known::Known;
use crate::s3::address::address;
use crate::s3::object::encoded;
use crate::wire::{Reply, Request};

pub struct Services {
    s3: S3Service,
    /// The buckets that the S3 service knows. Each bucket is created in that service on first use, so tests can add
    /// many buckets quickly.
    made: tokio::sync::Mutex<BTreeSet<String>>,
    sts: StsService,
    known: Mutex<Known>,
    balancers: Mutex<BTreeMap<String, Arc<ElasticLoadBalancingV2Service>>>,
    keys: Mutex<BTreeMap<String, Arc<KmsService>>>,
}

impl fmt::Debug for Services {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Services").finish_non_exhaustive()
    }
}

impl Services {
    pub fn new() -> Self {
        set_default_account_id(ACCOUNT);
        Self {
            s3: S3Service::new(),
            made: tokio::sync::Mutex::default(),
            sts: StsService::new(),
            known: Mutex::default(),
            balancers: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// Returns the cache of load balancers. Don't hold it across an `await`.
    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn balancers(&self, account: &str) -> Arc<ElasticLoadBalancingV2Service> {
        let mut all = self.balancers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(account.to_owned()).or_insert_with(|| Arc::new(ElasticLoadBalancingV2Service::new())))
    }

    pub fn keys(&self, account: &str) -> Arc<KmsService> {
        let mut all = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(account.to_owned()).or_insert_with(|| Arc::new(KmsService::new())))
    }

    /// Passes a request about an existing bucket to S3. Bucket names are unique, so the S3 service keeps all buckets in
    /// one Region.
    pub async fn s3(&self, request: &Request) -> Reply {
        let address = address(request);
        if let Some(bucket) = &address.bucket {
            let mut made = self.made.lock().await;
            if !made.contains(bucket) {
                let uri = format!("https://s3.us-east-1.amazonaws.com/{bucket}");
                let (method, headers, body) = ("PUT".to_owned(), HeaderMap::new(), Bytes::new());
                let _ = self.s3.handle(MockRequest { method, uri, headers, body }).await;
                made.insert(bucket.clone());
            }
        }
        let bucket = address.bucket.map(|bucket| format!("/{bucket}")).unwrap_or_default();
        let key = address.key.map(|key| format!("/{}", encoded(&key))).unwrap_or_default();
        let query = if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
        let mut headers = request.headers.clone();
        headers.remove("authorization");
        let uri = format!("https://s3.us-east-1.amazonaws.com{bucket}{key}{query}");
        reply(
            self.s3
                .handle(MockRequest { method: request.method.clone(), uri, headers, body: request.body.clone() })
                .await,
        )
    }

    /// Forgets a deleted bucket.
    pub async fn s3_forget(&self, name: &str) {
        self.made.lock().await.remove(name);
    }

    pub async fn sts(&self, request: &Request, region: &str) -> Reply {
        reply(self.sts.handle(handed(request, "sts", region, ACCOUNT)).await)
    }

    pub async fn elb(&self, request: &Request, account: &str, region: &str) -> Reply {
        let answer = self.balancers(account).handle(handed(request, "elasticloadbalancing", region, account)).await;
        self.known().forget(account, region);
        translated(reply(answer), account)
    }

    pub async fn kms(&self, request: &Request, account: &str, region: &str) -> Reply {
        let answer = self.keys(account).handle(handed(request, "kms", region, account)).await;
        translated(reply(answer), account)
    }
}

impl Default for Services {
    fn default() -> Self {
        Self::new()
    }
}

/// The account in which every service stores its state.
#[must_use]
pub fn state_account() -> &'static str {
    default_account_id()
}

fn handed(request: &Request, service: &str, region: &str, account: &str) -> MockRequest {
    let body = if account == state_account() {
        request.body.clone()
    } else {
        Bytes::from(String::from_utf8_lossy(&request.body).replace(account, state_account()))
    };
    MockRequest {
        method: request.method.clone(),
        uri: format!("https://{service}.{region}.amazonaws.com/"),
        headers: request.headers.clone(),
        body,
    }
}

fn translated(reply: Reply, account: &str) -> Reply {
    if account == state_account() {
        return reply;
    }
    Reply { body: Bytes::from(String::from_utf8_lossy(&reply.body).replace(state_account(), account)), ..reply }
}

fn reply(answer: winterbaume_core::MockResponse) -> Reply {
    Reply { status: answer.status, headers: answer.headers, body: answer.body }
}

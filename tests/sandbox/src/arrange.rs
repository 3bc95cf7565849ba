//! Sets up worlds for tests. Nothing is validated, so broken setups are possible.
//!
//! These calls are not requests. The sandbox does not record them, and no fault hits them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;

use crate::account::ACCOUNT;
use crate::elb::balancer::{self, CLASSIC};
use crate::kms::{self, key::Key};
use crate::s3::bucket::{Bucket, Encryption, Object, ownership};
use crate::s3::{acl, address, object};
use crate::sandbox::Sandbox;
use crate::seed;
use crate::wire::Request;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSeed {
    pub name: String,
    pub account: String,
    pub region: String,
    pub policy: Option<String>,
    pub encryption: Encryption,
    /// Further settings as XML, by query parameter, such as `lifecycle`, `logging` or `object-lock`.
    pub settings: BTreeMap<String, String>,
    /// Inventory configurations as XML, by ID.
    pub inventories: BTreeMap<String, String>,
}

impl BucketSeed {
    /// A bucket as `CreateBucket` makes it, of [`ACCOUNT`] in us-east-1.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            policy: None,
            encryption: Encryption::of_new_bucket(),
            settings: BTreeMap::new(),
            inventories: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    #[must_use]
    pub fn policy(mut self, policy: &str) -> Self {
        self.policy = Some(policy.to_owned());
        self
    }

    #[must_use]
    pub fn encrypted(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    #[must_use]
    pub fn setting(mut self, parameter: &str, xml: &str) -> Self {
        self.settings.insert(parameter.to_owned(), xml.to_owned());
        self
    }

    /// Sets the object ownership. Any value but `BucketOwnerEnforced` enables ACLs.
    #[must_use]
    pub fn owned(self, kind: &str) -> Self {
        self.setting("ownershipControls", &ownership(kind))
    }

    /// Sets a canned ACL, such as `log-delivery-write`. Call it after [`Self::of`].
    #[must_use]
    pub fn acl(self, canned: &str) -> Self {
        let grants = acl::canned(canned, &self.account).unwrap_or_default();
        let document = acl::document(&self.account, &grants);
        self.setting("acl", &document)
    }

    #[must_use]
    pub fn locked(self) -> Self {
        self.setting("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
            .setting(
                "object-lock",
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            )
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerSeed {
    pub name: String,
    /// `application`, `network`, `gateway` or `classic`.
    pub kind: String,
    pub account: String,
    pub region: String,
    /// The listeners' protocols and ports.
    pub listeners: Vec<(String, i32)>,
    pub attributes: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

impl LoadBalancerSeed {
    /// An ALB with an HTTPS listener, of [`ACCOUNT`] in us-east-1.
    pub fn application(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: "application".to_owned(),
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            listeners: vec![("HTTPS".to_owned(), 443)],
            attributes: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    /// A Classic Load Balancer.
    pub fn classic(name: &str) -> Self {
        Self { kind: CLASSIC.to_owned(), ..Self::application(name) }
    }

    /// An NLB with one listener.
    pub fn network(name: &str, protocol: &str) -> Self {
        Self { kind: "network".to_owned(), listeners: vec![(protocol.to_owned(), 443)], ..Self::application(name) }
    }

    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Turns on one kind of log, such as `access_logs`.
    #[must_use]
    pub fn logging(mut self, log: &str, bucket: &str, prefix: &str) -> Self {
        for (name, value) in [("enabled", "true"), ("bucket", bucket), ("prefix", prefix)] {
            self.attributes.insert(format!("{log}.s3.{name}"), value.to_owned());
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySeed {
    pub account: String,
    pub region: String,
    /// Such as `alias/logs`.
    pub alias: Option<String>,
    /// `None` means the default policy.
    pub policy: Option<String>,
    /// Such as `Enabled` or `PendingDeletion`.
    pub state: String,
    /// Such as `SYMMETRIC_DEFAULT`.
    pub spec: String,
    /// Such as `ENCRYPT_DECRYPT`.
    pub usage: String,
    pub tags: BTreeMap<String, String>,
}

impl KeySeed {
    /// An enabled symmetric key with the default policy, of [`ACCOUNT`] in us-east-1.
    pub fn new() -> Self {
        Self {
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            alias: None,
            policy: None,
            state: "Enabled".to_owned(),
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            usage: "ENCRYPT_DECRYPT".to_owned(),
            tags: BTreeMap::new(),
        }
    }
}

impl Default for KeySeed {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// Sets or removes an account's alias.
    pub fn set_account_alias(&self, account: &str, alias: Option<&str>) {
        let aliases = &mut self.world().account_aliases;
        match alias {
            Some(alias) => aliases.insert(account.to_owned(), alias.to_owned()),
            None => aliases.remove(account),
        };
    }

    /// Sets the path of the operator's role, such as `/ops/`.
    pub fn set_role_path(&self, account: &str, path: &str) {
        self.world().role_paths.insert(account.to_owned(), path.to_owned());
    }

    /// Adds a bucket, or replaces one with the same name.
    #[expect(clippy::unused_async, reason = "a world is arranged the same way for everything")]
    pub async fn put_bucket(&self, seed: BucketSeed) {
        let mut world = self.world();
        let mut bucket = Bucket {
            created: world.creation_date(),
            policy: seed.policy,
            encryption: seed.encryption,
            inventories: seed.inventories,
            ..Bucket::new(&seed.name, &seed.account, &seed.region)
        };
        bucket.settings.extend(seed.settings);
        world.buckets.insert(seed.name, bucket);
    }

    /// Advances the clock for bucket creation dates. A recreated bucket differs from the earlier one only in its date.
    pub fn pass(&self, time: Duration) {
        self.world().ahead += time;
    }

    /// Removes a bucket and its objects.
    pub fn drop_bucket(&self, name: &str) {
        self.world().buckets.remove(name);
    }

    /// Adds a load balancer and returns its ARN.
    pub async fn put_load_balancer(&self, seed: LoadBalancerSeed) -> String {
        self.put_load_balancers(vec![seed]).await.pop().unwrap_or_default()
    }

    /// Adds load balancers and returns their ARNs in order.
    pub async fn put_load_balancers(&self, seeds: Vec<LoadBalancerSeed>) -> Vec<String> {
        balancer::add(self, seeds).await
    }

    /// Adds a key and returns its ARN.
    pub async fn put_key(&self, seed: KeySeed) -> String {
        let number = self.world().number();
        let mut key = Key {
            state: seed.state,
            spec: seed.spec,
            usage: seed.usage,
            tags: seed.tags,
            ..Key::new(number, &seed.account, &seed.region)
        };
        if let Some(policy) = seed.policy {
            key.policy = policy;
        }
        let arn = key.arn.clone();
        kms::add(self, key).await;
        if let Some(alias) = seed.alias {
            self.world().aliases.insert(format!("arn:aws:kms:{}:{}:{alias}", seed.region, seed.account), arn.clone());
        }
        arn
    }

    /// Adds an object as the bucket account's operator would, with SSE-S3.
    pub async fn put_object(&self, bucket: &str, key: &str, body: &[u8]) {
        self.put_object_at(bucket, key, body, SystemTime::now()).await;
    }

    /// Adds an object with this `LastModified`.
    pub async fn put_object_at(&self, bucket: &str, key: &str, body: &[u8], time: SystemTime) {
        let writer = self.world().buckets.get(bucket).map(|bucket| bucket.account.clone()).unwrap_or_default();
        let object = Object {
            algorithm: "AES256".to_owned(),
            key: None,
            bucket_key: false,
            readable: true,
            size: body.len(),
            etag: String::new(),
            modified: time,
            writer,
            metadata: BTreeMap::new(),
        };
        let _ = object::write(self, bucket, key, body, object).await;
    }

    /// Removes all objects of a bucket.
    pub async fn empty_bucket(&self, bucket: &str) {
        let keys = self.world().buckets.get(bucket).map(|bucket| bucket.objects.keys().cloned().collect::<Vec<_>>());
        for key in keys.unwrap_or_default() {
            let uri = format!("/{bucket}/{}", object::encoded(&key));
            let request = Request::new("DELETE", &uri, HeaderMap::new(), Bytes::new());
            object::delete(self, &request, &address::address(&request)).await;
        }
    }

    /// Adds objects to listings only, so thousands of objects take little time.
    pub fn list_objects(&self, bucket: &str, objects: impl IntoIterator<Item = (String, SystemTime)>) {
        self.change_bucket(bucket, |bucket| {
            for (key, time) in objects {
                let object = Object {
                    algorithm: "AES256".to_owned(),
                    key: None,
                    bucket_key: false,
                    readable: true,
                    size: 0,
                    etag: String::new(),
                    modified: time,
                    writer: bucket.account.clone(),
                    metadata: BTreeMap::new(),
                };
                bucket.objects.insert(key, object);
            }
        });
    }

    /// Adds an object as any allowed writer would, with the bucket's default encryption.
    pub async fn upload(&self, bucket: &str, key: &str, body: &[u8], time: SystemTime) {
        let found = self.world().buckets.get(bucket).map(|bucket| (bucket.account.clone(), bucket.encryption.clone()));
        let Some((writer, encryption)) = found else { return };
        let object = Object {
            algorithm: encryption.algorithm,
            key: encryption.key,
            bucket_key: encryption.bucket_key,
            readable: true,
            size: body.len(),
            etag: String::new(),
            modified: time,
            writer,
            metadata: BTreeMap::new(),
        };
        let _ = object::write(self, bucket, key, body, object).await;
    }

    pub fn set_policy(&self, bucket: &str, policy: Option<&str>) {
        self.change_bucket(bucket, |bucket| bucket.policy = policy.map(str::to_owned));
    }

    pub fn set_encryption(&self, bucket: &str, encryption: Encryption) {
        self.change_bucket(bucket, |bucket| bucket.encryption = encryption);
    }

    /// Sets or removes a bucket setting, as XML by query parameter.
    pub fn set_setting(&self, bucket: &str, parameter: &str, xml: Option<&str>) {
        self.change_bucket(bucket, |bucket| match xml {
            Some(xml) => {
                bucket.settings.insert(parameter.to_owned(), xml.to_owned());
            }
            None => {
                bucket.settings.remove(parameter);
            }
        });
    }

    /// Sets a bucket's inventory configuration, as XML.
    pub fn set_inventory(&self, bucket: &str, id: &str, xml: &str) {
        self.change_bucket(bucket, |bucket| {
            bucket.inventories.insert(id.to_owned(), xml.to_owned());
        });
    }

    pub fn drop_inventory(&self, bucket: &str, id: &str) {
        self.change_bucket(bucket, |bucket| {
            bucket.inventories.remove(id);
        });
    }

    fn change_bucket(&self, name: &str, change: impl FnOnce(&mut Bucket)) {
        if let Some(bucket) = self.world().buckets.get_mut(name) {
            change(bucket);
        }
    }

    /// Sets a key's state, such as `Disabled`.
    pub fn set_key_state(&self, arn: &str, state: &str) {
        if let Some(key) = self.world().keys.get_mut(arn) {
            state.clone_into(&mut key.state);
        }
    }

    /// Points an alias such as `alias/logs` at a key, in the seeded account's home Region.
    pub fn set_alias(&self, alias: &str, key: &str) {
        let arn = format!("arn:aws:kms:{}:{ACCOUNT}:{alias}", seed::REGION);
        self.world().aliases.insert(arn, key.to_owned());
    }

    pub fn set_key_policy(&self, arn: &str, policy: &str) {
        if let Some(key) = self.world().keys.get_mut(arn) {
            policy.clone_into(&mut key.policy);
        }
    }

    /// Sets a load balancer's attributes without validation.
    pub fn set_attributes(&self, name: &str, attributes: &[(&str, &str)]) {
        let Some(arn) = self.load_balancer_arn(name) else {
            return;
        };
        self.world()
            .attributes
            .entry(arn)
            .or_default()
            .extend(attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    }
}

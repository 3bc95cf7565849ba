//! Writers for arranging worlds in tests: what they put is not checked, so that broken set-ups can be put too.
//!
//! They are no requests: nothing is recorded and no fault strikes.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;

use crate::account::ACCOUNT;
use crate::elb::balancer;
use crate::kms::{self, key::Key};
use crate::s3::bucket::{Bucket, Encryption, Object, ownership};
use crate::s3::{acl, address, object};
use crate::sandbox::Sandbox;
use crate::seed;
use crate::wire::Request;

/// A bucket to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSeed {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// Its policy.
    pub policy: Option<String>,
    /// Its default encryption.
    pub encryption: Encryption,
    /// Further settings as XML by the name of their query parameter, such as `lifecycle`, `logging` or `object-lock`.
    pub settings: BTreeMap<String, String>,
    /// Inventory configurations as XML by id.
    pub inventories: BTreeMap<String, String>,
}

impl BucketSeed {
    /// A bucket as `CreateBucket` makes it, in us-east-1, of [`ACCOUNT`].
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

    /// The same, of that account.
    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    /// The same, in that Region.
    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// The same, with that policy.
    #[must_use]
    pub fn policy(mut self, policy: &str) -> Self {
        self.policy = Some(policy.to_owned());
        self
    }

    /// The same, with that default encryption.
    #[must_use]
    pub fn encrypted(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// The same, with that setting.
    #[must_use]
    pub fn setting(mut self, parameter: &str, xml: &str) -> Self {
        self.settings.insert(parameter.to_owned(), xml.to_owned());
        self
    }

    /// The same, with that object ownership; ACLs are enabled with any but `BucketOwnerEnforced`.
    #[must_use]
    pub fn owned(self, kind: &str) -> Self {
        self.setting("ownershipControls", &ownership(kind))
    }

    /// The same, with that canned ACL, such as `log-delivery-write`; to be said after [`Self::of`].
    #[must_use]
    pub fn acl(self, canned: &str) -> Self {
        let grants = acl::canned(canned, &self.account).unwrap_or_default();
        let document = acl::document(&self.account, &grants);
        self.setting("acl", &document)
    }

    /// The same, with Object Lock.
    #[must_use]
    pub fn locked(self) -> Self {
        self.setting("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
            .setting(
                "object-lock",
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            )
    }
}

/// A load balancer to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerSeed {
    /// Its name.
    pub name: String,
    /// `application`, `network` or `gateway`.
    pub kind: String,
    /// Its owner.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// Its listeners' protocols and ports.
    pub listeners: Vec<(String, i32)>,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl LoadBalancerSeed {
    /// An ALB with an HTTPS listener, in us-east-1, of [`ACCOUNT`].
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

    /// An NLB with a listener of that protocol.
    pub fn network(name: &str, protocol: &str) -> Self {
        Self { kind: "network".to_owned(), listeners: vec![(protocol.to_owned(), 443)], ..Self::application(name) }
    }

    /// The same, of that account.
    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    /// The same, in that Region.
    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// The same, with that tag.
    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// The same, with logs of that kind (`access_logs`, ...) on.
    #[must_use]
    pub fn logging(mut self, log: &str, bucket: &str, prefix: &str) -> Self {
        for (name, value) in [("enabled", "true"), ("bucket", bucket), ("prefix", prefix)] {
            self.attributes.insert(format!("{log}.s3.{name}"), value.to_owned());
        }
        self
    }
}

/// A key to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySeed {
    /// Its owner.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// Its alias's name, such as `alias/logs`.
    pub alias: Option<String>,
    /// Its policy; without, the default one.
    pub policy: Option<String>,
    /// Such as `Enabled` or `PendingDeletion`.
    pub state: String,
    /// Such as `SYMMETRIC_DEFAULT`.
    pub spec: String,
    /// Such as `ENCRYPT_DECRYPT`.
    pub usage: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl KeySeed {
    /// An enabled symmetric key in us-east-1, of [`ACCOUNT`], with the default policy.
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
    /// Sets or removes the alias of an account.
    pub fn set_account_alias(&self, account: &str, alias: Option<&str>) {
        let aliases = &mut self.world().account_aliases;
        match alias {
            Some(alias) => aliases.insert(account.to_owned(), alias.to_owned()),
            None => aliases.remove(account),
        };
    }

    /// Sets the path of the role of an account's operator, such as `/ops/`.
    pub fn set_role_path(&self, account: &str, path: &str) {
        self.world().role_paths.insert(account.to_owned(), path.to_owned());
    }

    /// Puts a bucket, in place of one of that name.
    #[expect(clippy::unused_async, reason = "a world is arranged the same way whatever is put")]
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

    /// Time passes for the creation dates of buckets, which nothing else tells apart when one is deleted and created again.
    pub fn pass(&self, time: Duration) {
        self.world().ahead += time;
    }

    /// Takes a bucket away, whatever is in it.
    pub fn drop_bucket(&self, name: &str) {
        self.world().buckets.remove(name);
    }

    /// Puts a load balancer and returns its ARN.
    pub async fn put_load_balancer(&self, seed: LoadBalancerSeed) -> String {
        self.put_load_balancers(vec![seed]).await.pop().unwrap_or_default()
    }

    /// Puts many load balancers at once and returns their ARNs in order.
    pub async fn put_load_balancers(&self, seeds: Vec<LoadBalancerSeed>) -> Vec<String> {
        balancer::add(self, seeds).await
    }

    /// Puts a key and returns its ARN.
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

    /// Puts an object as the operator of the bucket's account does, with the bucket's SSE-S3.
    pub async fn put_object(&self, bucket: &str, key: &str, body: &[u8]) {
        self.put_object_at(bucket, key, body, SystemTime::now()).await;
    }

    /// The same, with that `LastModified`.
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

    /// Removes every object of a bucket.
    pub async fn empty_bucket(&self, bucket: &str) {
        let keys = self.world().buckets.get(bucket).map(|bucket| bucket.objects.keys().cloned().collect::<Vec<_>>());
        for key in keys.unwrap_or_default() {
            let uri = format!("/{bucket}/{}", object::encoded(&key));
            let request = Request::new("DELETE", &uri, HeaderMap::new(), Bytes::new());
            object::delete(self, &request, &address::address(&request)).await;
        }
    }

    /// Objects that are listed and were never written: thousands of them, in no time.
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

    /// Puts an object as anybody does who may write there: the bucket's default encryption holds.
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

    /// Sets or removes a bucket's policy.
    pub fn set_policy(&self, bucket: &str, policy: Option<&str>) {
        self.change_bucket(bucket, |bucket| bucket.policy = policy.map(str::to_owned));
    }

    /// Switches a bucket's default encryption.
    pub fn set_encryption(&self, bucket: &str, encryption: Encryption) {
        self.change_bucket(bucket, |bucket| bucket.encryption = encryption);
    }

    /// Sets or removes a setting of a bucket, as XML by the name of its query parameter.
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

    /// Sets an inventory configuration of a bucket, as XML.
    pub fn set_inventory(&self, bucket: &str, id: &str, xml: &str) {
        self.change_bucket(bucket, |bucket| {
            bucket.inventories.insert(id.to_owned(), xml.to_owned());
        });
    }

    /// Removes an inventory configuration of a bucket.
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

    /// Points an alias of the seeded account's home Region, such as `alias/logs`, at a key.
    pub fn set_alias(&self, alias: &str, key: &str) {
        let arn = format!("arn:aws:kms:{}:{ACCOUNT}:{alias}", seed::REGION);
        self.world().aliases.insert(arn, key.to_owned());
    }

    /// Sets a key's policy.
    pub fn set_key_policy(&self, arn: &str, policy: &str) {
        if let Some(key) = self.world().keys.get_mut(arn) {
            policy.clone_into(&mut key.policy);
        }
    }

    /// Sets attributes of a load balancer, by name, without any check.
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

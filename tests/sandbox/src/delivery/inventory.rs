//! Inventory reports, delivered as days pass.
//!
//! S3 User Guide, "Configuring Amazon S3 Inventory". Only the console would show a failed report.

use std::time::SystemTime;

use serde_json::json;

use crate::delivery::Arrival;
use crate::delivery::attach::{OWNER_CONTROL, folder};
use crate::delivery::sealing::{Sealed, seal};
use crate::delivery::sender::Sender;
use crate::s3::bucket::{Bucket, Encryption};
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::{World, clock};
use crate::xml::{self, Node};

/// An enabled configuration.
struct Report {
    id: String,
    bucket: String,
    prefix: String,
    format: String,
    account: Option<String>,
    encryption: Option<Encryption>,
}

/// Delivers one report for every enabled configuration.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    let sources: Vec<Bucket> =
        sandbox.world().buckets.values().filter(|bucket| !bucket.inventories.is_empty()).cloned().collect();
    for source in sources {
        for text in source.inventories.values() {
            if let Some(report) = xml::parse(text.as_bytes()).and_then(|root| report(&root)) {
                write(sandbox, &source, &report, time).await;
            }
        }
    }
}

/// Returns the reports that would arrive now.
pub fn arrivals(world: &World) -> Vec<Arrival> {
    let mut all = Vec::new();
    for source in world.buckets.values() {
        let parsed = source.inventories.values().filter_map(|text| xml::parse(text.as_bytes()));
        for report in parsed.filter_map(|root| report(&root)) {
            let key = format!("{}{}/data/0.csv.gz", folder(&report.prefix), root(source, &report));
            let readable = match seals(world, source, &report, &key) {
                Sealed::Plain | Sealed::Under { .. } => true,
                Sealed::Unreadable { .. } => false,
                Sealed::Never => continue,
            };
            all.push(Arrival { source: source.name.clone(), log: report.id, bucket: report.bucket, readable });
        }
    }
    all
}

/// Returns a report's path below its prefix.
fn root(source: &Bucket, report: &Report) -> String {
    format!("{}/{}", source.name, report.id)
}

/// A delivery of one report.
struct Delivery<'a> {
    sandbox: &'a Sandbox,
    source: &'a Bucket,
    report: &'a Report,
    time: SystemTime,
}

impl Delivery<'_> {
    /// Writes a file of the report if the bucket allows it. Returns the file's MD5, which is also its entity tag.
    async fn put(&self, key: &str, body: &str) -> String {
        let Self { sandbox, source, report, time } = *self;
        let sealed = seals(&sandbox.world(), source, report, key);
        match sealed.object("s3.amazonaws.com", "application/octet-stream") {
            Some(facts) => {
                let tag = object::write(sandbox, &report.bucket, key, body.as_bytes(), facts.at(time)).await;
                tag.trim_matches('"').to_owned()
            }
            None => String::new(),
        }
    }
}

/// Writes a report's files. With a prefix that ends in `/`, the manifest lists keys that do not exist (seen in the
/// field).
///
/// S3 User Guide, "Locating your inventory list": the data, the manifest, its checksum, and the link for Hive.
async fn write(sandbox: &Sandbox, source: &Bucket, report: &Report, time: SystemTime) {
    let number = sandbox.world().number();
    let [year, month, day, hour, ..] = clock(time);
    let root = format!("{}{}", folder(&report.prefix), root(source, report));
    let extension = match report.format.as_str() {
        "ORC" => "orc",
        "Parquet" => "parquet",
        _ => "csv.gz",
    };
    let data = format!("{root}/data/{number:08x}-0000-4000-8000-000000000000.{extension}");
    let rows: Vec<String> = source.objects.keys().map(|key| format!("\"{}\",\"{key}\"\n", source.name)).collect();
    let rows = rows.concat();
    let delivery = Delivery { sandbox, source, report, time };
    let sum = delivery.put(&data, &rows).await;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let manifest = json!({
        "sourceBucket": source.name, "destinationBucket": format!("arn:aws:s3:::{}", report.bucket), "version": "2016-11-30",
        "creationTimestamp": since.as_millis().to_string(), "fileFormat": report.format, "fileSchema": "Bucket, Key",
        "files": [{ "key": data.replace("//", "/"), "size": rows.len(), "MD5checksum": sum }],
    });
    let dated = format!("{root}/{year}-{month}-{day}T{hour}-00Z");
    let sum = delivery.put(&format!("{dated}/manifest.json"), &manifest.to_string()).await;
    delivery.put(&format!("{dated}/manifest.checksum"), &sum).await;
    let link = format!("{root}/hive/dt={year}-{month}-{day}-{hour}-00/symlink.txt");
    delivery.put(&link, &format!("s3://{}/{data}\n", report.bucket)).await;
}

fn report(root: &Node) -> Option<Report> {
    let destination = root.at(&["Destination", "S3BucketDestination"])?;
    let encryption = destination.child("Encryption").and_then(|kind| {
        let key = kind.text_at(&["SSE-KMS", "KeyId"]);
        match (kind.child("SSE-S3"), key) {
            (Some(_), _) => Some(Encryption { blocked: None, ..Encryption::of_new_bucket() }),
            (None, Some(key)) => Some(Encryption::kms(Some(key))),
            (None, None) => None,
        }
    });
    (root.text_at(&["IsEnabled"]) == Some("true")).then_some(())?;
    Some(Report {
        id: root.text_at(&["Id"])?.to_owned(),
        bucket: destination.text_at(&["Bucket"])?.rsplit(':').next()?.to_owned(),
        prefix: destination.text_at(&["Prefix"]).unwrap_or_default().to_owned(),
        format: destination.text_at(&["Format"]).unwrap_or("CSV").to_owned(),
        account: destination.text_at(&["AccountId"]).map(str::to_owned),
        encryption,
    })
}

/// Checks the Region, the expected owner, the policy with the request's headers, then the encryption.
fn seals(world: &World, source: &Bucket, report: &Report, key: &str) -> Sealed {
    let Some(bucket) = world.buckets.get(&report.bucket) else {
        return Sealed::Never;
    };
    let sender = Sender {
        principal: "s3.amazonaws.com".to_owned(),
        account: source.account.clone(),
        region: source.region.clone(),
        source: Some(source.arn()),
    };
    let mut headers = OWNER_CONTROL.to_vec();
    if let Some(encryption) = &report.encryption {
        headers.push(("x-amz-server-side-encryption", &encryption.algorithm));
        if let Some(key) = &encryption.key {
            headers.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
        }
    }
    let owner = report.account.as_ref().is_none_or(|account| *account == bucket.account);
    if bucket.region != source.region || !owner || bucket.object_lock() || !sender.may_put(bucket, key, &headers) {
        return Sealed::Never;
    }
    let encryption = report.encryption.as_ref().map_or_else(
        || bucket.encryption.clone(),
        |asked| Encryption { bucket_key: bucket.encryption.bucket_key, ..asked.clone() },
    );
    seal(world, bucket, &encryption, &sender, key)
}

//! S3: access checks, then one file per sub-resource. The rest is left to `winterbaume-s3`.

pub mod acl;
pub mod address;
pub mod admit;
pub mod bucket;
pub mod contents;
pub mod create;
pub mod encryption;
pub mod error;
pub mod inventory;
pub mod list;
pub mod logging;
pub mod object;
pub mod operation;
pub mod policy;
pub mod principal;
pub mod settings;

use crate::dispatch::Caller;
use crate::s3::address::Address;
use crate::s3::error::{Refusal, no_such_bucket, refuse};
use crate::s3::operation::Operation;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};
use crate::world::World;

pub async fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let address = address::address(request);
    let operation = operation::operation(request, address.bucket.is_some(), address.key.is_some());
    match answer(sandbox, request, caller, &address, &operation).await {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(request.method == "HEAD", &address.resource()),
    }
}

async fn answer(
    sandbox: &Sandbox,
    request: &Request,
    caller: &Caller,
    address: &Address,
    operation: &Operation,
) -> Result<Reply, Refusal> {
    let Some(name) = &address.bucket else {
        return list::buckets(&sandbox.world(), request, caller, address);
    };
    if operation.name == "CreateBucket" {
        create::create(&mut sandbox.world(), request, name, &caller.account, &caller.region)?;
        return Ok(Reply::empty(200).with("location", &format!("/{name}")));
    }
    admit::admit(&sandbox.world(), request, caller, address, operation)?;
    match operation.name.as_str() {
        "PutObject" | "CopyObject" | "CompleteMultipartUpload" => {
            object::put(sandbox, request, address, &caller.account).await
        }
        "GetObject" | "HeadObject" => object::get(sandbox, request, address).await,
        "DeleteObject" | "DeleteObjects" => Ok(object::delete(sandbox, request, address).await),
        "DeleteBucket" => delete(sandbox, request, name).await,
        _ => {
            let here = of_bucket(&mut sandbox.world(), request, name, operation);
            match here {
                Some(reply) => {
                    if operation.name == "PutBucketVersioning" {
                        let _ = sandbox.services().s3(request).await;
                    }
                    reply
                }
                None => Ok(sandbox.services().s3(request).await),
            }
        }
    }
}

/// Answers a read of a bucket's settings from this world. Returns `None` for other requests.
pub fn read_from(world: &mut World, request: &Request, caller: &Caller) -> Option<Reply> {
    let address = address::address(request);
    let name = address.bucket.clone()?;
    let operation = operation::operation(request, true, address.key.is_some());
    let answer = match admit::admit(world, request, caller, &address, &operation) {
        Ok(()) => of_bucket(world, request, &name, &operation)?,
        Err(refusal) => Err(refusal),
    };
    Some(answer.unwrap_or_else(|refusal| refusal.reply(request.method == "HEAD", &address.resource())))
}

async fn delete(sandbox: &Sandbox, request: &Request, name: &str) -> Result<Reply, Refusal> {
    let reply = sandbox.services().s3(request).await;
    if reply.ok() {
        sandbox.world().buckets.remove(name);
        sandbox.services().s3_forget(name).await;
    }
    Ok(reply)
}

/// Answers the simulated operations on a bucket's own settings. Returns `None` for other operations.
fn of_bucket(
    world: &mut World,
    request: &Request,
    name: &str,
    operation: &Operation,
) -> Option<Result<Reply, Refusal>> {
    if operation.name == "PutBucketLogging" {
        return Some(logging::put(world, name, &request.body).map(|()| Reply::empty(200)));
    }
    if operation.name == "PutBucketInventoryConfiguration" && world.spreading.refuses() {
        let message = "The S3 destination bucket does not let S3 Inventory in";
        return Some(Err(refuse(400, "InvalidS3DestinationBucket", message)));
    }
    let Some(bucket) = world.buckets.get_mut(name) else {
        return Some(Err(no_such_bucket()));
    };
    let id = request.parameter("id").unwrap_or_default();
    Some(match operation.name.as_str() {
        "HeadBucket" => {
            Ok(Reply::empty(200).with("x-amz-bucket-region", &bucket.region).with("x-amz-access-point-alias", "false"))
        }
        "GetBucketLocation" => Ok(location(&bucket.region)),
        "GetBucketPolicy" => match &bucket.policy {
            Some(text) => Ok(Reply { status: 200, body: text.clone().into(), ..Reply::default() }
                .with("content-type", "application/json")),
            None => Err(refuse(404, "NoSuchBucketPolicy", "The bucket policy does not exist")),
        },
        "PutBucketPolicy" => policy::put(bucket, &request.body).map(|()| {
            world.spreading.begins();
            Reply::empty(204)
        }),
        "DeleteBucketPolicy" => {
            bucket.policy = None;
            Ok(Reply::empty(204))
        }
        "GetBucketPolicyStatus" => match &bucket.policy {
            Some(_) => Ok(Reply::xml(
                200,
                format!("<PolicyStatus><IsPublic>{}</IsPublic></PolicyStatus>", policy::public(&bucket.policy_json())),
            )),
            None => Err(refuse(404, "NoSuchBucketPolicy", "The bucket policy does not exist")),
        },
        "GetBucketEncryption" => Ok(encryption::get(bucket)),
        "PutBucketEncryption" => encryption::put(bucket, &request.body).map(|()| Reply::empty(200)),
        "DeleteBucketEncryption" => {
            encryption::delete(bucket);
            Ok(Reply::empty(204))
        }
        "ListObjectsV2" => contents::list_v2(bucket, request),
        "ListObjects" => contents::list(bucket, request),
        "GetBucketLogging" => Ok(logging::get(bucket.settings.get("logging"))),
        "PutBucketInventoryConfiguration" => inventory::put(bucket, request).map(|()| Reply::empty(204)),
        "GetBucketInventoryConfiguration" => inventory::get(bucket, id),
        "DeleteBucketInventoryConfiguration" => inventory::delete(bucket, id).map(|()| Reply::empty(204)),
        "ListBucketInventoryConfigurations" => inventory::list(bucket, request.parameter("continuation-token")),
        "GetBucketAcl" => Ok(acl::get(bucket)),
        "PutBucketAcl" => acl::put(bucket, request).map(|()| Reply::empty(200)),
        _ => {
            let setting = request.query.iter().find_map(|(parameter, _)| settings::named(parameter))?;
            match request.method.as_str() {
                "GET" => setting.get(bucket),
                "PUT" => setting.put(bucket, &request.body).map(|()| Reply::empty(200)),
                "DELETE" => {
                    bucket.settings.remove(setting.parameter);
                    Ok(Reply::empty(204))
                }
                _ => return None,
            }
        }
    })
}

/// S3 API, `GetBucketLocation`: us-east-1 is an empty value.
fn location(region: &str) -> Reply {
    let constraint = if region == "us-east-1" { "" } else { region };
    Reply::xml(
        200,
        format!(
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{constraint}</LocationConstraint>"
        ),
    )
}

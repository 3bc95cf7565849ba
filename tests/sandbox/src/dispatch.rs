//! Finds a request's service and operation.
//!
//! The signature's scope decides the service, because one endpoint serves all services.

use crate::account::account_of;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};
use crate::{acm, ec2, elb, iam, kms, logs, management, query, s3, sts, trail};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub account: String,
    /// The Region in the signature.
    pub region: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub service: String,
    pub operation: String,
    /// The bucket, load balancer or key in the request.
    pub resource: String,
    /// Whether the request changes anything.
    pub mutating: bool,
    pub caller: Caller,
}

#[must_use]
pub fn name(request: &Request) -> Named {
    let scope = request.scope();
    let region = if scope.region.is_empty() { "us-east-1".to_owned() } else { scope.region };
    let caller = Caller { account: account_of(&scope.access_key), region };
    let (operation, resource, mutating) = match scope.service.as_str() {
        "s3" => {
            let address = s3::address::address(request);
            let operation = s3::operation::operation(request, address.bucket.is_some(), address.key.is_some());
            (operation.name, address.resource(), operation.mutating)
        }
        "elasticloadbalancing" => {
            let operation = elb::operation(request);
            let mutating = !operation.starts_with("Describe");
            (operation, elb::resource(request), mutating)
        }
        "ec2" => {
            let operation = ec2::operation(request);
            let mutating = !operation.starts_with("Describe");
            (operation, ec2::resource(request), mutating)
        }
        "kms" | "cloudtrail" | "logs" => {
            let operation = kms::operation(request);
            let mutating = !["Describe", "Get", "List", "Lookup"].iter().any(|start| operation.starts_with(start));
            (operation, kms::resource(request), mutating)
        }
        "acm" => {
            let operation = kms::operation(request);
            let mutating = !["Describe", "Get", "List"].iter().any(|start| operation.starts_with(start));
            (operation, acm::resource(request), mutating)
        }
        "account" => {
            let operation = management::operation(request);
            let mutating = !["Get", "List"].iter().any(|start| operation.starts_with(start));
            (operation, String::new(), mutating)
        }
        service => {
            let form = sts::form(request);
            let operation = sts::parameter(&form, "Action").unwrap_or_default().to_owned();
            let reads =
                service != "iam" || ["Get", "List", "Simulate"].iter().any(|start| operation.starts_with(start));
            let about = ["RoleArn", "PolicySourceArn", "RoleName"].iter().find_map(|name| sts::parameter(&form, name));
            (operation, about.unwrap_or_default().to_owned(), !reads)
        }
    };
    Named { service: scope.service, operation, resource, mutating, caller }
}

/// Passes a request to its service.
pub async fn answer(sandbox: &Sandbox, request: &Request, named: &Named) -> Reply {
    match named.service.as_str() {
        "s3" => s3::handle(sandbox, request, &named.caller).await,
        "elasticloadbalancing" => elb::handle(sandbox, request, &named.caller).await,
        "ec2" => ec2::handle(sandbox, request, &named.caller),
        "kms" => kms::handle(sandbox, request, &named.caller).await,
        "acm" => acm::handle(sandbox, request, &named.caller).await,
        "iam" => iam::handle(sandbox, request, &named.caller),
        "account" => management::handle(sandbox, request, &named.caller),
        "cloudtrail" => trail::handle(sandbox, request, &named.caller),
        "logs" => logs::handle(sandbox, request, &named.caller),
        "sts" => sts::handle(sandbox, request, &named.caller).await,
        _ => refusal(request, named, 501, "NotImplemented", "The sandbox does not simulate this service"),
    }
}

/// Returns an error in the format of the request's service.
#[must_use]
pub fn refusal(request: &Request, named: &Named, status: u16, code: &str, message: &str) -> Reply {
    match named.service.as_str() {
        "s3" => s3::error::refuse(status, code, message).reply(request.method == "HEAD", &named.resource),
        "kms" | "cloudtrail" | "logs" | "acm" => {
            Reply::json(status, &serde_json::json!({ "__type": code, "message": message }))
        }
        "account" => management::refusal(status, code, message),
        service => query::refused(service, status, code, message),
    }
}

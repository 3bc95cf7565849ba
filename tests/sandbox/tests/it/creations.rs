//! Load balancers, listeners, target groups, certificates and a default VPC that requests create and delete.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, LoadBalancerTypeEnum, ProtocolEnum, Tag, TargetTypeEnum,
};
use sandbox::Sandbox;
use sandbox::account::ACCOUNT;
use sandbox::xml::{self, Node};
use serde_json::{Value, json};

use crate::clients::{ec2, ec2_refusal, elb, items, raw, refusal, refused, reply};

fn tag() -> Tag {
    Tag::builder().key("team").value("web").build()
}

/// Sends a form to the first version of load balancing.
async fn classic(sandbox: &Sandbox, form: &str) -> (u16, Node) {
    let body = format!("Version=2012-06-01&{form}");
    let reply = reply(sandbox, raw("elasticloadbalancing", "us-east-1", ACCOUNT, "", &body)).await;
    (reply.status, xml::parse(&reply.body).expect("XML"))
}

async fn acm(sandbox: &Sandbox, operation: &str, body: Value) -> (u16, Value) {
    let target = format!("CertificateManager.{operation}");
    let reply = reply(sandbox, raw("acm", "us-east-1", ACCOUNT, &target, &body.to_string())).await;
    (reply.status, serde_json::from_slice(&reply.body).expect("JSON"))
}

async fn logs(sandbox: &Sandbox, operation: &str, body: Value) -> (u16, Value) {
    let target = format!("Logs_20140328.{operation}");
    let reply = reply(sandbox, raw("logs", "us-east-1", ACCOUNT, &target, &body.to_string())).await;
    (reply.status, serde_json::from_slice(&reply.body).expect("JSON"))
}

async fn import(sandbox: &Sandbox) -> String {
    let body = json!({ "Certificate": "LS0t", "PrivateKey": "LS0t", "Tags": [{ "Key": "team", "Value": "web" }] });
    let (status, answer) = acm(sandbox, "ImportCertificate", body).await;
    assert_eq!(status, 200);
    answer.pointer("/CertificateArn").and_then(Value::as_str).expect("an ARN").to_owned()
}

/// Creates a default VPC and returns the IDs of its subnets.
async fn subnets(sandbox: &Sandbox) -> Vec<String> {
    assert_eq!(ec2(sandbox, "Action=CreateDefaultVpc").await.0, 200);
    let (_, root) = ec2(sandbox, "Action=DescribeSubnets&Filter.1.Name=default-for-az&Filter.1.Value.1=true").await;
    items(&root, "subnetSet", &["subnetId"])
}

#[tokio::test]
async fn a_created_load_balancer_has_its_tags_and_network_interfaces() {
    let sandbox = Sandbox::empty().await;
    let (client, subnets) = (elb(&sandbox), subnets(&sandbox).await);
    let create = || {
        let request = client.create_load_balancer().name("made").r#type(LoadBalancerTypeEnum::Network).tags(tag());
        request.set_subnets(Some(subnets.clone())).send()
    };
    let made = create().await.expect("created");
    let arn = made.load_balancers()[0].load_balancer_arn().expect("an ARN").to_owned();
    assert_eq!(refused(create().await), refusal(400, "DuplicateLoadBalancerName"));
    let tags = client.describe_tags().resource_arns(&arn).send().await.expect("described");
    assert_eq!(tags.tag_descriptions()[0].tags(), [tag()]);
    let path = arn.split_once(":loadbalancer/").expect("a path").1;
    let own = format!("Action=DescribeNetworkInterfaces&Filter.1.Name=description&Filter.1.Value.1=ELB%20{path}");
    let (_, root) = ec2(&sandbox, &own).await;
    assert_eq!(items(&root, "networkInterfaceSet", &["subnetId"]).len(), 3);
    client.delete_load_balancer().load_balancer_arn(&arn).send().await.expect("deleted");
    let (_, root) = ec2(&sandbox, &own).await;
    assert!(items(&root, "networkInterfaceSet", &["subnetId"]).is_empty());
    assert_eq!(refused(client.describe_tags().resource_arns(&arn).send().await), refusal(400, "LoadBalancerNotFound"));
}

#[tokio::test]
async fn a_tls_listener_of_an_nlb_needs_a_certificate_and_holds_it() {
    let sandbox = Sandbox::seeded().await;
    let (client, certificate) = (elb(&sandbox), import(&sandbox).await);
    let balancer = sandbox.load_balancer_arn("tcp-only").expect("an NLB");
    let listen = |certificate: Option<&str>| {
        let certificates = certificate.map(|arn| vec![Certificate::builder().certificate_arn(arn).build()]);
        let forward = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn("arn").build();
        let request = client.create_listener().load_balancer_arn(&balancer).protocol(ProtocolEnum::Tls).port(8443);
        request.set_certificates(certificates).default_actions(forward).tags(tag()).send()
    };
    assert_eq!(refused(listen(None).await), refusal(400, "ValidationError"));
    assert_eq!(refused(listen(Some("arn:aws:acm:us-east-1:1:c")).await), refusal(400, "CertificateNotFound"));
    let made = listen(Some(&certificate)).await.expect("created");
    let arn = made.listeners()[0].listener_arn().expect("an ARN").to_owned();
    assert!(arn.contains(":listener/net/tcp-only/"), "{arn}");
    assert_eq!(refused(listen(Some(&certificate)).await), refusal(400, "DuplicateListener"));
    let tags = client.describe_tags().resource_arns(&arn).send().await.expect("described");
    assert_eq!(tags.tag_descriptions()[0].tags(), [tag()]);
    let all = client.describe_listeners().load_balancer_arn(&balancer).send().await.expect("described");
    let tls = all.listeners().iter().find(|one| one.listener_arn() == Some(&arn)).expect("the listener");
    assert_eq!(tls.certificates()[0].certificate_arn(), Some(certificate.as_str()));
    let named = json!({ "CertificateArn": certificate });
    let (status, answer) = acm(&sandbox, "DeleteCertificate", named.clone()).await;
    assert_eq!((status, answer["__type"].as_str()), (400, Some("ResourceInUseException")));
    client.delete_listener().listener_arn(&arn).send().await.expect("deleted");
    assert_eq!(acm(&sandbox, "DeleteCertificate", named.clone()).await.0, 200);
    let (status, answer) = acm(&sandbox, "ListTagsForCertificate", named).await;
    assert_eq!((status, answer["__type"].as_str()), (400, Some("ResourceNotFoundException")));
}

#[tokio::test]
async fn certificates_are_listed_with_their_tags() {
    let sandbox = Sandbox::empty().await;
    let arn = import(&sandbox).await;
    let (_, listed) = acm(&sandbox, "ListCertificates", json!({})).await;
    assert_eq!(listed["CertificateSummaryList"], json!([{ "CertificateArn": arn, "Type": "IMPORTED" }]));
    let (_, tags) = acm(&sandbox, "ListTagsForCertificate", json!({ "CertificateArn": arn })).await;
    assert_eq!(tags, json!({ "Tags": [{ "Key": "team", "Value": "web" }] }));
    let (status, answer) = acm(&sandbox, "ImportCertificate", json!({ "Certificate": "LS0t" })).await;
    assert_eq!((status, answer["__type"].as_str()), (400, Some("ValidationException")));
}

#[tokio::test]
async fn a_target_group_keeps_its_tags() {
    let sandbox = Sandbox::empty().await;
    let client = elb(&sandbox);
    let request = client.create_target_group().name("group").protocol(ProtocolEnum::Tcp).port(443);
    let made = request.target_type(TargetTypeEnum::Ip).vpc_id("vpc-1").tags(tag()).send().await.expect("created");
    let arn = made.target_groups()[0].target_group_arn().expect("an ARN").to_owned();
    let tags = client.describe_tags().resource_arns(&arn).send().await.expect("described");
    assert_eq!(tags.tag_descriptions()[0].tags(), [tag()]);
    client.delete_target_group().target_group_arn(&arn).send().await.expect("deleted");
    assert_eq!(refused(client.describe_tags().resource_arns(&arn).send().await), refusal(400, "TargetGroupNotFound"));
}

#[tokio::test]
async fn a_classic_load_balancer_is_created_and_deleted() {
    let sandbox = Sandbox::empty().await;
    let subnet = subnets(&sandbox).await.remove(0);
    let create = format!(
        "Action=CreateLoadBalancer&LoadBalancerName=old&Listeners.member.1.Protocol=TCP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80&Subnets.member.1={subnet}&Tags.member.1.Key=team&Tags.member.1.Value=web"
    );
    let (status, made) = classic(&sandbox, &create).await;
    assert_eq!(status, 200);
    assert!(made.text_at(&["CreateLoadBalancerResult", "DNSName"]).is_some_and(|name| name.starts_with("old-")));
    let (status, again) = classic(&sandbox, &create).await;
    assert_eq!((status, again.text_at(&["Error", "Code"])), (400, Some("DuplicateLoadBalancerName")));
    let (status, _) = classic(&sandbox, "Action=CreateLoadBalancer&LoadBalancerName=bare").await;
    assert_eq!(status, 400, "it has no listener");
    let (_, tags) = classic(&sandbox, "Action=DescribeTags&LoadBalancerNames.member.1=old").await;
    let path = ["DescribeTagsResult", "TagDescriptions", "member", "Tags", "member", "Value"];
    assert_eq!(tags.text_at(&path), Some("web"));
    let (_, root) = ec2(&sandbox, "Action=DescribeNetworkInterfaces").await;
    assert_eq!(items(&root, "networkInterfaceSet", &["description"]), ["ELB old"]);
    for _ in 0..2 {
        let (status, _) = classic(&sandbox, "Action=DeleteLoadBalancer&LoadBalancerName=old").await;
        assert_eq!(status, 200, "a second deletion succeeds, too");
    }
    let (status, _) = classic(&sandbox, "Action=DescribeTags&LoadBalancerNames.member.1=old").await;
    assert_eq!(status, 400);
    assert!(sandbox.networks().iter().all(|network| network.description.is_empty()));
}

#[tokio::test]
async fn a_default_vpc_has_a_subnet_in_each_zone() {
    let sandbox = Sandbox::empty().await;
    let subnets = subnets(&sandbox).await;
    assert_eq!(subnets.len(), 3);
    let again = ec2(&sandbox, "Action=CreateDefaultVpc").await;
    assert_eq!(ec2_refusal(&again), refusal(400, "DefaultVpcAlreadyExists"));
    assert_eq!(ec2(&sandbox, "Action=CreateVpc&CidrBlock=10.0.0.0%2F16").await.0, 200);
    let (_, vpcs) = ec2(&sandbox, "Action=DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=true").await;
    assert_eq!(items(&vpcs, "vpcSet", &["isDefault"]), ["true"]);
    let (_, found) = ec2(&sandbox, "Action=DescribeSubnets").await;
    let mut zones = items(&found, "subnetSet", &["availabilityZone"]);
    zones.sort_unstable();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let interface = format!("Action=CreateNetworkInterface&SubnetId={}", subnets[0]);
    assert_eq!(ec2(&sandbox, &interface).await.0, 200);
    let delete = |subnet: &str| format!("Action=DeleteSubnet&SubnetId={subnet}");
    let refused = ec2(&sandbox, &delete(&subnets[0])).await;
    assert_eq!(ec2_refusal(&refused), refusal(400, "DependencyViolation"));
    assert_eq!(ec2(&sandbox, &delete(&subnets[1])).await.0, 200);
    assert_eq!(ec2_refusal(&ec2(&sandbox, &delete(&subnets[1])).await), refusal(400, "InvalidSubnetID.NotFound"));
}

#[tokio::test]
async fn a_delivery_is_created_last_and_deleted_first() {
    let sandbox = Sandbox::seeded().await;
    let arn = sandbox.load_balancer_arn("web").expect("an ALB");
    let source = |name: &str| json!({ "name": name, "resourceArn": arn, "logType": "ALB_ACCESS_LOGS" });
    let configuration = json!({ "destinationResourceArn": "arn:aws:s3:::app-images" });
    let destination =
        json!({ "name": "to", "outputFormat": "json", "deliveryDestinationConfiguration": configuration });
    let create = json!({
        "deliverySourceName": "from",
        "deliveryDestinationArn": format!("arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:to"),
    });
    let asked = async |operation: &str, body: Value| {
        let (status, answer) = logs(&sandbox, operation, body).await;
        (status, answer["__type"].as_str().unwrap_or("no refusal").to_owned())
    };
    let ok = refusal(200, "no refusal");
    assert_eq!(asked("CreateDelivery", create.clone()).await, refusal(400, "ResourceNotFoundException"));
    assert_eq!(asked("PutDeliverySource", source("from")).await, ok);
    assert_eq!(asked("PutDeliverySource", source("again")).await, refusal(400, "ConflictException"));
    assert_eq!(asked("PutDeliveryDestination", json!({ "name": "to" })).await, refusal(400, "ValidationException"));
    assert_eq!(asked("PutDeliveryDestination", destination).await, ok);
    let (_, made) = logs(&sandbox, "CreateDelivery", create.clone()).await;
    let id = made.pointer("/delivery/id").and_then(Value::as_str).expect("an ID").to_owned();
    assert_eq!(asked("CreateDelivery", create).await, refusal(400, "ConflictException"));
    let (_, described) = logs(&sandbox, "DescribeDeliveries", json!({})).await;
    assert_eq!(described["deliveries"], json!([made["delivery"]]));
    let (_, described) = logs(&sandbox, "DescribeDeliveryDestinations", json!({})).await;
    assert_eq!(described["deliveryDestinations"].as_array().map(Vec::len), Some(1));
    for (operation, name) in [("DeleteDeliverySource", "from"), ("DeleteDeliveryDestination", "to")] {
        assert_eq!(asked(operation, json!({ "name": name })).await, refusal(400, "ConflictException"));
    }
    assert_eq!(asked("DeleteDelivery", json!({ "id": id })).await, ok);
    assert_eq!(asked("DeleteDelivery", json!({ "id": id })).await, refusal(400, "ResourceNotFoundException"));
    for (operation, name) in [("DeleteDeliverySource", "from"), ("DeleteDeliveryDestination", "to")] {
        assert_eq!(asked(operation, json!({ "name": name })).await, ok);
        assert_eq!(asked(operation, json!({ "name": name })).await, refusal(400, "ResourceNotFoundException"));
    }
}

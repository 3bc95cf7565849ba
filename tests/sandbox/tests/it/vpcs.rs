//! VPCs, subnets, network interfaces and transit gateways.

use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{Effect, Fault, NetworkSeed, Sandbox, When, seed};
use serde_json::json;

use crate::clients::{ec2, ec2_of, ec2_refusal, items, raw, refusal, reply, with_vpc};

#[tokio::test]
async fn the_seeded_world_has_one_vpc_in_one_account_and_region() {
    let sandbox = with_vpc().await;
    let (status, root) = ec2(&sandbox, "Action=DescribeVpcs").await;
    assert_eq!((status, root.name.as_str()), (200, "DescribeVpcsResponse"));
    assert!(root.text_at(&["requestId"]).is_some_and(|id| id.starts_with("SANDBOX0")), "{root:?}");
    assert_eq!(items(&root, "vpcSet", &["vpcId"]), [seed::VPC]);
    assert_eq!(items(&root, "vpcSet", &["ownerId"]), [ACCOUNT]);
    assert_eq!(items(&root, "vpcSet", &["tagSet", "item", "value"]), ["main"]);
    for (account, region) in [(ACCOUNT, seed::WEST), (OTHER_ACCOUNT, "us-east-1")] {
        let (_, root) = ec2_of(&sandbox, account, region, "Action=DescribeVpcs").await;
        assert!(items(&root, "vpcSet", &["vpcId"]).is_empty(), "{account} {region}");
    }
    for (action, set) in [
        ("DescribeSubnets", "subnetSet"),
        ("DescribeNetworkInterfaces", "networkInterfaceSet"),
        ("DescribeTransitGateways", "transitGatewaySet"),
    ] {
        let (status, root) = ec2(&sandbox, &format!("Action={action}")).await;
        assert!(status == 200 && root.child(set).is_some_and(|set| set.children.is_empty()), "{action}");
    }
}

#[tokio::test]
async fn a_world_is_built_by_requests() {
    let sandbox = Sandbox::empty().await;
    let tags = |kind: &str| {
        format!(
            "TagSpecification.1.ResourceType={kind}&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=a%26b"
        )
    };
    let create = |form: String| {
        let sandbox = sandbox.clone();
        async move {
            let (status, root) = ec2(&sandbox, &form).await;
            assert_eq!(status, 200, "{root:?}");
            root
        }
    };
    let id = |root: &sandbox::xml::Node, path: &[&str]| root.text_at(path).expect("an ID").to_owned();
    let vpc = create(format!("Action=CreateVpc&CidrBlock=10.1.0.0%2F16&{}", tags("vpc"))).await;
    let vpc = id(&vpc, &["vpc", "vpcId"]);
    let subnet = create(format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.1.0.0%2F24")).await;
    let subnet = id(&subnet, &["subnet", "subnetId"]);
    let interface = create(format!("Action=CreateNetworkInterface&SubnetId={subnet}")).await;
    assert_eq!(id(&interface, &["networkInterface", "vpcId"]), vpc);
    let gateway = create(format!("Action=CreateTransitGateway&{}", tags("transit-gateway"))).await;
    let gateway = id(&gateway, &["transitGateway", "transitGatewayId"]);
    create(format!("Action=CreateTags&ResourceId.1={subnet}&ResourceId.2={gateway}&Tag.1.Key=team&Tag.1.Value=x"))
        .await;
    let (_, root) = ec2(&sandbox, &format!("Action=DescribeTransitGateways&TransitGatewayIds.1={gateway}")).await;
    let set = root.at(&["transitGatewaySet", "item", "tagSet"]).expect("tags");
    let values: Vec<&str> = set.children.iter().filter_map(|tag| tag.text_at(&["value"])).collect();
    assert_eq!(values, ["a&b", "x"]);
    let refused = ec2(&sandbox, &format!("Action=DeleteVpc&VpcId={vpc}")).await;
    assert_eq!(ec2_refusal(&refused), refusal(400, "DependencyViolation"));
    let other = id(&create("Action=CreateVpc&CidrBlock=10.2.0.0%2F16".to_owned()).await, &["vpc", "vpcId"]);
    create(format!("Action=DeleteVpc&VpcId={other}")).await;
    assert_eq!(sandbox.networks().len(), 4);
}

#[tokio::test]
async fn unknown_ids_and_wrong_parameters_are_refused_with_ec2s_codes() {
    let sandbox = with_vpc().await;
    for (form, code) in [
        ("Action=DescribeVpcs&VpcId.1=vpc-0", "InvalidVpcID.NotFound"),
        ("Action=DescribeSubnets&SubnetId.1=subnet-0", "InvalidSubnetID.NotFound"),
        ("Action=DescribeNetworkInterfaces&NetworkInterfaceId.1=eni-0", "InvalidNetworkInterfaceID.NotFound"),
        ("Action=DescribeTransitGateways&TransitGatewayIds.1=tgw-0", "InvalidTransitGatewayID.NotFound"),
        ("Action=DeleteVpc&VpcId=vpc-0", "InvalidVpcID.NotFound"),
        ("Action=CreateVpc", "MissingParameter"),
        ("Action=CreateSubnet&VpcId=vpc-0&CidrBlock=10.0.0.0%2F24", "InvalidVpcID.NotFound"),
        ("Action=CreateNetworkInterface&SubnetId=subnet-0", "InvalidSubnetID.NotFound"),
        ("Action=CreateTags&ResourceId.1=fl-0&Tag.1.Key=k", "InvalidFlowLogId.NotFound"),
        ("Action=DescribeVpcs&MaxResults=4", "InvalidParameterValue"),
        ("Action=DescribeVpcs&NextToken=t", "InvalidPaginationToken"),
        ("Action=DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=x", "InvalidParameterValue"),
        ("Action=RunInstances", "InvalidAction"),
    ] {
        assert_eq!(ec2_refusal(&ec2(&sandbox, form).await), refusal(400, code), "{form}");
    }
    let (status, root) = ec2(&sandbox, "Action=DescribeVpcs&VpcId.1=vpc-0").await;
    assert_eq!((status, root.name.as_str()), (400, "Response"));
    assert_eq!(root.text_at(&["Errors", "Error", "Message"]), Some("The vpc ID 'vpc-0' does not exist"));
    assert!(root.text_at(&["RequestID"]).is_some_and(|id| id.starts_with("SANDBOX0")));
    let dry = ec2(&sandbox, "Action=CreateVpc&CidrBlock=10.0.0.0%2F16&DryRun=true").await;
    assert_eq!(ec2_refusal(&dry), refusal(412, "DryRunOperation"));
    assert_eq!(sandbox.networks().len(), 1);
}

#[tokio::test]
async fn networks_are_filtered_and_listed_in_pages() {
    let sandbox = with_vpc().await;
    for nth in 0..11 {
        sandbox.put_network(NetworkSeed::vpc(&format!("v{nth}")).tagged("env", if nth < 3 { "prod" } else { "dev" }));
    }
    sandbox.put_network(NetworkSeed::subnet("a", seed::VPC));
    let count = async |form: &str, set: &str| {
        let (status, root) = ec2(&sandbox, form).await;
        assert_eq!(status, 200, "{form}");
        items(&root, set, &["ownerId"]).len()
    };
    for (filter, expected) in [
        ("Filter.1.Name=tag:env&Filter.1.Value.1=prod", 3),
        ("Filter.1.Name=tag:Name&Filter.1.Value.1=v1*&Filter.2.Name=tag:env&Filter.2.Value.1=dev", 1),
        ("Filter.1.Name=tag-key&Filter.1.Value.1=env", 11),
        ("Filter.1.Name=owner-id&Filter.1.Value.1=444455556666", 0),
        ("Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-0a1b2c3d4e5f60718", 1),
    ] {
        assert_eq!(count(&format!("Action=DescribeVpcs&{filter}"), "vpcSet").await, expected, "{filter}");
    }
    let of_vpc = "Action=DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-0a1b2c3d4e5f60718";
    assert_eq!(count(of_vpc, "subnetSet").await, 1);
    let (mut sizes, mut seen, mut token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let (_, root) = ec2(&sandbox, &format!("Action=DescribeVpcs&MaxResults=5{token}")).await;
        let ids = items(&root, "vpcSet", &["vpcId"]);
        sizes.push(ids.len());
        seen.extend(ids);
        let Some(next) = root.text_at(&["nextToken"]) else { break };
        token = format!("&NextToken={next}");
    }
    assert_eq!(sizes, [5, 5, 2]);
    assert!(seen.is_sorted() && seen.len() == 12);
}

#[tokio::test]
async fn ec2_has_its_own_words_for_the_errors_of_all_services() {
    let sandbox = with_vpc().await;
    for (effect, status, code) in [
        (Effect::access_denied(), 403, "UnauthorizedOperation"),
        (Effect::expired_token(), 400, "RequestExpired"),
        (Effect::clock_skew(), 400, "RequestExpired"),
        (Effect::invalid_client_token(), 401, "AuthFailure"),
        (Effect::throttled(), 503, "RequestLimitExceeded"),
        (Effect::request_limit(), 503, "RequestLimitExceeded"),
        (Effect::internal_error(), 500, "InternalError"),
    ] {
        sandbox.clear_faults();
        sandbox.inject(Fault { when: When::Operation("DescribeVpcs".to_owned()), effect });
        assert_eq!(ec2_refusal(&ec2(&sandbox, "Action=DescribeVpcs").await), refusal(status, code));
    }
    let last = sandbox.requests().pop().expect("a request");
    assert_eq!((last.service.as_str(), last.operation.as_str(), last.mutating), ("ec2", "DescribeVpcs", false));
    assert_eq!((last.status, last.error.as_deref()), (500, Some("InternalError")));
    sandbox.clear_faults();
    sandbox.set_region(ACCOUNT, "us-east-1", "DISABLED");
    assert_eq!(ec2_refusal(&ec2(&sandbox, "Action=DescribeVpcs").await), refusal(401, "AuthFailure"));
}

#[tokio::test]
async fn a_listing_can_be_made_endless() {
    let sandbox = with_vpc().await;
    sandbox.inject(Fault { when: When::Operation("DescribeVpcs".to_owned()), effect: Effect::EndlessPages(2) });
    let (_, first) = ec2(&sandbox, "Action=DescribeVpcs").await;
    let token = first.text_at(&["nextToken"]).expect("a token").to_owned();
    let (status, second) = ec2(&sandbox, &format!("Action=DescribeVpcs&NextToken={token}")).await;
    assert_eq!((status, items(&second, "vpcSet", &["vpcId"])), (200, vec![seed::VPC.to_owned()]));
    assert_ne!(second.text_at(&["nextToken"]), Some(token.as_str()));
}

#[tokio::test]
async fn a_caller_without_permission_is_refused() {
    let sandbox = with_vpc().await;
    sandbox.allow_only(
        &json!({ "Statement": [{ "Effect": "Allow", "Action": ["ec2:DescribeVpcs"], "Resource": ["*"] }] }),
    );
    assert_eq!(ec2(&sandbox, "Action=DescribeVpcs").await.0, 200);
    let refused = ec2(&sandbox, "Action=DescribeSubnets").await;
    assert_eq!(ec2_refusal(&refused), refusal(403, "UnauthorizedOperation"));
    let message = refused.1.text_at(&["Errors", "Error", "Message"]).expect("a message");
    assert!(message.starts_with("You are not authorized to perform this operation. User: arn:aws:sts::"), "{message}");
    let old = reply(&sandbox, raw("ec2", "us-east-1", ACCOUNT, "", "Action=DescribeVpcs&Version=2010-08-31")).await;
    assert_eq!(old.status, 400);
}

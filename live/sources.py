"""The throwaway sources: load balancers, a bucket, a key, and what a TLS listener needs."""

from __future__ import annotations

from collections.abc import Mapping

from .plan import Call, Local, Made, Section, Send, Step, Until
from .settings import KEEP_TAG, Settings
from .values import Answer, Value
from .values import Local as Produced

# The load balancers' own waits: "It can take a few minutes for the load balancer to be active."
ACTIVE_SECONDS = 900


def send(settings: Settings, id: str, service: str, operation: str, **parameters: Value) -> Send:
    return Send(id, Call(service, operation, parameters, settings.region))


def bucket(
    settings: Settings, id: str, region: str | None = None, lock: bool = False, slow: bool = False
) -> tuple[Step, ...]:
    """Creates a bucket and tags it. A bucket that a crash leaves without tags is found by its name."""
    name, where = settings.name(id), region or settings.region
    parameters: dict[str, Value] = {"Bucket": name}
    if where != "us-east-1":
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": where}
    if lock:
        parameters["ObjectLockEnabledForBucket"] = True
    kept = [{"Key": KEEP_TAG, "Value": "yes"}] if settings.keep and slow else []
    tags: Mapping[str, Value] = {"Bucket": name, "Tagging": {"TagSet": [*settings.tags, *kept]}}
    return (
        Send(f"{id}-bucket", Call("s3", "CreateBucket", parameters, where), Made("bucket", name, where, slow)),
        Send(f"{id}-tags", Call("s3", "PutBucketTagging", tags, where)),
    )


def account(settings: Settings) -> Section:
    which: dict[str, Value] = (
        {"VpcIds": [settings.vpc]} if settings.vpc else {"Filters": [{"Name": "is-default", "Values": ["true"]}]}
    )
    vpc = Answer("vpc", "Vpcs[0].VpcId")
    return Section(
        "account",
        "the account and its VPC",
        (
            send(settings, "caller", "sts", "GetCallerIdentity"),
            send(settings, "vpc", "ec2", "DescribeVpcs", **which),
            Local("one", "one-vpc", {"vpcs": Answer("vpc", "Vpcs")}),
            send(settings, "subnets", "ec2", "DescribeSubnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}]),
            # ALBs need subnets in two Availability Zones.
            Local("zones", "two-zones", {"subnets": Answer("subnets", "Subnets")}),
        ),
    )


def load_balancers(settings: Settings) -> tuple[Section, ...]:
    subnets = Answer("zones", "subnets")
    region = settings.region

    def balancer(kind: str, type_: str, scheme: str) -> Section:
        name = settings.name(kind)
        create = Call(
            "elbv2",
            "CreateLoadBalancer",
            {"Name": name, "Type": type_, "Scheme": scheme, "Subnets": subnets, "Tags": settings.tags},
            region,
        )
        arn = Answer(f"{kind}-create", "LoadBalancers[0].LoadBalancerArn")
        describe = Call("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]}, region)
        active = Until("LoadBalancers[0].State.Code == 'active'", ACTIVE_SECONDS, 10)
        return Section(
            f"source-{kind}",
            f"the load balancer {name}",
            (
                Send(f"{kind}-create", create, Made("load balancer", name, region)),
                Send(f"{kind}-active", describe, until=active),
            ),
            needs=("account",),
        )

    name = settings.name("clb")
    listener: Mapping[str, Value] = {
        "Protocol": "TCP",
        "LoadBalancerPort": 80,
        "InstanceProtocol": "TCP",
        "InstancePort": 80,
    }
    classic = Call(
        "elb",
        "CreateLoadBalancer",
        {
            "LoadBalancerName": name,
            "Listeners": [listener],
            "Subnets": subnets,
            "Scheme": "internal",
            "Tags": settings.tags,
        },
        region,
    )
    return (
        balancer("alb", "application", "internal"),
        balancer("nlb", "network", "internet-facing"),
        tls(settings),
        Section(
            "source-clb",
            f"the Classic Load Balancer {name}",
            (Send("clb-create", classic, Made("Classic Load Balancer", name, region)),),
            needs=("account",),
        ),
    )


def tls(settings: Settings) -> Section:
    """A TLS listener, because an NLB logs only TLS requests."""
    region, group = settings.region, settings.name("tg")
    create_group: Mapping[str, Value] = {
        "Name": group,
        "Protocol": "TCP",
        "Port": 443,
        "TargetType": "ip",
        "VpcId": Answer("vpc", "Vpcs[0].VpcId"),
        "Tags": settings.tags,
    }
    import_: Mapping[str, Value] = {
        "Certificate": Produced("certificate", "certificate"),
        "PrivateKey": Produced("certificate", "key"),
        "Tags": settings.tags,
    }
    listener: Mapping[str, Value] = {
        "LoadBalancerArn": Answer("nlb-create", "LoadBalancers[0].LoadBalancerArn"),
        "Protocol": "TLS",
        "Port": 443,
        "Certificates": [{"CertificateArn": Answer("certificate-import", "CertificateArn")}],
        "DefaultActions": [
            {"Type": "forward", "TargetGroupArn": Answer("group-create", "TargetGroups[0].TargetGroupArn")}
        ],
        "Tags": settings.tags,
    }
    interfaces: Mapping[str, Value] = {
        "Filters": [{"Name": "description", "Values": [f"ELB app/{settings.name('alb')}/*"]}]
    }
    targets: Mapping[str, Value] = {
        "TargetGroupArn": Answer("group-create", "TargetGroups[0].TargetGroupArn"),
        "Targets": [{"Id": Answer("alb-interfaces", "NetworkInterfaces[0].PrivateIpAddress")}],
    }
    return Section(
        "source-tls",
        "a TLS listener of the NLB, with a self-signed certificate",
        (
            Local("certificate", "certificate", {"name": "logbucket-live.invalid"}),
            Send(
                "group-create",
                Call("elbv2", "CreateTargetGroup", create_group, region),
                Made("target group", group, region),
            ),
            Send(
                "certificate-import",
                Call("acm", "ImportCertificate", import_, region),
                Made("certificate", "logbucket-live.invalid", region),
            ),
            # The listener is deleted with its load balancer.
            Send("listener-create", Call("elbv2", "CreateListener", listener, region)),
            # An NLB without targets may refuse connections before the handshake. The ALB refuses them only afterwards.
            Send("alb-interfaces", Call("ec2", "DescribeNetworkInterfaces", interfaces, region)),
            Send("target-register", Call("elbv2", "RegisterTargets", targets, region)),
        ),
        needs=("source-alb", "source-nlb"),
    )


def source_bucket(settings: Settings) -> Section:
    name = settings.name("src")
    return Section(
        "source-bucket",
        f"the bucket {name}",
        (
            *bucket(settings, "src", slow=True),
            send(settings, "src-object", "s3", "PutObject", Bucket=name, Key="hello.txt", Body=b"hello\n"),
        ),
        needs=("account",),
    )


def key(settings: Settings) -> Section:
    tags: list[Value] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in settings.tags]
    create = Call("kms", "CreateKey", {"Description": settings.name("key"), "Tags": tags}, settings.region)
    return Section(
        "source-key",
        "a customer managed key",
        (Send("key-create", create, Made("key", settings.name("key"), settings.region)),),
        needs=("account",),
    )

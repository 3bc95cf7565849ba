"""What AWS does not document, asked by calls whose answers are the facts."""

from __future__ import annotations

from collections.abc import Mapping

from .plan import Call, Local, Made, Question, Reading, Section, Send, Step
from .settings import Settings
from .sources import bucket
from .values import Answer, Joined, Json, Value

# Refusals that can mean that a bucket or its policy has not propagated yet. Both were seen in the field.
NOT_YET = ("Please check S3bucket permission", "S3Bucket validation transient issue")

# Questions that a run can't answer, with the reason.
NOT_ASKED: tuple[tuple[str, str], ...] = (
    ("Does an NLB's log arrive under a customer managed key of another account?", "needs a second account"),
    ("Which principal do log services use in China and in the European Sovereign Cloud?", "needs accounts there"),
    ("What are the rate limits of S3's `GetBucket*` calls?", "would need a flood of requests"),
    ("What are the names of the objects of a CloudWatch delivery?", "needs requests to the ALB"),
    ("Does `delivery.logs.amazonaws.com` need `kms:Decrypt` for multipart uploads?", "needs logs of many megabytes"),
    (
        "Does `s3:AllowVendedLogDeliveryForResource` accept a bucket's ARN as its resource?",
        "needs a second IAM principal",
    ),
    ("What do CloudWatch deliveries of ALB, NLB and S3 access logs cost?", "only the bill shows it"),
)

ALB = "logdelivery.elasticloadbalancing.amazonaws.com"
NLB = "delivery.logs.amazonaws.com"
TEST_FILES = {
    "access_logs": "ELBAccessLogTestFile",
    "connection_logs": "ELBConnectionLogTestFile",
    "health_check_logs": "ELBHealthCheckLogTestFile",
}


def balancer(kind: str) -> Answer:
    return Answer(f"{kind}-create", "LoadBalancers[0].LoadBalancerArn")


ACCOUNT = Answer("caller", "Account")


class Ask:
    """Builds the steps of the questions."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.region = settings.region
        self.s3 = f"arn:{settings.partition}:s3:::"

    def call(self, service: str, operation: str, /, **parameters: Value) -> Call:
        return Call(service, operation, parameters, self.region)

    def read(self, id: str, service: str, operation: str, /, **parameters: Value) -> Send:
        return Send(id, self.call(service, operation, **parameters))

    def ask(self, id: str, call: Call, retried: tuple[str, ...] = ()) -> Send:
        return Send(id, call, asks=True, retried=retried)

    def attach(self, kind: str, name: Value, log: str = "access_logs") -> Call:
        """Turns on a load balancer's log."""
        value = {"enabled": "true", "bucket": name, "prefix": ""}
        attributes: list[Value] = [{"Key": f"{log}.s3.{key}", "Value": text} for key, text in value.items()]
        return self.call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=balancer(kind), Attributes=attributes)

    def detach(self, id: str, kind: str, *logs: str) -> Send:
        """Turns logs off, so the next question begins with a load balancer without logs."""
        attributes: list[Value] = [{"Key": f"{log}.s3.enabled", "Value": "false"} for log in logs or ("access_logs",)]
        call = self.call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=balancer(kind), Attributes=attributes)
        return Send(f"{id}-off", call)

    def policy(self, id: str, name: str, *statements: Mapping[str, Value]) -> Send:
        document: Mapping[str, Value] = {"Version": "2012-10-17", "Statement": list(statements)}
        return Send(id, self.call("s3", "PutBucketPolicy", Bucket=name, Policy=Json(document)))

    def write(self, name: str, principal: str, condition: Mapping[str, Value] | None = None) -> Mapping[str, Value]:
        """Returns the statement that lets a log service write to the account's folder."""
        statement: dict[str, Value] = {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": principal},
            "Action": "s3:PutObject",
            "Resource": Joined((f"{self.s3}{name}/AWSLogs/", ACCOUNT, "/*")),
        }
        if condition:
            statement["Condition"] = condition
        return statement

    def read_acl(self, name: str) -> Mapping[str, Value]:
        return {
            "Sid": "AclCheck",
            "Effect": "Allow",
            "Principal": {"Service": NLB},
            "Action": "s3:GetBucketAcl",
            "Resource": f"{self.s3}{name}",
        }

    def listed(self, id: str, name: str) -> Send:
        return self.read(id, "s3", "ListObjectsV2", Bucket=name, MaxKeys=50)

    def file(self, log: str) -> Joined:
        return Joined(("AWSLogs/", ACCOUNT, f"/{TEST_FILES[log]}"))

    def question(
        self,
        name: str,
        steps: tuple[Step, ...],
        question: Question,
        needs: tuple[str, ...],
        finally_: tuple[Step, ...] = (),
    ) -> Section:
        return Section(name, question.text, steps, needs, finally_, question)


def accepted(step: str, yes: str = "AWS accepts it", no: str = "AWS refuses it") -> Reading:
    return Reading(step, "accepted", yes, no)


def sections(settings: Settings) -> tuple[Section, ...]:
    ask = Ask(settings)
    return (
        Section("question-bucket", "a source bucket for questions", bucket(settings, "q-src"), needs=("account",)),
        *missing_bucket(ask),
        *other_region(ask),
        managed_key(ask),
        nlb_test_file(ask),
        *sent_keys(ask),
        *object_lock(ask),
        requester_pays(ask),
        test_file_again(ask),
        propagation(ask),
        target_grants(ask),
        flow_log_policy(ask),
        *deliveries(ask),
    )


def missing_bucket(ask: Ask) -> tuple[Section, ...]:
    def section(kind: str) -> Section:
        step = f"q-missing-{kind}"
        return ask.question(
            f"missing-bucket-{kind}",
            (ask.ask(step, ask.attach(kind, ask.settings.name("q-missing"))),),
            Question(
                f"What does AWS answer if the bucket of an {kind.upper()}'s log does not exist?",
                step,
                f"an {kind.upper()}'s log to a bucket that does not exist",
                (accepted(step),),
            ),
            (f"source-{kind}",),
            (ask.detach(step, kind),),
        )

    return (section("alb"), section("nlb"))


def other_region(ask: Ask) -> tuple[Section, ...]:
    settings = ask.settings
    name, region = settings.name("q-far"), settings.other_region
    allow = (ask.write(name, ALB), {**ask.write(name, NLB), "Sid": "WriteNlb"}, ask.read_acl(name))
    policy = Json({"Version": "2012-10-17", "Statement": list(allow)})
    make = Section(
        "far-bucket",
        f"a bucket in {region}",
        (
            *bucket(settings, "q-far", region),
            Send("q-far-policy", Call("s3", "PutBucketPolicy", {"Bucket": name, "Policy": policy}, region)),
        ),
        needs=("account",),
    )

    def section(kind: str) -> Section:
        step = f"q-far-{kind}"
        return ask.question(
            f"other-region-{kind}",
            (ask.ask(step, ask.attach(kind, name)),),
            Question(
                f"What does AWS answer if the bucket of an {kind.upper()}'s log is in another Region?",
                step,
                f"an {kind.upper()}'s log to a bucket in another Region",
                (accepted(step),),
            ),
            (f"source-{kind}", "far-bucket"),
            (ask.detach(step, kind),),
        )

    logging = ask.call(
        "s3",
        "PutBucketLogging",
        Bucket=settings.name("q-src"),
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": "far/"}},
    )
    access = ask.question(
        "other-region-s3-access",
        (ask.ask("q-far-s3-access", logging),),
        Question(
            "How does S3 spell the code if the bucket of an access log is in another Region?",
            "q-far-s3-access",
            "an S3 access log to a bucket in another Region",
            (accepted("q-far-s3-access"),),
        ),
        ("question-bucket", "far-bucket"),
    )
    return (make, section("alb"), section("nlb"), access)


def managed_key(ask: Ask) -> Section:
    name, step = ask.settings.name("q-kms"), "q-kms-attach"
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    return ask.question(
        "nlb-managed-key",
        (
            *bucket(ask.settings, "q-kms"),
            ask.read(
                "q-kms-encryption",
                "s3",
                "PutBucketEncryption",
                Bucket=name,
                ServerSideEncryptionConfiguration=encryption,
            ),
            ask.policy("q-kms-policy", name, ask.write(name, NLB), ask.read_acl(name)),
            ask.ask(step, ask.attach("nlb", name), NOT_YET),
            ask.listed("q-kms-objects", name),
        ),
        Question(
            "Can an NLB's log be turned on for a bucket with the AWS managed key?",
            step,
            "an NLB's log to a bucket whose default encryption is `aws/s3`",
            (accepted(step),),
        ),
        ("source-nlb",),
        (ask.detach("q-kms", "nlb"),),
    )


def nlb_test_file(ask: Ask) -> Section:
    name, step = ask.settings.name("q-nlb"), "q-nlb-attach"
    return ask.question(
        "nlb-test-file",
        (
            *bucket(ask.settings, "q-nlb"),
            ask.policy("q-nlb-policy", name, ask.write(name, NLB), ask.read_acl(name)),
            ask.ask(step, ask.attach("nlb", name), NOT_YET),
            Local("q-nlb-pause", "pause", {"seconds": 60}),
            ask.listed("q-nlb-objects", name),
        ),
        Question(
            "Does AWS write a test file when an NLB's log is turned on?",
            step,
            "an NLB's log to a bucket that allows it",
            (
                accepted(step),
                Reading(
                    "q-nlb-objects",
                    "answer.Contents[0]",
                    "the bucket has a test file a minute later",
                    "the bucket is empty a minute later",
                ),
            ),
        ),
        ("source-nlb",),
        (ask.detach("q-nlb", "nlb"),),
    )


def sent_keys(ask: Ask) -> tuple[Section, ...]:
    """A policy that allows only requests with a condition key: if the log can be turned on, the key is sent.

    Each case has its own bucket: an earlier policy of the same bucket could still be in use.
    """
    cases = [(log, key) for log in ("connection_logs", "health_check_logs") for key in ("SourceArn", "SourceAccount")]
    cases += [("access_logs", key) for key in ("SourceArn", "SourceAccount", "SourceOrgID")]

    def section(log: str, key: str) -> Section:
        id = f"q-{log.split('_')[0]}-{key.lower()}"
        name, step = ask.settings.name(id), f"{id}-attach"
        condition: Mapping[str, Value] = {"Null": {f"aws:{key}": "false"}}
        yes, no = f"it sends `aws:{key}`", f"it does not send `aws:{key}`, or the policy did not propagate in time"
        return ask.question(
            id.removeprefix("q-"),
            (
                *bucket(ask.settings, id),
                ask.policy(f"{id}-policy", name, ask.write(name, ALB, condition)),
                ask.ask(step, ask.attach("alb", name, log), NOT_YET),
            ),
            Question(
                f"Does load balancing send `aws:{key}` when it writes {log.replace('_', ' ')}?",
                step,
                f"`{log}` to a bucket that only allows requests with `aws:{key}`",
                (accepted(step, yes, no),),
            ),
            ("source-alb",),
            (ask.detach(id, "alb", log),),
        )

    return tuple(section(log, key) for log, key in cases)


def object_lock(ask: Ask) -> tuple[Section, ...]:
    name = ask.settings.name("q-lock")
    lock: Mapping[str, Value] = {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
    }
    make = Section(
        "lock-bucket",
        f"the bucket {name} with Object Lock (GOVERNANCE, one day; the cleanup bypasses it)",
        (
            *bucket(ask.settings, "q-lock", lock=True),
            ask.policy(
                "q-lock-policy",
                name,
                ask.write(name, ALB),
                {**ask.write(name, NLB), "Sid": "WriteNlb"},
                ask.read_acl(name),
            ),
            ask.read("q-lock-retention", "s3", "PutObjectLockConfiguration", Bucket=name, ObjectLockConfiguration=lock),
        ),
        needs=("account",),
    )

    def section(kind: str) -> Section:
        step = f"q-lock-{kind}"
        return ask.question(
            f"object-lock-{kind}",
            (ask.ask(step, ask.attach(kind, name), NOT_YET),),
            Question(
                f"Can an {kind.upper()}'s log be turned on for a bucket with a default retention?",
                step,
                f"an {kind.upper()}'s log to a bucket with a default retention",
                (accepted(step),),
            ),
            (f"source-{kind}", "lock-bucket"),
            (ask.detach(step, kind),),
        )

    return (make, section("alb"), section("nlb"))


def requester_pays(ask: Ask) -> Section:
    name, step = ask.settings.name("q-pays"), "q-pays-attach"
    payment = {"Payer": "Requester"}
    return ask.question(
        "requester-pays",
        (
            *bucket(ask.settings, "q-pays"),
            ask.policy("q-pays-policy", name, ask.write(name, ALB)),
            ask.read(
                "q-pays-payment", "s3", "PutBucketRequestPayment", Bucket=name, RequestPaymentConfiguration=payment
            ),
            ask.ask(step, ask.attach("alb", name), NOT_YET),
            ask.listed("q-pays-objects", name),
        ),
        Question(
            "Can an ALB's log be turned on for a bucket with Requester Pays?",
            step,
            "an ALB's log to a bucket with Requester Pays",
            (accepted(step),),
        ),
        ("source-alb",),
        (ask.detach("q-pays", "alb"),),
    )


def test_file_again(ask: Ask) -> Section:
    name = ask.settings.name("q-again")
    head = ask.call("s3", "HeadObject", Bucket=name, Key=ask.file("access_logs"))
    attach = ask.attach("alb", name)
    return ask.question(
        "test-file-again",
        (
            *bucket(ask.settings, "q-again"),
            ask.policy("q-again-policy", name, ask.write(name, ALB)),
            ask.ask("q-again-first", attach, NOT_YET),
            Send("q-again-before", head),
            Local("q-again-pause", "pause", {"seconds": 5}),
            ask.ask("q-again-second", attach),
            Local("q-again-pause-2", "pause", {"seconds": 30}),
            Send("q-again-after", head),
        ),
        Question(
            "Does AWS write the test file again when the same attributes are sent again?",
            "q-again-second",
            "the same attributes of an ALB's log a second time",
            (
                Reading(
                    "q-again-after",
                    "answer.LastModified",
                    "the test file is unchanged 30 seconds later",
                    "AWS wrote the test file again",
                    same_as="q-again-before",
                ),
            ),
        ),
        ("source-alb",),
        (ask.detach("q-again", "alb"),),
    )


def propagation(ask: Ask) -> Section:
    name, step = ask.settings.name("q-soon"), "q-soon-attach"
    return ask.question(
        "policy-propagation",
        (
            *bucket(ask.settings, "q-soon"),
            ask.policy("q-soon-policy", name, ask.write(name, ALB)),
            ask.ask(step, ask.attach("alb", name), NOT_YET),
        ),
        Question(
            "How long does a bucket policy take until load balancing uses it?",
            step,
            "an ALB's log right after the policy of a new bucket",
            (
                accepted(
                    step,
                    "the call that AWS accepted came {seconds} seconds after the first one (calls: {tries})",
                    "AWS refused every call for {seconds} seconds",
                ),
            ),
        ),
        ("source-alb",),
        (ask.detach("q-soon", "alb"),),
    )


def target_grants(ask: Ask) -> Section:
    name, source, step = ask.settings.name("q-grants"), ask.settings.name("q-src"), "q-grants-logging"
    grantee: Mapping[str, Value] = {"Type": "CanonicalUser", "ID": Answer("q-grants-owner", "Owner.ID")}
    logging: Mapping[str, Value] = {
        "TargetBucket": name,
        "TargetPrefix": "grants/",
        "TargetGrants": [{"Grantee": grantee, "Permission": "READ"}],
    }
    call = ask.call("s3", "PutBucketLogging", Bucket=source, BucketLoggingStatus={"LoggingEnabled": logging})
    return ask.question(
        "target-grants",
        (
            *bucket(ask.settings, "q-grants"),
            ask.read("q-grants-owner", "s3", "GetBucketAcl", Bucket=source),
            ask.ask(step, call),
        ),
        Question(
            "Which code does S3 return for target grants if the bucket's ACLs are disabled?",
            step,
            "target grants of an S3 access log to a bucket with ACLs disabled",
            (accepted(step),),
        ),
        ("question-bucket",),
        (ask.read("q-grants-off", "s3", "PutBucketLogging", Bucket=source, BucketLoggingStatus={}),),
    )


def flow_log_policy(ask: Ask) -> Section:
    """AWS's pages disagree: the statements are appended to the bucket policy, or they replace it."""
    name, step = ask.settings.name("q-flow"), "q-flow-create"
    other: Mapping[str, Value] = {
        "Sid": "SomeoneElse",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:GetBucketAcl",
        "Resource": f"{ask.s3}{name}",
    }
    create = ask.call(
        "ec2",
        "CreateFlowLogs",
        ResourceIds=[Answer("q-flow-interfaces", "NetworkInterfaces[0].NetworkInterfaceId")],
        ResourceType="NetworkInterface",
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=f"{ask.s3}{name}",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": ask.settings.tags}],
    )
    description = f"ELB net/{ask.settings.name('nlb')}/*"
    return ask.question(
        "flow-log-policy",
        (
            ask.read(
                "q-flow-interfaces",
                "ec2",
                "DescribeNetworkInterfaces",
                Filters=[{"Name": "description", "Values": [description]}],
            ),
            *bucket(ask.settings, "q-flow"),
            ask.policy("q-flow-policy", name, other),
            ask.read("q-flow-before", "s3", "GetBucketPolicy", Bucket=name),
            Send(step, create, Made("flow log", f"to {name}", ask.region), asks=True),
            ask.read("q-flow-after", "s3", "GetBucketPolicy", Bucket=name),
        ),
        Question(
            "What does `CreateFlowLogs` do to a bucket policy that does not allow the log service?",
            step,
            "a flow log to a bucket whose policy has only someone else's statement",
            (
                accepted(step),
                Reading(
                    "q-flow-after",
                    "answer.Policy",
                    "the bucket policy is unchanged",
                    "AWS changed the bucket policy",
                    same_as="q-flow-before",
                ),
                Reading(
                    "q-flow-after",
                    "contains(answer.Policy, 'SomeoneElse')",
                    "someone else's statement is still in it",
                    "someone else's statement is gone",
                ),
            ),
        ),
        ("source-nlb",),
    )


def deliveries(ask: Ask) -> tuple[Section, ...]:
    """CloudWatch delivers the same log. `CreateDelivery` has no documented error about the bucket."""
    settings, source = ask.settings, ask.settings.name("v2")
    tags: Mapping[str, Value] = {tag["Key"]: tag["Value"] for tag in settings.tags}
    put_source = ask.call(
        "logs", "PutDeliverySource", name=source, resourceArn=balancer("alb"), logType="ALB_ACCESS_LOGS", tags=tags
    )
    make = Section(
        "delivery-source",
        "a CloudWatch delivery source of the ALB",
        (Send("v2-source", put_source, Made("delivery source", source, ask.region)),),
        needs=("source-alb",),
    )

    def destination(id: str) -> tuple[Step, ...]:
        """Creates a delivery destination and asks for a delivery to it."""
        name = settings.name(id)
        put = ask.call(
            "logs",
            "PutDeliveryDestination",
            name=name,
            outputFormat="json",
            deliveryDestinationConfiguration={"destinationResourceArn": f"{ask.s3}{name}"},
            tags=tags,
        )
        arn = Answer(f"{id}-destination", "deliveryDestination.arn")
        create = ask.call("logs", "CreateDelivery", deliverySourceName=source, deliveryDestinationArn=arn, tags=tags)
        return (
            Send(f"{id}-destination", put, Made("delivery destination", name, ask.region)),
            Send(f"{id}-create", create, Made("delivery", f"to {name}", ask.region), asks=True),
        )

    def end(id: str) -> Send:
        """Ends the delivery, if there is one: a source may have only one to S3."""
        return ask.read(f"{id}-end", "logs", "DeleteDelivery", id=Answer(f"{id}-create", "delivery.id"))

    denied, beside = settings.name("q-v2deny"), settings.name("q-v2log")
    deny: Mapping[str, Value] = {
        "Sid": "Deny",
        "Effect": "Deny",
        "Principal": {"Service": NLB},
        "Action": "s3:*",
        "Resource": [f"{ask.s3}{denied}", f"{ask.s3}{denied}/*"],
    }
    allow: Mapping[str, Value] = {
        **ask.write(beside, NLB),
        "Sid": "AWSLogDeliveryWrite",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": Joined((f"arn:{settings.partition}:logs:{ask.region}:", ACCOUNT, ":*"))},
        },
    }
    return (
        make,
        ask.question(
            "delivery-denied",
            (
                *bucket(settings, "q-v2deny"),
                ask.policy("q-v2deny-policy", denied, deny),
                *destination("q-v2deny"),
                ask.read("q-v2deny-after", "s3", "GetBucketPolicy", Bucket=denied),
            ),
            Question(
                "Does `CreateDelivery` test whether the bucket allows the log service?",
                "q-v2deny-create",
                "a delivery to a bucket that denies the log service",
                (
                    accepted("q-v2deny-create", "it does not test the bucket", "it tests the bucket"),
                    Reading(
                        "q-v2deny-after",
                        "contains(answer.Policy, 'AWSLogDelivery')",
                        "AWS added its statement to the bucket policy",
                        "the bucket policy has no statement of AWS",
                    ),
                ),
            ),
            ("delivery-source",),
            (end("q-v2deny"),),
        ),
        ask.question(
            "delivery-beside-log",
            (
                *bucket(settings, "q-v2log"),
                ask.policy("q-v2log-policy", beside, ask.write(beside, ALB), allow),
                Send("q-v2log-attach", ask.attach("alb", beside), retried=NOT_YET),
                *destination("q-v2log"),
                ask.read("q-v2log-deliveries", "logs", "DescribeDeliveries"),
                ask.read(
                    "q-v2log-attributes", "elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn=balancer("alb")
                ),
            ),
            Question(
                "May an ALB's own access log and a CloudWatch delivery be on at once?",
                "q-v2log-create",
                "a delivery of an ALB whose own access log is on",
                (
                    accepted("q-v2log-create"),
                    Reading(
                        "q-v2log-attributes",
                        "answer.Attributes[?Key=='access_logs.s3.enabled'].Value | [0] == 'true'",
                        "the ALB's own log is still on",
                        "the ALB's own log is off",
                    ),
                ),
            ),
            ("delivery-source",),
            (end("q-v2log"), ask.detach("q-v2log", "alb")),
        ),
    )

"""Each log service end to end: `logbucket init`, `check` and `undo`."""

from __future__ import annotations

from .plan import Call, Local, Logbucket, Made, Section, Send, Step
from .settings import KEEP_TAG, TAG, Settings
from .values import Answer, Joined, Value

# A log that has not come yet is no failure, and neither is a log that a later run looks for.
PENDING = frozenset({0})


def section(
    settings: Settings,
    producer: str,
    source: Value,
    needs: tuple[str, ...],
    *options: Value,
    before: tuple[Step, ...] = (),
    traffic: tuple[Step, ...] = (),
    slow: bool = False,
    wait: bool = False,
) -> Section:
    """Returns the section of one log service. With `--keep`, the slow ones stay for `--later`."""
    id, name = producer, settings.name(f"to-{producer}")
    made = [Made("bucket", name, settings.region, slow)]
    if producer == "vpc-flow":
        made.append(Made("flow log", f"to {name}", settings.region))
    here: tuple[Value, ...] = ("--region", settings.region)
    words: tuple[Value, ...] = ("init", producer, "--source", source, "--bucket", name, "--tag", f"{TAG}={settings.id}")
    keep = settings.keep and slow
    if keep:
        words = (*words, "--tag", f"{KEEP_TAG}=yes")
    check: tuple[Value, ...] = ("check", producer, "--source", source, *here)
    steps: list[Step] = [
        *before,
        Logbucket(f"{id}-init", (*words, *options, "--yes", *here), tuple(made)),
        *traffic,
        Logbucket(f"{id}-check", check, accepts=PENDING),
    ]
    if wait:
        steps.append(Logbucket(f"{id}-wait", (*check, "--wait", str(settings.wait)), accepts=PENDING))
    return Section(
        producer,
        f"logbucket with {producer}",
        tuple(steps),
        needs=needs,
        finally_=() if keep else (undo(producer, settings),),
    )


def undo(producer: str, settings: Settings) -> Logbucket:
    # `undo latest` of a producer's own folder of receipts. 2: there is no run.
    return Logbucket(
        f"{producer}-undo", ("undo", "latest", "--yes", "--region", settings.region), accepts=frozenset({0, 2})
    )


def sections(settings: Settings) -> tuple[Section, ...]:
    alb, nlb, clb, src = (settings.name(kind) for kind in ("alb", "nlb", "clb", "src"))
    path = "LoadBalancers[0].LoadBalancerArn"
    description = Joined(("ELB net/", nlb, "/*"))
    interfaces = Call(
        "ec2",
        "DescribeNetworkInterfaces",
        {"Filters": [{"Name": "description", "Values": [description]}]},
        settings.region,
    )
    handshakes = Local(
        "nlb-handshakes", "handshakes", {"host": Answer("nlb-create", "LoadBalancers[0].DNSName"), "count": 20}
    )
    return (
        section(
            settings, "alb", Answer("alb-create", path), ("source-alb",), "--log-type", "access,connection,health-check"
        ),
        section(
            settings,
            "nlb",
            Answer("nlb-create", path),
            ("source-nlb", "source-tls", "source-key"),
            "--encryption",
            "sse-kms",
            "--kms-key",
            Answer("key-create", "KeyMetadata.Arn"),
            "--fix",
            traffic=(handshakes,),
            wait=True,
        ),
        section(settings, "clb", clb, ("source-clb",), "--emit-interval", "5"),
        section(
            settings, "s3-access", src, ("source-bucket",), "--prefix", "s3/", traffic=requests(settings), slow=True
        ),
        section(settings, "inventory", src, ("source-bucket",), slow=True),
        section(
            settings,
            "vpc-flow",
            Answer("flow-interfaces", "NetworkInterfaces[0].NetworkInterfaceId"),
            ("source-nlb",),
            "--aggregation",
            "60",
            before=(Send("flow-interfaces", interfaces),),
            wait=True,
        ),
    )


def requests(settings: Settings) -> tuple[Step, ...]:
    """Requests to the source bucket, so that there is something to log."""
    call = Call("s3", "HeadObject", {"Bucket": settings.name("src"), "Key": "hello.txt"}, settings.region)
    return tuple(Send(f"src-request-{nth}", call) for nth in (1, 2, 3))


def later(settings: Settings) -> tuple[Section, ...]:
    """Returns the sections of `--later`: the logs that take hours or days."""
    source = settings.name("src")

    def again(producer: str) -> Section:
        name = settings.name(f"to-{producer}")
        words: tuple[Value, ...] = ("check", producer, "--source", source, "--region", settings.region)
        objects = Call("s3", "ListObjectsV2", {"Bucket": name, "MaxKeys": 20}, settings.region)
        return Section(
            producer,
            f"logbucket with {producer}, later",
            (Logbucket(f"{producer}-check", words, accepts=PENDING), Send(f"{producer}-objects", objects)),
        )

    return (again("s3-access"), again("inventory"))

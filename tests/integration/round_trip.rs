//! The command that repeats a run results in the same request.

use std::ffi::OsString;

use clap::Parser as _;
use logbucket::internals::cli::{Cli, Command};
use logbucket::internals::command::draft;
use logbucket::internals::model::{EncryptionKind, KeyChoice, StorageClass, Tag, TransitionAfter};
use logbucket::internals::producer::{
    Aggregation, Choices, FlowFormat, FlowRequest, InventoryField, InventoryFormat, InventoryFrequency,
    InventoryVersions, LogType, PartitionDate, Producer, Traffic,
};
use logbucket::internals::request::{Consent, Draft, Expiry, Preflight, Request};
use proptest::prelude::*;

fn sources(producer: Producer) -> BoxedStrategy<Vec<String>> {
    let arn = |word: &'static str| {
        "[a-z0-9-]{1,20}".prop_map(move |name| {
            format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/{word}/{name}/50dc6c495c0c9188")
        })
    };
    let name = match producer {
        Producer::Alb => prop_oneof!["[A-Za-z0-9-]{1,32}", arn("app")].boxed(),
        Producer::Nlb => prop_oneof!["[A-Za-z0-9-]{1,32}", arn("net")].boxed(),
        Producer::Clb => {
            let arn = "[A-Za-z0-9]{1,32}"
                .prop_map(|name| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/{name}"));
            prop_oneof!["[A-Za-z0-9]{1,32}", arn].boxed()
        }
        Producer::S3Access | Producer::Inventory => "[a-z][a-z0-9]{2,20}".boxed(),
        Producer::VpcFlow => {
            let id = "(vpc|subnet|eni|tgw)-[0-9a-f]{17}";
            let arn = "[0-9a-f]{8}".prop_map(|id| format!("arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-{id}"));
            prop_oneof![id, arn].boxed()
        }
    };
    prop::collection::vec(name, 1..4).boxed()
}

fn key() -> impl Strategy<Value = KeyChoice> {
    prop_oneof![
        Just("create"),
        Just("alias/team/logs"),
        Just("1234abcd-12ab-34cd-56ef-1234567890ab"),
        Just("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        Just("arn:aws:kms:eu-west-1:111122223333:alias/logs"),
    ]
    .prop_map(|text| text.parse().unwrap())
}

/// Days until logs expire, and days until they move to another class. They move before they expire, but late enough for
/// every class.
fn retention() -> impl Strategy<Value = (Option<u32>, Option<TransitionAfter>)> {
    let moved = (30_u32..100, prop::sample::select(&StorageClass::ALL[..]));
    let moved = moved.prop_map(|(days, class)| TransitionAfter { days, class });
    (prop::option::of(1_u32..4000), prop::option::of(moved)).prop_map(|(expire_days, transition)| {
        let later = transition.map_or(0, |transition| transition.days);
        (expire_days.map(|days| days + later), transition)
    })
}

fn common(producer: Producer) -> impl Strategy<Value = Draft> {
    let prefix = if producer == Producer::S3Access { "[ -~é‘’]{0,12}" } else { "([a-z]{1,5}(/[a-z]{1,5})?)?" };
    let tag = ("[A-Za-z][A-Za-z ]{0,9}", "[ -~]{0,9}");
    let tag =
        tag.prop_filter_map("a tag of someone else's", |(key, value)| format!("{key}={value}").parse::<Tag>().ok());
    (
        sources(producer),
        "[a-z][a-z0-9]{3,20}",
        prefix,
        retention(),
        prop::collection::vec(tag, 0..3),
        (any::<bool>(), any::<bool>(), prop::collection::vec("[A-Za-z0-9 ]{1,12}", 0..3)),
        prop::option::of(0_u64..9000),
        (
            prop::option::of(Just("eu-west-1".parse().unwrap())),
            prop::option::of("[a-z-]{1,9}"),
            prop::option::of("https?://[a-z]{1,9}(:[1-9][0-9]{0,3})?"),
            prop::option::of(Just(EncryptionKind::SseS3)),
            prop::option::of("/[a-z /-]{1,9}"),
            prop::sample::select(&[Preflight::Asked, Preflight::Skipped][..]),
        ),
    )
        .prop_map(move |(sources, bucket, prefix, (expire_days, transition), tags, consent, wait, place)| Draft {
            producer: Some(producer),
            sources,
            bucket: Some(format!("dest-{bucket}").parse().unwrap()),
            prefix: Some(prefix),
            expiry: Expiry::from_flag(expire_days),
            transition,
            tags,
            consent: Consent { adds: consent.0, replaces: consent.1, exempts: consent.2 },
            wait,
            region: place.0,
            profile: place.1,
            endpoint_url: place.2,
            encryption: place.3,
            receipt_dir: place.4.map(Into::into),
            preflight: place.5,
            ..Draft::default()
        })
}

fn drafts() -> impl Strategy<Value = Draft> {
    let alb = (common(Producer::Alb), prop::collection::btree_set(prop::sample::select(&LogType::ALL[..]), 0..4))
        .prop_map(|(draft, log_types)| Draft { choices: Choices { log_types, ..Choices::default() }, ..draft });
    let nlb = (common(Producer::Nlb), prop::option::of(key())).prop_map(|(draft, kms_key)| Draft {
        // A key and SSE-S3 can't be requested together.
        encryption: if kms_key.is_some() { Some(EncryptionKind::SseKmsCustomer) } else { draft.encryption },
        kms_key,
        ..draft
    });
    let dates = prop::option::of(prop::sample::select(&[PartitionDate::Event, PartitionDate::Delivery][..]));
    let s3 = (common(Producer::S3Access), dates)
        .prop_map(|(draft, partition)| Draft { choices: Choices { partition, ..Choices::default() }, ..draft });
    let flow = (
        prop::option::of(prop::sample::select(&[Traffic::All, Traffic::Accept, Traffic::Reject][..])),
        prop::option::of(prop::sample::select(&[FlowFormat::Text, FlowFormat::Parquet][..])),
        prop::option::of(prop::sample::select(&[Aggregation::Minute, Aggregation::TenMinutes][..])),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
    );
    let flow =
        (common(Producer::VpcFlow), flow).prop_map(|(draft, (traffic, format, aggregation, hourly, hive))| Draft {
            choices: Choices { flow: FlowRequest { traffic, format, aggregation, hourly, hive }, ..Choices::default() },
            ..draft
        });
    let fields = prop::option::of(prop::collection::btree_set(prop::sample::select(&InventoryField::ALL[..]), 0..18));
    let formats = [InventoryFormat::Csv, InventoryFormat::Orc, InventoryFormat::Parquet];
    let frequencies = [InventoryFrequency::Daily, InventoryFrequency::Weekly];
    let versions = [InventoryVersions::All, InventoryVersions::Current];
    let choices = (
        prop::option::of(prop::sample::select(formats.to_vec())),
        prop::option::of(prop::sample::select(frequencies.to_vec())),
        prop::option::of(prop::sample::select(versions.to_vec())),
    );
    let id = prop::option::of("[a-zA-Z0-9._-]{1,64}");
    let inventory = (common(Producer::Inventory), fields, prop::option::of(key()), id, choices).prop_map(
        |(draft, fields, report_kms_key, id, (format, frequency, versions))| Draft {
            choices: Choices {
                fields,
                report_kms_key,
                inventory_id: id.map(|id| id.parse().unwrap()),
                format,
                frequency,
                versions,
                ..Choices::default()
            },
            ..draft
        },
    );
    prop_oneof![alb, nlb, s3, inventory, flow]
}

fn parsed(args: &[OsString]) -> Request {
    let words = std::iter::once("logbucket".into()).chain(args.iter().cloned());
    let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{args:?}: {error}"));
    let Command::Init(init) = cli.command else { panic!("{args:?}: not init") };
    draft(*init, &cli.global).complete().unwrap()
}

proptest! {
    #[test]
    fn the_arguments_of_a_request_produce_the_same_request(draft in drafts()) {
        // Two load balancers of different Regions are refused before there is a request.
        let Ok(request) = draft.complete() else { return Ok(()) };
        prop_assert_eq!(parsed(&request.to_args()), request);
    }

    #[test]
    fn the_check_command_of_a_request_names_its_sources(draft in drafts()) {
        let Ok(request) = draft.complete() else { return Ok(()) };
        let words = request.to_check_args();
        let cli = Cli::try_parse_from(std::iter::once("logbucket".into()).chain(words.iter().cloned()));
        let Ok(Command::Check(check)) = cli.map(|cli| cli.command) else { panic!("{words:?}: not check") };
        let sources: Vec<String> = request.sources.iter().map(ToString::to_string).collect();
        prop_assert_eq!(check.source, sources);
    }
}

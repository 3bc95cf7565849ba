//! Tests which resource of a source is a run's own, and a policy that AWS overwrote.

use serde_json::{Value, json};

use crate::producer::{FlowFormat, FlowLogSettings, SourceSetting, SourceSlot, Traffic};

use super::*;

fn slot() -> SourceSlot {
    SourceSlot::FlowLog {
        arn: "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0a1b2c3d4e5f60718".parse().unwrap(),
        id: "vpc-0a1b2c3d4e5f60718".to_owned(),
        bucket: bucket(),
        prefix: String::new(),
        traffic: Some(Traffic::All),
    }
}

fn none() -> Setting {
    Setting::Source(slot(), SourceSetting::FlowLog(None))
}

/// A flow log with this ID, and with the mark of a run if there is one.
fn flow_log(id: Option<&str>, mark: Option<&RunToken>) -> Setting {
    let settings = FlowLogSettings {
        bucket: bucket().to_string(),
        prefix: String::new(),
        traffic: Some(Traffic::All),
        format: FlowFormat::Text,
        aggregation: 600,
        hourly: false,
        hive: false,
        fields: String::new(),
        unknown: Vec::new(),
        tags: mark.map(|token| (TARGET_TAG.to_owned(), token.to_string())).into_iter().collect(),
        id: id.map(str::to_owned),
    };
    Setting::Source(slot(), SourceSetting::FlowLog(Some(settings)))
}

fn created(id: Option<&str>) -> ReceiptEntry {
    setting(Slot::Source(slot()), Some(none()), Some(flow_log(id, None)))
}

#[test]
fn only_the_flow_log_that_a_run_created_is_its_own() {
    let (own, other) = (token(), RunToken::new(8));
    let is_deleted = |entry: ReceiptEntry, id: &str, mark: Option<&RunToken>| {
        let look = CurrentState::Setting(flow_log(Some(id), mark));
        matches!(verdict(entry, look), UndoVerdict::Restore { values } if values.1.is(&none()))
    };
    assert!(is_deleted(created(Some("fl-1")), "fl-1", None), "someone removed its tag");
    assert!(is_deleted(created(Some("fl-1")), "fl-2", Some(&own)), "logbucket created it again");
    assert!(!is_deleted(created(Some("fl-1")), "fl-2", None));
    assert!(!is_deleted(created(Some("fl-1")), "fl-2", Some(&other)));
    // The run was killed before it recorded the ID, or the receipt is of an earlier version.
    assert!(is_deleted(created(None), "fl-1", Some(&own)));
    assert!(!is_deleted(created(None), "fl-1", None));
}

#[test]
fn a_receipt_without_ids_is_readable_and_an_id_survives() {
    let text = receipt(vec![created(Some("fl-1"))]).text().unwrap();
    assert_eq!(Receipt::parse(&text).unwrap().entries, [created(Some("fl-1"))]);
    let mut early: Value = serde_json::from_str(&text).unwrap();
    let value = early.pointer_mut("/entries/0/change/setting/after/flow-log").unwrap();
    assert_eq!(value.as_object_mut().unwrap().remove("id"), Some(json!("fl-1")));
    assert_eq!(Receipt::parse(&early.to_string()).unwrap().entries, [created(None)]);
}

/// A policy with these statements.
fn statements(sids: &[&str]) -> Setting {
    let statements: Vec<Value> = sids
        .iter()
        .map(|sid| json!({ "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" }))
        .collect();
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    Setting::BucketPolicy(bucket(), Some(text))
}

fn text(policy: Setting) -> Option<String> {
    if let Setting::BucketPolicy(_, text) = policy { text } else { None }
}

/// Returns the policy that the undo of a killed run restores: the one that it is now, and the restored one.
fn restored(entries: Vec<ReceiptEntry>, former: &[&str], now: &[&str]) -> Option<Setting> {
    let looks = entries.iter().map(|entry| {
        let is_policy = matches!(&entry.change, RecordedChange::Setting { slot: Slot::BucketPolicy { .. }, .. });
        CurrentState::Setting(if is_policy { statements(now) } else { none() })
    });
    let looks = looks.collect();
    let last = ReceiptEntry { policy: text(statements(former)), ..created(None) };
    let mut receipt = receipt(entries);
    receipt.entries.push(last);
    let endangered = receipt.endangered_policy().unwrap();
    let looks: Vec<CurrentState> = [looks, vec![CurrentState::Setting(none())]].concat();
    let undo = Undo::new(&receipt, looks).with_lost_policy(&endangered, CurrentState::Setting(statements(now)));
    let item = undo.items.into_iter().find(|item| item.is_of_policy(&bucket()));
    item.and_then(|item| if let UndoVerdict::Restore { values } = item.verdict { Some(values.1) } else { None })
}

#[test]
fn a_policy_that_aws_overwrote_is_restored() {
    let awss = "AWSLogDeliveryWrite";
    assert_eq!(restored(vec![], &["Theirs"], &["Theirs"]), None);
    assert!(restored(vec![], &["Theirs"], &[awss]).unwrap().is(&statements(&["Theirs"])));
    assert!(restored(vec![], &["Theirs"], &[awss, "New"]).unwrap().is(&statements(&["Theirs", "New"])));
    assert_eq!(restored(vec![], &["Theirs"], &["New"]), None, "someone else removed it");
    // The run has written its own statement, too.
    let own = || policy_entry(Some(statements(&["Theirs"])), Some(statements(&["Theirs", "Logbucket"])));
    let both = ["Theirs", "Logbucket"];
    assert!(restored(vec![own()], &both, &[awss]).unwrap().is(&statements(&["Theirs"])));
    let kept = restored(vec![own()], &both, &[awss, "New"]).unwrap();
    assert!(kept.is(&statements(&["Theirs", "New"])), "{kept:?}");
}

#[test]
fn a_policy_is_restored_once() {
    let mut receipt = receipt(vec![ReceiptEntry { policy: text(statements(&["Theirs"])), ..created(None) }]);
    let endangered = receipt.endangered_policy().unwrap();
    let look = || CurrentState::Setting(statements(&["AWSLogDeliveryWrite"]));
    let undo = Undo::new(&receipt, vec![CurrentState::Setting(none())]).with_lost_policy(&endangered, look());
    let item = undo.writes().next().unwrap().clone();
    receipt.mark_undone(&item);
    assert_eq!(receipt.endangered_policy(), None);
}

//! A record's `requestParameters`: the request as JSON.
//!
//! Names follow each service's example entries: members begin with a lowercase letter, but S3's documents stay
//! unchanged.

use serde_json::{Map, Value, json};

use crate::ec2::list;
use crate::ec2::list::pairs;
use crate::wire::Request;
use crate::xml::{self, Node};

/// Returns the parameters of a request about a bucket.
pub fn of_bucket(request: &Request, bucket: &str) -> Value {
    let mut fields = Map::new();
    fields.insert("bucketName".to_owned(), json!(bucket));
    fields.insert("Host".to_owned(), json!(request.host));
    for (name, value) in request.query.iter().filter(|(name, _)| name != "x-id") {
        fields.insert(name.clone(), json!(value));
    }
    if let Some(acl) = request.header("x-amz-acl") {
        fields.insert("x-amz-acl".to_owned(), json!(acl));
    }
    if let Some(root) = xml::parse(&request.body) {
        fields.insert(root.name.clone(), tree(&root));
    } else if let Ok(policy) = serde_json::from_slice::<Value>(&request.body) {
        fields.insert("bucketPolicy".to_owned(), policy);
    }
    Value::Object(fields)
}

/// Converts an element to JSON. Several children with one name become a list.
fn tree(node: &Node) -> Value {
    if node.children.is_empty() {
        return json!(node.text);
    }
    let mut fields = Map::new();
    for child in &node.children {
        let value = tree(child);
        match fields.get_mut(&child.name) {
            None => {
                fields.insert(child.name.clone(), value);
            }
            Some(Value::Array(several)) => several.push(value),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    Value::Object(fields)
}

/// Returns the parameters of a form in the query protocol.
pub fn of_form(form: &[(String, String)]) -> Value {
    let mut fields = Map::new();
    for (name, value) in form.iter().filter(|(name, _)| name != "Action" && name != "Version") {
        let Some((list, place)) = name.split_once(".member.") else {
            fields.insert(small(name), json!(value));
            continue;
        };
        let (nth, field) = place.split_once('.').map_or((place, None), |(nth, field)| (nth, Some(field)));
        let items = fields.entry(small(list)).or_insert_with(|| json!([]));
        if let (Value::Array(items), Some(nth)) =
            (items, nth.parse::<usize>().ok().filter(|nth| (1..=100).contains(nth)))
        {
            while items.len() < nth {
                items.push(json!({}));
            }
            match (items.get_mut(nth - 1), field) {
                (Some(Value::Object(item)), Some(field)) => {
                    item.insert(small(field), json!(value));
                }
                (Some(item), _) => *item = json!(value),
                (None, _) => {}
            }
        }
    }
    Value::Object(fields)
}

/// Returns the parameters of a form with paths as names and no lists. Booleans and numbers are typed in the record.
pub fn of_nested_form(form: &[(String, String)]) -> Value {
    let mut root = json!({});
    for (name, value) in form.iter().filter(|(name, _)| name != "Action" && name != "Version") {
        *name.split('.').fold(&mut root, |place, part| &mut place[small(part)]) = typed(value);
    }
    root
}

/// Returns the parameters of an EC2 form.
///
/// Old calls have their own names, such as `vpcId`. Newer ones are recorded as the request's XML, in an object such as
/// `CreateFlowLogsRequest` in which the items of a list have a `tag` with their number. AWS documents neither form for
/// flow logs: the object was seen in
/// <https://github.com/aws-samples/aws-secure-environment-accelerator/issues/1111> and in other services' records.
/// Simplified: of the old calls, only `CreateTags` gets its lists.
pub fn of_ec2(operation: &str, form: &[(String, String)]) -> Value {
    let sent = || form.iter().filter(|(name, _)| name != "Action" && name != "Version");
    match operation {
        "CreateTags" => {
            let ids: Vec<Value> = list(form, "ResourceId").iter().map(|id| json!({ "resourceId": id })).collect();
            let tags: Vec<Value> =
                pairs(form, "").iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            json!({ "resourcesSet": { "items": ids }, "tagSet": { "items": tags } })
        }
        "CreateFlowLogs" | "DeleteFlowLogs" | "CreateTransitGateway" => {
            let mut tree = json!({});
            for (name, value) in sent() {
                *name.split('.').fold(&mut tree, |place, part| &mut place[part]) = typed(value);
            }
            let mut request = Map::new();
            request.insert(format!("{operation}Request"), numbered(&tree));
            Value::Object(request)
        }
        _ => {
            let simple = sent().filter(|(name, _)| !name.contains('.'));
            Value::Object(simple.map(|(name, value)| (small(name), typed(value))).collect())
        }
    }
}

/// Turns fields with numbers as names into a list, or into its only item.
fn numbered(tree: &Value) -> Value {
    let Value::Object(fields) = tree else { return tree.clone() };
    let item = |(name, value): (&String, &Value)| {
        let tag = name.parse::<u64>().ok()?;
        let mut item = match numbered(value) {
            Value::Object(fields) => fields,
            content @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                Map::from_iter([("content".to_owned(), content)])
            }
        };
        item.insert("tag".to_owned(), json!(tag));
        Some(Value::Object(item))
    };
    let items: Option<Vec<Value>> = fields.iter().map(item).collect();
    match items {
        Some(mut items) if items.len() == 1 => items.pop().unwrap_or_default(),
        Some(items) if !items.is_empty() => Value::Array(items),
        Some(_) | None => Value::Object(fields.iter().map(|(name, value)| (name.clone(), numbered(value))).collect()),
    }
}

/// Returns a boolean or number as such, and other text as text.
fn typed(value: &str) -> Value {
    let typed = serde_json::from_str(value).ok().filter(|value: &Value| value.is_boolean() || value.is_number());
    typed.unwrap_or_else(|| json!(value))
}

/// Returns the parameters of a JSON body.
pub fn of_json(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (small(name), of_json(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(of_json).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => body.clone(),
    }
}

/// Returns a name with a lowercase first letter.
fn small(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;
    use serde_json::json;

    use super::{of_bucket, of_ec2, of_form, of_json};
    use crate::wire::Request;

    #[test]
    fn parameters_are_written_as_cloudtrail_does() {
        let body = Bytes::from_static(b"<A><B><C>1</C></B><B>2</B></A>");
        let request = Request::new("PUT", "https://b.s3.amazonaws.com/?encryption", HeaderMap::new(), body);
        let expected = json!({ "bucketName": "b", "Host": "b.s3.amazonaws.com", "encryption": "", "A": { "B": [{ "C": "1" }, "2"] } });
        assert_eq!(of_bucket(&request, "b"), expected);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = [
            pair("Action", "X"),
            pair("LoadBalancerArn", "a"),
            pair("Attributes.member.1.Key", "k"),
            pair("Names.member.1", "n"),
        ];
        assert_eq!(of_form(&form), json!({ "loadBalancerArn": "a", "attributes": [{ "key": "k" }], "names": ["n"] }));
        assert_eq!(
            of_json(&json!({ "KeyId": "k", "Tags": [{ "TagKey": "t" }] })),
            json!({ "keyId": "k", "tags": [{ "tagKey": "t" }] })
        );
    }

    #[test]
    fn a_flow_log_is_recorded_as_the_xml_of_its_request() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = [
            pair("Action", "CreateFlowLogs"),
            pair("ResourceId.1", "vpc-1"),
            pair("MaxAggregationInterval", "60"),
            pair("DestinationOptions.PerHourPartition", "true"),
            pair("TagSpecification.1.ResourceType", "vpc-flow-log"),
            pair("TagSpecification.1.Tag.1.Key", "a"),
            pair("TagSpecification.1.Tag.2.Key", "b"),
        ];
        let expected = json!({ "CreateFlowLogsRequest": {
            "ResourceId": { "tag": 1, "content": "vpc-1" }, "MaxAggregationInterval": 60, "DestinationOptions": { "PerHourPartition": true },
            "TagSpecification": { "tag": 1, "ResourceType": "vpc-flow-log", "Tag": [{ "tag": 1, "Key": "a" }, { "tag": 2, "Key": "b" }] },
        } });
        assert_eq!(of_ec2("CreateFlowLogs", &form), expected);
        assert_eq!(of_ec2("DeleteVpc", &[pair("VpcId", "vpc-1")]), json!({ "vpcId": "vpc-1" }));
        let tags = [pair("ResourceId.1", "vpc-1"), pair("Tag.1.Key", "k"), pair("Tag.1.Value", "v")];
        let expected = json!({ "resourcesSet": { "items": [{ "resourceId": "vpc-1" }] }, "tagSet": { "items": [{ "key": "k", "value": "v" }] } });
        assert_eq!(of_ec2("CreateTags", &tags), expected);
    }
}

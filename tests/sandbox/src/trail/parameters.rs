//! A record's `requestParameters`: the request as JSON.
//!
//! Names follow each service's example entries: members begin with a lowercase letter, but S3's documents stay
//! unchanged.

use serde_json::{Map, Value, json};

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
        let typed = serde_json::from_str(value).ok().filter(|value: &Value| value.is_boolean() || value.is_number());
        let place = name.split('.').fold(&mut root, |place, part| &mut place[small(part)]);
        *place = typed.unwrap_or_else(|| json!(value));
    }
    root
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

    use super::{of_bucket, of_form, of_json};
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
}

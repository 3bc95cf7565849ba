//! Filters and pages of EC2's listings.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html>: a resource must match every filter, and one
//! value of each. `*` and `?` are wildcards ("List and filter using the CLI and API").

use std::collections::BTreeMap;

use crate::caller::matches;
use crate::ec2::error::{Refusal, invalid, refuse};
use crate::ec2::list;
use crate::sts::parameter;
use crate::token::{opened, sealed};
use crate::xml::escape;

/// A filter's name and values.
pub type Filter<'a> = (&'a str, Vec<&'a str>);

/// Returns a request's filters.
pub fn filters(form: &[(String, String)]) -> Vec<Filter<'_>> {
    (1..=200)
        .map_while(|nth| {
            let name = parameter(form, &format!("Filter.{nth}.Name"))?;
            Some((name, list(form, &format!("Filter.{nth}.Value"))))
        })
        .collect()
}

/// A filter that the call does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFilter;

/// Returns whether a resource matches all filters. `value_of` returns the value for a filter's name, which can be
/// absent, or `None` if EC2 has no such filter.
pub fn passes(
    filters: &[Filter<'_>],
    tags: &BTreeMap<String, String>,
    value_of: impl Fn(&str) -> Result<Option<String>, UnknownFilter>,
) -> Result<bool, Refusal> {
    for (name, patterns) in filters {
        let values: Vec<String> = match (name.strip_prefix("tag:"), *name) {
            (Some(key), _) => tags.get(key).cloned().into_iter().collect(),
            (None, "tag-key") => tags.keys().cloned().collect(),
            (None, name) => value_of(name)
                .map_err(|_| refuse("InvalidParameterValue", &format!("The filter '{name}' is invalid")))?
                .into_iter()
                .collect(),
        };
        if !values.iter().any(|value| patterns.iter().any(|pattern| matches(pattern, value))) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns a page and the element with the token of the next page. Without `MaxResults`, a page has at most 1000 items.
pub fn page<'a, T>(
    form: &[(String, String)],
    least: usize,
    all: Vec<&'a T>,
    id: impl Fn(&T) -> &str,
) -> Result<(Vec<&'a T>, String), Refusal> {
    let most = match parameter(form, "MaxResults") {
        None => 1000,
        Some(text) => {
            text.parse().ok().filter(|most| (least..=1000).contains(most)).ok_or_else(|| invalid("maxResults", text))?
        }
    };
    let mut rest = match parameter(form, "NextToken") {
        None => all,
        Some(token) => {
            let next = opened(token)
                .ok_or_else(|| refuse("InvalidPaginationToken", "The specified pagination token is not valid."))?;
            all.into_iter().skip_while(|one| id(one) < next.as_str()).collect()
        }
    };
    let next = rest.get(most).map(|one| format!("<nextToken>{}</nextToken>", sealed(id(one))));
    rest.truncate(most);
    Ok((rest, next.unwrap_or_default()))
}

/// Returns the tags that `TagSpecification` gives to a kind of resource.
pub fn tags(form: &[(String, String)], kind: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = BTreeMap::new();
    for nth in 1..=50 {
        let start = format!("TagSpecification.{nth}");
        let Some(named) = parameter(form, &format!("{start}.ResourceType")) else { break };
        if named != kind {
            let message = format!("'{named}' is not a valid taggable resource type for this operation.");
            return Err(refuse("InvalidParameterValue", &message));
        }
        tags.extend(pairs(form, &start));
    }
    Ok(tags)
}

/// Returns the tags in a list such as `TagSpecification.1.Tag.1`.
pub fn pairs(form: &[(String, String)], start: &str) -> BTreeMap<String, String> {
    let start = if start.is_empty() { String::new() } else { format!("{start}.") };
    (1..=50)
        .map_while(|nth| {
            let key = parameter(form, &format!("{start}Tag.{nth}.Key"))?;
            let value = parameter(form, &format!("{start}Tag.{nth}.Value")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Returns the element with a resource's tags.
pub fn tag_set(tags: &BTreeMap<String, String>) -> String {
    let item = |(key, value): (&String, &String)| {
        format!("<item><key>{}</key><value>{}</value></item>", escape(key), escape(value))
    };
    format!("<tagSet>{}</tagSet>", tags.iter().map(item).collect::<String>())
}

//! The caller of a request, and the entries of `Principal` and `NotPrincipal` that may name it.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use serde_json::Value;

use super::truth::Truth;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// An AWS service, by its service principal, such as `delivery.logs.amazonaws.com`.
    Service(String),
    /// An account, role, session or user, by its ARN. The evaluation assumes that the principal's own account allows
    /// the request.
    Aws(String),
    /// An AWS service that an ACL allows as "the S3 log delivery account"
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>), by its service
    /// principal. No page gives the account's ID. AWS may evaluate a policy for the service or for the account.
    ServiceOrItsAccount(String),
    /// An unauthenticated caller.
    Anonymous,
}

impl std::fmt::Display for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Service(name) | Self::Aws(name) | Self::ServiceOrItsAccount(name) => f.write_str(name),
            Self::Anonymous => f.write_str("an anonymous caller"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PrincipalEntry {
    /// `"*"` or `{"AWS": "*"}`: everyone, including services.
    Everyone,
    /// Every principal of an account. The partition is known if the entry is an ARN.
    Account {
        id: String,
        partition: Option<String>,
    },
    Arn(String),
    /// A service, by its exact name.
    Service(String),
    /// An account, by its canonical user ID. Requests don't show this ID.
    CanonicalUser,
    Federated,
    /// An entry that matches no one: the unique ID of a deleted principal, or a name with a wildcard. A wildcard can't
    /// "match part of a principal name or ARN"
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
    Nobody(String),
    /// An `AWS` entry that AWS would reject.
    OddAws(String),
    /// A `Service` entry that AWS would reject.
    OddService,
}

impl std::fmt::Display for PrincipalEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everyone | Self::OddService => f.write_str("*"),
            Self::Account { id, partition: Some(partition) } => write!(f, "arn:{partition}:iam::{id}:root"),
            Self::Account { id: name, partition: None }
            | Self::Arn(name)
            | Self::Nobody(name)
            | Self::OddAws(name)
            | Self::Service(name) => f.write_str(name),
            Self::CanonicalUser => f.write_str("a canonical user"),
            Self::Federated => f.write_str("an identity provider"),
        }
    }
}

impl PrincipalEntry {
    /// Returns the entries of a principal element, or a description of its fault.
    pub(crate) fn read(element: &Value) -> Result<Vec<Self>, String> {
        match element {
            Value::String(text) if text == "*" => Ok(vec![Self::Everyone]),
            Value::Object(types) if !types.is_empty() => {
                let mut entries = Vec::new();
                for (kind, names) in types {
                    for name in listed(names) {
                        entries.push(Self::parse(kind, name)?);
                    }
                }
                Ok(entries)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Err("is not \"*\" or a map of principal types".to_owned())
            }
        }
    }

    fn parse(kind: &str, name: &Value) -> Result<Self, String> {
        let name = match name {
            Value::String(text) => text.clone(),
            Value::Number(number) if kind == "AWS" => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                return Err(format!("has an entry under `{kind}` that is not a string"));
            }
        };
        match kind {
            "AWS" => Ok(Self::aws(&name)),
            "Service" if name == "*" => Ok(Self::OddService),
            "Service" if name.contains(['*', '?']) => Ok(Self::Nobody(name)),
            "Service" => Ok(Self::Service(name)),
            "Federated" => Ok(Self::Federated),
            "CanonicalUser" => Ok(Self::CanonicalUser),
            _ => Err(format!("has an unknown principal type `{kind}`")),
        }
    }

    fn aws(name: &str) -> Self {
        if name == "*" {
            return Self::Everyone;
        }
        if name.contains(['*', '?']) {
            return Self::Nobody(name.to_owned());
        }
        if is_account(name) {
            return Self::Account { id: name.to_owned(), partition: None };
        }
        if let Some(arn) = PrincipalArn::read(name) {
            return if arn.service == "iam" && arn.resource == "root" {
                Self::Account { id: arn.account.to_owned(), partition: Some(arn.partition.to_owned()) }
            } else {
                Self::Arn(name.to_owned())
            };
        }
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        let unique = ["AIDA", "AROA", "AGPA"].iter().any(|prefix| name.starts_with(prefix));
        if unique { Self::Nobody(name.to_owned()) } else { Self::OddAws(name.to_owned()) }
    }

    /// Returns whether the entry names this principal.
    pub(crate) fn names(&self, principal: &Principal) -> Truth {
        match (self, principal) {
            (Self::Everyone, _) => Truth::True,
            (Self::Service(name), Principal::Service(asking)) => (name == asking).into(),
            (Self::Service(name), Principal::ServiceOrItsAccount(asking)) => {
                Truth::from(name == asking).and(Truth::Unknown)
            }
            // The account's canonical user ID can't be derived from its ARN.
            (Self::OddService, Principal::Service(_))
            | (Self::CanonicalUser | Self::OddAws(_), Principal::Aws(_))
            | (Self::OddService | Self::CanonicalUser | Self::OddAws(_), Principal::ServiceOrItsAccount(_)) => {
                Truth::Unknown
            }
            (Self::Account { id, partition }, Principal::Aws(asking)) => {
                PrincipalArn::read(asking).map_or(Truth::Unknown, |asking| {
                    let partition = partition.as_deref().unwrap_or(asking.partition);
                    (asking.account == id && asking.partition == partition).into()
                })
            }
            (Self::Arn(arn), Principal::Aws(asking)) => same_identity(arn, asking),
            // A session's ARN doesn't show its identity provider.
            (Self::Federated, Principal::Aws(asking)) if asking.contains(":assumed-role/") => Truth::Unknown,
            (
                Self::Account { .. }
                | Self::Arn(_)
                | Self::Service(_)
                | Self::CanonicalUser
                | Self::Federated
                | Self::Nobody(_)
                | Self::OddAws(_)
                | Self::OddService,
                Principal::Service(_) | Principal::Aws(_) | Principal::ServiceOrItsAccount(_) | Principal::Anonymous,
            ) => Truth::False,
        }
    }
}

/// Returns whether the entry names the caller. An entry for a role also names the role's sessions. A session's ARN does
/// not contain the role's path.
fn same_identity(entry: &str, asking: &str) -> Truth {
    if entry == asking {
        return Truth::True;
    }
    let (Some(entry), Some(asking)) = (PrincipalArn::read(entry), PrincipalArn::read(asking)) else {
        return Truth::False;
    };
    if (entry.partition, entry.account) != (asking.partition, asking.account) {
        return Truth::False;
    }
    match (entry.role(), entry.session(), asking.role(), asking.session()) {
        (Some(role), _, _, Some(session)) => (role == session).into(),
        // The request comes from an unknown session of the role.
        (_, Some(session), Some(role), _) if role == session => Truth::Unknown,
        (Some(_) | None, _, _, _) => Truth::False,
    }
}

/// Returns a list's items, or the single value as a list of one. An empty list is returned as one value, which is
/// invalid.
pub(crate) fn listed(value: &Value) -> &[Value] {
    match value.as_array() {
        Some(list) if !list.is_empty() => list,
        Some(_) | None => std::slice::from_ref(value),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

struct PrincipalArn<'text> {
    partition: &'text str,
    service: &'text str,
    account: &'text str,
    resource: &'text str,
}

impl<'text> PrincipalArn<'text> {
    fn read(text: &'text str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        let partition = parts.next()?;
        let service = parts.next()?;
        let _region = parts.next()?;
        Some(Self { partition, service, account: parts.next()?, resource: parts.next()? })
    }

    /// Returns the role name if this is a role.
    fn role(&self) -> Option<&'text str> {
        let path = self.resource.strip_prefix("role/")?;
        path.rsplit('/').next()
    }

    /// Returns the role name if this is a role session.
    fn session(&self) -> Option<&'text str> {
        let path = self.resource.strip_prefix("assumed-role/")?;
        path.split('/').next()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Truth::{False, True, Unknown};
    use super::*;

    fn names(element: &Value, principal: &Principal) -> Truth {
        let entries = PrincipalEntry::read(element).unwrap();
        Truth::any(entries.iter().map(|entry| entry.names(principal)))
    }

    fn service() -> Principal {
        Principal::Service("delivery.logs.amazonaws.com".to_owned())
    }

    fn aws(resource: &str) -> Principal {
        Principal::Aws(format!("arn:aws:iam::123456789012:{resource}"))
    }

    #[test]
    fn a_star_and_an_aws_star_match_everyone() {
        for element in [json!("*"), json!({"AWS": "*"}), json!({"AWS": ["*"]})] {
            for principal in [service(), aws("root"), Principal::Anonymous] {
                assert_eq!(names(&element, &principal), True);
            }
        }
    }

    #[test]
    fn a_service_matches_only_its_exact_name() {
        assert_eq!(names(&json!({"Service": ["a", "delivery.logs.amazonaws.com"]}), &service()), True);
        let regional = json!({"Service": "delivery.logs.us-east-1.amazonaws.com"});
        assert_eq!(names(&regional, &service()), False);
        assert_eq!(names(&json!({"AWS": "123456789012"}), &service()), False);
        assert_eq!(names(&json!({"Service": "*"}), &service()), Unknown);
    }

    #[test]
    fn an_account_matches_all_of_its_principals() {
        for element in [
            json!({"AWS": "123456789012"}),
            json!({"AWS": 123_456_789_012_u64}),
            json!({"AWS": "arn:aws:iam::123456789012:root"}),
        ] {
            assert_eq!(names(&element, &aws("role/x")), True);
            assert_eq!(names(&element, &aws("root")), True);
        }
        assert_eq!(names(&json!({"AWS": "111122223333"}), &aws("root")), False);
        let elsewhere = json!({"AWS": "arn:aws-cn:iam::123456789012:root"});
        assert_eq!(names(&elsewhere, &aws("root")), False);
    }

    #[test]
    fn a_role_matches_its_sessions() {
        let element = json!({"AWS": "arn:aws:iam::123456789012:role/path/Log"});
        let session = |name: &str| Principal::Aws(format!("arn:aws:sts::123456789012:assumed-role/{name}/s"));
        assert_eq!(names(&element, &session("Log")), True);
        assert_eq!(names(&element, &session("Other")), False);
        assert_eq!(names(&element, &aws("role/Log")), False);
        let element = json!({"AWS": "arn:aws:sts::123456789012:assumed-role/Log/s"});
        assert_eq!(names(&element, &session("Log")), True);
        assert_eq!(names(&element, &aws("role/Log")), Unknown);
        assert_eq!(names(&element, &aws("role/Other")), False);
        assert_eq!(names(&element, &Principal::Aws("root".to_owned())), False);
    }

    #[test]
    fn other_principal_types_do_not_match_a_service() {
        for element in [
            json!({"CanonicalUser": "79a59df900b949e5"}),
            json!({"Federated": "cognito-identity.amazonaws.com"}),
            json!({"AWS": "AROAEXAMPLE"}),
            json!({"AWS": "arn:aws:iam::*:root"}),
        ] {
            assert_eq!(names(&element, &service()), False, "{element}");
        }
        assert_eq!(names(&json!({"CanonicalUser": "x"}), &aws("root")), Unknown);
        let federated = json!({"Federated": "cognito-identity.amazonaws.com"});
        let session = Principal::Aws("arn:aws:sts::123456789012:assumed-role/Log/s".to_owned());
        assert_eq!((names(&federated, &session), names(&federated, &aws("user/u"))), (Unknown, False));
    }

    #[test]
    fn an_invalid_aws_entry_is_unknown() {
        for name in ["123", "abcdefghijkl", "12345678901x", "role/Log"] {
            assert_eq!(names(&json!({"AWS": name}), &aws("root")), Unknown, "{name}");
        }
    }

    #[test]
    fn a_wildcard_within_a_name_matches_nobody() {
        assert_eq!(names(&json!({"AWS": "arn:aws:iam::*:root"}), &aws("root")), False);
        assert_eq!(names(&json!({"AWS": "12345678901*"}), &aws("root")), False);
        assert_eq!(
            PrincipalEntry::read(&json!({"Service": "*.amazonaws.com"})),
            Ok(vec![PrincipalEntry::Nobody("*.amazonaws.com".to_owned())])
        );
        assert_eq!(names(&json!({"Service": "*"}), &service()), Unknown);
    }

    #[test]
    fn a_caller_is_shown_by_its_name() {
        assert_eq!(service().to_string(), "delivery.logs.amazonaws.com");
        assert_eq!(Principal::Anonymous.to_string(), "an anonymous caller");
    }

    #[test]
    fn an_undocumented_shape_is_rejected() {
        for element in [
            json!("123456789012"),
            json!(["*"]),
            json!({}),
            json!(null),
            json!({"Service": []}),
            json!({"Service": {"a": 1}}),
            json!({"Service": 123_456_789_012_u64}),
            json!({"Human": "me"}),
        ] {
            assert!(PrincipalEntry::read(&element).is_err(), "{element}");
        }
    }
}

//! Recognizes the SDK's own calls for credentials by their requests, since no interceptor sees them.
//!
//! Only the names of these calls are used: everything they send and receive is secret.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// Returns the name of a call for credentials, or `None` for any other request.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>
pub(super) fn name_of(request: &HttpRequest) -> Option<&'static str> {
    let path = request.uri().split_once("://").map_or(request.uri(), |(_, rest)| rest);
    let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or_default().split('?').next().unwrap_or_default();
    named(request.method(), path, request.body().bytes().unwrap_or_default())
}

fn named(method: &str, path: &str, body: &[u8]) -> Option<&'static str> {
    match (method, path) {
        ("GET", "/federation/credentials") => Some("SSO GetRoleCredentials"),
        ("POST", "/token") => Some("SSO OIDC CreateToken"),
        ("POST", "/v1/token") => Some("Signin CreateOAuth2Token"),
        ("PUT", "/latest/api/token") => Some("instance metadata"),
        ("GET", path) if path.starts_with("/latest/meta-data/iam/") => Some("instance metadata"),
        ("POST", "/" | "") if body.starts_with(b"Action=AssumeRoleWithWebIdentity") => {
            Some("STS AssumeRoleWithWebIdentity")
        }
        ("POST", "/" | "") if body.starts_with(b"Action=AssumeRole") => Some("STS AssumeRole"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_for_credentials_have_a_name() {
        let posted = |body: &str| named("POST", "/", body.as_bytes());
        assert_eq!(posted("Action=AssumeRole&Version=2011-06-15&RoleArn=x"), Some("STS AssumeRole"));
        assert_eq!(posted("Action=AssumeRoleWithWebIdentity&x"), Some("STS AssumeRoleWithWebIdentity"));
        assert_eq!(posted("Action=GetCallerIdentity&Version=2011-06-15"), None);
        assert_eq!(named("GET", "/federation/credentials", b""), Some("SSO GetRoleCredentials"));
        assert_eq!(named("PUT", "/latest/api/token", b""), Some("instance metadata"));
        // Buckets can have these names.
        assert_eq!(named("GET", "/latest/api", b""), None);
        assert_eq!(named("GET", "/token", b""), None);
    }
}

//! Calls that the SDK makes for the credentials themselves, known by what is sent: no interceptor sees them.
//!
//! Names only: what such a call carries and brings is secret throughout.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// What a call for credentials is called; nothing where the request is none.
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
    fn only_what_is_asked_for_credentials_has_a_name_here() {
        let posted = |body: &str| named("POST", "/", body.as_bytes());
        assert_eq!(posted("Action=AssumeRole&Version=2011-06-15&RoleArn=x"), Some("STS AssumeRole"));
        assert_eq!(posted("Action=AssumeRoleWithWebIdentity&x"), Some("STS AssumeRoleWithWebIdentity"));
        assert_eq!(posted("Action=GetCallerIdentity&Version=2011-06-15"), None);
        assert_eq!(named("GET", "/federation/credentials", b""), Some("SSO GetRoleCredentials"));
        assert_eq!(named("PUT", "/latest/api/token", b""), Some("instance metadata"));
        // Buckets may be called so.
        assert_eq!(named("GET", "/latest/api", b""), None);
        assert_eq!(named("GET", "/token", b""), None);
    }
}

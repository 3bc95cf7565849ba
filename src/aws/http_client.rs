//! One pool of connections for all services, and an address for every failure to connect.
//!
//! The client of the SDK says that a connection was refused, and not by whom.

use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The client of every session.
pub(super) fn http_client() -> SharedHttpClient {
    let client =
        Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)).build_https();
    SharedHttpClient::new(Addressed(client))
}

#[derive(Debug)]
struct Addressed<T>(T);

/// A failure with the address that it is about.
#[derive(Debug, thiserror::Error)]
#[error("no answer from {url}")]
struct NoAnswer {
    url: String,
    source: BoxError,
}

impl HttpClient for Addressed<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Addressed(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for Addressed<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let url = origin(request.uri());
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move { answer.await.map_err(|error| addressed(error, url)) })
    }
}

/// The scheme and the host: what follows may hold what is nobody's business.
fn origin(uri: &str) -> String {
    uri.splitn(4, '/').take(3).collect::<Vec<_>>().join("/").split('?').next().unwrap_or_default().to_owned()
}

/// The same error, whose kind decides whether the SDK tries again.
fn addressed(error: ConnectorError, url: String) -> ConnectorError {
    let (timeout, user, io, other) = (error.is_timeout(), error.is_user(), error.is_io(), error.as_other());
    let connection = error.connection_metadata().cloned();
    let source: BoxError = Box::new(NoAnswer { url, source: error.into_source() });
    let error = match (timeout, user, io) {
        (true, _, _) => ConnectorError::timeout(source),
        (_, true, _) => ConnectorError::user(source),
        (_, _, true) => ConnectorError::io(source),
        (false, false, false) => ConnectorError::other(source, other),
    };
    match connection {
        Some(connection) => error.with_connection(connection),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_its_path() {
        assert_eq!(origin("https://sts.us-east-1.amazonaws.com/"), "https://sts.us-east-1.amazonaws.com");
        assert_eq!(origin("http://127.0.0.1:8080/bucket/key?x=1"), "http://127.0.0.1:8080");
        assert_eq!(origin("http://host?secret"), "http://host");
    }

    #[test]
    fn an_error_keeps_its_kind() {
        assert!(addressed(ConnectorError::timeout("late".into()), String::new()).is_timeout());
        assert!(addressed(ConnectorError::io("reset".into()), String::new()).is_io());
        assert!(addressed(ConnectorError::user("wrong".into()), String::new()).is_user());
        assert!(addressed(ConnectorError::other("odd".into(), None), String::new()).is_other());
    }
}

//! The HTTP client of all sessions: one connection pool, errors that name the address, and a limit for each response.
//!
//! Requests use the proxies from the environment. Each proxy has its own client, since an SDK client supports at most
//! one proxy. The SDK's client reports a refused connection without its address. It limits the time between two bytes,
//! but not the total time or the total size.

use std::time::Instant;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::bounds::{self, BoundedBody, OverBound};
use super::settings::{Exempt, NetworkSettings, Proxy};
use super::trace::TracedCall;
use super::{clock, credential_call};

/// A callback for calls, and the instant from which their times are counted.
pub(super) type CallCallback = (fn(&TracedCall), Instant);

/// Builds the client that all sessions share. `watch` is called only for credential requests, which no session makes.
pub(super) fn http_client(network: &NetworkSettings, watch: Option<CallCallback>) -> SharedHttpClient {
    let trust = network.trust.clone().unwrap_or_default();
    let context = TlsContext::builder().with_trust_store(trust).build().unwrap_or_default();
    let proxies = &network.proxies;
    let by = |proxy: &Option<Proxy>| {
        let proxy = proxy.clone()?;
        let client = through(proxy.config(), context.clone());
        Some(Proxied { proxy, client })
    };
    let routes = Routes {
        http: by(&proxies.http),
        https: by(&proxies.https),
        exempt: proxies.exempt.clone(),
        direct: Builder::new().tls_provider(provider()).tls_context(context).build_https(),
    };
    SharedHttpClient::new(Addressed { inner: routes, watch })
}

fn provider() -> tls::Provider {
    tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)
}

/// Builds a client that uses a proxy. The SDK's connector builder has an option for proxies; its client builder has
/// none.
fn through(proxy: ProxyConfig, context: TlsContext) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.tls_provider(provider()).tls_context(context.clone()).build()
    })
}

/// The routes a request can take.
#[derive(Clone, Debug)]
struct Routes<T> {
    http: Option<Proxied<T>>,
    https: Option<Proxied<T>>,
    exempt: Exempt,
    direct: T,
}

#[derive(Clone, Debug)]
struct Proxied<T> {
    proxy: Proxy,
    client: T,
}

impl<T> Proxied<T> {
    fn map<U>(&self, map: impl Fn(&T) -> U) -> Proxied<U> {
        Proxied { proxy: self.proxy.clone(), client: map(&self.client) }
    }
}

impl<T> Routes<T> {
    fn map<U>(&self, map: impl Fn(&T) -> U) -> Routes<U> {
        Routes {
            http: self.http.as_ref().map(|proxied| proxied.map(&map)),
            https: self.https.as_ref().map(|proxied| proxied.map(&map)),
            exempt: self.exempt.clone(),
            direct: map(&self.direct),
        }
    }

    /// Returns the client for a request and the proxy it uses.
    fn for_url(&self, url: &str) -> (&T, Option<&Proxy>) {
        let proxied = if url.starts_with("https://") { &self.https } else { &self.http };
        match proxied {
            Some(Proxied { proxy, client }) if !self.exempt.contains(url) => (client, Some(proxy)),
            Some(_) | None => (&self.direct, None),
        }
    }
}

#[derive(Debug)]
struct Addressed<T> {
    inner: Routes<T>,
    watch: Option<CallCallback>,
}

/// A connection failure with the address.
#[derive(Debug, thiserror::Error)]
#[error("no answer from {url}")]
struct NoAnswer {
    url: String,
    source: BoxError,
}

impl HttpClient for Addressed<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.map(|client| client.http_connector(settings, components));
        SharedHttpConnector::new(Addressed { inner, watch: self.watch })
    }
}

impl HttpConnector for Addressed<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (client, proxy) = self.inner.for_url(request.uri());
        let url = match proxy {
            Some(proxy) => format!("{} through the proxy {proxy} of {}", origin(request.uri()), proxy.variable),
            None => origin(request.uri()),
        };
        let watched = self.watch.and_then(|watch| Some((watch, credential_call::name_of(&request)?)));
        let started = Instant::now();
        let size = bounds::size_for(&request);
        let answer = client.call(request);
        HttpConnectorFuture::new(async move {
            let deadline = tokio::time::Instant::now() + bounds::ATTEMPT;
            let late = || ConnectorError::timeout(OverBound::Time(bounds::ATTEMPT).into());
            let answer = tokio::time::timeout_at(deadline, answer).await.unwrap_or_else(|_| Err(late()));
            let answer = answer.map(|mut answer| {
                if !answer.headers().get("date").is_none_or(clock::is_plausible) {
                    answer.headers_mut().remove("date");
                }
                let body = answer.take_body();
                *answer.body_mut() = BoundedBody::wrap(body, size, deadline);
                answer
            });
            if let Some(((tell, began), name)) = watched {
                let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
                let (at, took) = (began.elapsed(), started.elapsed());
                tell(&TracedCall { name: name.to_owned(), at, took, status, code: None });
            }
            answer.map_err(|error| addressed(error, url))
        })
    }
}

/// Returns only scheme and host: user, path and query may be confidential.
fn origin(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
}

/// Adds the address to the error but keeps its kind, which decides whether the SDK retries.
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
    fn an_address_is_shown_without_path_and_user() {
        assert_eq!(origin("http://u:secret@127.0.0.1:1/x"), "http://127.0.0.1:1");
        assert_eq!(origin("https://u:p@ss@host"), "https://host");
        assert_eq!(origin("https://sts.us-east-1.amazonaws.com/"), "https://sts.us-east-1.amazonaws.com");
        assert_eq!(origin("http://127.0.0.1:8080/bucket/key?x=1"), "http://127.0.0.1:8080");
        assert_eq!(origin("http://host?secret"), "http://host");
    }

    #[test]
    fn an_http_error_keeps_its_kind() {
        assert!(addressed(ConnectorError::timeout("late".into()), String::new()).is_timeout());
        assert!(addressed(ConnectorError::io("reset".into()), String::new()).is_io());
        assert!(addressed(ConnectorError::user("wrong".into()), String::new()).is_user());
        assert!(addressed(ConnectorError::other("odd".into(), None), String::new()).is_other());
    }
}

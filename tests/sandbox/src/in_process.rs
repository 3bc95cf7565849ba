//! The sandbox as an SDK's HTTP client: no sockets, no threads.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use crate::endless::Flood;
use crate::half::Half;
use crate::sandbox::{Outcome, Sandbox};
use crate::wire::{Reply, Request};

#[derive(Clone, Debug)]
pub(crate) struct InProcess {
    sandbox: Sandbox,
    /// How long to wait for an answer.
    wait: Option<Duration>,
}

impl InProcess {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, wait: None }
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self { wait: settings.read_timeout(), ..self.clone() })
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { sandbox, wait } = self.clone();
        HttpConnectorFuture::new(async move {
            let request = read(request).await?;
            let outcome = match wait {
                Some(wait) => {
                    timeout(wait, sandbox.answer(request)).await.map_err(|late| ConnectorError::timeout(late.into()))?
                }
                None => sandbox.answer(request).await,
            };
            match outcome {
                Outcome::Reply(reply) => response(&reply, SdkBody::from(reply.body.clone())),
                Outcome::CutShort(reply) => response(&reply, SdkBody::from_body_1_x(Half::of(&reply.body))),
                Outcome::Endless(reply) => response(&reply, SdkBody::from_body_1_x(Flood::after(reply.body.clone()))),
                Outcome::Reset => Err(ConnectorError::io("connection reset by the sandbox".into())),
            }
        })
    }
}

async fn read(request: HttpRequest) -> Result<Request, ConnectorError> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    let (method, uri) = (request.method().to_owned(), request.uri().to_owned());
    let body = request.into_body().collect().await.map_err(ConnectorError::user)?.to_bytes();
    Ok(Request::new(&method, &uri, headers, body))
}

fn response(reply: &Reply, body: SdkBody) -> Result<HttpResponse, ConnectorError> {
    let mut response = http::Response::new(body);
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    *response.headers_mut() = reply.headers.clone();
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

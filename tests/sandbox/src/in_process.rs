//! The sandbox as an HTTP client of an SDK: no sockets, no threads.
//!
//! Only translation between the SDK's requests and the sandbox's.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;

use crate::sandbox::{Outcome, Sandbox};
use crate::wire::{Reply, Request};

/// The client.
#[derive(Clone, Debug)]
pub(crate) struct InProcess(Sandbox);

impl InProcess {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        Self(sandbox)
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sandbox = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = read(request).await?;
            match sandbox.answer(request).await {
                Outcome::Reply(reply) => response(&reply),
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

fn response(reply: &Reply) -> Result<HttpResponse, ConnectorError> {
    let mut response = http::Response::new(SdkBody::from(reply.body.clone()));
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    *response.headers_mut() = reply.headers.clone();
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

//! The sandbox over HTTP/1.1 on loopback.
//!
//! Only translation between connections and the sandbox's requests; a broken connection is a closed socket.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::sandbox::{Outcome, Sandbox};
use crate::wire::Request;

/// A sandbox that is served; dropped, it is not any more.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// The endpoint's URL, as for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a connection is closed without an answer.
#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the sandbox breaks the connection")
    }
}

impl std::error::Error for Broken {}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Serves a sandbox on 127.0.0.1.
pub(crate) async fn serve(sandbox: Sandbox, port: u16) -> io::Result<Served> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(connection(sandbox.clone(), stream));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Ok(Served { address, task })
}

async fn connection(sandbox: Sandbox, stream: TcpStream) {
    let service = service_fn(move |request| {
        let sandbox = sandbox.clone();
        async move { respond(&sandbox, request).await }
    });
    // An error is a client that went away, or a connection that a fault breaks.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(sandbox: &Sandbox, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Broken> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let request = Request::new(parts.method.as_str(), &parts.uri.to_string(), parts.headers, body);
    let head = request.method == "HEAD";
    let Outcome::Reply(reply) = sandbox.answer(request).await else {
        return Err(Broken);
    };
    let body = if head { Bytes::new() } else { reply.body };
    let mut response = hyper::Response::new(Full::new(body));
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).map_err(|_| Broken)?;
    *response.headers_mut() = reply.headers;
    Ok(response)
}

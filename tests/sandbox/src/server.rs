//! The sandbox over HTTP/1.1 on loopback.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::endless::Flood;
use crate::half::{Broken, Half};
use crate::sandbox::{Outcome, Sandbox};
use crate::wire::Request;

/// A served sandbox. Stops when dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// The endpoint's URL for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A complete body, half of one, or an endless one.
pub(crate) type Sent = Either<Full<Bytes>, Either<Half, Flood>>;

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

pub(crate) async fn connection<S>(sandbox: Sandbox, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let sandbox = sandbox.clone();
        async move { respond(&sandbox, request).await }
    });
    // An error means that the client disconnected or a fault broke the connection.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

pub(crate) async fn respond(
    sandbox: &Sandbox,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Sent>, Broken> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let request = Request::new(parts.method.as_str(), &parts.uri.to_string(), parts.headers, body);
    let head = request.method == "HEAD";
    let (reply, body) = match sandbox.answer(request).await {
        Outcome::Reply(reply) if head => (reply, Sent::Left(Full::default())),
        Outcome::Reply(reply) => {
            let body = Sent::Left(Full::new(reply.body.clone()));
            (reply, body)
        }
        Outcome::CutShort(reply) => {
            let body = Sent::Right(Either::Left(Half::of(&reply.body)));
            (reply, body)
        }
        Outcome::Endless(reply) => {
            let body = Sent::Right(Either::Right(Flood::after(reply.body.clone())));
            (reply, body)
        }
        Outcome::Reset => return Err(Broken),
    };
    let mut response = hyper::Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).map_err(|_| Broken)?;
    *response.headers_mut() = reply.headers;
    Ok(response)
}

//! A company network: its own CA, a forward proxy that intercepts TLS, and a server with a certificate from the CA.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::half::Broken;
use crate::sandbox::Sandbox;
use crate::server::{self, Sent};

/// A CA that no machine trusts.
pub struct Ca {
    certificate: Certificate,
    key: KeyPair,
}

impl std::fmt::Debug for Ca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ca").finish_non_exhaustive()
    }
}

impl Ca {
    pub fn new() -> io::Result<Self> {
        let mut params = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        Ok(Self { certificate, key })
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Returns a TLS acceptor for a server with this name or address.
    fn acceptor(&self, host: &str) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = CertificateParams::new(vec![host.to_owned()]).map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.certificate, &self.key).map_err(io::Error::other)?;
        let chain = vec![certificate.der().clone()];
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
            .map_err(io::Error::other)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// A request that a proxy received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passed {
    /// `CONNECT` for a tunnel, otherwise the method of the forwarded request.
    pub method: String,
    /// Host and port, such as `sts.us-east-1.amazonaws.com:443`.
    pub target: String,
}

/// A forward proxy. Stops when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    sandbox: Sandbox,
    ca: Arc<Ca>,
    /// The required value of `Proxy-Authorization`.
    authorization: Option<String>,
    passed: Mutex<Vec<Passed>>,
}

impl Proxy {
    /// Returns the address, such as `127.0.0.1:3128`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Returns the requests that the proxy received, including rejected ones.
    pub fn passed(&self) -> Vec<Passed> {
        self.shared.passed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Clears the list of received requests.
    pub fn forget(&self) {
        self.shared.passed.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A TLS server on 127.0.0.1. Stops when dropped.
#[derive(Debug)]
pub struct TlsServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl TlsServer {
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sandbox {
    /// Serves the sandbox behind a forward proxy. The sandbox answers for every host, with a certificate from this CA.
    pub async fn serve_proxy(&self, ca: Arc<Ca>, authorization: Option<&str>) -> io::Result<Proxy> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let authorization = authorization.map(str::to_owned);
        let shared = Arc::new(Shared { sandbox: self.clone(), ca, authorization, passed: Mutex::default() });
        let task = tokio::spawn(accept(listener, {
            let shared = Arc::clone(&shared);
            move |stream| proxy_connection(Arc::clone(&shared), stream)
        }));
        Ok(Proxy { address, shared, task })
    }

    /// Serves the sandbox over TLS, with a certificate from this CA for 127.0.0.1.
    pub async fn serve_tls(&self, ca: &Ca) -> io::Result<TlsServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = ca.acceptor("127.0.0.1")?;
        let sandbox = self.clone();
        let task =
            tokio::spawn(accept(listener, move |stream| tls_connection(sandbox.clone(), acceptor.clone(), stream)));
        Ok(TlsServer { address, task })
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(listener: TcpListener, serve: impl Fn(TcpStream) -> F) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn tls_connection<S>(sandbox: Sandbox, acceptor: TlsAcceptor, stream: S)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    // An error means that the client doesn't trust the certificate.
    if let Ok(stream) = acceptor.accept(stream).await {
        server::connection(sandbox, stream).await;
    }
}

async fn proxy_connection(shared: Arc<Shared>, stream: TcpStream) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { pass(shared, request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error means that the client disconnected.
    let _ = connection.with_upgrades().await;
}

async fn pass(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> Result<hyper::Response<Sent>, Broken> {
    let method = request.method().as_str().to_owned();
    let target = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let passed = Passed { method, target: target.clone() };
    shared.passed.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    let given = request.headers().get("proxy-authorization").and_then(|value| value.to_str().ok());
    if shared.authorization.as_deref().is_some_and(|wanted| given != Some(wanted)) {
        return Ok(empty(hyper::StatusCode::PROXY_AUTHENTICATION_REQUIRED));
    }
    if request.method() != hyper::Method::CONNECT {
        return server::respond(&shared.sandbox, request).await;
    }
    tokio::spawn(async move {
        let host = target.rsplit_once(':').map_or(target.as_str(), |(host, _)| host);
        // An error means that the client disconnected.
        if let (Ok(upgraded), Ok(acceptor)) = (hyper::upgrade::on(request).await, shared.ca.acceptor(host)) {
            tls_connection(shared.sandbox.clone(), acceptor, TokioIo::new(upgraded)).await;
        }
    });
    Ok(empty(hyper::StatusCode::OK))
}

fn empty(status: hyper::StatusCode) -> hyper::Response<Sent> {
    let mut response = hyper::Response::new(Either::Left(Full::default()));
    *response.status_mut() = status;
    response
}

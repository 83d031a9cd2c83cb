//! Answers connections: HTTP/1.1, with bounds on how many there are, and on how long a client may take to say what it wants
//! and to take what it asked for.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::patience::{PATIENCE, Patient};
use crate::places::{Place, Places};

/// How long a connection may stay without the head of a request: also how long an idle one is kept. Longer than the
/// app's automatic refresh, so that its connection stays.
const HEAD: Duration = Duration::from_secs(75);
/// The largest head of a request, in bytes: credentials, names and sort orders fit several times.
const LARGEST_HEAD: usize = 64 * 1024;
/// The longest that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections in all. Programs may have 1,024 open files unless they are allowed more, and engines need some.
const CONNECTIONS: usize = 512;
/// Connections from one address. A browser has six.
const CONNECTIONS_OF_ONE: usize = 128;

/// What a client may take, in time and in places.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    head: Duration,
    write: Duration,
    connections: usize,
    of_one: usize,
    /// Addresses of proxies, which bring the connections of many.
    proxies: Vec<IpNet>,
}

impl Limits {
    /// The usual ones. `proxies` may have as many connections as there are.
    pub(crate) fn new(proxies: Vec<IpNet>) -> Self {
        Self { head: HEAD, write: PATIENCE, connections: CONNECTIONS, of_one: CONNECTIONS_OF_ONE, proxies }
    }
}

/// The connection that a request came on: one of its extensions.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    /// The address of this machine that it was made to.
    pub(crate) local: IpAddr,
    place: Arc<Place>,
}

impl Connection {
    /// A number that no other connection has or had.
    pub(crate) fn id(&self) -> u64 {
        self.place.id()
    }

    /// Someone has signed in on it.
    pub(crate) fn trust(&self) {
        self.place.trust();
    }
}

/// Serves the app until `stop`; then the requests under way are finished. Dropping this ends all connections.
pub(crate) async fn serve(
    mut listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(LARGEST_HEAD);
    let places = Places::new(limits.connections, limits.of_one, limits.proxies);
    let graceful = GracefulShutdown::new();
    let stopping = CancellationToken::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            // axum's own accept: it waits a moment when there are no more file descriptors.
            accepted = Listener::accept(&mut listener) => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        let Some(place) = Places::take(&places, peer.ip()) else {
            tracing::debug!(%peer, "a connection was closed: people who have signed in have all places");
            continue;
        };
        let Ok(local) = stream.local_addr() else { continue };
        let _ = stream.set_nodelay(true);
        let place = Arc::new(place);
        let connection = Connection { peer, local: local.ip().to_canonical(), place: Arc::clone(&place) };
        let served = Served { http: http.clone(), app: app.clone(), connection, watcher: graceful.watcher() };
        let (tls, stopping) = (tls.clone(), stopping.clone());
        let stream = Patient::new(stream, limits.write);
        connections.spawn(async move {
            tokio::select! {
                () = served.run(stream, tls, stopping) => {}
                () = place.lost() => tracing::debug!(%peer, "a connection was closed for a newer one"),
            }
        });
    }
    // Nobody new from here on: the port is free for the next console.
    drop(listener);
    stopping.cancel();
    graceful.shutdown().await;
}

/// What one connection is served with.
struct Served {
    http: http1::Builder,
    app: Router,
    connection: Connection,
    watcher: Watcher,
}

impl Served {
    async fn run(self, stream: Patient<TcpStream>, tls: Option<TlsAcceptor>, stopping: CancellationToken) {
        let Some(tls) = tls else { return self.answer(stream).await };
        let peer = self.connection.peer;
        let shaken = tokio::select! {
            shaken = timeout(HANDSHAKE, tls.accept(stream)) => shaken,
            () = stopping.cancelled() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.answer(stream).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let Self { http, app, connection, watcher } = self;
        let peer = connection.peer;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(connection.clone());
            app.clone().oneshot(request.map(Body::new))
        });
        if let Err(error) = watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const BOUND: Duration = Duration::from_secs(20);

    async fn started(limits: Limits) -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let large = vec![b'x'; 64 * 1024 * 1024];
        let app = Router::new()
            .route("/", get(async || "here"))
            .route("/large", get(move || std::future::ready(large.clone())));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, None, app, limits, async {
            let _ = stopped.await;
        }));
        (client, stop, serving)
    }

    fn head(head: Duration) -> Limits {
        Limits { head, ..Limits::new(Vec::new()) }
    }

    /// What comes until the connection is closed.
    async fn all(client: &mut TcpStream) -> Vec<u8> {
        let mut answer = Vec::new();
        // It may be reset: there is nothing more to come either way.
        let _ = timeout(BOUND, client.read_to_end(&mut answer)).await.expect("the connection ends");
        answer
    }

    #[tokio::test]
    async fn who_never_says_what_it_wants_is_not_waited_for() {
        for said in ["", "GET / HTTP/1.1\r\nHost: x\r\nA: "] {
            let (mut client, _stop, _serving) = started(head(Duration::from_millis(50))).await;
            client.write_all(said.as_bytes()).await.unwrap();
            assert!(!all(&mut client).await.starts_with(b"HTTP/1.1 200"), "{said:?}");
        }
    }

    #[tokio::test]
    async fn a_head_of_a_few_hundred_kilobytes_is_431() {
        let (mut client, _stop, _serving) = started(head(BOUND * 2)).await;
        let long = format!("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {}", "A".repeat(300_000));
        // It may be closed before all of it is sent.
        let _ = client.write_all(long.as_bytes()).await;
        let answer = all(&mut client).await;
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{answer:?}");
    }

    #[tokio::test]
    async fn who_takes_nothing_of_the_answer_is_not_waited_for() {
        let limits = Limits { write: Duration::from_millis(50), ..Limits::new(Vec::new()) };
        let (mut client, _stop, _serving) = started(limits).await;
        client.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        timeout(BOUND, client.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        // Nothing more is read before the console has given up, which it shows by the end of the connection.
        let closed = async {
            while client.write_all(b"\r\n").await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        timeout(BOUND, closed).await.expect("the connection ends");
    }

    #[tokio::test]
    async fn who_holds_all_places_loses_the_oldest_to_a_new_one() {
        let limits = Limits { of_one: 2, ..Limits::new(Vec::new()) };
        let (mut oldest, _stop, _serving) = started(limits).await;
        let _second = TcpStream::connect(oldest.peer_addr().unwrap()).await.unwrap();
        let mut third = TcpStream::connect(oldest.peer_addr().unwrap()).await.unwrap();
        third.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(all(&mut third).await.starts_with(b"HTTP/1.1 200"));
        assert!(all(&mut oldest).await.is_empty());
    }

    #[tokio::test]
    async fn a_stop_ends_idle_connections_and_then_the_serving() {
        let (mut client, stop, serving) = started(head(BOUND * 2)).await;
        // Browsers connect ahead of need, and say nothing.
        let silent = TcpStream::connect(client.peer_addr().unwrap()).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 12];
        timeout(BOUND, client.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer, b"HTTP/1.1 200");
        stop.send(()).unwrap();
        timeout(BOUND, serving).await.expect("idle connections don't hold it up").unwrap();
        drop(silent);
    }
}

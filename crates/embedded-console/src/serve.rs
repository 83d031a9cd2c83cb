//! Answers connections: HTTP/1.1, with a limit on how long a client may take to say what it wants.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::tls::Peer;

/// How long a connection may stay without the head of a request: also how long an idle one is kept. Longer than the
/// app's automatic refresh, so that its connection stays.
pub(crate) const HEAD: Duration = Duration::from_secs(75);

/// Serves the app until `stop`; then the requests under way are finished. Dropping this ends all connections.
pub(crate) async fn serve<L>(mut listener: L, app: Router, head: Duration, stop: impl Future<Output = ()>)
where
    L: Listener<Addr = SocketAddr>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        let app = app.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(Peer(peer)));
            app.clone().oneshot(request.map(Body::new))
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        });
    }
    // Nobody new from here on: the port is free for the next console.
    drop(listener);
    graceful.shutdown().await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use super::*;
    use crate::tls::PlainListener;

    const BOUND: Duration = Duration::from_secs(20);

    async fn started(head: Duration) -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let app = Router::new().route("/", get(async || "here"));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(PlainListener(listener), app, head, async {
            let _ = stopped.await;
        }));
        (client, stop, serving)
    }

    #[tokio::test]
    async fn who_never_says_what_it_wants_is_not_waited_for() {
        for said in ["", "GET / HTTP/1.1\r\nHost: x\r\nA: "] {
            let (mut client, _stop, _serving) = started(Duration::from_millis(50)).await;
            client.write_all(said.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            timeout(BOUND, client.read_to_end(&mut answer)).await.expect("the connection ends").unwrap();
            assert!(!answer.starts_with(b"HTTP/1.1 200"), "{said:?}");
        }
    }

    #[tokio::test]
    async fn a_stop_ends_idle_connections_and_then_the_serving() {
        let (mut client, stop, serving) = started(BOUND * 2).await;
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

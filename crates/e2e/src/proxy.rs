//! What stands between browser and console and can be told to fail: for real, on the wire. It holds every request, and
//! every answer of the console, against the console's OpenAPI document.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::contract;
use crate::http::{self, Message};

/// What goes wrong with an answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The connection closes in the middle of the body, and the length that was promised is missed.
    CutOff,
    /// The body is half of what it should be, and its length says so: only the content shows that something is missing.
    CutShort,
    /// A page comes with 200 where JSON should, as proxies and sign-in portals do.
    Html,
    /// The answer comes without its security headers, as from a host of plain files.
    Bare,
    /// The connection closes without an answer.
    NoAnswer,
    /// No answer comes before the sender says so (or is gone).
    Held(watch::Receiver<bool>),
}

/// The proxy between browser and console. It ends when it is dropped, which fails the test if anything that went through
/// it was not as the console's document says.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    console: Mutex<SocketAddr>,
    faults: Mutex<Vec<(u64, String, Fault)>>,
    next: Mutex<u64>,
    seen: Mutex<Vec<Exchange>>,
    /// In what requests and answers were not as the document says.
    differences: Mutex<Vec<String>>,
    /// Whether the answers must be as the document says.
    checks_answers: bool,
}

/// One request as the proxy saw it, and how large its answer was.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request's method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// Whether it carried a cookie: the app never sends one.
    pub cookie: bool,
    /// The request's body as text.
    pub body: String,
    /// The answer's body as it was sent, compressed if it was.
    pub bytes: usize,
    /// How the answer was compressed.
    pub encoding: Option<String>,
}

/// A fault that lasts until it is dropped.
#[must_use = "the fault ends when this is dropped"]
#[derive(Debug)]
pub struct Standing {
    shared: Arc<Shared>,
    id: u64,
    release: Option<watch::Sender<bool>>,
}

impl Standing {
    /// Ends the fault; what was held continues.
    pub fn end(self) {
        drop(self);
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        lock(&self.shared.faults).retain(|(id, ..)| *id != self.id);
        if let Some(release) = self.release.take() {
            // Nobody may wait any more.
            _ = release.send(true);
        }
    }
}

impl Proxy {
    /// A proxy in front of this console.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start(console: SocketAddr) -> Self {
        Self::with(console, true).await
    }

    /// A proxy in front of a console whose answers are odd on purpose, and not as its document says.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn before_odd(console: SocketAddr) -> Self {
        Self::with(console, false).await
    }

    async fn with(console: SocketAddr, checks_answers: bool) -> Self {
        let listener = match TcpListener::bind(("127.0.0.1", 0)).await {
            Ok(listener) => listener,
            Err(error) => panic!("the proxy finds no port: {error}"),
        };
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("the proxy's listener has no address: {error}"));
        let shared = Arc::new(Shared {
            console: Mutex::new(console),
            faults: Mutex::default(),
            next: Mutex::default(),
            seen: Mutex::default(),
            differences: Mutex::default(),
            checks_answers,
        });
        let task = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((browser, _)) = listener.accept().await {
                    let shared = Arc::clone(&shared);
                    tokio::spawn(async move {
                        // A connection that fails is what the browser sees; there is nobody else to tell.
                        _ = serve(browser, &shared).await;
                    });
                }
            }
        });
        Self { address, shared, task }
    }

    /// Where the browser goes.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The console came up somewhere else.
    pub fn lead_to(&self, console: SocketAddr) {
        *lock(&self.shared.console) = console;
    }

    /// From now on answers for this path (without query) fail like this.
    pub fn fail(&self, path: &str, fault: Fault) -> Standing {
        self.stand(path, fault, None)
    }

    /// From now on answers for this path wait, until what is given back is dropped.
    pub fn hold(&self, path: &str) -> Standing {
        let (release, released) = watch::channel(false);
        self.stand(path, Fault::Held(released), Some(release))
    }

    fn stand(&self, path: &str, fault: Fault, release: Option<watch::Sender<bool>>) -> Standing {
        let id = {
            let mut next = lock(&self.shared.next);
            *next += 1;
            *next
        };
        lock(&self.shared.faults).push((id, path.to_owned(), fault));
        Standing { shared: Arc::clone(&self.shared), id, release }
    }

    /// All requests so far, in the order of their answers.
    #[must_use]
    pub fn seen(&self) -> Vec<Exchange> {
        lock(&self.shared.seen).clone()
    }

    /// How many requests with this method and path have been made so far.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        lock(&self.shared.seen).iter().filter(|seen| seen.method == method && seen.path == path).count()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        let mut differences = std::mem::take(&mut *lock(&self.shared.differences));
        differences.sort();
        differences.dedup();
        if !differences.is_empty() {
            let words = format!("not as docs/openapi.json says:\n{}", differences.join("\n"));
            // A test that has failed already tells its own reason.
            assert!(std::thread::panicking(), "{words}");
            eprintln!("{words}");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut browser: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(request) = http::read_request(&mut browser).await? else { return Ok(()) };
    let path = request.word(1).split('?').next().unwrap_or_default().to_owned();
    let fault = lock(&shared.faults)
        .iter()
        .rev()
        .find(|(_, known, _)| *known == path)
        .map(|(_, _, fault)| fault.clone());
    let mut seen = Exchange {
        method: request.word(0).to_owned(),
        path,
        cookie: request.header("cookie").is_some(),
        body: String::from_utf8_lossy(&request.body).into_owned(),
        bytes: 0,
        encoding: None,
    };
    if let Some(Fault::Held(mut released)) = fault.clone() {
        // An error says that the sender is gone, which releases as well.
        _ = released.wait_for(|released| *released).await;
    }
    lock(&shared.differences).extend(contract::check_request(&request));
    let answer = match fault {
        Some(Fault::NoAnswer) => None,
        Some(Fault::Html) => Some(page()),
        _ => {
            let console = *lock(&shared.console);
            // A console that is down gives no answer, and neither does the proxy.
            let answer = http::exchange(console, request.clone()).await.ok();
            if let Some(answer) = answer.as_ref().filter(|_| shared.checks_answers) {
                lock(&shared.differences).extend(contract::check_answer(&request, answer));
            }
            answer
        }
    };
    if let Some(answer) = &answer {
        seen.bytes = answer.body.len();
        seen.encoding = answer.header("content-encoding").map(str::to_owned);
    }
    lock(&shared.seen).push(seen);
    let Some(mut answer) = answer else { return Ok(()) };
    answer.set_header("Connection", "close");
    if let Some(Fault::Bare) = fault {
        answer.remove_header("Content-Security-Policy");
        answer.remove_header("X-Frame-Options");
    }
    let half = answer.body.len() / 2;
    let bytes = match fault {
        Some(Fault::CutOff) => {
            answer.set_header("Content-Length", answer.body.len().to_string());
            answer.to_bytes(&answer.body[..half])
        }
        Some(Fault::CutShort) => {
            answer.set_header("Content-Length", half.to_string());
            answer.to_bytes(&answer.body[..half])
        }
        _ => answer.to_bytes(&answer.body),
    };
    browser.write_all(&bytes).await?;
    browser.shutdown().await
}

/// The page of some portal on the way.
fn page() -> Message {
    let body = b"<!doctype html><html><head><title>Portal</title></head><body><h1>Please accept our terms</h1></body></html>";
    let mut answer =
        Message { start: "HTTP/1.1 200 OK".to_owned(), headers: Vec::new(), body: body.to_vec() };
    answer.set_header("Content-Type", "text/html; charset=utf-8");
    answer.set_header("Content-Length", body.len().to_string());
    answer
}

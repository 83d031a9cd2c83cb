//! Attacks on the console, from this machine, bounded in number and time. Each was successful once.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use embedded_console::two_factor_token;
use http::{Method, StatusCode};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::lab::{Answer, Lab, send};

/// What anything may take that is answered at all.
const BOUND: Duration = Duration::from_secs(30);
/// How long a flood continues.
const FLOOD: Duration = Duration::from_secs(4);
/// Requests of a flood that are under way at a time.
const AT_A_TIME: usize = 32;

async fn demo() -> Lab {
    Lab::with(|config| config.seed = "demo".parse().unwrap()).await
}

/// A client at another loopback address, that calls itself something and keeps connections or does not.
fn client(from: u8, agent: &str, keeps_connections: bool) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(Policy::none()).user_agent(agent);
    let client = client.local_address(IpAddr::from([127, 0, 0, from])).no_proxy();
    client.pool_max_idle_per_host(if keeps_connections { 8 } else { 0 }).build().unwrap()
}

/// Who signs in, with what.
#[derive(Clone)]
struct Person {
    http: reqwest::Client,
    url: String,
    name: &'static str,
    password: String,
    token: Option<String>,
}

impl Person {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{}", self.url, path.trim_start_matches('/'));
        let request = self.http.request(method, url).basic_auth(self.name, Some(&self.password));
        match &self.token {
            Some(token) => request.header("token", token),
            None => request,
        }
    }

    async fn root(&self) -> StatusCode {
        let answer = timeout(BOUND, self.request(Method::GET, "/api/3").send()).await;
        let answer = answer.expect("an answer in time").unwrap();
        let status = answer.status();
        // Read to its end, or the connection would not be kept.
        answer.bytes().await.unwrap();
        status
    }
}

fn person(
    lab: &Lab,
    http: reqwest::Client,
    name: &'static str,
    password: &str,
    token: Option<&str>,
) -> Person {
    let (url, password, token) = (lab.running.url(), password.to_owned(), token.map(str::to_owned));
    Person { http, url, name, password, token }
}

/// The answers of a flood, by status.
type Answers = BTreeMap<u16, usize>;

/// Sends request after request, many at a time, until the time is over.
async fn flood(
    length: Duration,
    request: impl Fn(usize) -> reqwest::RequestBuilder + Clone + Send + Sync + 'static,
) -> Answers {
    let end = Instant::now() + length;
    let mut senders = JoinSet::new();
    for sender in 0..AT_A_TIME {
        let request = request.clone();
        senders.spawn(async move {
            let mut answers = Answers::new();
            let mut number = sender;
            while Instant::now() < end {
                let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
                let status = match request(number).timeout(left).send().await {
                    Ok(response) => response.status().as_u16(),
                    // The time is over: the guess waits for its turn.
                    Err(_) => 0,
                };
                *answers.entry(status).or_default() += 1;
                number += AT_A_TIME;
            }
            answers
        });
    }
    let mut answers = Answers::new();
    while let Some(of_one) = senders.join_next().await {
        for (status, count) in of_one.unwrap() {
            *answers.entry(status).or_default() += count;
        }
    }
    answers
}

fn token_now(secret: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    two_factor_token(secret, now).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_take_their_turn_while_the_owner_is_signed_in_and_the_right_one_is_no_different() {
    let lab = demo().await;
    let (password, secret) = lab.demo_user("twofactor");
    let token = token_now(&secret.unwrap());
    let owner = person(&lab, client(1, "browser", true), "twofactor", &password, Some(&token));
    assert_eq!(owner.root().await, StatusCode::OK);
    // From elsewhere, and from the same address as another program; both know the password.
    for (from, agent) in [(2, "browser"), (1, "guesser")] {
        let guesser = person(&lab, client(from, agent, true), "twofactor", &password, None);
        let right = token.clone();
        let guesses = flood(FLOOD, move |number| {
            // The right one is among them all the time.
            let guess = if number % 4 == 0 { right.clone() } else { format!("{:06}", number % 1_000_000) };
            guesser.request(Method::GET, "/api/3").header("token", guess)
        });
        let work = async {
            let mut slowest = Duration::ZERO;
            let start = Instant::now();
            while start.elapsed() < FLOOD / 2 {
                let asked = Instant::now();
                assert_eq!(owner.root().await, StatusCode::OK, "the owner goes on");
                slowest = slowest.max(asked.elapsed());
            }
            slowest
        };
        let (answers, slowest) = tokio::join!(guesses, work);
        assert_eq!(
            answers.get(&200),
            None,
            "the token was found from 127.0.0.{from} as {agent}: {answers:?}"
        );
        let checked = answers.get(&401).copied().unwrap_or_default();
        assert!(checked <= 8 && answers.values().sum::<usize>() > 100, "each takes its turn: {answers:?}");
        assert!(slowest < Duration::from_secs(2), "the owner waited {slowest:?}");
        println!("127.0.0.{from} as {agent}: {answers:?} in {FLOOD:?}; the owner waited {slowest:?} at most");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guesser_who_looks_like_the_owner_gets_no_quick_answers_either() {
    let lab = demo().await;
    let (password, secret) = lab.demo_user("twofactor");
    let token = token_now(&secret.unwrap());
    // On one connection, which the owner keeps: a client with several may begin another at any time.
    let mut owner = TcpStream::connect(lab.running.address()).await.unwrap();
    let credentials = base64(&format!("twofactor:{password}"));
    let request = format!(
        "GET /api/3 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: browser\r\n\
         Authorization: Basic {credentials}\r\nToken: {token}\r\n\r\n"
    );
    assert_eq!(kept(&mut owner, &request).await, "200");
    let guesser = person(&lab, client(1, "browser", false), "twofactor", &password, None);
    let guesses = {
        let guesser = guesser.clone();
        flood(FLOOD, move |number| {
            guesser.request(Method::GET, "/api/3").header("token", format!("{:06}", number % 1_000_000))
        })
    };
    let work = async {
        let start = Instant::now();
        while start.elapsed() < FLOOD {
            assert_eq!(kept(&mut owner, &request).await, "200", "the owner's connection goes on");
        }
    };
    let (answers, ()) = tokio::join!(guesses, work);
    assert_eq!(answers.get(&200), None, "{answers:?}");
    println!("a guesser like the owner: {answers:?} in {FLOOD:?}");
    // Much has failed at this peer. On a new connection the right token waits for its turn, as a wrong one would that comes
    // after the last: four seconds.
    let with = |token: &str| guesser.request(Method::GET, "/api/3").header("token", token);
    let last = timeout(BOUND, with("000000").send()).await.expect("an answer in time").unwrap();
    assert_eq!(last.status(), StatusCode::UNAUTHORIZED);
    let start = Instant::now();
    let right = with(&token).timeout(Duration::from_secs(1)).send().await;
    assert!(right.is_err(), "it was told apart after {:?}: {right:?}", start.elapsed());
    assert_eq!(kept(&mut owner, &request).await, "200");
}

/// Sends a request on a connection that is kept, and reads the answer to its end. Its status.
async fn kept(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("the connection goes on"));
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        stream.read_exact(&mut vec![0; length.parse().unwrap()]).await.unwrap();
        head[9..12].to_owned()
    };
    timeout(BOUND, answer).await.expect("an answer in time")
}

#[tokio::test]
async fn a_token_works_once_but_for_the_session_that_it_began_also_after_a_restart() {
    let lab = demo().await;
    let (password, secret) = lab.demo_user("twofactor");
    let secret = secret.unwrap();
    let token = token_now(&secret);
    let with = |lab: &Lab, from, token: &str| {
        person(lab, client(from, "browser", false), "twofactor", &password, Some(token))
    };
    let owner = with(&lab, 1, &token);
    assert_eq!(owner.root().await, StatusCode::OK);
    assert_eq!(with(&lab, 2, &token).root().await, StatusCode::UNAUTHORIZED, "from elsewhere");
    assert_eq!(owner.root().await, StatusCode::OK, "the session sends it with every request");
    let ended = send(owner.request(Method::DELETE, "/api/3/session")).await;
    assert_eq!(ended.status, StatusCode::OK, "{ended:?}");
    assert_eq!(owner.root().await, StatusCode::UNAUTHORIZED, "a sign-in after the sign-out is another one");

    let lab = lab.restart(|_| {}).await;
    assert_eq!(with(&lab, 1, &token).root().await, StatusCode::UNAUTHORIZED, "after a restart");
    // The next one is taken: that of the coming half minute, which the tolerance allows already.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let next = two_factor_token(&secret, now + 30).unwrap();
    assert_eq!(with(&lab, 1, &next).root().await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_locks_nobody_out_who_signed_in_before_and_nobody_at_another_address() {
    let lab = demo().await;
    let owner = person(&lab, client(1, "browser", false), "admin", lab.password(), None);
    assert_eq!(owner.root().await, StatusCode::OK);
    let attacker = person(&lab, client(1, "flood", true), "admin", "wrong", None);
    let wrong = attacker.clone();
    let flooding = tokio::spawn(flood(BOUND, move |number| {
        wrong.http.get(format!("{}api/3", wrong.url)).basic_auth("admin", Some(format!("wrong {number}")))
    }));
    // When someone is turned away the flood is on.
    let on = async {
        loop {
            let asked =
                attacker.request(Method::GET, "/api/3").timeout(Duration::from_millis(200)).send().await;
            if asked.is_ok_and(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS) {
                break;
            }
        }
    };
    timeout(BOUND, on).await.expect("the flood begins");
    let start = Instant::now();
    assert_eq!(owner.root().await, StatusCode::OK, "with what is known already");
    send(owner.request(Method::DELETE, "/api/3/session")).await;
    assert_eq!(owner.root().await, StatusCode::OK, "with a password that is checked again");
    assert!(start.elapsed() < Duration::from_secs(8), "the owner waited {:?}", start.elapsed());
    // Someone else's first sign-in waits for the user's turn once, not behind all of the flood.
    let elsewhere = person(&lab, client(9, "browser", false), "admin", lab.password(), None);
    assert_eq!(elsewhere.root().await, StatusCode::OK);
    assert!(!flooding.is_finished(), "it went on all the time");
    flooding.abort();
}

/// What a process has in memory, in kB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn long_names_of_strangers_leave_nothing_in_memory() {
    let directory = tempfile::tempdir().unwrap();
    let program = crate::process::Program::for_test(directory.path());
    let address: SocketAddr = program.address();
    let before = resident(program.pid());
    // The first is longer than a head can be, the second fits and is longer than a name can be.
    for (length, count, status) in [(290_000, 500, "431"), (40_000, 500, "401")] {
        let mut senders = JoinSet::new();
        for number in 0..count {
            if senders.len() >= AT_A_TIME {
                senders.join_next().await.unwrap().unwrap();
            }
            senders.spawn(async move {
                let name = format!("{number:06}").repeat(length / 6);
                let head = format!(
                    "GET /api/3 HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {}\r\nConnection: close\r\n\r\n",
                    base64(&format!("{name}:x"))
                );
                let mut stream = TcpStream::connect(address).await.unwrap();
                // It may be closed before it has all of it.
                let _ = stream.write_all(head.as_bytes()).await;
                let mut answer = String::new();
                let _ = timeout(BOUND, stream.read_to_string(&mut answer)).await.expect("an end in time");
                assert!(answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
            });
        }
        while let Some(sent) = senders.join_next().await {
            sent.unwrap();
        }
    }
    let after = resident(program.pid());
    println!("{before} kB before, {after} kB after 500 names of 290 kB and 500 of 40 kB");
    assert!(after < before + 40_000, "{before} kB before, {after} kB after");
}

/// Base64 as HTTP wants it (the library is the console's, not the tests').
fn base64(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let three = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place) & 63) as usize;
            encoded.push(if place <= chunk.len() { char::from(ALPHABET[digit]) } else { '=' });
        }
    }
    encoded
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_give_up_all_the_time_cost_others_no_error() {
    let lab = Lab::with(|config| config.seed = "large:10000,1000".parse().unwrap()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut aborting = JoinSet::new();
    for client in 0..8 {
        let (stop, request) = (Arc::clone(&stop), lab.request(Method::GET, "/api/3/scan_engines"));
        aborting.spawn(async move {
            let mut given_up = 0_u32;
            while !stop.load(Ordering::Relaxed) && given_up < 500 {
                // At every stage: before the read, in it, and while the answer is written.
                let patience = Duration::from_millis(1 + 7 * (u64::from(given_up) + client) % 60);
                let _ = timeout(patience, request.try_clone().unwrap().send()).await;
                given_up += 1;
            }
            given_up
        });
    }
    for number in 0..3 {
        for path in ["/api/3/scan_engines", "/api/3/sites?size=500", "/api/3/scan_engine_pools"] {
            let answer = send(lab.request(Method::GET, path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        }
        let body = json!({"name": format!("site {number}")});
        let answer = lab.post("/api/3/sites", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    }
    stop.store(true, Ordering::Relaxed);
    let mut given_up = 0;
    while let Some(count) = aborting.join_next().await {
        given_up += count.unwrap();
    }
    assert!(given_up > 50, "only {given_up} gave up");
    println!("{given_up} gave up");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_are_given_up_are_made_whole_and_told_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("audit.log");
    let lab = Lab::with(|config| config.audit_log = Some(log.clone())).await;
    assert_eq!(lab.post("/api/3/sites", &json!({"name": "the first"})).await.status, StatusCode::CREATED);
    let mut given_up = 0;
    for number in 0..100_u64 {
        let body = json!({"name": format!("site {number}")}).to_string();
        let request = lab.request(Method::POST, "/api/3/sites").header("content-type", "application/json");
        // At every stage: before the change, in it, and while it is told.
        let sent = timeout(Duration::from_micros(number % 20 * 500), request.body(body).send()).await;
        given_up += usize::from(sent.is_err());
    }
    assert!(given_up > 0, "all were answered at once");
    let told = || {
        let log = std::fs::read_to_string(&log).unwrap();
        log.lines()
            .filter(|line| line.contains("\"event\":\"site-created\"") && line.contains("\"status\":201"))
            .count()
    };
    // The last ones may be under way.
    let all_are_told = async {
        loop {
            let sites = lab.get("/api/3/sites").await.json()["page"]["totalResources"].as_u64().unwrap();
            if told() == usize::try_from(sites).unwrap() {
                break sites;
            }
        }
    };
    let sites =
        timeout(BOUND, all_are_told).await.expect("a site is there that the security log does not tell");
    assert!(sites > 1, "none was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_that_are_given_up_count_and_hold_up_nobody_else() {
    let lab = Lab::start().await;
    let guesser = client(2, "guesser", false);
    let guess = |number: usize| {
        let request = guesser.get(lab.url("/api/3"));
        request.basic_auth(format!("user {number}"), Some("wrong"))
    };
    for number in 0..40 {
        let _ = timeout(Duration::from_millis(20), guess(number).send()).await;
    }
    // Many have failed there, so that another name has to wait as well.
    let another = timeout(Duration::from_millis(400), guess(1_000).send()).await;
    let status = another.ok().map(|answer| answer.unwrap().status());
    assert_ne!(status, Some(StatusCode::UNAUTHORIZED), "it was checked at once");
    let elsewhere = person(&lab, client(3, "browser", false), "admin", lab.password(), None);
    assert_eq!(elsewhere.root().await, StatusCode::OK);
}

/// One request as it is typed, and the status line and the rest of what comes back.
async fn typed(lab: &Lab, request: &str) -> String {
    let mut stream = TcpStream::connect(lab.running.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(BOUND, stream.read_to_string(&mut answer)).await.expect("an answer in time").unwrap();
    answer
}

#[tokio::test]
async fn a_name_that_somebody_else_leads_here_is_not_answered() {
    let lab = Lab::with(|config| config.hosts = vec!["console.example".to_owned()]).await;
    let ask = async |path: &str, host: &str| {
        let answer = typed(&lab, &format!("GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).await;
        (answer[9..12].to_owned(), answer)
    };
    for host in [
        "127.0.0.1",
        "localhost:3780",
        "LOCALHOST",
        "[::1]:3780",
        "127.9.9.9",
        "Console.Example:443",
        "console.example.",
    ] {
        assert_eq!(ask("/login.jsp", &format!("Host: {host}\r\n")).await.0, "200", "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:3780",
        "127.0.0.1.evil.example",
        "console.example.evil.example",
        "192.0.2.1",
        "localhost.evil.example",
    ] {
        for path in ["/login.jsp", "/", "/api/3", "/api/3/scan_engines", "/data/engine/1/update"] {
            let (status, answer) = ask(path, &format!("Host: {host}\r\n")).await;
            assert_eq!(status, "421", "{path} of {host}: {answer}");
            assert!(!answer.contains("evil") && answer.contains("--host"), "{answer}");
        }
    }
    let double = "Host: localhost\r\nHost: evil.example\r\n";
    for host in [
        "",
        double,
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: \r\n",
        "Host: a b\r\n",
        "Host: me@localhost\r\n",
    ] {
        assert_eq!(ask("/login.jsp", host).await.0, "400", "{host:?}");
    }
    assert_eq!(ask("http://evil.example/login.jsp", "Host: localhost\r\n").await.0, "421");
    // Without a proxy in front, what is forwarded says nothing.
    assert_eq!(ask("/login.jsp", "Host: evil.example\r\nX-Forwarded-Host: localhost\r\n").await.0, "421");
    assert_eq!(ask("/login.jsp", "Host: localhost\r\nX-Forwarded-Host: evil.example\r\n").await.0, "200");
}

#[tokio::test]
async fn behind_a_proxy_the_forwarded_name_counts_and_so_does_the_own() {
    let lab = Lab::with(|config| {
        config.behind_proxy = true;
        config.hosts = vec!["console.example".to_owned()];
    })
    .await;
    let status = async |host: &str, forwarded: &[&str]| {
        let forwarded: String =
            forwarded.iter().map(|name| format!("X-Forwarded-Host: {name}\r\n")).collect();
        let request =
            format!("GET /login.jsp HTTP/1.1\r\nHost: {host}\r\n{forwarded}Connection: close\r\n\r\n");
        typed(&lab, &request).await[9..12].to_owned()
    };
    assert_eq!(status("console.example", &["console.example"]).await, "200");
    assert_eq!(status("127.0.0.1:3780", &["console.example:443"]).await, "200");
    assert_eq!(status("127.0.0.1:3780", &["evil.example"]).await, "421");
    // A page at a name that leads straight here may set the one, and not the other.
    assert_eq!(status("evil.example", &["console.example"]).await, "421");
    assert_eq!(status("127.0.0.1", &["console.example", "console.example"]).await, "400");
}

#[tokio::test]
async fn only_the_proxy_is_believed_what_it_forwards() {
    let forward = |lab: &Lab| {
        let request = lab.request(Method::POST, "/data/engine/1/update");
        let request = request.header("nexposeCCSessionID", "0".repeat(40));
        request.header("x-forwarded-proto", "https").header("x-forwarded-for", "192.0.2.7")
    };
    let forwarded = |log: &std::path::Path| {
        let log = std::fs::read_to_string(log).unwrap();
        log.lines().find(|line| line.contains("\"event\":\"sign-in\"")).unwrap().contains("192.0.2.7")
    };
    for (trusted, is_believed) in [("127.0.0.0/8", true), ("192.0.2.0/24", false)] {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("audit.log");
        let lab = Lab::with(|config| {
            config.behind_proxy = true;
            config.trusted_proxies = vec![trusted.parse().unwrap()];
            config.audit_log = Some(log.clone());
        })
        .await;
        let answer = send(forward(&lab)).await;
        let cookie = answer.header("set-cookie").unwrap();
        assert_eq!(cookie.contains("; Secure"), is_believed, "{cookie}");
        assert_eq!(answer.header("strict-transport-security").is_some(), is_believed, "{answer:?}");
        assert_eq!(forwarded(&log), is_believed);
    }
    // What a client invented stands before what the proxies added.
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("audit.log");
    let lab = Lab::with(|config| {
        config.behind_proxy = true;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap(), "198.51.100.0/24".parse().unwrap()];
        config.audit_log = Some(log.clone());
    })
    .await;
    let request = lab.request(Method::GET, "/api/3").header("x-forwarded-for", "203.0.113.9, 192.0.2.7");
    send(request.header("x-forwarded-for", "198.51.100.4")).await;
    assert!(forwarded(&log));
}

/// Allows this process more open files than the usual 1,024, half of which are the console's in it.
fn allow_many_files() {
    let pid = std::process::id().to_string();
    let allowed = Command::new("prlimit").args(["--pid", &pid, "--nofile=4096:"]).status().unwrap();
    assert!(allowed.success(), "prlimit can't raise the number of open files");
}

/// Connections that say nothing, or say it a byte at a time.
async fn held(lab: &Lab, from: impl Fn(usize) -> Ipv4Addr, count: usize) -> Vec<TcpStream> {
    let mut held = Vec::with_capacity(count);
    for number in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from(number), 0))).unwrap();
        let mut stream = socket.connect(lab.running.address()).await.unwrap();
        let said: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\nHost: loc",
            _ => b"POST /api/3/sites HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
        };
        // The console may have closed it for a newer one already.
        let _ = stream.write_all(said).await;
        held.push(stream);
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_in_while_a_thousand_connections_are_held() {
    allow_many_files();
    let lab = Lab::start().await;
    let kinds: [fn(usize) -> Ipv4Addr; 3] = [
        |_| Ipv4Addr::new(127, 0, 0, 66),
        // Each from an address of its own.
        |number| Ipv4Addr::from_bits(0x7f01_0001 + u32::try_from(number).unwrap()),
        // From the person's.
        |_| Ipv4Addr::LOCALHOST,
    ];
    let signed_in = person(&lab, client(1, "browser", true), "admin", lab.password(), None);
    assert_eq!(signed_in.root().await, StatusCode::OK);
    for kind in kinds {
        let held = held(&lab, kind, 1_000).await;
        let start = Instant::now();
        let new = person(&lab, client(1, "browser", false), "admin", lab.password(), None);
        assert_eq!(new.root().await, StatusCode::OK);
        assert_eq!(signed_in.root().await, StatusCode::OK, "who is at work goes on");
        println!("{} connections held: in after {:?}", held.len(), start.elapsed());
    }
}

#[tokio::test]
async fn texts_have_the_lengths_of_a_console() {
    let lab = Lab::start().await;
    let engine = lab.engine("one", 1).await;
    let pool = lab.pool("pool", &[]).await;
    let site = lab.site("site", engine).await;
    let (fits, too_long) = ("ä".repeat(255), "ä".repeat(256));
    let text = |length: usize| "x\n".repeat(length / 2);
    let engine_named = |name: &str| json!({"name": name, "address": "192.0.2.9", "port": 40814});
    let site_with = |name: &str, description: &str| json!({"name": name, "description": description, "importance": "normal", "engineId": engine, "scanTemplateId": "discovery"});
    let pool_named = |id: Option<u64>, name: &str| match id {
        Some(id) => json!({"id": id, "name": name}),
        None => json!({"name": name}),
    };
    let refused: [(Method, String, Value, &str); 10] = [
        (Method::POST, "scan_engines".into(), engine_named(&too_long), "name"),
        (
            Method::POST,
            "scan_engines".into(),
            json!({"name": "a", "address": "a".repeat(300), "port": 1}),
            "address",
        ),
        (Method::PUT, format!("scan_engines/{engine}"), engine_named(&too_long), "name"),
        (Method::POST, "scan_engine_pools".into(), pool_named(None, &too_long), "name"),
        (Method::PUT, format!("scan_engine_pools/{pool}"), pool_named(Some(pool), &too_long), "name"),
        (Method::POST, "sites".into(), site_with(&too_long, ""), "name"),
        (Method::POST, "sites".into(), site_with("a", &"x".repeat(7 * 1024 * 1024)), "description"),
        (Method::PUT, format!("sites/{site}"), site_with("a", &text(4_098)), "description"),
        (Method::POST, "sites".into(), json!({"name": "a", "scanTemplateId": too_long}), "scanTemplateId"),
        (Method::POST, format!("sites/{site}/scans"), json!({"name": too_long}), "name"),
    ];
    for (method, path, body, field) in refused {
        let request = lab.request(method.clone(), &format!("/api/3/{path}"));
        let answer = send(request.header("content-type", "application/json").body(body.to_string())).await;
        let words = answer.error(400);
        assert!(words.contains(&format!("The {field} is too long")), "{method} {path}: {words}");
    }
    let scope = json!({"name": "a", "scan": {"assets": {"includedTargets": {"addresses": [text(300_000)]}}}});
    assert!(lab.post("/api/3/sites", &scope).await.error(400).contains("The scan is too long"));
    let command = lab.request(Method::POST, "/api/3/administration/commands").body(text(5_000));
    assert!(send(command).await.error(400).contains("The command is too long"));
    // What fits is taken.
    assert_eq!(lab.post("/api/3/scan_engines", &engine_named(&fits)).await.status, StatusCode::CREATED);
    assert_eq!(
        lab.put(&format!("/api/3/sites/{site}"), &site_with(&fits, &text(4_096))).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn more_sort_orders_than_a_list_has_properties_are_refused() {
    let lab = Lab::start().await;
    for path in ["/api/3/sites", "/api/3/scans"] {
        let answer = lab.get(&format!("{path}?{}", "sort=id,ASC&".repeat(2_500))).await;
        assert!(answer.error(400).contains("sort"), "{path}");
        assert_eq!(lab.get(&format!("{path}?{}", "sort=id,ASC&".repeat(16))).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_security_log_tells_who_did_what_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("audit.log");
    let lab = Lab::with(|config| {
        config.seed = "demo".parse().unwrap();
        config.audit_log = Some(log.clone());
    })
    .await;
    let (operators, _) = lab.demo_user("operator");
    let nasty = "rome\u{202e}\u{2066} \"01\"";
    let engine = lab.engine(nasty, 77).await;
    lab.put(
        &format!("/api/3/scan_engines/{engine}"),
        &json!({"name": "rome", "address": "192.0.2.78", "port": 40814}),
    )
    .await;
    let pool = lab.pool("south", &[engine]).await;
    lab.delete(&format!("/api/3/scan_engine_pools/{pool}/engines/{engine}")).await;
    lab.delete(&format!("/api/3/scan_engine_pools/{pool}")).await;
    let site = lab.site("forum", engine).await;
    let local = lab.get("/api/3/scan_engines").await.json()["resources"][0]["id"].clone();
    lab.put(&format!("/api/3/sites/{site}/scan_engine"), &local).await;
    lab.delete(&format!("/api/3/scan_engines/{engine}")).await;
    let secret = lab.post("/api/3/scan_engines/shared_secret", &Value::Null).await.text;
    lab.post("/api/3/scan_engines/shared_secret", &Value::Null).await;
    lab.get("/api/3/scan_engines/shared_secret").await;
    lab.delete("/api/3/scan_engines/shared_secret").await;
    lab.command("version\u{1b}[2J engines").await;
    let command = lab.stranger(Method::POST, "/api/3/administration/commands").body("update engines");
    send(command.basic_auth("operator", Some(&operators))).await.error(401);
    send(lab.stranger(Method::GET, "/api/3").basic_auth("admin", Some("hunter2hunter2"))).await.error(401);
    // A password where the name should be.
    send(lab.stranger(Method::GET, "/api/3").basic_auth(lab.password(), Some("x"))).await.error(401);
    send(lab.request(Method::GET, "/api/3").header("host", "evil.example")).await;
    send(lab.request(Method::GET, "/api/3").header("origin", "https://evil.example")).await.error(403);
    lab.delete("/api/3/session").await;

    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    for word in [lab.password(), &operators, &secret, "hunter2"] {
        assert!(!text.contains(word.trim()), "{word} is in the log");
    }
    assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{1b}']), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, &str, i64)> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            (text("event"), text("user"), line["status"].as_i64().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("console-started", "", 0),
            ("sign-in", "admin", 0),
            ("engine-created", "admin", 201),
            ("engine-changed", "admin", 200),
            ("pool-created", "admin", 200),
            ("pool-changed", "admin", 200),
            ("pool-deleted", "admin", 200),
            ("site-created", "admin", 201),
            ("site-changed", "admin", 200),
            ("engine-deleted", "admin", 200),
            ("secret-made", "admin", 201),
            ("secret-read", "admin", 201),
            ("secret-read", "admin", 200),
            ("secret-revoked", "admin", 200),
            ("command", "admin", 200),
            ("sign-in", "operator", 0),
            ("command", "operator", 401),
            ("sign-in-refused", "admin", 0),
            ("sign-in-refused", "", 0),
            ("request-refused", "", 0),
            ("request-refused", "", 0),
            ("sign-out", "admin", 200),
        ]
    );
    assert_eq!((&lines[2]["name"], &lines[2]["peer"]), (&nasty.into(), &"127.0.0.1".into()));
    assert_eq!(lines[14]["command"], "version\u{1b}[2J engines");
}

#[tokio::test]
async fn sign_out_ends_the_sessions_of_the_consoles_own_pages_too() {
    let lab = demo().await;
    let zeros = "0".repeat(40);
    let update =
        |request: reqwest::RequestBuilder, header: &str| request.header("nexposeCCSessionID", header);
    let opened = send(update(lab.request(Method::POST, "/data/engine/1/update"), &zeros)).await;
    let cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let id = cookie.split_once('=').unwrap().1.to_owned();
    let with_session = async || -> Answer {
        let request = lab.stranger(Method::POST, "/data/engine/1/update").header("cookie", &cookie);
        send(update(request, &id)).await
    };
    assert_eq!(with_session().await.status, StatusCode::OK);
    let links = lab.get("/api/3").await.json()["links"].to_string();
    assert!(links.contains("\"rel\":\"Session\"") && links.contains("/api/3/session\""), "{links}");
    assert_eq!(lab.delete("/api/3/session").await.status, StatusCode::OK);
    assert_eq!(with_session().await.status, StatusCode::FOUND, "to the sign-in page");

    let old = Lab::with(|config| config.speak("2018".parse().unwrap())).await;
    assert!(!old.get("/api/3").await.text.contains("Session\""));
    assert_eq!(old.delete("/api/3/session").await.status, StatusCode::NOT_FOUND);
}

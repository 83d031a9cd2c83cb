//! How fast the embedded console lists its engines, without a browser.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::report::{Table, megabytes, ms, say, verdict};
use crate::statistics::Sample;
use crate::subject::Console;

const PATH: &str = "/api/3/scan_engines";
/// How many requests are measured each way; one more comes before, in which the console checks the password.
const REQUESTS: usize = 31;
/// In milliseconds.
const GOAL: f64 = 150.0;
/// A console that takes longer for an answer hangs.
const BOUND: Duration = Duration::from_secs(30);

/// Measures and prints the table.
///
/// # Panics
/// If the console does not answer with a list.
pub(crate) fn measure(console: &Console, engines: u32, sites: u32) {
    say(&format!("GET {PATH} at {engines} engines and {sites} sites …"));
    let heads = ["connection", "requests", "body", "median", "95th percentile", "goal", "result"];
    let mut table = Table::new(&format!("GET {PATH} at {engines} engines and {sites} sites"), &heads);
    let basic = STANDARD.encode(format!("admin:{}", console.password()));
    for (keep, name) in [(false, "a new one each"), (true, "one for all")] {
        let (times, size) = match requests(console.address(), &basic, keep) {
            Ok(measured) => measured,
            Err(error) => panic!("GET {PATH} failed: {error}"),
        };
        let median = times.median();
        let (high, body) = (ms(times.percentile(95)), megabytes(size as f64));
        let goal = format!("median {GOAL} ms");
        table.row(&[&name, &times.len(), &body, &ms(median), &high, &goal, &verdict(median, GOAL)]);
    }
    table.note(
        "From the first byte of the request, or from opening the connection, to the last byte of the answer; over the \
         loopback interface, uncompressed, one request at a time.",
    );
    table.print();
}

/// The times in milliseconds, and the size of the body in bytes.
fn requests(address: SocketAddr, basic: &str, keep: bool) -> io::Result<(Sample, usize)> {
    let mut kept = None;
    let mut times = Vec::new();
    let mut size = 0;
    for number in 0..=REQUESTS {
        let begun = Instant::now();
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => connect(address)?,
        };
        size = get(&mut connection, address, basic, keep)?;
        let took = begun.elapsed();
        if number > 0 {
            times.push(took.as_secs_f64() * 1e3);
        }
        kept = keep.then_some(connection);
    }
    Ok((Sample::new(times), size))
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(BOUND))?;
    connection.set_nodelay(true)?;
    Ok(BufReader::with_capacity(1 << 16, connection))
}

/// One request; the length of the body.
fn get(
    connection: &mut BufReader<TcpStream>,
    host: SocketAddr,
    basic: &str,
    keep: bool,
) -> io::Result<usize> {
    let wish = if keep { "keep-alive" } else { "close" };
    let request = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nAuthorization: Basic {basic}\r\nConnection: {wish}\r\n\r\n"
    );
    connection.get_mut().write_all(request.as_bytes())?;
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    connection.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200 ") {
        return Err(wrong(line.trim_end()));
    }
    let mut length = None;
    loop {
        line.clear();
        if connection.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let length = length.ok_or_else(|| wrong("an answer without a length"))?;
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    if !body.starts_with(b"{") || !body.ends_with(b"}") {
        return Err(wrong("an answer that is no object of JSON"));
    }
    Ok(length)
}

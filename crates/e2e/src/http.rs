//! As much of HTTP/1.1 as the harness needs: one message a connection, nothing hidden behind a library.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request or a response, as it was on the wire.
#[derive(Clone, Debug)]
pub struct Message {
    /// The request or status line.
    pub start: String,
    /// The headers, in order, as they were written.
    pub headers: Vec<(String, String)>,
    /// The body's bytes, after no decoding at all.
    pub body: Vec<u8>,
}

impl Message {
    /// The value of a header, looked up without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Sets a header that is there at most once.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Takes a header out, if it is there.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// A word of the first line: 0 is a request's method, 1 a request's target or a response's status.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.start.split(' ').nth(at).unwrap_or_default()
    }

    /// The head and the part of the body that is to be sent.
    #[must_use]
    pub fn to_bytes(&self, body: &[u8]) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        bytes
    }
}

/// Reads a request; `None` if the connection was closed without one, as browsers do with spare ones.
///
/// # Errors
/// Of the connection, or if it is not HTTP.
pub async fn read_request(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Message>> {
    let Some((mut message, mut body)) = read_head(from).await? else { return Ok(None) };
    let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while body.len() < length {
        if from.read_buf(&mut body).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    message.body = body;
    Ok(Some(message))
}

/// Reads a response to its end, which is the connection's end.
///
/// # Errors
/// Of the connection, or if it is not HTTP.
pub async fn read_response(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Message> {
    let Some((mut message, mut body)) = read_head(from).await? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    from.read_to_end(&mut body).await?;
    message.body = body;
    Ok(message)
}

async fn read_head(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Message, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if from.read_buf(&mut bytes).await? == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    };
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8_lossy(&bytes);
    let mut lines = head.trim_end().split("\r\n");
    let start = lines.next().unwrap_or_default().to_owned();
    let headers = lines
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
            Ok((name.to_owned(), value.trim().to_owned()))
        })
        .collect::<io::Result<_>>()?;
    Ok(Some((Message { start, headers, body: Vec::new() }, body)))
}

/// Sends a request on a connection of its own and reads the answer.
///
/// # Errors
/// Of the connection, or if the answer is not HTTP.
pub async fn exchange(with: SocketAddr, mut request: Message) -> io::Result<Message> {
    request.set_header("Connection", "close");
    let mut connection = TcpStream::connect(with).await?;
    connection.write_all(&request.to_bytes(&request.body)).await?;
    read_response(&mut connection).await
}

/// Fetches a path with nothing but these headers.
///
/// # Errors
/// Of the connection, or if the answer is not HTTP.
pub async fn get(from: SocketAddr, path: &str, headers: &[(&str, &str)]) -> io::Result<Message> {
    let mut request =
        Message { start: format!("GET {path} HTTP/1.1"), headers: Vec::new(), body: Vec::new() };
    request.set_header("Host", from.to_string());
    for (name, value) in headers {
        request.set_header(name, *value);
    }
    exchange(from, request).await
}

//! A bound on how slowly a client may take what it asked for.
//!
//! A time-out between two bytes would be met by one byte now and then, so what counts is the pace: a client may be behind by
//! [`PATIENCE`] in all, and earns time by what it takes. Crates for time-outs of sockets know the pauses alone.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long a client may keep the console waiting until it takes more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// What a client must take to earn a second, in bytes.
const PACE: u32 = 4_096;

/// A stream whose writes fail when the other side takes too little of them.
pub(crate) struct Patient<S> {
    stream: S,
    /// The most that is left at any time.
    most: Duration,
    left: Duration,
    /// Since when a write has been waiting, and until when it may.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Patient<S> {
    /// A stream with this patience: [`PATIENCE`], but for tests.
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, most: patience, left: patience, waiting: None }
    }

    /// What became of a write.
    fn settle(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => {
                let left = self.left;
                let (_, end) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
                ready!(end.as_mut().poll(context));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client reads too slowly")))
            }
            Poll::Ready(Ok(bytes)) => {
                if let Some((since, _)) = self.waiting.take() {
                    self.left = self.left.saturating_sub(since.elapsed());
                }
                let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
                let earned = Duration::from_secs(1) * bytes / PACE;
                self.left = self.left.saturating_add(earned).min(self.most);
                written
            }
            Poll::Ready(Err(_)) => written,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.settle(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.settle(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{advance, pause};

    use super::*;

    #[tokio::test]
    async fn who_takes_a_byte_now_and_then_is_not_waited_for() {
        pause();
        let (ours, mut theirs) = duplex(1_024);
        let mut patient = Patient::new(ours, PATIENCE);
        let writing = tokio::spawn(async move { patient.write_all(&[0; 1_000_000]).await });
        let started = Instant::now();
        while !writing.is_finished() {
            // After each of both it is the writer's turn.
            advance(Duration::from_secs(1)).await;
            tokio::task::yield_now().await;
            let mut byte = [0];
            let _ = theirs.read(&mut byte).await;
            tokio::task::yield_now().await;
            assert!(started.elapsed() < PATIENCE * 2, "it is waited for");
        }
        assert_eq!(writing.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_is_slow_but_takes_enough_gets_everything() {
        pause();
        let (ours, mut theirs) = duplex(8_192);
        let mut patient = Patient::new(ours, PATIENCE);
        let writing = tokio::spawn(async move { patient.write_all(&[0; 1_000_000]).await });
        let mut buffer = vec![0; 8_192];
        let mut taken = 0;
        while taken < 1_000_000 {
            taken += theirs.read(&mut buffer).await.unwrap();
            advance(Duration::from_secs(1)).await;
        }
        writing.await.unwrap().unwrap();
    }
}

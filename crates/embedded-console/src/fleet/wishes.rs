//! What waits for the task of one engine.
//!
//! How quickly the task gets on, the engine decides: it may answer slowly, or never, or open one connection after the
//! other. So nothing that waits for it is without a bound.

use std::sync::{Arc, Mutex, PoisonError};

use engine_link::Connection;
use tokio::sync::{Notify, mpsc};

use super::watch::Wish;

/// Wishes that the task has not looked at yet. It looks at them at once, unless the engine keeps it waiting, which it can
/// for a few seconds.
const WISHES: usize = 64;

/// Where wishes go in. Clones lead to the same task.
#[derive(Debug, Clone)]
pub(super) struct Wisher {
    queue: mpsc::Sender<Wish>,
    arrival: Arc<Arrival>,
}

/// Where the task finds them.
#[derive(Debug)]
pub(super) struct Wishes {
    queue: mpsc::Receiver<Wish>,
    arrival: Arc<Arrival>,
}

/// The newest connection that the engine has opened and the task has not seen. An older one is useless any more.
#[derive(Debug, Default)]
struct Arrival {
    newest: Mutex<Option<Box<Connection>>>,
    came: Notify,
}

/// The task has too much to do, or is over: the wish was dropped, and nothing comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy;

pub(super) fn channel() -> (Wisher, Wishes) {
    let (sender, queue) = mpsc::channel(WISHES);
    let arrival = Arc::new(Arrival::default());
    (Wisher { queue: sender, arrival: Arc::clone(&arrival) }, Wishes { queue, arrival })
}

impl Wisher {
    pub(super) fn wish(&self, wish: Wish) -> Result<(), Busy> {
        self.queue.try_send(wish).map_err(|_| Busy)
    }

    /// The engine has opened this connection. One that waits already is closed.
    pub(super) fn arrived(&self, connection: Connection) {
        let older = self.arrival.newest().replace(Box::new(connection));
        drop(older);
        self.arrival.came.notify_one();
    }
}

impl Wishes {
    /// The next wish; `None` when nobody can wish anything any more. It may be dropped while waiting: nothing is lost.
    pub(super) async fn recv(&mut self) -> Option<Wish> {
        // Whichever: an engine that opens connections all the time must not keep the other wishes waiting.
        tokio::select! {
            connection = self.arrival.next() => Some(Wish::Arrived(connection)),
            wish = self.queue.recv() => wish,
        }
    }
}

impl Arrival {
    fn newest(&self) -> std::sync::MutexGuard<'_, Option<Box<Connection>>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next(&self) -> Box<Connection> {
        loop {
            let newest = self.newest().take();
            if let Some(newest) = newest {
                return newest;
            }
            self.came.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine_link::{Identity, LinkError, Timeouts, accept, dial};
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn of_many_connections_the_newest_waits_and_the_others_end() {
        let bound = Duration::from_secs(30);
        let (console, engine) =
            (Identity::ephemeral("console").unwrap(), Identity::ephemeral("engine").unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (wisher, mut wishes) = channel();
        let mut dialled = Vec::new();
        for _ in 0..20 {
            let (ours, theirs) = tokio::join!(
                async { accept(&console, listener.accept().await.unwrap().0, bound).await },
                dial(&engine, address, None, Timeouts { connect: bound, handshake: bound })
            );
            wisher.arrived(ours.unwrap());
            dialled.push(theirs.unwrap());
        }
        // The task has not run yet.
        let newest = dialled.pop().unwrap();
        for mut older in dialled {
            let end = tokio::time::timeout(bound, older.recv()).await.unwrap();
            assert!(matches!(end, Err(LinkError::Closed)), "{end:?}");
        }
        let Some(Wish::Arrived(connection)) = wishes.recv().await else { panic!("nothing has arrived") };
        assert_eq!(connection.exporter(), newest.exporter());
        drop(wisher);
        assert!(wishes.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_wish_too_many_is_dropped_and_its_maker_hears_of_it() {
        let (wisher, mut wishes) = channel();
        let mut answers = Vec::new();
        for _ in 0..WISHES {
            let (reply, answer) = oneshot::channel();
            assert_eq!(wisher.wish(Wish::Ask(reply)), Ok(()));
            answers.push(answer);
        }
        let (reply, answer) = oneshot::channel();
        assert_eq!(wisher.wish(Wish::Ask(reply)), Err(Busy));
        assert!(answer.await.is_err());
        assert!(matches!(wishes.recv().await, Some(Wish::Ask(_))));
        let (reply, _answer) = oneshot::channel();
        assert_eq!(wisher.wish(Wish::Ask(reply)), Ok(()), "there is room again");
        drop(wishes);
        let (reply, _answer) = oneshot::channel();
        assert_eq!(wisher.wish(Wish::Ask(reply)), Err(Busy), "the task is over");
    }
}

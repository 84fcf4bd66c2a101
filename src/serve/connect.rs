//! Connections: accepted, bounded in number, in the time that a request may take to arrive, and in its size.
//!
//! Above the limit the connection that has been idle longest is closed: whoever opens thousands only closes their own.

use super::desk::Desk;
use super::http;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

/// The most connections.
const MOST: usize = 100;
/// The most sockets: told to end, a connection closes a moment later. Systems allow a program 256 open files or more.
const SOCKETS: usize = 2 * MOST;
/// How long the head of a request may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most bytes that the head of a request may have.
const HEAD: usize = 32 * 1024;
/// The most header lines.
const LINES: usize = 64;

struct Connection {
    /// How many requests are being answered.
    busy: Arc<AtomicUsize>,
    task: AbortHandle,
}

/// Accepts until the program ends.
pub(super) async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    let places = Arc::new(Semaphore::new(SOCKETS));
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // No file is left for a new connection: others will end.
            make_room(&mut open, MOST / 2);
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        make_room(&mut open, MOST - 1);
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // Only a matter of speed.
        _ = stream.set_nodelay(true);
        let busy = Arc::new(AtomicUsize::new(0));
        let (count, desk) = (Arc::clone(&busy), Arc::clone(&desk));
        let task = tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request| {
                let (count, desk) = (Arc::clone(&count), Arc::clone(&desk));
                async move {
                    count.fetch_add(1, Ordering::Relaxed);
                    let response = http::handle(desk, peer.ip(), request).await;
                    count.fetch_sub(1, Ordering::Relaxed);
                    Ok::<_, std::convert::Infallible>(response)
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_buf_size(HEAD)
                .max_headers(LINES)
                .serve_connection(TokioIo::new(stream), service);
            // A client that breaks off or talks nonsense is no news.
            _ = connection.await;
        });
        open.push_back(Connection { busy, task: task.abort_handle() });
    }
}

/// Closes idle connections, the oldest first, until at most `most` are open; busy ones only if there is no other way.
fn make_room(open: &mut VecDeque<Connection>, most: usize) {
    open.retain(|connection| !connection.task.is_finished());
    while open.len() > most {
        let idle = open.iter().position(|connection| connection.busy.load(Ordering::Relaxed) == 0);
        if let Some(connection) = open.remove(idle.unwrap_or(0)) {
            connection.task.abort();
        }
    }
}

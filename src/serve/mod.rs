//! The preview: builds into `.yicun/preview`, serves it on this machine, and builds again when a file changes.
//!
//! In come the options and a builder (a closure around [`crate::build::build`]); what happens is told through a
//! callback, for this module prints nothing. While the site has errors the last good pages stay, and a panel in the
//! browser shows what is wrong. Only requests to this machine's own names are answered.

mod answer;
mod http;
mod page;
mod state;
mod tree;
mod watch;
mod worker;

use crate::build::api::{Failure, Report};
use crate::messages::Lang;
use crate::problem::Problem;
use state::Board;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site's folder.
    pub root: PathBuf,
    /// A name or address of this machine.
    pub host: String,
    /// The first port tried; 0 for any.
    pub port: u16,
    /// The language of the panel.
    pub lang: Lang,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A build ended, well or with problems.
    Built(&'a Report, Duration),
    /// A build broke off.
    Failed(&'a Failure),
    /// The first build is through, and browsers are answered.
    Listening,
}

/// Builds the site into [`preview_folder`].
pub type Builder = Box<dyn Fn() -> Result<Report, Failure> + Send>;

/// Hears what happens.
pub type Listener = Box<dyn Fn(Event<'_>) + Send>;

/// Where the preview of the site in `root` is built.
pub fn preview_folder(root: &Path) -> PathBuf {
    root.join(".yicun").join("preview")
}

/// A preview that has its address.
pub struct Server {
    options: Options,
    listener: TcpListener,
    address: SocketAddr,
}

/// How many ports are tried from the wanted one on.
const PORTS: u16 = 50;

impl Server {
    /// Takes the first free port from the wanted one on.
    pub fn bind(options: Options) -> Result<Server, Box<Problem>> {
        let host = options.host.trim_start_matches('[').trim_end_matches(']');
        let refuse = |error: std::io::Error| {
            let address = format!("{}:{}", options.host, options.port);
            Box::new(Problem::new("serve-address").arg("address", address).arg("detail", error))
        };
        let mut answer = Err(std::io::Error::from(std::io::ErrorKind::AddrNotAvailable));
        for port in options.port..=options.port.saturating_add(PORTS) {
            answer = (host, port)
                .to_socket_addrs()
                .and_then(|all| TcpListener::bind(&all.collect::<Vec<_>>()[..]));
            match &answer {
                // Windows tells a port that is reserved, or held exclusively, with “permission denied”.
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied
                    ) => {}
                _ => break,
            }
        }
        let listener = answer.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        Ok(Server { options, listener, address })
    }

    /// The address to open in a browser.
    pub fn url(&self) -> String {
        match self.address.ip() {
            ip if ip.is_unspecified() => format!("http://127.0.0.1:{}/", self.address.port()),
            _ => format!("http://{}/", self.address),
        }
    }

    /// Builds, then serves and builds again at each change, until the program ends.
    pub fn run(self, build: Builder, tell: Listener) -> Result<(), Box<Problem>> {
        let stopped = |error: std::io::Error| Box::new(Problem::new("serve-runtime").arg("detail", error));
        let board = Arc::new(Board::new(self.options.lang));
        let (watcher, changes) = watch::watch(&self.options.root)?;
        worker::build_once(&build, &tell, &board);
        tell(Event::Listening);
        let shared = http::Shared {
            folder: preview_folder(&self.options.root),
            host: self.options.host.clone(),
            open_to_all: self.address.ip().is_unspecified(),
            lang: self.options.lang,
            board: Arc::clone(&board),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(stopped)?;
        self.listener.set_nonblocking(true).map_err(stopped)?;
        std::thread::spawn(move || worker::run(&build, &tell, &board, watcher, &changes));
        runtime
            .block_on(async {
                let listener = tokio::net::TcpListener::from_std(self.listener)?;
                axum::serve(listener, http::router(shared)).await
            })
            .map_err(stopped)
    }
}

#[cfg(test)]
mod tests;

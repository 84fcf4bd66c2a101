//! The preview: keeps the site in memory ([`crate::build::live`]), makes pages when browsers ask for them, and tells the
//! browsers when something changed.
//!
//! In come the options and what gives the build's request; what happens is told through a callback, for this module prints
//! nothing. While something is wrong the last good pages stay, and a panel shows what. Only this machine is answered, and
//! others that know the token of the address.

mod answer;
mod body;
mod connect;
mod desk;
mod drives;
mod guard;
mod http;
mod kept;
mod page;
mod paths;
mod state;
mod watch;
mod worker;

use crate::build::api::{Failure, Request};
use crate::build::live::{Changed, Live};
use crate::messages::Lang;
use crate::problem::Problem;
use desk::Desk;
use guard::Guard;
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use worker::Worker;

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
    /// What other machines must know to be answered; only of use if the host is an address that they reach.
    pub token: String,
    /// Look for changes every second, whatever the system could tell.
    pub poll: bool,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The site was read: after the start, and after changes.
    Looked {
        /// What is wrong.
        problems: &'a [Problem],
        /// How long it took.
        took: Duration,
    },
    /// All pages were made in the background.
    Swept {
        /// What else is wrong.
        problems: &'a [Problem],
    },
    /// The site could not be read.
    Failed(&'a Failure),
    /// The system tells of no changes here, or is not to be relied on, so the site is looked through every second.
    Polling,
    /// The site was read for the first time, and browsers are answered.
    Listening,
}

/// Says what is to be built; asked anew at each change, since the day may be another.
pub type Asker = Box<dyn Fn() -> Request + Send>;

/// Hears what happens.
pub type Listener = Box<dyn Fn(Event<'_>) + Send + Sync>;

/// A preview that has its address.
pub struct Server {
    options: Options,
    listener: TcpListener,
    address: SocketAddr,
}

/// How many connections may wait to be accepted.
const WAITING: i32 = 1024;
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
        // The standard library asks for 128; when they are taken, the next browser waits a second. Only a matter of speed.
        _ = socket2::SockRef::from(&listener).listen(WAITING);
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

    /// The address for other machines in the local network, with the token; none if they cannot reach it.
    pub fn shared_url(&self) -> Option<String> {
        let ip = match self.address.ip() {
            ip if ip.is_loopback() => return None,
            ip if ip.is_unspecified() => own_address()?,
            ip => ip,
        };
        let address = SocketAddr::new(ip, self.address.port());
        Some(format!("http://{address}/?{}={}", guard::TOKEN, self.options.token))
    }

    /// Reads the site, then answers browsers and looks at each change, until the program ends.
    pub fn run(self, asker: Asker, tell: Listener) -> Result<(), Box<Problem>> {
        let stopped = |error: std::io::Error| Box::new(Problem::new("serve-runtime").arg("detail", error));
        let (sender, changes) = channel();
        let watcher = watch::watch(&self.options.root, self.options.poll, sender.clone())?;
        let guard = Guard {
            host: self.options.host.clone(),
            open_to_all: !self.address.ip().is_loopback(),
            token: self.options.token.clone(),
        };
        let desk = Arc::new(Desk::new(guard, self.options.lang, sender));
        let tell = Arc::new(tell);
        if watcher.polls() {
            tell(Event::Polling);
        }
        let mut worker = Worker {
            live: Live::open(&asker()),
            asker,
            tell: Arc::clone(&tell),
            desk: Arc::clone(&desk),
            again: None,
            unsaved: false,
            saving: None,
            raised: None,
        };
        worker.look(&Changed::All);
        tell(Event::Listening);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(stopped)?;
        self.listener.set_nonblocking(true).map_err(stopped)?;
        std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || worker.run(watcher, &changes))
            .map_err(stopped)?;
        runtime
            .block_on(async {
                let listener = tokio::net::TcpListener::from_std(self.listener)?;
                connect::accept(listener, desk).await;
                Ok(())
            })
            .map_err(stopped)
    }
}

/// This machine's address in the local network: the one from which it would reach others. Nothing is sent for it.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    // An address kept for documentation.
    socket.connect(("192.0.2.1", 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

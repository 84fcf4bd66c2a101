//! Another machine over SSH, through the system's own `ssh`, `rsync` and `sftp`.
//!
//! The host key is pinned: the settings name it, and no other is believed. Where there is a shell and both sides have
//! rsync, rsync carries the files; where only SFTP is allowed, SFTP does everything.

mod able;
mod session;
mod sftp;
mod shell;

pub use session::{Session, known_host};
pub use sftp::Sftp;
pub use shell::Shell;

use super::Host;
use crate::config::Transport;
use crate::deploy::fault::Fault;
use crate::problem::Problem;

/// Opens a host: asks what it can, unless the settings say it.
///
/// # Errors
/// A machine that cannot be reached, shows another key, or lets nobody in.
pub fn open(session: Session, transport: Transport) -> Result<Box<dyn Host>, Fault> {
    let shell = match transport {
        Transport::Sftp => false,
        Transport::Auto | Transport::Rsync => session.has_rsync()?,
    };
    if !shell && transport == Transport::Rsync {
        return Err(Problem::new("deploy-no-rsync").arg("host", session.host()).into());
    }
    Ok(if shell { Box::new(Shell::open(session)?) } else { Box::new(Sftp::open(session)?) })
}

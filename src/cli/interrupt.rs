//! Ctrl-C while a host is being changed: the first asks the deploy to come to a clean end, the second ends the program.
//!
//! `kill` and a closed terminal ask too; until something listens, both end the program at once, as the build can bear.

use crate::deploy::stop::stop;

/// Begins to listen; where the system lets nobody, all stays as it was.
pub(super) fn listen() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            if asked().await.is_ok() {
                stop();
                _ = asked().await;
                std::process::exit(130);
            }
        });
    });
}

/// Returns when the user wants to stop.
#[cfg(unix)]
async fn asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut end = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = end.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Returns when the user wants to stop.
#[cfg(not(unix))]
async fn asked() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

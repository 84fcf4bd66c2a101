//! The programs that people trust for this: ssh, rsync, sftp, git. Run to their end, with their words in English.

use super::fault::Fault;
use crate::problem::Problem;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a program with `input` and waits for what it says.
///
/// # Errors
/// There is no such program, or it cannot be run.
pub(super) fn run(mut command: Command, input: &[u8]) -> Result<Output, Fault> {
    let name = command.get_program().to_string_lossy().into_owned();
    let missing = |error: std::io::Error| {
        Fault::lasting(Problem::new("deploy-program-missing").arg("program", &name).arg("error", error))
    };
    let pipes =
        command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().map_err(missing)?;
    let mut pipe = child.stdin.take();
    std::thread::scope(|scope| {
        // A program that ended early says why by itself.
        scope.spawn(move || _ = pipe.take().map(|mut pipe| pipe.write_all(input)));
        child.wait_with_output()
    })
    .map_err(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let fault = run(Command::new("yicun-no-such-program"), b"x").unwrap_err();
        assert!(!fault.may_pass());
        assert_eq!(fault.problem().args[0].1, "yicun-no-such-program");
    }
}

//! What a refusal means wherever it comes from over HTTP: moved, too large, not now.
//!
//! In comes an answer, out comes a fault with words that help; none where the host's own words are better.

use super::http::Answer;
use crate::deploy::fault::Fault;
use crate::problem::Problem;
use std::time::Duration;

/// A host that wants to be left alone for longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The fault, if the status alone says what it is.
pub fn refusal(answer: &Answer, host: &str, path: &str) -> Option<Fault> {
    let lasting = |problem: Problem| {
        Some(Fault::lasting(problem.arg("host", host).arg("path", path).arg("status", answer.status)))
    };
    match answer.status {
        301 | 302 | 303 | 307 | 308 => {
            // Object stores name the right endpoint in the body.
            let text = String::from_utf8_lossy(&answer.body);
            let endpoint = text.split_once("<Endpoint>").and_then(|(_, rest)| rest.split('<').next());
            let place = answer.header("location").or(endpoint).unwrap_or("-");
            let place: String = place.chars().filter(|c| !c.is_control()).take(300).collect();
            lasting(Problem::new("deploy-redirected").arg("location", place))
        }
        413 => lasting(Problem::new("deploy-too-large")),
        429 | 503 => {
            let wait = retry_after(answer).filter(|wait| *wait > PATIENCE)?;
            lasting(Problem::new("deploy-later").arg("minutes", wait.as_secs().div_ceil(60)))
        }
        _ => None,
    }
}

/// When the host wants to be asked again: seconds, or a date that is held against the host's own clock.
pub fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second());
    let wait = date(text)?.saturating_sub(date(answer.header("date")?)?);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: Vec::new() }
    }

    #[test]
    fn hosts_say_when_to_come_back() {
        let wait = |headers: &[(&str, &str)]| retry_after(&answer(503, headers)).map(|wait| wait.as_secs());
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        let date = ("date", "Mon, 23 Nov 2026 20:00:00 GMT");
        assert_eq!(wait(&[("retry-after", "Mon, 23 Nov 2026 20:01:30 GMT"), date]), Some(90));
        assert_eq!(wait(&[("retry-after", "Mon, 23 Nov 2026 19:00:00 GMT"), date]), Some(0));
        for odd in ["", "-1", "soon", "1.5"] {
            assert_eq!(wait(&[("retry-after", odd)]), None, "{odd}");
        }
    }

    #[test]
    fn the_right_endpoint_is_told() {
        let mut moved = answer(301, &[]);
        moved.body =
            b"<Error><Code>PermanentRedirect</Code><Endpoint>oss-cn-hangzhou.example</Endpoint></Error>"
                .to_vec();
        let problem = refusal(&moved, "h", "p").unwrap().problem();
        assert!(
            problem.args.iter().any(|(name, value)| name == "location" && value == "oss-cn-hangzhou.example")
        );
    }

    #[test]
    fn only_long_waits_end_the_work() {
        let code = |seconds: &str| {
            refusal(&answer(503, &[("retry-after", seconds)]), "h", "p").map(|fault| fault.problem().code)
        };
        assert_eq!(code("60"), None);
        assert_eq!(code("61").as_deref(), Some("deploy-later"));
        assert!(refusal(&answer(500, &[]), "h", "p").is_none());
    }
}

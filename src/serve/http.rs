//! What is answered to which request.
//!
//! `/_yicun/…` belongs to the preview (script, style, events, facts of a page), everything else is an output of the site,
//! made when it is asked for.

use super::answer::{answer, content_type, plain, set, text};
use super::body::Body;
use super::desk::Desk;
use super::guard::{TOKEN, Verdict};
use super::state::{standing, tag};
use super::{page, paths};
use crate::build::live::Answer;
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// A sign of life is sent to waiting browsers so often, so that both sides notice dead connections.
const PULSE: Duration = Duration::from_secs(15);
/// How long a page waits for a file that was just saved to be read.
const PATIENCE: Duration = Duration::from_secs(3);
/// A page that changed while it was made is asked for again after so long.
const AGAIN: Duration = Duration::from_millis(200);
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// Answers a request from `peer`.
pub(super) async fn handle(desk: Arc<Desk>, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let mut response = match desk.guard.judge(peer, &parts.headers, &parts.uri) {
        Verdict::Refused(why) => plain(StatusCode::FORBIDDEN, &format!("{why}\n")),
        Verdict::Introduced => introduce(&desk, &parts.uri),
        Verdict::Welcome => welcome(&desk, &parts).await,
    };
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        set(&mut response, header::HeaderName::from_static(name), value);
    }
    response
}

async fn welcome(desk: &Arc<Desk>, parts: &Parts) -> Response<Body> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        set(&mut response, header::ALLOW, "GET, HEAD");
        return response;
    }
    let own = |kind: &str, text: &str| {
        answer(&parts.method, &parts.headers, StatusCode::OK, kind, text.as_bytes().to_vec())
    };
    match parts.uri.path() {
        "/_yicun/events" => events(desk, &parts.headers),
        "/_yicun/preview.js" => own("text/javascript; charset=utf-8", &page::script()),
        "/_yicun/preview.css" => own("text/css; charset=utf-8", page::STYLE),
        "/_yicun/about" => about(desk, parts).await,
        _ => output(desk, parts).await,
    }
}

/// An output of the site, or the page that says why there is none.
async fn output(desk: &Arc<Desk>, parts: &Parts) -> Response<Body> {
    let Some(path) = paths::below_root(parts.uri.path()) else { return missing(desk, parts).await };
    match ask(desk, &path).await {
        Some(Answer::File(name, bytes)) => {
            let kind = content_type(&name);
            if kind != HTML {
                return answer(&parts.method, &parts.headers, StatusCode::OK, &kind, bytes);
            }
            desk.kept.put(&name, &bytes);
            html(parts, StatusCode::OK, bytes)
        }
        Some(Answer::Folder) => redirect(&parts.uri),
        Some(Answer::Nothing) if desk.stage().is_some() => missing(desk, parts).await,
        Some(Answer::Fault(problem)) => {
            let name =
                if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
            match desk.kept.get(&name) {
                Some(bytes) => html(parts, StatusCode::OK, bytes),
                None => {
                    let bytes = page::problems_page(&[*problem], desk.lang);
                    html(parts, StatusCode::INTERNAL_SERVER_ERROR, bytes)
                }
            }
        }
        Some(Answer::Nothing) | None => {
            let bytes = page::problems_page(&desk.board.now().problems(), desk.lang);
            html(parts, StatusCode::SERVICE_UNAVAILABLE, bytes)
        }
    }
}

/// Asks the stage. What was saved after the stage was made is waited for.
async fn ask(desk: &Arc<Desk>, path: &str) -> Option<Answer> {
    let mut states = desk.board.subscribe();
    let limit = tokio::time::Instant::now() + PATIENCE;
    desk.settled().await;
    loop {
        states.mark_unchanged();
        let stage = desk.stage()?;
        let (sender, receiver) = oneshot::channel();
        stage.file(path.to_owned(), move |answer| _ = sender.send(answer));
        match receiver.await.ok()? {
            Answer::Fault(problem) if problem.code == "changed-meanwhile" => {
                let file = problem.args.iter().find(|(name, _)| name == "file");
                desk.nudge(file.map(|(_, file)| file.as_str()));
                // Whoever writes a file to and fro leaves no other state behind: it is asked again all the same.
                let soon = limit.min(tokio::time::Instant::now() + AGAIN);
                if tokio::time::timeout_at(soon, states.changed()).await.is_err() && soon == limit {
                    return Some(Answer::Fault(problem));
                }
            }
            done => return Some(done),
        }
    }
}

async fn missing(desk: &Arc<Desk>, parts: &Parts) -> Response<Body> {
    let bytes = match ask(desk, "404.html").await {
        Some(Answer::File(_, bytes)) => bytes,
        _ => page::missing_page(desk.lang),
    };
    html(parts, StatusCode::NOT_FOUND, bytes)
}

/// A page with the script of the preview in it.
fn html(parts: &Parts, status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
    answer(&parts.method, &parts.headers, status, HTML, page::inject(bytes))
}

/// To the same folder with a slash; relative, so that no host name is involved.
fn redirect(uri: &Uri) -> Response<Body> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = plain(StatusCode::FOUND, "");
    // More than one slash in front would name another host.
    set(&mut response, header::LOCATION, &format!("/{}/{query}", uri.path().trim_matches('/')));
    response
}

/// Gives whoever knows the token a cookie, and sends it on to the address without the token.
fn introduce(desk: &Desk, uri: &Uri) -> Response<Body> {
    let mut response = plain(StatusCode::FOUND, "");
    set(&mut response, header::LOCATION, &format!("/{}", uri.path().trim_start_matches('/')));
    let cookie = format!("{TOKEN}={}; Path=/; HttpOnly; SameSite=Lax", desk.guard.token);
    set(&mut response, header::SET_COOKIE, &cookie);
    response
}

/// Kind, words and source of a page, for the bar.
async fn about(desk: &Arc<Desk>, parts: &Parts) -> Response<Body> {
    let path = parts.uri.query().and_then(paths::below_root);
    let (Some(path), Some(stage)) = (path, desk.stage()) else {
        return answer(&parts.method, &parts.headers, StatusCode::OK, JSON, b"null".to_vec());
    };
    let (sender, receiver) = oneshot::channel();
    stage.about(path, move |about| _ = sender.send(about));
    let about = receiver.await.ok().flatten().map(|about| {
        let words = desk.lang.pick(format!("{} 字", about.words), format!("{} words", about.words));
        serde_json::json!({
            "origin": about.origin,
            "kind": about.kind.map(|label| desk.lang.pick(label.zh, label.en)),
            "words": (about.words > 0).then_some(words),
            "standing": standing(about.standing, desk.lang),
            "copy": desk.lang.pick("点一下复制文件路径", "click to copy the path of the file"),
            "copied": desk.lang.pick("已复制", "copied"),
            "problems": desk.lang.pick("本页问题", "problems of this page"),
        })
    });
    let text = about.unwrap_or_default().to_string();
    answer(&parts.method, &parts.headers, StatusCode::OK, JSON, text.into_bytes())
}

/// Every state that the browser has not seen, as it comes.
fn events(desk: &Arc<Desk>, headers: &HeaderMap) -> Response<Body> {
    let mut states = desk.board.subscribe();
    let mut seen = text(headers, header::HeaderName::from_static("last-event-id")).map(str::to_owned);
    let (sender, receiver) = mpsc::channel(1);
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        let mut first = "retry: 300\n\n";
        loop {
            let state = states.borrow_and_update().clone();
            let id = tag(&state);
            let piece = if seen.as_ref() == Some(&id) {
                format!("{first}: still here\n\n")
            } else {
                format!("{first}id: {id}\ndata: {}\n\n", desk.board.json(&state))
            };
            first = "";
            seen = Some(id);
            // The browser went away.
            if sender.send(Bytes::from(piece)).await.is_err() {
                return;
            }
            tokio::select! {
                changed = states.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(PULSE) => {}
                () = sender.closed() => return,
            }
        }
    });
    let mut response = Response::new(Body::Stream(receiver));
    set(&mut response, header::CONTENT_TYPE, "text/event-stream");
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

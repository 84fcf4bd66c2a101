//! What is answered to which request.
//!
//! `/_yicun/…` belongs to the preview (script, style, events), everything else is a file of the built site. Requests
//! under a foreign host name are refused: a page elsewhere could otherwise read the preview through a name of its own.

use super::answer::{answer, content_type};
use super::state::{Board, State, tag};
use super::tree::{Found, find};
use super::{page, tree};
use crate::messages::Lang;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What every request needs.
pub(super) struct Shared {
    pub(super) folder: PathBuf,
    /// The host as it was given.
    pub(super) host: String,
    /// Whether all addresses of this machine are listened on.
    pub(super) open_to_all: bool,
    pub(super) lang: Lang,
    pub(super) board: Arc<Board>,
}

/// A waiting browser is answered after so long even when nothing happened, so that dead connections end.
const WAIT: Duration = Duration::from_secs(25);
const HTML: &str = "text/html; charset=utf-8";

/// Answers everything.
pub(super) fn router(shared: Shared) -> Router {
    Router::new().fallback(handle).with_state(Arc::new(shared))
}

async fn handle(Extract(shared): Extract<Arc<Shared>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if !is_own(&shared, &parts.headers, &parts.uri) {
        return plain(StatusCode::FORBIDDEN, "not a name of this machine\n");
    }
    if parts.method != Method::GET && parts.method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let own = |kind: &str, text: &str| {
        answer(&parts.method, &parts.headers, StatusCode::OK, kind, text.as_bytes().to_vec())
    };
    match parts.uri.path() {
        "/_yicun/events" => events(&shared, &parts.headers).await,
        "/_yicun/reload.js" => own("text/javascript; charset=utf-8", page::SCRIPT),
        "/_yicun/panel.css" => own("text/css; charset=utf-8", page::STYLE),
        _ => {
            let work =
                tokio::task::spawn_blocking(move || file(&shared, &parts.method, &parts.uri, &parts.headers));
            work.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "no answer\n"))
        }
    }
}

/// A file of the site, or the page that says why there is none.
fn file(shared: &Shared, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    // Taken before the file is read: if both change meanwhile, the browser reloads once too often, never too rarely.
    let state = shared.board.now();
    let tag = tag(&state);
    if !state.published {
        let bytes = page::problems_page(&state.problems, shared.lang, &tag);
        return answer(method, headers, StatusCode::SERVICE_UNAVAILABLE, HTML, bytes);
    }
    match find(&shared.folder, uri.path()) {
        Found::File(name, bytes) => {
            let kind = content_type(&name);
            let bytes = if kind == HTML { page::inject(bytes, &tag) } else { bytes };
            answer(method, headers, StatusCode::OK, &kind, bytes)
        }
        Found::Folder => redirect(uri),
        Found::Nothing => {
            let bytes = match tree::find(&shared.folder, "/404.html") {
                Found::File(_, bytes) => page::inject(bytes, &tag),
                _ => page::missing_page(shared.lang, &tag),
            };
            answer(method, headers, StatusCode::NOT_FOUND, HTML, bytes)
        }
    }
}

/// To the same folder with a slash; relative, so that no host name is involved.
fn redirect(uri: &Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = plain(StatusCode::MOVED_PERMANENTLY, "");
    // More than one slash in front would name another host.
    let target = format!("/{}/{query}", uri.path().trim_start_matches('/'));
    if let Ok(target) = HeaderValue::from_str(&target) {
        response.headers_mut().insert(header::LOCATION, target);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// One event: at once when the browser has not seen the newest state, else when there is a newer one. The answer
/// then ends and the browser asks again with the number of what it has seen; so nothing is lost between two answers.
async fn events(shared: &Shared, headers: &HeaderMap) -> Response {
    let mut states = shared.board.subscribe();
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let wait = async {
        loop {
            let state: State = states.borrow_and_update().clone();
            if seen.as_deref() != Some(event_id(&state).as_str()) {
                return Some(state);
            }
            states.changed().await.ok()?;
        }
    };
    let text = match tokio::time::timeout(WAIT, wait).await {
        Ok(Some(state)) => {
            format!("retry: 200\nid: {}\ndata: {}\n\n", event_id(&state), shared.board.json(&state))
        }
        _ => "retry: 200\n: still here\n\n".to_owned(),
    };
    let mut response = plain(StatusCode::OK, &text);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn event_id(state: &State) -> String {
    format!("{}-{}", std::process::id(), state.version)
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether the request was meant for this machine.
fn is_own(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> bool {
    let given = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = given.or_else(|| uri.host()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let given = shared.host.trim_start_matches('[').trim_end_matches(']');
    ["localhost", "127.0.0.1", "::1", given].iter().any(|own| bare.eq_ignore_ascii_case(own))
        // Addresses, unlike names, cannot be turned to this machine by somebody else.
        || shared.open_to_all && bare.parse::<std::net::IpAddr>().is_ok()
}

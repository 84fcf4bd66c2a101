// Part of the preview's script: hears that the site has changed and brings this page up to date.
(function () {
  "use strict";
  var text = null;      // What the server sent for this page last.
  var status = 200;
  var seen = -1;        // The version of the site that this page shows.
  var events = null;
  var working = null;

  function load() {
    return fetch(location.pathname + location.search, { cache: "no-cache", headers: { accept: "text/html" } })
      .then(function (response) {
        return response.text().then(function (body) {
          return { body: body, status: response.status, url: response.url };
        });
      });
  }

  // Files that keep their address, such as a style sheet in static/.
  function files(state) {
    document.querySelectorAll("link[href], img[src], source[srcset], video[src], audio[src]").forEach(function (node) {
      var name = node.hasAttribute("href") ? "href" : node.hasAttribute("src") ? "src" : "srcset";
      var url;
      try { url = new URL(node.getAttribute(name), location.href); } catch (_) { return; }
      var version = url.origin === location.origin && state.files[decodeURI(url.pathname)];
      if (!version || version <= seen || node.id === "yicun-style") { return; }
      url.searchParams.set("yicun", version);
      if (node.nodeName === "LINK" && /stylesheet/.test(node.rel)) {
        var next = node.cloneNode();
        next.href = url.href;
        next.addEventListener("load", function () { node.remove(); });
        node.after(next);
      } else {
        node.setAttribute(name, url.href);
      }
    });
    var scripts = document.querySelectorAll("script[src]");
    return !Array.prototype.some.call(scripts, function (node) {
      return state.files[decodeURI(new URL(node.src, location.href).pathname)] > seen;
    });
  }

  function update(state) {
    return load().then(function (now) {
      if (text === null && seen < 0) {
        // The page came before this script, and may have been made from an older state.
        var mine = document.getElementById("yicun-script").dataset.page;
        if (now.body.indexOf('data-page="' + mine + '"') < 0) { location.reload(); return null; }
        text = now.body;
        status = now.status;
      } else if (now.body !== text || now.status !== status) {
        if (now.status !== 200 || status !== 200 || !yicunPatch(text, now.body)) { location.reload(); return null; }
        text = now.body;
      }
      if (seen >= 0 && !files(state)) { location.reload(); return null; }
      seen = state.version;
      yicunPanel.problems(state);
      yicunPanel.marks(state);
      return fetch("/_yicun/about?" + location.pathname).then(function (response) { return response.json(); });
    }).then(function (about) { yicunPanel.facts(about, state); });
  }

  // One after the other; of several that wait only the newest counts. What could not be fetched is tried again.
  function hear(state) {
    if (working) { working.next = state; return; }
    working = { next: null };
    update(state).then(function () {}, function () {
      return new Promise(function (resolve) { setTimeout(resolve, 1000); }).then(function () { return state; });
    }).then(function (left) {
      var next = working.next || left;
      working = null;
      if (next) { hear(next); }
    });
  }

  // Browsers allow few connections to one place: only pages that are looked at hold one.
  function listen() {
    if (document.visibilityState === "hidden") {
      if (events) { events.close(); events = null; }
      return;
    }
    if (events && events.readyState !== 2) { return; }
    events = new EventSource("/_yicun/events");
    events.onmessage = function (event) { hear(JSON.parse(event.data)); };
    events.onerror = function () {
      // The browser tries again by itself unless it gave up.
      if (events && events.readyState === 2) { events = null; setTimeout(listen, 1000); }
    };
  }

  // A connection that lost its network may look open for long.
  function anew() {
    if (events) { events.close(); events = null; }
    listen();
  }

  document.addEventListener("visibilitychange", listen);
  window.addEventListener("online", anew);
  window.addEventListener("pageshow", function (event) { if (event.persisted) { listen(); } });
  window.addEventListener("pagehide", function () { if (events) { events.close(); events = null; } });
  listen();
})();

// The preview's script: reloads when the pages have changed, and shows what is wrong with the site.
// All text of the site is put in as text, never as markup.
(function () {
  "use strict";
  var mine = (document.currentScript.src.split("?")[1] || "");
  var panel = null;
  var folded = false;

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function problem(one, labels) {
    var item = element("li", "yicun-problem yicun-" + one.level);
    var head = element("p", "yicun-cause");
    head.appendChild(element("b", "", one.level_name + " "));
    head.appendChild(document.createTextNode(one.cause + (one.suggestion ? " " + one.suggestion : "")));
    item.appendChild(head);
    if (one.place) {
      var place = one.place.shown;
      item.appendChild(element("p", "yicun-place", place));
    }
    if (one.excerpt) {
      var line = element("pre", "yicun-line");
      line.appendChild(document.createTextNode(one.excerpt.before));
      line.appendChild(element("mark", "", one.excerpt.marked));
      line.appendChild(document.createTextNode(one.excerpt.after));
      item.appendChild(line);
    }
    if (one.fix) { item.appendChild(element("p", "yicun-fix", labels.fix_label + one.fix)); }
    return item;
  }

  function show(state) {
    var list = element("ol", "yicun-list");
    state.problems.forEach(function (one) { list.appendChild(problem(one, state)); });
    var own = document.getElementById("yicun-problems");
    if (own) {
      own.textContent = "";
      own.appendChild(list);
      return;
    }
    if (panel) { panel.remove(); panel = null; }
    if (!state.problems.length) { return; }
    if (!document.querySelector('link[href="/_yicun/panel.css"]')) {
      var style = element("link");
      style.rel = "stylesheet";
      style.href = "/_yicun/panel.css";
      document.head.appendChild(style);
    }
    panel = element("section", "yicun-panel");
    panel.setAttribute("role", "status");
    panel.setAttribute("aria-label", state.title);
    var bar = element("button", "yicun-bar", state.title + " (" + state.problems.length + ")");
    bar.type = "button";
    var body = element("div", "yicun-body");
    body.appendChild(list);
    body.appendChild(element("p", "yicun-kept", state.kept));
    body.hidden = folded;
    bar.setAttribute("aria-expanded", String(!folded));
    bar.addEventListener("click", function () {
      folded = !folded;
      body.hidden = folded;
      bar.setAttribute("aria-expanded", String(!folded));
    });
    panel.appendChild(bar);
    panel.appendChild(body);
    document.body.appendChild(panel);
  }

  var events = new EventSource("/_yicun/events");
  events.onmessage = function (event) {
    var state = JSON.parse(event.data);
    if (state.pages !== mine) {
      events.close();
      location.reload();
    } else {
      show(state);
    }
  };
  window.addEventListener("pagehide", function () { events.close(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
})();

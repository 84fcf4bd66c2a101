// Part of the preview's script: the panel with what is wrong, the bar with what this page is, marks on links to pages
// that are not published. All text of the site is put in as text, never as markup.
var yicunPanel = (function () {
  "use strict";
  var panel = null, bar = null, folded = false;

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function style() {
    if (document.getElementById("yicun-style")) { return; }
    var link = element("link");
    link.id = "yicun-style";
    link.rel = "stylesheet";
    link.href = "/_yicun/preview.css";
    document.head.appendChild(link);
  }

  function problem(one, labels) {
    var item = element("li", "yicun-problem yicun-" + one.level);
    var head = element("p", "yicun-cause");
    head.appendChild(element("b", "", one.level_name + " "));
    head.appendChild(document.createTextNode(one.cause + (one.suggestion ? " " + one.suggestion : "")));
    item.appendChild(head);
    if (one.place) { item.appendChild(element("p", "yicun-place", one.place.shown)); }
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

  function problems(state) {
    var list = element("ol", "yicun-list");
    state.problems.forEach(function (one) { list.appendChild(problem(one, state)); });
    var own = document.getElementById("yicun-problems");
    if (own) { own.textContent = ""; own.appendChild(list); return; }
    if (panel) { panel.remove(); panel = null; }
    if (!state.problems.length) { return; }
    style();
    panel = element("section", "yicun-panel");
    panel.id = "yicun-panel";
    panel.setAttribute("role", "status");
    panel.setAttribute("aria-label", state.title);
    var head = element("button", "yicun-head", state.title + " (" + state.problems.length + ")");
    head.type = "button";
    var body = element("div", "yicun-body");
    body.appendChild(list);
    body.appendChild(element("p", "yicun-kept", state.kept));
    body.hidden = folded;
    head.setAttribute("aria-expanded", String(!folded));
    head.addEventListener("click", function () {
      folded = !folded;
      body.hidden = folded;
      head.setAttribute("aria-expanded", String(!folded));
    });
    panel.appendChild(head);
    panel.appendChild(body);
    document.body.appendChild(panel);
  }

  function facts(about, state) {
    if (bar) { bar.remove(); bar = null; }
    if (!about) { return; }
    style();
    bar = element("aside", "yicun-bar");
    bar.id = "yicun-bar";
    if (about.standing) { bar.appendChild(element("strong", "yicun-standing", about.standing)); }
    [about.kind, about.words].forEach(function (text) { if (text) { bar.appendChild(element("span", "", text)); } });
    var mine = state.problems.filter(function (one) { return one.place && one.place.file === about.origin; }).length;
    if (mine) { bar.appendChild(element("strong", "yicun-mine", about.problems + " " + mine)); }
    var origin = element("button", "yicun-origin", about.origin);
    origin.type = "button";
    origin.title = about.copy;
    origin.addEventListener("click", function () {
      if (!navigator.clipboard) { return; }
      navigator.clipboard.writeText(about.origin).then(function () {
        origin.textContent = about.copied;
        setTimeout(function () { origin.textContent = about.origin; }, 1200);
      }, function () {});
    });
    bar.appendChild(origin);
    document.body.appendChild(bar);
  }

  // Links to pages that a build would leave out, by attribute: nothing is put into the page's own text.
  function marks(state) {
    var labels = {};
    state.marks.forEach(function (mark) { labels[mark.url] = mark.label; });
    if (state.marks.length) { style(); }
    Array.prototype.forEach.call(document.querySelectorAll("a[href]"), function (link) {
      var label = link.origin === location.origin && labels[decodeURI(link.pathname)];
      if (label) { link.dataset.yicun = label; } else if (link.dataset.yicun) { delete link.dataset.yicun; }
    });
  }

  return { problems: problems, facts: facts, marks: marks };
})();

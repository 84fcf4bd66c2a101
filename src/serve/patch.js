// Part of the preview's script: patches the page that is shown until it is what the server would send now.
// Two versions of the server's text are compared, and only what differs between them is changed in the page; so what
// scripts and readers have changed since (open details, text typed into forms, the place scrolled to) stays as it is.
var yicunPatch = (function () {
  "use strict";

  // Thrown when patching cannot lead to the same page as loading it.
  function Reload() {}

  function ours(node) { return node.nodeType === 1 && (node.id || "").indexOf("yicun-") === 0; }

  function children(node) {
    return Array.prototype.filter.call(node.childNodes, function (child) { return !ours(child); });
  }

  function alike(a, b) {
    return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  }

  // For each child of the old version the node of the page that it became, or null.
  function counterparts(old, live) {
    var nodes = children(live);
    var at = 0;
    return old.map(function (child) {
      for (var next = at; next < nodes.length; next += 1) {
        if (alike(child, nodes[next])) { at = next + 1; return nodes[next]; }
      }
      return null;
    });
  }

  function sameAttributes(a, b) {
    return a.nodeType !== 1 || a.cloneNode(false).isEqualNode(b.cloneNode(false));
  }

  function attributes(old, fresh, live) {
    Array.prototype.forEach.call(fresh.attributes, function (one) {
      if (old.getAttribute(one.name) !== one.value) { live.setAttribute(one.name, one.value); }
    });
    Array.prototype.forEach.call(old.attributes, function (one) {
      if (!fresh.hasAttribute(one.name)) { live.removeAttribute(one.name); }
    });
  }

  // A new style sheet takes over when it is there, so that the page is never seen without one.
  function sheet(live, fresh) {
    var next = document.importNode(fresh, true);
    var done = function () { live.remove(); };
    next.addEventListener("load", done);
    next.addEventListener("error", done);
    live.after(next);
  }

  // What a browser runs; data for machines, such as schema.org's, is no program.
  function runs(node) { return node.nodeName === "SCRIPT" && !/json/.test(node.type || ""); }

  function holdsProgram(node) {
    return runs(node) || node.querySelectorAll && Array.prototype.some.call(node.querySelectorAll("script"), runs);
  }

  function isSheet(node) { return node.nodeName === "LINK" && /stylesheet/.test(node.rel || ""); }

  function one(old, fresh, live) {
    if (old.isEqualNode(fresh)) { return; }
    if (!live || runs(old) || runs(fresh)) { throw new Reload(); }
    if (isSheet(old)) { sheet(live, fresh); return; }
    if (old.nodeType !== 1) {
      if (live.nodeValue !== fresh.nodeValue) { live.nodeValue = fresh.nodeValue; }
      return;
    }
    if (!sameAttributes(old, fresh)) { attributes(old, fresh, live); }
    many(children(old), children(fresh), live);
  }

  // Pairs of equal places in two lists, in order: the longest common run of equal nodes.
  function common(old, fresh) {
    var rows = old.length, columns = fresh.length;
    if (rows * columns > 250000) { return []; }
    var lengths = [];
    for (var i = 0; i <= rows; i += 1) { lengths.push(new Uint16Array(columns + 1)); }
    for (i = rows - 1; i >= 0; i -= 1) {
      for (var j = columns - 1; j >= 0; j -= 1) {
        lengths[i][j] = old[i].isEqualNode(fresh[j]) ? lengths[i + 1][j + 1] + 1
          : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    var pairs = [];
    i = 0; j = 0;
    while (i < rows && j < columns) {
      if (old[i].isEqualNode(fresh[j])) { pairs.push([i, j]); i += 1; j += 1; }
      else if (lengths[i + 1][j] >= lengths[i][j + 1]) { i += 1; } else { j += 1; }
    }
    return pairs;
  }

  function many(old, fresh, live) {
    var nodes = counterparts(old, live);
    var start = 0, oldEnd = old.length, freshEnd = fresh.length;
    while (start < oldEnd && start < freshEnd && old[start].isEqualNode(fresh[start])) { start += 1; }
    while (oldEnd > start && freshEnd > start && old[oldEnd - 1].isEqualNode(fresh[freshEnd - 1])) { oldEnd -= 1; freshEnd -= 1; }
    var pairs = common(old.slice(start, oldEnd), fresh.slice(start, freshEnd));
    pairs = pairs.map(function (pair) { return [pair[0] + start, pair[1] + start]; });
    pairs.push([oldEnd, freshEnd]);
    var i = start, j = start;
    pairs.forEach(function (pair) {
      // Between two equal nodes: what is alike is patched, the rest goes and comes.
      while (i < pair[0] || j < pair[1]) {
        if (i < pair[0] && j < pair[1] && alike(old[i], fresh[j]) && nodes[i]) {
          one(old[i], fresh[j], nodes[i]);
          i += 1; j += 1;
        } else if (i < pair[0]) {
          if (!nodes[i] || runs(old[i])) { throw new Reload(); }
          nodes[i].remove();
          i += 1;
        } else {
          if (holdsProgram(fresh[j])) { throw new Reload(); }
          insert(document.importNode(fresh[j], true), live, nodes, i);
          j += 1;
        }
      }
      i = pair[0] + 1; j = pair[1] + 1;
    });
  }

  // Before the next node that is still there, else before what is ours.
  function insert(node, live, nodes, at) {
    for (var next = at; next < nodes.length; next += 1) {
      if (nodes[next] && nodes[next].parentNode === live) { live.insertBefore(node, nodes[next]); return; }
    }
    var own = Array.prototype.find.call(live.childNodes, ours);
    live.insertBefore(node, own || null);
  }

  // Turns the shown page from one version of its text into another; false if it has to be loaded anew.
  return function (oldText, freshText) {
    var parser = new DOMParser();
    var old = parser.parseFromString(oldText, "text/html");
    var fresh = parser.parseFromString(freshText, "text/html");
    try {
      one(old.documentElement, fresh.documentElement, document.documentElement);
      return true;
    } catch (fault) {
      if (fault instanceof Reload) { return false; }
      throw fault;
    }
  };
})();

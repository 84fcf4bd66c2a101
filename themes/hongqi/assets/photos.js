// Albums one photo at a time, and pictures before and after as one. Everything is there without this script: photos are
// links, and the two pictures stand side by side.
(() => {
  'use strict';
  if (window.yicunPhotos) return;
  window.yicunPhotos = true;

  const make = (tag, name, parent) => {
    const element = document.createElement(tag);
    element.className = name;
    if (parent) parent.append(element);
    return element;
  };

  function viewer() {
    const links = [...document.querySelectorAll('.photos a[data-photo]')];
    if (!links.length || typeof HTMLDialogElement !== 'function') return;

    const box = make('dialog', 'lightbox');
    const stage = make('div', 'stage', box);
    const told = make('p', 'told', box);
    told.setAttribute('aria-live', 'polite');
    const button = (name, sign, run) => {
      const element = make('button', name, box);
      element.type = 'button';
      element.textContent = sign;
      element.addEventListener('click', run);
      return element;
    };
    const previous = button('previous', '‹', () => step(-1));
    const next = button('next', '›', () => step(1));
    const close = button('close', '×', () => leave());
    document.body.append(box);

    let album = [];
    let at = -1;
    let pushed = false;

    const named = (hash) => links.find((link) => `#${link.dataset.photo}` === hash);

    // The same sources as in the page, for the width of the window.
    function large(link) {
      const picture = link.querySelector('picture').cloneNode(true);
      picture.querySelectorAll('source').forEach((source) => source.setAttribute('sizes', '100vw'));
      const image = picture.querySelector('img');
      image.removeAttribute('loading');
      image.className = '';
      return picture;
    }

    function show(link) {
      const photos = link.closest('.photos');
      album = links.filter((other) => photos.contains(other));
      at = album.indexOf(link);
      stage.replaceChildren(large(link));
      const caption = link.parentElement.querySelector('figcaption');
      const words = caption ? caption.textContent.trim() : link.querySelector('img').alt;
      told.textContent = `${at + 1} / ${album.length}${words ? `　${words}` : ''}`;
      box.setAttribute('aria-label', photos.dataset.photos);
      previous.setAttribute('aria-label', photos.dataset.previous);
      next.setAttribute('aria-label', photos.dataset.next);
      close.setAttribute('aria-label', photos.dataset.close);
      previous.hidden = next.hidden = album.length < 2;
      if (!box.open) {
        box.showModal();
        close.focus();
      }
      // The neighbours come while this one is looked at.
      for (const near of [at + 1, at - 1]) {
        if (album[near]) large(album[near]);
      }
    }

    function step(by) {
      show(album[(at + by + album.length) % album.length]);
      history.replaceState(history.state, '', `#${album[at].dataset.photo}`);
    }

    function shut() {
      if (!box.open) return;
      box.close();
      stage.replaceChildren();
      const link = album[at];
      if (link) link.focus();
    }

    // Back is the way out if a click was the way in; a deep link has nothing to go back to.
    function leave() {
      if (pushed) history.back();
      else {
        history.replaceState(history.state, '', location.pathname + location.search);
        shut();
      }
    }

    links.forEach((link) =>
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
        event.preventDefault();
        show(link);
        history.pushState({}, '', `#${link.dataset.photo}`);
        pushed = true;
      }),
    );

    addEventListener('popstate', () => {
      const link = named(location.hash);
      pushed = false;
      if (link) show(link);
      else shut();
    });

    box.addEventListener('cancel', (event) => {
      event.preventDefault();
      leave();
    });
    box.addEventListener('click', (event) => {
      if (event.target === stage) leave();
    });
    box.addEventListener('keydown', (event) => {
      const moves = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };
      if (event.key in moves) step(moves[event.key]);
      else if (event.key === 'Home') step(-at);
      else if (event.key === 'End') step(album.length - 1 - at);
      else if (event.key === 'Tab') {
        const stops = [previous, next, close].filter((stop) => !stop.hidden);
        const from = stops.indexOf(document.activeElement);
        stops[(from + (event.shiftKey ? -1 : 1) + stops.length) % stops.length].focus();
      } else return;
      event.preventDefault();
    });

    let start = null;
    box.addEventListener('touchstart', (event) => {
      start = event.touches.length === 1 ? event.touches[0] : null;
    }, { passive: true });
    box.addEventListener('touchend', (event) => {
      if (!start) return;
      const [x, y] = [event.changedTouches[0].clientX - start.clientX, event.changedTouches[0].clientY - start.clientY];
      start = null;
      if (window.visualViewport && visualViewport.scale > 1.05) return;
      if (Math.abs(x) > 48 && Math.abs(x) > 2 * Math.abs(y)) step(x < 0 ? 1 : -1);
      else if (y > 96 && y > 2 * Math.abs(x)) leave();
    }, { passive: true });

    if (named(location.hash)) {
      show(named(location.hash));
      // Going to the anchor takes the focus away once more.
      addEventListener('load', () => box.open && close.focus());
    }
  }

  function compare(figure) {
    const place = figure.querySelector('div');
    const range = make('input', '', place);
    range.type = 'range';
    range.setAttribute('aria-label', figure.dataset.compare);
    make('span', 'bar', place);
    const cut = () => place.style.setProperty('--cut', `${range.value}%`);
    range.addEventListener('input', cut);
    cut();
    figure.classList.add('live');
  }

  viewer();
  document.querySelectorAll('[data-compare]').forEach(compare);
})();

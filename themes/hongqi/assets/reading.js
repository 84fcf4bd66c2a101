// Reading comfort: size of text, colours, large-print mode, big screen, reading aloud, print, share. What was chosen is set
// on <html> before anything is drawn; the controls come to life when the page is there. Without this script nothing is missing.
(() => {
  'use strict';
  const root = document.documentElement;
  const KEY = 'yicun-reading';
  const SIZES = ['', 'text-large', 'text-larger'];
  const LOOKS = ['', 'light', 'dark', 'contrast'];
  const SCREENS = ['', 'kiosk'];
  const NAMES = [...SIZES, ...LOOKS, ...SCREENS, 'elder'].filter(Boolean);

  // Storage may be refused: then a choice lasts as long as the page.
  let chosen = {};
  function recall() {
    try {
      chosen = JSON.parse(localStorage.getItem(KEY)) || {};
    } catch (refused) {}
  }
  function apply() {
    const on = [chosen.size, chosen.look, chosen.screen, chosen.elder && 'elder'];
    NAMES.forEach((name) => root.classList.toggle(name, on.includes(name)));
  }
  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(chosen));
    } catch (refused) {}
  }
  recall();
  // A screen in a hall may forget everything at night: its first address says what it is.
  if (/[?&]screen=kiosk\b/.test(location.search)) {
    chosen.screen = 'kiosk';
    keep();
  }
  apply();
  root.classList.add('js');

  // On a telephone the row of sections goes on beyond the screen: the open one comes into sight.
  function sight() {
    const here = document.querySelector('.nav [aria-current]');
    const row = here && here.closest('ul');
    if (!row) return;
    const [one, all] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
  }

  function controls() {
    sight();
    const tools = document.querySelector('.tools');
    if (!tools) return;
    const words = tools.dataset;
    const find = (selector) => tools.querySelector(selector);
    const opener = find('[aria-controls]');
    const panel = find('.panel');
    const elder = find('[data-elder]');
    const told = find('[role=status]');
    const tell = (text) => (told.textContent = text || '');

    function show() {
      for (const [name, known] of [['size', SIZES], ['look', LOOKS], ['screen', SCREENS]]) {
        const value = known.includes(chosen[name]) ? chosen[name] : '';
        tools.querySelectorAll(`[name=reading-${name}]`).forEach((one) => (one.checked = one.value === value));
      }
      elder.setAttribute('aria-pressed', String(!!chosen.elder));
    }
    function choose(name, value) {
      chosen[name] = value;
      apply();
      show();
      keep();
    }
    const again = () => {
      recall();
      apply();
      show();
    };
    addEventListener('storage', (event) => event.key === KEY && again());
    addEventListener('pageshow', (event) => event.persisted && again());
    elder.addEventListener('click', () => choose('elder', !chosen.elder));
    panel.addEventListener('change', (event) => {
      const one = event.target;
      if (one.name) choose(one.name.replace('reading-', ''), one.value);
    });

    // The panel opens below its button, and closes with Esc, with a click elsewhere, and when the focus has left it.
    function open(wanted) {
      panel.hidden = !wanted;
      opener.setAttribute('aria-expanded', String(wanted));
      tell();
    }
    opener.addEventListener('click', () => open(panel.hidden));
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || panel.hidden) return;
      if (tools.contains(document.activeElement)) opener.focus();
      open(false);
    });
    document.addEventListener('click', (event) => tools.contains(event.target) || open(false));
    tools.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !tools.contains(event.relatedTarget)) open(false);
    });

    find('[data-print]').addEventListener('click', () => print());
    aloud(find('[data-speak]'), find('[data-stop]'), words, tell);
    share(find('[data-share]'), words, tell);
    idle(words.home);
    show();
    tools.hidden = false;
  }

  // Sentence by sentence: long texts break off in some browsers, and pausing in others ends the reading, so a pause stops
  // the voice and going on begins the sentence again.
  function aloud(speak, stop, words, tell) {
    const voice = window.speechSynthesis;
    if (!voice || !window.SpeechSynthesisUtterance) return;
    let sentences = [];
    let at = 0;
    let current = null;
    speak.hidden = false;

    function text() {
      const title = document.querySelector('main h1');
      const article = document.querySelector('article.prose');
      const parts = article ? [title, article] : [document.querySelector('main')];
      const whole = parts.map((part) => (part ? part.innerText : '')).join('\n');
      return whole.match(/[^\n。！？；.!?;]{1,180}[。！？；.!?;]*/g) || [];
    }
    const speaker = () => {
      const lang = root.lang.toLowerCase();
      const of = (one) => one.lang.toLowerCase().replace('_', '-');
      const fit = voice.getVoices().filter((one) => of(one).split('-')[0] === lang.split('-')[0]);
      return fit.find((one) => of(one) === lang && one.localService) || fit.find((one) => of(one) === lang) || fit[0];
    };
    function silence() {
      current = null;
      voice.cancel();
    }
    function say() {
      while (at < sentences.length && !sentences[at].trim()) at += 1;
      if (at >= sentences.length) return end();
      const one = new SpeechSynthesisUtterance(sentences[at].trim());
      one.lang = root.lang;
      one.voice = speaker() || null;
      one.onend = () => {
        if (one !== current) return;
        at += 1;
        say();
      };
      one.onerror = () => {
        if (one !== current) return;
        end();
        tell(words.voiceless);
      };
      current = one;
      voice.speak(one);
      speak.textContent = words.pause;
      stop.hidden = false;
    }
    function end() {
      silence();
      sentences = [];
      speak.textContent = words.speak;
      if (document.activeElement === stop) speak.focus();
      stop.hidden = true;
    }
    speak.addEventListener('click', () => {
      tell();
      if (current) {
        silence();
        speak.textContent = words.resume;
        return;
      }
      if (!sentences.length) {
        sentences = text();
        at = 0;
      }
      voice.cancel();
      say();
    });
    stop.addEventListener('click', end);
    addEventListener('pagehide', silence);
  }

  // A big screen that nobody has touched for a while begins anew for whoever comes next.
  function idle(home) {
    const MINUTES = 3;
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(end, MINUTES * 60000);
    };
    const busy = () =>
      (window.speechSynthesis && speechSynthesis.speaking) || [...document.querySelectorAll('video, audio')].some((one) => !one.paused);
    function end() {
      if (!root.classList.contains('kiosk') || busy()) return wait();
      chosen = { screen: 'kiosk' };
      keep();
      const go = () => location.assign(home);
      // Without a network the page at hand is better than none.
      if (/^https?:/.test(location.href)) fetch(home, { cache: 'no-cache' }).then((answer) => (answer.ok ? go() : wait()), wait);
      else go();
    }
    ['pointerdown', 'keydown', 'wheel', 'scroll', 'touchstart'].forEach((what) => addEventListener(what, wait, { passive: true, capture: true }));
    wait();
  }

  function share(button, words, tell) {
    const canonical = document.querySelector('link[rel=canonical]');
    const address = canonical ? canonical.href : location.href.split('#')[0];
    // The address of a file on this disk is of use to nobody else.
    if (!/^https?:/.test(address)) return;
    button.hidden = false;
    if (!navigator.share) button.textContent = words.copy;
    button.addEventListener('click', () => {
      tell();
      if (navigator.share) {
        navigator.share({ title: document.title, url: address }).catch(() => {});
        return;
      }
      const done = (fine) => tell(fine ? words.copied : address);
      if (navigator.clipboard) {
        navigator.clipboard.writeText(address).then(() => done(true), () => done(copy()));
      } else done(copy());
    });
    // Without https there is no clipboard, but a selection can be copied.
    function copy() {
      const field = document.createElement('textarea');
      field.value = address;
      button.after(field);
      field.select();
      const fine = document.execCommand('copy');
      field.remove();
      button.focus();
      return fine;
    }
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', controls);
  else controls();
})();

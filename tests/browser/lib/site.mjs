// What the browser tests share: the pages of a built site by type, a browser, expectations that are counted and told.
import { chromium } from 'playwright-core';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

export const { ADDRESS, ARTEFACTS, CHROMIUM, PUBLIC, SITE, YICUN } = process.env;
export const WIDTHS = [390, 768, 1280, 1920];

export const launch = (args = []) =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...args] });

// All pages below PUBLIC that are no redirects: their path, layout, language and size.
function everyPage() {
  const found = [];
  const walk = (folder) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (name.endsWith('.html')) {
        const text = readFileSync(path, 'utf8');
        const layout = /<body class="layout-([\w-]+)"/.exec(text)?.[1];
        const language = /<html lang="([\w-]+)"/.exec(text)?.[1];
        const address = relative(PUBLIC, path).replaceAll('\\', '/').replace(/index\.html$/, '');
        if (layout) found.push({ path: address, layout, language, size: text.length });
      }
    }
  };
  walk(PUBLIC);
  return found;
}

// Of each type of page (layout) in each language the richest.
export function pageTypes() {
  const best = new Map();
  for (const page of everyPage()) {
    const key = `${page.language} ${page.layout}`;
    if (!best.has(key) || best.get(key).size < page.size) best.set(key, page);
  }
  const pages = [...best.values()];
  const layouts = new Set(pages.map((page) => page.layout));
  const wanted = ['home', 'village', 'brand', 'project', 'news', 'album', 'report', 'timeline', 'notice', 'topic', 'indicator-section', '404'];
  const missing = wanted.filter((layout) => !layouts.has(layout));
  if (missing.length) throw new Error(`the site has no page of these types: ${missing}`);
  return pages;
}

export const pageOf = (layout, language = 'zh-CN') =>
  pageTypes().find((page) => page.layout === layout && page.language === language).path;

// Faults and how many expectations were held.
export const faults = [];
let held = 0;
export function expect(what, found, wanted) {
  held += 1;
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== should) faults.push(`${what}: ${is}, not ${should}`);
}

// What Chromium says of a picture that was announced and then not shown.
const UNUSED = 'was preloaded using link preload but not used';

// Whatever goes wrong in a page is a fault; `where` says what is being looked at. `changing`: the page is made another as soon
// as it is there, in modes that hide pictures too, so that one which was announced may never be shown.
export function watch(page, where, { changing = false } = {}) {
  const fault = (what) => faults.push(`${where()}: ${what}`);
  page.on('console', (message) => {
    if (changing && message.text().includes(UNUSED)) return;
    if (['error', 'warning'].includes(message.type())) fault(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(`script: ${error.message}`));
  // A page that leads on at once leaves before its icon has come: that request is called off, not failed.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') fault(`request failed: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('404.html')) fault(`${response.status()}: ${response.url()}`);
  });
}

// What a reader chose on an earlier page.
export const remember = (target, chosen) =>
  target.addInitScript((text) => localStorage.setItem('yicun-reading', text), JSON.stringify(chosen));

export function finish(subject) {
  console.log(`${held} expectations of ${subject}, ${faults.length} faults`);
  for (const fault of faults.slice(0, 60)) console.error(fault);
  if (faults.length > 60) console.error(`and ${faults.length - 60} more`);
  process.exit(faults.length ? 1 : 0);
}

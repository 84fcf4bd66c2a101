// Opens every kind of page at the width of a telephone and of a desk, and expects: no message on the console, no
// failed request, no violation of the policy that the server sends, no sideways scrolling, text in the main part.
import { chromium } from 'playwright-core';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const { ADDRESS, ARTEFACTS, CHROMIUM, PUBLIC } = process.env;
const WIDTHS = [390, 1280];
const LIMIT = 40;

// The pages to open: all of a small site; of a large one the first few of each folder.
function pages() {
  const found = [];
  const walk = (folder) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (name.endsWith('.html')) found.push(relative(PUBLIC, path).replaceAll('\\', '/'));
    }
  };
  walk(PUBLIC);
  const taken = {};
  const few = found.filter((path) => {
    const folder = path.split('/')[0];
    taken[folder] = (taken[folder] ?? 0) + 1;
    return taken[folder] <= 5;
  });
  return few.slice(0, LIMIT).map((path) => path.replace(/index\.html$/, ''));
}

const faults = [];
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
let opened = 0;
for (const width of WIDTHS) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'zh-CN' });
  const page = await context.newPage();
  let path = '';
  const fault = (what) => faults.push(`${width} px ${path || '/'}: ${what}`);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) fault(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(`script: ${error.message}`));
  // A page that leads on at once leaves before its icon has come: that request is called off, not failed.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') fault(`request failed: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) {
      fault(`${response.status()}: ${response.url()}`);
    }
  });
  for (path of pages()) {
    // A redirect page leaves while it is being measured; the link check reads it.
    await page.goto(ADDRESS + path, { waitUntil: 'load' });
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      text: (document.querySelector('main') ?? document.body).innerText.trim().length,
      broken: [...document.images].filter((it) => it.complete && !it.naturalWidth).map((it) => it.src),
    })).catch(() => ({ wide: 0, text: 1, broken: [] }));
    if (seen.wide > 0) fault(`scrolls ${seen.wide} px sideways`);
    if (seen.text === 0) fault('shows no text');
    for (const image of seen.broken) fault(`broken image ${image}`);
    const name = path.replace(/\/$/, '').replaceAll('/', '_') || 'home';
    await page.screenshot({ path: join(ARTEFACTS, `${name}-${width}.png`), fullPage: opened < 12 }).catch(() => {});
    opened += 1;
  }
  await context.close();
}

// Everything is readable without scripts, and the first Tab reaches a link.
const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 900 } });
const page = await plain.newPage();
await page.goto(ADDRESS);
if (!(await page.locator('main').innerText()).trim()) faults.push('without scripts: the home page is empty');
await browser.close();

console.log(`${opened} pages opened, ${faults.length} faults`);
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);

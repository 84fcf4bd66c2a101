// The preview in a real browser: edits patch the page and leave alone what the reader has done with it; style sheets are
// swapped; faults show over the last good page and go away; a draft is marked; two pages at once.
import { chromium } from 'playwright-core';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { YICUN, SITE, CHROMIUM } = process.env;
const news = (title, more = '') =>
  `+++\ntitle = "${title}"\ndate = 2026-11-20\nslug = "probe"\n${more}+++\n\n` + `第一段。\n\n`.repeat(80) + `末段${title}。\n`;
const file = join(SITE, 'content/news/probe.md');
mkdirSync(join(SITE, 'content/news'), { recursive: true });
writeFileSync(file, news('甲'));

const server = spawn(YICUN, ['serve', '--root', SITE, '--port', '18090', '--lang', 'zh'], { stdio: ['ignore', 'pipe', 'ignore'] });
const address = await new Promise((resolve, reject) => {
  let said = '';
  server.stdout.on('data', (piece) => {
    said += piece;
    const found = /http:\/\/[0-9.]+:\d+\//.exec(said);
    if (found) resolve(found[0]);
  });
  server.on('exit', () => reject(new Error('the preview did not start')));
});

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
let failed = 0;
const check = (name, fine) => {
  console.log(`${fine ? 'ok' : 'FAILED'}: ${name}`);
  if (!fine) failed += 1;
};
try {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'zh-CN' });
  const page = await context.newPage();
  page.on('pageerror', (error) => check(`no fault in a script: ${error}`, false));
  const list = await context.newPage();
  await list.goto(address + 'news/');
  await page.goto(address + 'news/probe/');
  await page.waitForSelector('#yicun-bar');
  check('the bar tells the source', (await page.textContent('#yicun-bar')).includes('content/news/probe.md'));
  // What a reader does: types, opens, scrolls. The marker is gone after a reload.
  await page.evaluate(() => {
    window.marker = 1;
    document.querySelector('[data-elder]').click();
    document.querySelector('[aria-controls]').click();
    const box = document.createElement('div');
    box.id = 'yicun-test';
    box.innerHTML = '<input value="x"><details><summary>a</summary>b</details>';
    document.body.appendChild(box);
    box.querySelector('input').value = 'typed';
    box.querySelector('details').open = true;
    window.scrollTo({ top: 900, behavior: 'instant' });
    window.was = window.scrollY;
  });
  writeFileSync(file, news('乙'));
  await page.waitForFunction(() => document.title.includes('乙') && document.body.textContent.includes('末段乙'));
  const kept = await page.evaluate(() => ({
    marker: window.marker,
    typed: document.querySelector('#yicun-test input').value,
    open: document.querySelector('#yicun-test details').open,
    moved: window.scrollY - window.was,
    mode: document.documentElement.classList.contains('elder') && !document.querySelector('.panel').hidden,
    was: window.was,
  }));
  check('an edit patches and does not reload', kept.marker === 1);
  check('large print and the open tools stay', kept.mode);
  check('text typed and open details stay', kept.typed === 'typed' && kept.open);
  check('the place scrolled to stays', kept.was > 300 && kept.moved === 0);
  await list.bringToFront();
  await list.waitForFunction(() => document.body.textContent.includes('乙'));
  check('the list in another tab shows the new title', true);
  await page.bringToFront();

  writeFileSync(file, news('乙', 'titel = 3\nweight = "<b>x</b>"\n'));
  await page.waitForSelector('#yicun-panel');
  const told = await page.textContent('#yicun-panel');
  check('the panel shows both faults with their lines', told.includes('probe.md:5') && told.includes('probe.md:6'));
  check('what is wrong is text, not markup', (await page.$('#yicun-panel b b')) === null && told.includes('<b>x</b>'));
  check('the last good page stays', (await page.textContent('body')).includes('末段乙'));
  writeFileSync(file + '.tmp', news('丙'));
  renameSync(file + '.tmp', file);
  await page.waitForFunction(() => !document.getElementById('yicun-panel') || !document.getElementById('yicun-panel').textContent.includes('probe.md'));
  await page.waitForFunction(() => document.title.includes('丙'));
  check('the panel goes away by itself', true);

  const sheets = () => page.evaluate(() => [...document.querySelectorAll('link[rel=stylesheet]')].map((one) => one.href).join());
  const before = await sheets();
  const css = process.env.STYLE;
  writeFileSync(css, readFileSync(css, 'utf8') + '\nbody { border-top: 7px solid rgb(1, 2, 3); }\n');
  await page.waitForFunction(() => getComputedStyle(document.body).borderTopWidth === '7px');
  check('a style sheet is swapped', (await sheets()) !== before);
  check('and the page was never reloaded', (await page.evaluate(() => window.marker)) === 1);

  // A photo dropped into a folder appears in its album.
  const album = join(SITE, 'content/albums/probe');
  const some = join(SITE, 'content', readdirSync(join(SITE, 'content'), { recursive: true }).find((name) => name.endsWith('.jpg')));
  mkdirSync(album, { recursive: true });
  copyFileSync(some, join(album, '20261120_甲.jpg'));
  writeFileSync(join(album, 'index.md'), '+++\ntitle = "新图集"\ndate = 2026-11-20\nslug = "probe"\n+++\n');
  await list.waitForFunction(async (url) => (await fetch(url)).ok, address + 'albums/probe/', { polling: 100 });
  await list.goto(address + 'albums/probe/');
  await list.evaluate(() => (window.marker = 1));
  const photos = () => list.$$eval('main img', (all) => all.filter((one) => one.complete && one.naturalWidth > 0).length);
  const shown = await photos();
  copyFileSync(some, join(album, '20261121_乙.jpg'));
  await list.waitForFunction((before) => {
    const all = [...document.querySelectorAll('main img')];
    all.forEach((one) => one.scrollIntoView());
    return all.filter((one) => one.complete && one.naturalWidth > 0).length > before;
  }, shown);
  check('a new photo appears in its album without a reload', (await list.evaluate(() => window.marker)) === 1);

  writeFileSync(file, news('丙', 'draft = true\n'));
  await page.waitForSelector('#yicun-bar .yicun-standing');
  check('a draft is marked', (await page.textContent('#yicun-bar')).includes('草稿'));
} finally {
  await browser.close();
  server.kill();
}
process.exitCode = failed ? 1 : 0;

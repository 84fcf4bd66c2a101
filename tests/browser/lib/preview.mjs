// A preview of SITE, for the tests that edit it: started on a port of its own, stopped and started again.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SITE, YICUN } from './site.mjs';

// Starts it and waits for its address. Ends with `server.kill()`.
export async function preview(port, more = []) {
  const asked = ['serve', '--root', SITE, '--port', String(port), '--lang', 'zh', ...more];
  const server = spawn(YICUN, asked, { stdio: ['ignore', 'pipe', 'ignore'] });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (piece) => {
      said += piece;
      const found = /http:\/\/[0-9.]+:\d+\//.exec(said);
      if (found) resolve(found[0]);
    });
    server.on('exit', () => reject(new Error('the preview did not start')));
  });
  return { server, address };
}

export function stop(server) {
  const gone = new Promise((resolve) => server.on('exit', resolve));
  server.kill();
  return gone;
}

// Files of the site that a test writes; `restore` puts back what was there before.
const before = new Map();
export function write(name, content) {
  const path = join(SITE, name);
  if (!before.has(path)) before.set(path, existsSync(path) ? readFileSync(path) : null);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
export const read = (name) => readFileSync(join(SITE, name), 'utf8');
export function restore() {
  for (const [path, content] of before) {
    if (content === null) rmSync(path, { force: true });
    else writeFileSync(path, content);
  }
}

// A page whose title and text say `title`; `more` stands in its front matter.
export const news = (slug, title, more = '') =>
  `+++\ntitle = "${title}"\ndate = 2026-11-20\nslug = "${slug}"\n${more}+++\n\n${'第一段。\n\n'.repeat(60)}末段${title}。\n`;

// Waits until the page says `text`; false if it does not in ten seconds.
export const says = (page, text) =>
  page
    .waitForFunction((wanted) => document.body.textContent.includes(wanted), text, { timeout: 10_000 })
    .then(() => true, () => false);

// What a reload takes away.
export const mark = (page) => page.evaluate(() => (window.marker = 1));
export const marked = (page) => page.evaluate(() => window.marker === 1);

// From a USB stick: a build with --offline, opened as files, has its tools, remembers, and asks nobody for anything.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SITE, YICUN, expect, faults, finish, launch, watch } from './lib/site.mjs';

const folder = mkdtempSync(join(tmpdir(), 'yicun-stick-'));
const browser = await launch();
try {
  const stick = join(folder, 'stick');
  execFileSync(YICUN, ['build', '--root', SITE, '--offline', '--output', stick, '--today', '2026-11-22', '--quiet'], { stdio: 'ignore' });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' });
  const page = await context.newPage();
  watch(page, () => `file ${page.url()}`);
  const elsewhere = [];
  page.on('request', (request) => request.url().startsWith('file:') || elsewhere.push(request.url()));
  const classes = () => page.evaluate(() => document.documentElement.className.split(' ').sort().join(' '));

  await page.goto(pathToFileURL(join(stick, 'index.html')).href);
  expect('style sheets are there', await page.locator('.skip').evaluate((one) => getComputedStyle(one).position), 'absolute');
  await page.locator('[aria-controls]').click();
  await page.locator('.panel label', { hasText: '深色' }).click();
  expect('dark', await classes(), 'dark js');
  expect('the code of the public address', await page.locator('.panel svg.qr').isVisible(), true);
  await page.keyboard.press('Escape');
  await page.locator('nav.nav a', { hasText: '图集' }).click();
  await page.locator('main a:has(img)').first().click();
  await page.waitForSelector('.photos');
  expect('two pages on it is still dark', await classes(), 'dark js');
  await page.locator('[data-elder]').click();
  expect('large print', await classes(), 'dark elder js');
  await page.locator('.photos a[data-photo]').first().click();
  await page.waitForFunction(() => document.querySelector('dialog.lightbox img').naturalWidth > 0);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog.lightbox').open);
  expect('nobody is asked', elsewhere, []);
  await context.close();

  // A site without an address of its own: nothing to scan, and nothing to share from a disk.
  const plain = join(folder, 'plain');
  execFileSync(YICUN, ['init', plain], { stdio: 'ignore' });
  const settings = join(plain, 'site.toml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}\n[theme_options]\ngrey = true\n`);
  execFileSync(YICUN, ['build', '--root', plain, '--offline', '--output', join(folder, 'out'), '--today', '2026-11-22', '--quiet'], { stdio: 'ignore' });
  const home = join(folder, 'out', 'index.html');
  expect('no code without an address', readFileSync(home, 'utf8').includes('class="qr"'), false);
  const other = await browser.newPage();
  watch(other, () => 'a new site');
  await other.goto(pathToFileURL(home).href);
  await other.locator('[aria-controls]').click();
  expect('print, but no share', [await other.locator('[data-print]').isVisible(), await other.locator('[data-share]').isVisible()], [true, false]);
  expect('grey by the site', await other.evaluate(() => getComputedStyle(document.documentElement).filter), 'grayscale(1)');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
if (!YICUN) faults.push('no program');
finish('files on a stick');

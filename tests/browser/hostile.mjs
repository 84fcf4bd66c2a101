// The preview of a site whose titles, file names and values try to be markup: panel, bar and page show them as text, nothing of
// it runs, and the panel goes away by itself once all is mended. The bar leads to the source by putting its path on the clipboard.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mark, marked, news, preview, restore, says, write } from './lib/preview.mjs';
import { SITE, expect, finish, launch } from './lib/site.mjs';

const evil = '<img src=x onerror=window.hacked=1>';
const place = `content/news/${evil}.md`;
const mended = 'content/news/hostile.md';
const title = `甲${evil}`;
write(place, news('hostile', title));
const { server, address } = await preview(18093);
const browser = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'zh-CN' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address.replace(/\/$/, '') });
  const page = await context.newPage();
  await page.goto(address + 'news/hostile/');
  await page.waitForSelector('#yicun-bar');
  await mark(page);
  const harmless = () => page.evaluate(() => [window.hacked === undefined, document.querySelector('[onerror]') === null]);
  const origin = page.locator('#yicun-bar .yicun-origin');
  expect('the bar shows the file name as text', await origin.textContent(), place);
  await origin.click();
  const copied = page.waitForFunction((wanted) => navigator.clipboard.readText().then((text) => text === wanted), place, { timeout: 10_000 });
  expect('the bar puts the path of the source on the clipboard', await copied.then(() => true, () => false), true);
  expect('a hostile title is text', [(await page.title()).includes(evil), ...(await harmless())], [true, true, true]);

  // A patch puts nodes into the page: they must come as harmless as a page that is loaded.
  write(place, news('hostile', `乙${evil}`));
  expect('an edit shows', await says(page, `乙${evil}`), true);
  expect('a patched title is text', await harmless(), [true, true]);

  const told = (wanted) =>
    page
      .waitForFunction((text) => document.getElementById('yicun-panel')?.textContent.includes(text), wanted, { timeout: 10_000 })
      .then(() => true, () => false);
  write(place, news('hostile', `乙${evil}`, `weight = "${evil}"\n"${evil}" = 1\n`));
  expect('the panel names the file', await told(`${place}:5`), true);
  expect('the panel shows the value', await told(`"${evil}"`), true);
  expect('the panel shows the name of the field', await told(`${place}:6`), true);
  expect('the panel is text', await harmless(), [true, true]);
  expect('and holds no picture', await page.locator('#yicun-panel img, #yicun-bar img').count(), 0);
  expect('the bar counts the problems of the page', /本页问题 [2-9]/.test(await page.textContent('#yicun-bar')), true);

  write(place, news('hostile', `丙${evil}`));
  expect('the mended page shows', await says(page, `丙${evil}`), true);
  expect('what is wrong with the name of the file is still told', await told('Windows'), true);
  renameSync(join(SITE, place), join(SITE, mended));
  const silent = page.waitForFunction(
    () => !/onerror|Windows/.test(document.getElementById('yicun-panel')?.textContent) && !document.querySelector('.yicun-mine'),
    undefined,
    { timeout: 10_000 },
  );
  expect('the panel and the count go away by themselves', await silent.then(() => true, () => false), true);
  expect('all without a reload', await marked(page), true);
  expect('nothing ran', await harmless(), [true, true]);
} finally {
  await browser.close();
  server.kill();
  restore();
  for (const name of [place, mended]) rmSync(join(SITE, name), { force: true });
}
finish('a hostile site in the preview');

// The preview with several tabs and a phone at once: each shows a save without a reload and keeps what its reader has done;
// a photo put into an album's folder, and taken away, shows in the open album; the bar counts words and problems; faults of
// two pages are told together, as text.
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mark, marked, news, preview, restore, says, write } from './lib/preview.mjs';
import { SITE, expect, finish, launch } from './lib/site.mjs';

const album = 'content/albums/dang-ke-jin-cun/';
const photo = join(SITE, album, '20260704_村口_新来的照片.jpg');
const place = 'content/news/together.md';
write(place, news('together', '甲'));
const { server, address } = await preview(18091);
const browser = await launch();
try {
  const desk = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'zh-CN' });
  const phone = await browser.newContext({ viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true });
  const tabs = [await desk.newPage(), await desk.newPage(), await desk.newPage(), await phone.newPage()];
  for (const [at, tab] of tabs.entries()) {
    await tab.goto(address + 'news/together/');
    await tab.waitForSelector('#yicun-bar');
    await mark(tab);
    // Each reader is at another place, with something of their own opened and typed.
    await tab.evaluate((number) => {
      const form = document.createElement('form');
      form.id = 'yicun-form';
      form.innerHTML = '<input><textarea></textarea><details><summary>a</summary>b</details>';
      document.body.append(form);
      form.querySelector('input').value = `typed ${number}`;
      form.querySelector('textarea').value = `written ${number}`;
      form.querySelector('details').open = true;
      window.scrollTo({ top: 300 + number * 100, behavior: 'instant' });
      window.was = window.scrollY;
    }, at);
  }
  write(place, news('together', '乙'));
  for (const [at, tab] of tabs.entries()) {
    const where = `tab ${at}`;
    await tab.bringToFront();
    expect(`${where} shows the save`, await says(tab, '末段乙'), true);
    expect(`${where} was not reloaded`, await marked(tab), true);
    const kept = await tab.evaluate(() => {
      const form = document.getElementById('yicun-form');
      const fields = [form.querySelector('input').value, form.querySelector('textarea').value];
      return [...fields, form.querySelector('details').open, window.was >= 300, window.scrollY - window.was];
    });
    expect(`${where} keeps what was done in it`, kept, [`typed ${at}`, `written ${at}`, true, true, 0]);
  }
  await phone.close();
  for (const tab of tabs.slice(1, 3)) await tab.close();

  const page = tabs[0];
  const bar = async () => (await page.textContent('#yicun-bar')).replace(/\s+/g, ' ');
  const told = await bar();
  // Sixty times 第一段 and once 末段乙.
  expect('the bar tells the kind and the words', [told.includes('工作动态'), told.includes('183 字')], [true, true]);
  expect('the bar tells of no problems', await page.$('.yicun-mine') === null, true);

  // Two pages at fault, one by what would end a script.
  write(place, news('together', '坏</script><script>window.hacked = 1</script><b>', 'weight = "<script>window.hacked = 1</script>"\n'));
  write('content/news/second.md', '+++\ntitle = "二"\ndate = 2026-11-20\ndraft = 3\n+++\n');
  const panel = () => page.waitForFunction(() => {
    const text = document.getElementById('yicun-panel')?.textContent ?? '';
    return text.includes('news/together.md:5') && text.includes('news/second.md:4');
  }, undefined, { timeout: 10_000 }).then(() => true, () => false);
  expect('both pages are told with their lines', await panel(), true);
  expect('nothing of it is markup', await page.$('#yicun-panel script, #yicun-panel pre b') === null, true);
  expect('nothing of it runs', await page.evaluate(() => window.hacked === undefined), true);
  expect('the excerpt is shown as written', (await page.textContent('#yicun-panel')).includes('<script>window.hacked = 1</script>'), true);
  const kept = await page.evaluate(() => [document.title.includes('乙'), document.querySelector('h1').textContent.includes('乙')]);
  expect('the page keeps its last good front matter', kept, [true, true]);
  expect('the bar counts the problems of the page', /本页问题 [12]/.test(await bar()), true);
  rmSync(join(SITE, 'content/news/second.md'));
  write(place, news('together', '丙'));
  expect('the mended page shows', await says(page, '末段丙'), true);
  const silent = page.waitForFunction(() => !document.getElementById('yicun-panel')?.textContent.includes('content/news/'), undefined, { timeout: 10_000 });
  expect('its problems go away', await silent.then(() => true, () => false), true);
  expect('all without a reload', await marked(page), true);

  await page.goto(address + 'albums/dang-ke-jin-cun/');
  await page.waitForSelector('#yicun-bar');
  await mark(page);
  const count = () => page.locator('main img').count();
  const few = await count();
  const until = (number) => page
    .waitForFunction((wanted) => {
      const all = [...document.querySelectorAll('main img')];
      return all.length === wanted;
    }, number, { timeout: 10_000 })
    .then(() => true, () => false);
  copyFileSync(join(SITE, album, '20260702_村里_瓦屋.jpg'), photo);
  expect('a new photo appears in its album', await until(few + 1), true);
  expect('with its words', await says(page, '新来的照片'), true);
  const shown = page.locator('main img[alt*="新来的照片"]').first();
  await shown.scrollIntoViewIfNeeded();
  const drawn = page.waitForFunction(() => {
    const found = document.querySelector('main img[alt*="新来的照片"]');
    return found?.complete && found.naturalWidth > 0;
  }, undefined, { timeout: 20_000 });
  expect('and can be seen', await drawn.then(() => true, () => false), true);
  rmSync(photo);
  expect('a photo taken away goes', await until(few), true);
  expect('the album was never reloaded', await marked(page), true);
} finally {
  await browser.close();
  server.kill();
  rmSync(photo, { force: true });
  restore();
}
finish('several readers of the preview');

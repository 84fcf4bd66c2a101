// An open page of the preview that lost its server finds it again by itself and shows what was saved meanwhile: after the
// program was stopped and started anew, after the network was away, after the computer slept.
import { mark, marked, news, preview, restore, says, stop, write } from './lib/preview.mjs';
import { expect, finish, launch } from './lib/site.mjs';

const PORT = 18092;
const place = 'content/news/again.md';
write(place, news('again', '甲'));
let { server, address } = await preview(PORT);
const browser = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(address + 'news/again/');
  await page.waitForSelector('#yicun-bar');
  await mark(page);

  await stop(server);
  write(place, news('again', '乙'));
  ({ server } = await preview(PORT));
  expect('a page shows what was saved while the program was stopped', await says(page, '末段乙'), true);
  expect('without a reload', await marked(page), true);
  write(place, news('again', '丙'));
  expect('and what is saved after', await says(page, '末段丙'), true);
  // A second program counts its versions from the start again.
  await stop(server);
  ({ server } = await preview(PORT));
  write(place, news('again', '丁'));
  expect('also after a second time', await says(page, '末段丁'), true);

  await context.setOffline(true);
  write(place, news('again', '戊'));
  await page.waitForTimeout(500);
  await context.setOffline(false);
  expect('a page shows what was saved while the network was away', await says(page, '末段戊'), true);

  // Frozen and resumed, as a page is whose computer sleeps.
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await stop(server);
  write(place, news('again', '己'));
  ({ server } = await preview(PORT));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  expect('a page shows what was saved while the computer slept', await says(page, '末段己'), true);

  // A connection that was cut without a word looks open for long: the state is asked for when the page is looked at again.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => window.seen ?? 'visible' });
    window.seen = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
  });
  write(place, news('again', '庚'));
  await page.waitForTimeout(300);
  await page.evaluate(() => {
    window.seen = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
  });
  expect('a page shows what was saved while another tab was looked at', await says(page, '末段庚'), true);
  expect('all without a reload', await marked(page), true);
} finally {
  await browser.close();
  server.kill();
  restore();
}
finish('a preview lost and found');

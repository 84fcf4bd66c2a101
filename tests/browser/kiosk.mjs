// The mode for a big screen in a hall: pages fill it, it is remembered, and it begins anew when nobody is there any more.
import { join } from 'node:path';
import { ADDRESS, ARTEFACTS, expect, finish, launch, pageOf, pageTypes, watch } from './lib/site.mjs';

const browser = await launch();
const fresh = async (width, height) => {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN' });
  const page = await context.newPage();
  watch(page, () => `kiosk ${page.url()}`);
  return page;
};
const isKiosk = (page) => page.evaluate(() => document.documentElement.classList.contains('kiosk'));
const article = pageOf('news');

for (const [width, height] of [[1920, 1080], [3840, 2160], [1080, 1920]]) {
  const page = await fresh(width, height);
  await page.goto(`${ADDRESS}?screen=kiosk`);
  for (const { path, layout, language } of pageTypes()) {
    await page.goto(ADDRESS + path);
    const found = await page.evaluate(() => ({
      kiosk: document.documentElement.classList.contains('kiosk'),
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      fills: document.querySelector('.mast').getBoundingClientRect().width >= 0.95 * innerWidth,
    }));
    expect(`${width} × ${height} ${path}`, found, { kiosk: true, sideways: 0, fills: true });
    if (language === 'zh-CN' && ['home', 'village'].includes(layout)) await page.screenshot({ path: join(ARTEFACTS, `kiosk-${layout}-${width}.png`) });
  }
  await page.context().close();
}

// Chosen in the panel, and given up there.
{
  const page = await fresh(1920, 1080);
  await page.goto(ADDRESS);
  await page.locator('[aria-controls]').click();
  await page.locator('[name=reading-screen][value=kiosk]').check();
  expect('chosen', await isKiosk(page), true);
  await page.locator('[name=reading-screen][value=""]').check();
  expect('given up', await isKiosk(page), false);
  await page.context().close();
}

// Nobody is there: home, as it was before anybody came.
{
  const page = await fresh(1920, 1080);
  await page.clock.install();
  await page.goto(`${ADDRESS}${article}?screen=kiosk`);
  await page.locator('[data-elder]').click();
  await page.clock.fastForward('02:50');
  await page.mouse.wheel(0, 300);
  await page.waitForFunction(() => scrollY > 0);
  await page.clock.fastForward('02:50');
  expect('whoever reads is left alone', new URL(page.url()).pathname, new URL(ADDRESS + article).pathname);
  await page.clock.fastForward('00:20');
  await page.waitForURL(ADDRESS);
  const classes = await page.evaluate(() => document.documentElement.className.split(' '));
  expect('begun anew', ['kiosk', 'elder'].map((name) => classes.includes(name)), [true, false]);

  // Not while it reads aloud, nor without a network.
  await page.goto(ADDRESS + article);
  await page.evaluate(() => Object.defineProperty(speechSynthesis, 'speaking', { value: true, configurable: true }));
  await page.clock.fastForward('03:10');
  expect('while it reads aloud', new URL(page.url()).pathname, new URL(ADDRESS + article).pathname);
  await page.evaluate(() => {
    delete speechSynthesis.speaking;
    window.fetch = () => Promise.reject(new TypeError('no network'));
  });
  await page.clock.fastForward('03:10');
  expect('without a network', new URL(page.url()).pathname, new URL(ADDRESS + article).pathname);
  await page.context().close();

  const reader = await fresh(1920, 1080);
  await reader.clock.install();
  await reader.goto(ADDRESS + article);
  await reader.clock.fastForward('10:00');
  expect('no other screen does so', reader.url(), ADDRESS + article);
  await reader.context().close();
}
await browser.close();
finish('the big screen');

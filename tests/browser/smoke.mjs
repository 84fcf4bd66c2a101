// Opens every type of page at four widths, from a telephone to the screen of a kiosk, and expects: no message on the
// console, no failed request, no violation of the policy that the server sends, no sideways scrolling, text in the main
// part, a foot that no short page leaves hanging, and everything there without scripts and without style sheets. Screenshots are kept, and compared with nothing.
import { join } from 'node:path';
import { ADDRESS, ARTEFACTS, WIDTHS, expect, faults, finish, launch, pageTypes, watch } from './lib/site.mjs';

const browser = await launch();
const pages = pageTypes();
for (const width of WIDTHS) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'zh-CN' });
  const page = await context.newPage();
  let at = '';
  watch(page, () => `${width} px ${at}`);
  for (const { path, layout, language } of pages) {
    at = path || '/';
    await page.goto(ADDRESS + path, { waitUntil: 'load' });
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      text: (document.querySelector('main') ?? document.body).innerText.trim().length > 0,
      broken: [...document.images].filter((it) => it.complete && !it.naturalWidth).map((it) => it.src),
      titles: document.querySelectorAll('h1').length,
      foot: Math.round(document.querySelector('footer').getBoundingClientRect().bottom) >= innerHeight,
    }));
    expect(`${width} px ${at}`, seen, { wide: 0, text: true, broken: [], titles: 1, foot: true });
    const name = `${layout}${language === 'zh-CN' ? '' : `-${language}`}-${width}.png`;
    await page.screenshot({ path: join(ARTEFACTS, name), fullPage: width === 390 || width === 1280 });
  }
  await context.close();
}

// Without scripts the same words stand there, and no tool that would do nothing.
const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 900 } });
const bare = await plain.newPage();
for (const { path } of pages) {
  await bare.goto(ADDRESS + path);
  expect(`without scripts ${path}`, [(await bare.locator('main').innerText()).trim().length > 0, await bare.locator('.tools').isVisible()], [true, false]);
}
await plain.close();

// Without style sheets and scripts: title before text, navigation before both, nothing wider than a phone (browsers would
// shrink the text with the rest), no tool, and the first Tab leads to the text.
const naked = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
await naked.route(/\.(css|js)(\?|$)/, (route) => route.abort());
const text = await naked.newPage();
for (const { path } of pages) {
  await text.goto(ADDRESS + path);
  const order = [];
  for (const name of ['header.mast', 'nav.nav', 'h1', 'main', 'footer']) {
    const box = await text.locator(name).first().boundingBox();
    order.push(box ? box.y : -1);
  }
  expect(`without style sheets ${path}: header, navigation, title, footer`, [order[0] < order[1], order[1] < order[2], order[2] < order[4]], [true, true, true]);
  const wide = await text.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(`without style sheets ${path}: as wide as the phone`, wide <= 0, true);
  // A picture has its place before it comes, a drawing fits on the screen.
  const huge = await text.locator('svg').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height > innerHeight).map((one) => one.getAttribute('class')));
  const unsized = await text.locator('img').evaluateAll((all) => all.filter((one) => !one.hasAttribute('width') && !/\.svg$/.test(one.src)).map((one) => one.src));
  expect(`without style sheets ${path}: pictures`, [huge, unsized], [[], []]);
  expect(`without style sheets ${path}: tools`, await text.locator('.tools').isVisible(), false);
}
await browser.close();
if (pages.length < 20) faults.push(`only ${pages.length} types of pages`);
finish(`${pages.length} types of pages at ${WIDTHS.length} widths`);

// The line of time: filtered by year, village and kind, the choice in the address, by keyboard; without the script no control.
import { join } from 'node:path';
import { ADDRESS, ARTEFACTS, WIDTHS, expect, finish, launch, pageOf, watch } from './lib/site.mjs';

const browser = await launch();
const path = pageOf('timeline');
const open = async (hash = '', options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN', ...options });
  const page = await context.newPage();
  watch(page, () => `timeline${hash}`);
  await page.goto(`${ADDRESS}${path}${hash}`);
  return page;
};
// What is to be seen: events, and heads of years and months that have none.
const seen = (page) =>
  page.evaluate(() => {
    const visible = (one) => one.getClientRects().length > 0;
    const events = [...document.querySelectorAll('.year .events > li')].filter(visible);
    return {
      events: events.length,
      kinds: [...new Set(events.map((one) => one.querySelector('.kind').textContent))],
      villages: [...new Set(events.flatMap((one) => [...one.querySelectorAll('.meta a')].map((link) => link.getAttribute('href'))))],
      years: [...document.querySelectorAll('.year > h2')].filter(visible).map((one) => one.id),
      empty: [...document.querySelectorAll('.month')].filter((one) => visible(one) && !visible(one.nextElementSibling)).length,
      coming: [...document.querySelectorAll('.coming')].filter(visible).length,
      told: document.querySelector('.filter [role=status]')?.textContent,
    };
  });

const page = await open();
const all = await seen(page);
const options = (name) => page.locator(`[name=${name}] option`).evaluateAll((found) => found.map((one) => one.value).filter(Boolean));
const [years, villages, kinds] = [await options('year'), await options('village'), await options('kind')];
expect('there is something to choose', [years.length > 1, villages.length > 1, kinds.length > 1, all.events > 20], [true, true, true, true]);
expect('all of it at first', all.told, `${all.events} / ${all.events} 件`);

// Each choice shows what it says and nothing else; together they show everything.
let sum = 0;
for (const kind of kinds) {
  await page.selectOption('[name=kind]', kind);
  const now = await seen(page);
  expect(`only ${kind}`, now.kinds, [kind]);
  expect(`${kind}: no head without events`, now.empty, 0);
  expect(`${kind} is told`, now.told, `${now.events} / ${all.events} 件`);
  expect(`${kind} is in the address`, new URLSearchParams(new URL(page.url()).hash.slice(1)).get('kind'), kind);
  sum += now.events;
}
expect('the kinds are all there is', sum, all.events);
await page.selectOption('[name=kind]', '');
await page.selectOption('[name=year]', years.at(-1));
expect('one year', (await seen(page)).years, [`y${years.at(-1)}`]);
await page.locator('.filter button').click();
await page.waitForFunction(() => !location.hash);
expect('cleared', await seen(page), all);

// By keyboard, and a choice that nothing fits.
await page.locator('[name=village]').focus();
await page.keyboard.press('ArrowDown');
const village = await page.locator('[name=village]').inputValue();
const of = await seen(page);
expect('a village by keyboard', [village, of.events > 0 && of.events < all.events, of.villages.some((href) => href.includes(village))], [villages[0], true, true]);
let none = null;
for (const one of villages) {
  for (const kind of kinds) {
    await page.selectOption('[name=village]', one);
    await page.selectOption('[name=kind]', kind);
    const now = await seen(page);
    if (!now.events) none = now;
  }
}
expect('some choice fits nothing', none !== null, true);
expect('which is told', [none?.told.includes('没有'), none?.years], [true, []]);

// An address that was sent shows the same; a link to a year is still a link to a year; nonsense shows everything.
const sent = await open(`#village=${villages[0]}`);
expect('from an address', await seen(sent), of);
await sent.evaluate((year) => { location.hash = `#y${year}`; }, years.at(-1));
await sent.waitForFunction(() => !document.querySelector('.filter select[name=village]').value);
expect('a year is an anchor', await seen(sent), all);
expect('nonsense', await seen(await open('#kind=%E0%A4%A&village=x&year=')), all);

// Where there are further sheets, the choice goes along; what this sheet does not know is not lost on the way.
const first = await browser.newContext({ locale: 'zh-CN' }).then((context) => context.newPage());
await first.route(`${ADDRESS}${path}`, async (route) => {
  const response = await route.fetch();
  const body = (await response.text()).replace('<div class="timeline">', '<nav class="pager"><a href="page/2/">older</a></nav>$&');
  await route.fulfill({ response, body });
});
await first.goto(`${ADDRESS}${path}#village=${villages[1]}&kind=x&year=${years[0]}`);
const older = () => first.locator('.pager a').evaluate((one) => decodeURIComponent(one.hash));
expect('an address is passed on', await older(), `#village=${villages[1]}&kind=x`);
await first.selectOption('[name=kind]', kinds[0]);
expect('a choice is passed on', await older(), `#village=${villages[1]}&kind=${kinds[0]}`);
await first.locator('.filter button').click();
await first.waitForFunction(() => !document.querySelector('.pager a').hash);

// A kind that came along from another sheet and has no event on this one stays chosen: nothing fits here.
const other = await open('#kind=讲党课');
const chosen = () => other.locator('[name=kind]').inputValue();
const bare = await seen(other);
expect('a kind of another sheet', [await chosen(), bare.events, bare.told.includes('没有')], ['讲党课', 0, true]);
await other.selectOption('[name=kind]', kinds[0]);
await other.selectOption('[name=kind]', '讲党课');
expect('and can be chosen again', [(await seen(other)).events, new URLSearchParams(new URL(other.url()).hash.slice(1)).get('kind')], [0, '讲党课']);
await other.locator('.filter button').click();
await other.waitForFunction(() => !location.hash);
expect('and be cleared', await seen(other), all);

// Without the script: links to years and villages, no control, nothing hidden.
const plain = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }).then((context) => context.newPage());
await plain.goto(ADDRESS + path);
expect('no dead controls', await plain.locator('.filter').isVisible(), false);
expect('years are links', await plain.locator('.years a').first().isVisible(), true);
expect('and everything is there', (await plain.locator('.year .events > li').count()), all.events);

for (const width of WIDTHS) {
  const narrow = await open('', { viewport: { width, height: 900 } });
  const heights = await narrow.evaluate(() => [document.documentElement.scrollWidth <= innerWidth, [...document.querySelectorAll('.filter select, .filter button')].every((one) => one.offsetHeight >= 44)]);
  expect(`${width} px: no sideways scrolling, large targets`, heights, [true, true]);
  await narrow.screenshot({ path: join(ARTEFACTS, `timeline-${width}.png`) });
}
await browser.close();
finish('the line of time');

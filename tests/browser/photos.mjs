// Albums by keyboard, by finger, by address and without scripts; before and after as one picture.
import { chromium } from 'playwright-core';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const { ADDRESS, CHROMIUM, PUBLIC } = process.env;
const faults = [];
let held = 0;
const expect = (what, found, wanted) => {
  held += 1;
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    faults.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
};

const albums = readdirSync(join(PUBLIC, 'albums'))
  .filter((name) => existsSync(join(PUBLIC, 'albums', name, 'index.html')))
  .map((name) => `albums/${name}/`);
const path = albums.find((album) => (readFileSync(join(PUBLIC, album, 'index.html'), 'utf8').match(/data-photo=/g) ?? []).length > 3);
if (!path) throw new Error('the site has no album of more than three photos');
const scripts = readdirSync(join(PUBLIC, 'assets')).filter((name) => name.startsWith('photos.') && name.endsWith('.js'));
expect('one script of at most 8 KB', scripts.map((name) => statSync(join(PUBLIC, 'assets', name)).size <= 8192), [true]);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, hasTouch: true });
const page = await context.newPage();
page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
page.on('pageerror', (error) => faults.push(`script: ${error.message}`));

const state = () =>
  page.evaluate(() => {
    const box = document.querySelector('dialog.lightbox');
    const image = box.querySelector('img');
    return {
      open: box.open,
      told: box.querySelector('.told').textContent.split('　')[0],
      hash: location.hash,
      image: image ? image.alt : '',
      focus: document.activeElement.className || document.activeElement.dataset.photo,
    };
  });

await page.goto(ADDRESS + path);
const links = page.locator('.photos a[data-photo]');
const count = await links.count();
const ids = await links.evaluateAll((all) => all.map((link) => link.dataset.photo));
const alts = await links.evaluateAll((all) => all.map((link) => link.querySelector('img').alt));
expect('every photo has words', alts.every(Boolean), true);
expect('ids are unique', new Set(ids).size, count);

// Each has the colour that keeps its place and the room it will take, the first are loaded at once and later ones when
// they are near.
const kept = await links.evaluateAll((all) =>
  all.map((link) => {
    const image = link.querySelector('img');
    const room = link.getBoundingClientRect();
    const colour = getComputedStyle(image).backgroundColor;
    return [image.width > 0 && image.height > 0, room.height > 60, colour !== 'rgba(0, 0, 0, 0)'];
  }),
);
expect('every photo has its room and colour', kept.flat().every(Boolean), true);
const lazy = await links.evaluateAll((all) => all.map((link) => link.querySelector('img').loading === 'lazy'));
expect('the first photo is loaded at once, the last one later', [lazy[0], lazy[count - 1]], [false, true]);

// Keyboard.
await links.nth(1).focus();
await page.keyboard.press('Enter');
expect('Enter opens', await state(), { open: true, told: `2 / ${count}`, hash: `#${ids[1]}`, image: alts[1], focus: 'close' });
await page.keyboard.press('ArrowRight');
expect('right', (await state()).told, `3 / ${count}`);
expect('the address follows', (await state()).hash, `#${ids[2]}`);
await page.keyboard.press('ArrowLeft');
await page.keyboard.press('ArrowLeft');
await page.keyboard.press('ArrowLeft');
expect('left goes round', (await state()).told, `${count} / ${count}`);
await page.keyboard.press('Home');
expect('Home', (await state()).told, `1 / ${count}`);
await page.keyboard.press('End');
expect('End', (await state()).told, `${count} / ${count}`);
const round = [];
for (let at = 0; at < 4; at += 1) {
  await page.keyboard.press('Tab');
  round.push((await state()).focus);
}
expect('Tab stays inside', round, ['previous', 'next', 'close', 'previous']);
await page.keyboard.press('Shift+Tab');
expect('and backwards', (await state()).focus, 'close');
await page.keyboard.press('Escape');
await page.waitForFunction(() => !document.querySelector('dialog.lightbox').open);
expect('Escape closes and focus comes back', await state(), { open: false, told: `${count} / ${count}`, hash: '', image: '', focus: ids[count - 1] });

// The way back of the browser.
await links.nth(0).click();
expect('a click opens', (await state()).open, true);
await page.goBack();
await page.waitForFunction(() => !document.querySelector('dialog.lightbox').open);
expect('back closes', (await state()).hash, '');
await page.goForward();
await page.waitForFunction(() => document.querySelector('dialog.lightbox').open);
expect('forward opens again', (await state()).told, `1 / ${count}`);

// A deep link.
await page.goto('about:blank');
await page.goto(`${ADDRESS}${path}#${ids[2]}`);
expect('a deep link opens its photo', await state(), { open: true, told: `3 / ${count}`, hash: `#${ids[2]}`, image: alts[2], focus: 'close' });
await page.waitForFunction(() => document.querySelector('dialog.lightbox img').naturalWidth > 0);
const shown = await page.evaluate(() => {
  const image = document.querySelector('dialog.lightbox img');
  const room = image.getBoundingClientRect();
  return [image.naturalWidth >= 960, room.width <= innerWidth, room.height <= innerHeight, image.naturalWidth / image.naturalHeight - room.width / room.height < 0.02];
});
expect('the photo is large, whole and undistorted', shown, [true, true, true, true]);

// A finger.
const swipe = (from, to) =>
  page.evaluate(([from, to]) => {
    const stage = document.querySelector('dialog.lightbox .stage');
    const touch = ([x, y]) => new Touch({ identifier: 1, target: stage, clientX: x, clientY: y });
    const options = (point, down) => ({ bubbles: true, touches: down ? [touch(point)] : [], changedTouches: [touch(point)] });
    stage.dispatchEvent(new TouchEvent('touchstart', options(from, true)));
    stage.dispatchEvent(new TouchEvent('touchend', options(to, false)));
  }, [from, to]);
await swipe([600, 400], [300, 410]);
expect('a swipe to the left shows the next', (await state()).told, `4 / ${count}`);
await swipe([300, 400], [600, 410]);
expect('to the right the one before', (await state()).told, `3 / ${count}`);
await swipe([600, 400], [620, 430]);
expect('a tremble nothing', (await state()).told, `3 / ${count}`);
await swipe([600, 200], [610, 400]);
expect('down is the way out of a deep link too', [(await state()).open, (await state()).hash], [false, '']);

// Before and after.
const compared = [];
const walk = (folder, below) => {
  for (const name of readdirSync(folder)) {
    const inner = join(folder, name);
    if (statSync(inner).isDirectory()) walk(inner, `${below}${name}/`);
    else if (name === 'index.html' && readFileSync(inner, 'utf8').includes('data-compare=')) compared.push(below);
  }
};
walk(PUBLIC, '');
if (!compared.length) faults.push('no page compares two pictures');
else {
  await page.goto(ADDRESS + compared[0]);
  const range = page.locator('.compare.live input').first();
  const edge = () =>
    page.evaluate(() => getComputedStyle(document.querySelector('.compare.live > div > div:nth-child(2)')).clipPath);
  expect('half of each', await edge(), 'inset(0px 0px 0px 50%)');
  await range.focus();
  await page.keyboard.press('ArrowRight');
  expect('the keyboard moves the edge', await edge(), 'inset(0px 0px 0px 51%)');
  expect('the slider is named', Boolean(await range.getAttribute('aria-label')), true);
}
await context.close();

// Without scripts photos are links to pictures, and both pictures stand there.
const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
const bare = await plain.newPage();
await bare.goto(ADDRESS + path);
const answer = await Promise.all([bare.waitForNavigation(), bare.locator('.photos a[data-photo]').first().click()]);
expect('a link to the picture itself', [answer[0].status(), answer[0].headers()['content-type']], [200, 'image/jpeg']);
if (compared.length) {
  await bare.goto(ADDRESS + compared[0]);
  expect('both pictures', await bare.locator('.compare img').count() >= 2, true);
}
await browser.close();

console.log(`${held} expectations of albums, ${faults.length} faults`);
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);

// What a slow phone has to fetch, and from whom: bytes of the home page, scripts of all pages, no request to anybody else,
// the strictest policy without a violation, and the first picture fetched once and early.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ADDRESS, PUBLIC, WIDTHS, expect, faults, finish, launch, pageOf, pageTypes, watch } from './lib/site.mjs';

const PAGE = 60 * 1024;
const SCRIPT = 12 * 1024;
const READING = 4 * 1024;
const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;

const scripts = readdirSync(join(PUBLIC, 'assets')).filter((name) => name.endsWith('.js'));
const sizes = Object.fromEntries(scripts.map((name) => [name.split('.')[0], packed(readFileSync(join(PUBLIC, 'assets', name)))]));
const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
console.log(`scripts, compressed: ${JSON.stringify(sizes)}, ${all} in all`);
expect('scripts in all', all <= SCRIPT && all > 0, true);
expect('the reading tools', sizes.reading <= READING, true);

const browser = await launch();
for (const { path, layout } of pageTypes()) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN' });
  const page = await context.newPage();
  watch(page, () => path);
  const bodies = [];
  const elsewhere = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(ADDRESS) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  page.on('response', (response) => {
    if (['document', 'stylesheet', 'script'].includes(response.request().resourceType())) bodies.push(response.body());
  });
  await page.addInitScript(() => {
    window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  const answer = await page.goto(ADDRESS + path, { waitUntil: 'networkidle' });
  const policy = answer.headers()['content-security-policy'];
  expect(`${path} policy`, [policy.startsWith("default-src 'none'"), policy.includes('unsafe')], [true, false]);
  expect(`${path} refused by the policy`, await page.evaluate(() => window.refused), []);
  expect(`${path} asks others`, elsewhere, []);
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + packed(body), 0);
  if (layout === 'home') console.log(`${path || '/'}: ${bytes} bytes of HTML, CSS and scripts, compressed`);
  expect(`${path} weighs`, bytes <= PAGE && bytes > 3000, true);
  await context.close();
}

// The largest picture of the first screen is not lazy, and the one that is announced in the head is the one that is shown.
const SHOWN = { news: 'news/wo-gan/' };
for (const layout of ['home', 'village', 'album', 'topic', 'project', 'news', 'album-section', 'village-section']) {
  for (const width of WIDTHS) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, deviceScaleFactor: width === 390 ? 3 : 1 });
    const page = await context.newPage();
    watch(page, () => `${layout} ${width} px`);
    const fetched = [];
    page.on('request', (request) => request.resourceType() === 'image' && fetched.push(request.url()));
    await page.goto(ADDRESS + (SHOWN[layout] ?? pageOf(layout)), { waitUntil: 'networkidle' });
    const seen = await page.evaluate(() => {
      const images = [...document.querySelectorAll('main img')].filter((image) => image.getBoundingClientRect().top < innerHeight - 60 && image.getBoundingClientRect().left < innerWidth);
      const area = (image) => image.clientWidth * image.clientHeight;
      const largest = images.sort((a, b) => area(b) - area(a))[0];
      const preload = document.querySelector('link[rel=preload][as=image]');
      return {
        lazy: largest ? largest.loading === 'lazy' : false,
        picture: Boolean(largest),
        preloads: document.querySelectorAll('link[rel=preload][as=image]').length,
        shown: preload && [...document.querySelectorAll('main img')].some((image) => image.fetchPriority === 'high' || image.loading !== 'lazy') && preload.imageSrcset.split(', ').map((one) => new URL(one.split(' ')[0], location.href).href),
        sources: [...document.querySelectorAll('main img')].map((image) => image.currentSrc),
      };
    });
    expect(`${layout} ${width} px: the largest picture of the first screen is lazy`, seen.lazy, false);
    if (['home', 'village', 'topic'].includes(layout)) expect(`${layout} ${width} px: a picture on the first screen`, seen.picture, true);
    if (!layout.endsWith('-section')) {
      expect(`${layout} ${width} px: one preload`, seen.preloads, 1);
      const early = fetched.filter((url) => seen.shown.includes(url));
      expect(`${layout} ${width} px: what was fetched early is shown, once`, [early.length, seen.sources.includes(early[0])], [1, true]);
    }
    await context.close();
  }
}
await browser.close();
if (!scripts.length) faults.push('no scripts');
finish('weight');

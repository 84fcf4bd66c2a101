// The picture in the README: the home page of the example on a desk and a village on a telephone, side by side, as they
// are. `tests/run screenshot` writes it into docs/screenshot.png; nothing else does.
import { writeFileSync } from 'node:fs';
import { ADDRESS, launch } from './lib/site.mjs';

const SHARP = 1.25;
const PICTURES = [
  { path: '', width: 1280, height: 1064, shown: 868 },
  { path: 'villages/qing-le-cun/', width: 390, height: 844, shown: 333 },
];
const browser = await launch(['--font-render-hinting=none']);
const figures = [];
for (const { path, width, height, shown } of PICTURES) {
  const page = await browser.newPage({
    viewport: { width, height }, deviceScaleFactor: (SHARP * shown) / width, locale: 'zh-CN', colorScheme: 'light', reducedMotion: 'reduce',
  });
  await page.goto(ADDRESS + path, { waitUntil: 'networkidle' });
  figures.push(`<img src="data:image/png;base64,${(await page.screenshot()).toString('base64')}" width="${shown}">`);
  await page.close();
}
const page = await browser.newPage({ viewport: { width: 1281, height: 782 }, deviceScaleFactor: SHARP });
await page.setContent(`<!doctype html><style>
  body { display: flex; gap: 24px; align-items: flex-start; margin: 0; padding: 28px; background: #e9e0d0; }
  img { display: block; border-radius: 6px; outline: 1px solid #d5c8b2; }
</style>${figures.join('')}`);
await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
writeFileSync(process.env.PICTURE, await page.screenshot());
await browser.close();

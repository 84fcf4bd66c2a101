// axe-core over every type of page, in every mode and at two widths: nothing that it knows to be wrong may be found, with
// the tools open too.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ADDRESS, expect, faults, finish, launch, pageTypes, watch } from './lib/site.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MODES = ['light', 'dark', 'contrast', 'grey', 'elder', 'elder dark', 'text-large', 'text-larger'];
const WIDTHS = [390, 1280];
const PALETTES = ['plum', 'leaf', 'water'];
const COLOURFUL = ['home', 'village', 'brand', 'project', 'news', 'notice', 'timeline', 'indicator-section'];

const browser = await launch();
// The policy of the server allows no script but the site's, so that the checker has to come in another way.
const context = await browser.newContext({ locale: 'zh-CN', bypassCSP: true, colorScheme: 'light', reducedMotion: 'reduce' });
await context.addInitScript(AXE);
const page = await context.newPage();
let at = '';
watch(page, () => at, { changing: true });
let asked = 0;

async function look(where) {
  const found = await page.evaluate(async () => {
    const rules = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'] } };
    const { violations, passes } = await window.axe.run(document, { ...rules, resultTypes: ['violations'] });
    return {
      passes: passes.length,
      violations: violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].any.concat(one.nodes[0].all)[0]?.message ?? ''}`),
    };
  });
  asked += found.passes;
  expect(where, found.violations, []);
}

for (const { path, language } of pageTypes()) {
  at = path || '/';
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
  await page.goto(ADDRESS + path, { waitUntil: 'load' });
  // What comes late must be there: a checker does not scroll.
  await page.evaluate(() => document.querySelectorAll('[loading=lazy]').forEach((image) => image.removeAttribute('loading')));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    // One language shows the colours of all.
    for (const mode of language === 'zh-CN' ? MODES : ['light']) {
      await page.evaluate((names) => (document.documentElement.className = `${document.documentElement.className.match(/palette-\w+/) ?? ''} js ${names}`.trim()), mode);
      await look(`${mode} ${width} px ${at}`);
    }
  }
}
// The colours that a site may choose instead, where they are used most.
for (const { path } of pageTypes().filter((one) => one.language === 'zh-CN' && COLOURFUL.includes(one.layout))) {
  at = path || '/';
  await page.goto(ADDRESS + path, { waitUntil: 'load' });
  await page.evaluate(() => document.querySelectorAll('[loading=lazy]').forEach((image) => image.removeAttribute('loading')));
  for (const palette of PALETTES) {
    for (const mode of ['light', 'dark', 'contrast', 'grey']) {
      await page.evaluate((names) => (document.documentElement.className = names), `palette-${palette} js ${mode}`);
      await look(`${palette} ${mode} ${at}`);
    }
  }
}
for (const mode of MODES) {
  await page.goto(ADDRESS);
  await page.evaluate((names) => (document.documentElement.className = `${document.documentElement.className.match(/palette-\w+/) ?? ''} js ${names}`.trim()), mode);
  await page.locator('[aria-controls]').click();
  await look(`tools open, ${mode}`);
}
await browser.close();
if (asked < 1000) faults.push(`axe found only ${asked} things to look at`);
finish('axe-core');

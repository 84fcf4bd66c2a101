// The reading tools: by keyboard and by mouse, remembered, with storage refused, without a voice; what each mode changes.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ADDRESS, ARTEFACTS, WIDTHS, expect, faults, finish, launch, pageOf, pageTypes, remember, watch } from './lib/site.mjs';

const browser = await launch();
const article = pageOf('news');
const pages = pageTypes();
// Classes of <html> but the site's own palette.
const chosenOf = (names) => names.split(' ').filter((name) => name && !name.startsWith('palette-')).sort().join(' ');
const classes = async (page) => chosenOf(await page.evaluate(() => document.documentElement.className));
const fresh = async (options = {}, prepare = null) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN', ...options });
  if (prepare) await prepare(context);
  const page = await context.newPage();
  watch(page, () => `tools ${page.url()}`);
  return page;
};

// Keyboard: skip link first, then the name, the tools; Enter opens, arrows choose, Esc closes and gives back.
{
  const page = await fresh();
  await page.goto(ADDRESS);
  const stops = [];
  const focused = () => page.evaluate(() => {
    const one = document.activeElement;
    return one.name || one.getAttribute('aria-label') || one.textContent.trim();
  });
  for (let at = 0; at < 4; at += 1) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  const name = await page.locator('.name a').textContent();
  expect('the first stops', stops, ['跳到正文', name, '大字版', '阅读设置']);
  await page.keyboard.press('Enter');
  expect('Enter opens the tools', [await page.locator('.panel').isVisible(), await page.locator('[aria-controls]').getAttribute('aria-expanded')], [true, 'true']);
  await page.screenshot({ path: join(ARTEFACTS, 'tools-1280.png') });
  await page.keyboard.press('Tab');
  expect('sizes are next', await focused(), 'reading-size');
  await page.keyboard.press('ArrowRight');
  expect('an arrow makes text large', await classes(page), 'js text-large');
  await page.keyboard.press('ArrowRight');
  expect('another the largest', await classes(page), 'js text-larger');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect('then colours', await classes(page), 'dark js text-larger');
  await page.keyboard.press('Escape');
  expect('Esc closes', [await page.locator('.panel').isVisible(), await focused()], [false, '阅读设置']);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  expect('Space switches large print on', [await classes(page), await page.locator('[data-elder]').getAttribute('aria-pressed')], ['dark elder js text-larger', 'true']);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('[data-print]').focus();
  for (let at = 0; at < 3; at += 1) await page.keyboard.press('Tab');
  expect('the panel closes when the focus has left it', await page.locator('.panel').isVisible(), false);

  // Skip link.
  await page.goto(ADDRESS + article);
  await page.keyboard.press('Tab');
  expect('the skip link shows itself', await page.locator('.skip').evaluate((one) => one.getBoundingClientRect().left >= 0), true);
  await page.keyboard.press('Enter');
  expect('and leads to the text', new URL(page.url()).hash, '#main');

  // What was chosen is there on the next page, before anything is drawn, and in other tabs at once.
  expect('remembered', await classes(page), 'dark elder js text-larger');
  const other = await page.context().newPage();
  await other.goto(ADDRESS);
  await page.locator('[data-elder]').click();
  await other.waitForFunction(() => !document.documentElement.classList.contains('elder'));
  expect('told to another tab', await other.locator('[data-elder]').getAttribute('aria-pressed'), 'false');
  await page.locator('[aria-controls]').click();
  expect('the panel shows what is chosen', await page.locator('.panel input:checked').evaluateAll((all) => all.map((one) => one.value)), ['text-larger', 'dark', '']);
  await page.locator('main').click({ position: { x: 5, y: 300 } });
  expect('a click elsewhere closes', await page.locator('.panel').isVisible(), false);
  await page.context().close();
}

// No flash: when the body begins the classes are there.
{
  const page = await fresh({}, (context) => remember(context, { look: 'dark', elder: true }));
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.body) return;
      window.early = document.documentElement.className;
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(ADDRESS);
  expect('set before the body', chosenOf(await page.evaluate(() => window.early)), 'dark elder js');
  await page.context().close();
}

// Storage refused, storage with nonsense.
for (const [what, script] of [
  ['refused', "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"],
  ['no JSON', "localStorage.setItem('yicun-reading', '{')"],
  ['nonsense', 'localStorage.setItem(\'yicun-reading\', \'{"size":"skip","look":7}\')'],
  ['null', "localStorage.setItem('yicun-reading', 'null')"],
]) {
  const page = await fresh({}, (context) => context.addInitScript(script));
  await page.goto(ADDRESS);
  expect(`storage ${what}: as if nothing were chosen`, await classes(page), 'js');
  await page.locator('[data-elder]').click();
  expect(`storage ${what}: large print`, await classes(page), 'elder js');
  await page.context().close();
}

// Reading aloud, with a voice that we hear: title, then text, sentence by sentence.
{
  const voice = () => {
    window.said = [];
    const queue = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(window, 'speechSynthesis', { value: {
      getVoices: () => [{ lang: 'en-GB', name: 'e' }, { lang: 'zh_CN', name: 'z', localService: true }],
      speak: (one) => { window.said.push([one.text, one.lang, one.voice && one.voice.name]); queue.push(one); },
      cancel: () => { const one = queue.pop(); if (one) setTimeout(() => one.onend(), 0); },
    } });
    window.finishSentence = () => queue.pop().onend();
    window.failSentence = () => queue.pop().onerror({ error: 'synthesis-failed' });
  };
  const page = await fresh({}, (context) => context.addInitScript(voice));
  await page.goto(ADDRESS + article);
  await page.locator('[aria-controls]').click();
  const speak = page.locator('button[data-speak]');
  await speak.click();
  const said = () => page.evaluate(() => window.said);
  const title = await page.locator('h1').innerText();
  expect('the title first, in the language of the page', (await said())[0].map((one, at) => (at ? one : title.startsWith(one))), [true, 'zh-CN', 'z']);
  expect('now it can be paused', [await speak.textContent(), await page.locator('[data-stop]').isVisible()], ['暂停朗读', true]);
  await page.evaluate(() => window.finishSentence());
  const before = await said();
  await speak.click();
  await page.waitForTimeout(50);
  expect('a pause says no more', [(await said()).length, await speak.textContent()], [before.length, '继续朗读']);
  await speak.click();
  expect('going on begins the sentence again', (await said()).at(-1)[0], before.at(-1)[0]);
  while (await page.locator('[data-stop]').isVisible()) await page.evaluate(() => window.finishSentence());
  const whole = (await said()).map((one) => one[0]).join('');
  const wanted = await page.locator('article.prose p').first().innerText();
  expect('the text was read', whole.replace(/\s/g, '').includes(wanted.replace(/\s/g, '')), true);
  expect('nothing of the menu', whole.includes('时间轴'), false);
  expect('and at the end all is as before', await speak.textContent(), '朗读本页');
  await speak.click();
  await page.locator('[data-stop]').click();
  expect('stop', [await speak.textContent(), await page.evaluate(() => document.activeElement.textContent)], ['朗读本页', '朗读本页']);
  await speak.click();
  await page.evaluate(() => window.failSentence());
  expect('without a voice it says so', await page.locator('.answer').textContent(), '这台设备没有可用的语音，无法朗读。');
  await page.context().close();

  const mute = await fresh({}, (context) => context.addInitScript('delete window.speechSynthesis; delete Window.prototype.speechSynthesis'));
  await mute.goto(ADDRESS + article);
  await mute.locator('[aria-controls]').click();
  expect('no speech, no button', await mute.locator('button[data-speak]').isVisible(), false);
  await mute.context().close();
}

// Print and share.
{
  const page = await fresh({ permissions: ['clipboard-read', 'clipboard-write'] }, (context) => context.addInitScript(() => {
    window.printed = 0;
    window.print = () => (window.printed += 1);
    delete Navigator.prototype.share;
  }));
  await page.goto(ADDRESS + article);
  await page.locator('[aria-controls]').click();
  await page.locator('[data-print]').click();
  expect('print', await page.evaluate(() => window.printed), 1);
  await page.locator('[data-share]').click();
  await page.waitForFunction(() => document.querySelector('.answer').textContent);
  const canonical = await page.locator('link[rel=canonical]').getAttribute('href');
  expect('copy', [await page.locator('.answer').textContent(), await page.evaluate(() => navigator.clipboard.readText())], ['链接已复制', canonical]);
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
  await page.locator('[data-share]').click();
  await page.waitForFunction(() => document.querySelector('.answer').textContent);
  await page.evaluate(() => delete navigator.clipboard);
  expect('copy without a clipboard', await page.evaluate(() => navigator.clipboard.readText()), canonical);
  await page.context().close();

  const phone = await fresh({}, (context) => context.addInitScript(() => {
    navigator.share = (what) => Promise.resolve((window.shared = what));
  }));
  await phone.goto(ADDRESS + article);
  await phone.locator('[aria-controls]').click();
  expect('a phone shares', await phone.locator('[data-share]').textContent(), '分享');
  await phone.locator('[data-share]').click();
  expect('the address of the page', (await phone.evaluate(() => window.shared)).url, canonical);

  // On paper there is the code, and nothing that one would have to press.
  await phone.emulateMedia({ media: 'print' });
  expect('on paper', await phone.evaluate(() => ['.qr', '.nav', '[data-elder]', '.panel fieldset', '.acts', '.panel'].map((one) => {
    const box = document.querySelector(one).getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  })), [true, false, false, false, false, true]);
  await phone.screenshot({ path: join(ARTEFACTS, 'print.png'), fullPage: true });
  await phone.context().close();
}

// The code is read by a decoder, from a dark screen and from paper too.
{
  const decoder = readFileSync(createRequire(import.meta.url).resolve('jsqr'), 'utf8');
  const reader = await browser.newPage();
  await reader.addScriptTag({ content: decoder });
  const read = async (shot) => reader.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    return window.jsQR(pen.getImageData(0, 0, image.width, image.height).data, image.width, image.height)?.data ?? 'nothing';
  }, shot.toString('base64'));
  const page = await fresh({}, (context) => remember(context, { look: 'dark' }));
  for (const { path, layout } of pages) {
    await page.goto(ADDRESS + path);
    const canonical = page.locator('link[rel=canonical]');
    const address = (await canonical.count()) ? await canonical.getAttribute('href') : null;
    expect(`${path} a code for each address`, await page.locator('.qr').count(), address ? 1 : 0);
    if (!address) continue;
    await page.locator('[aria-controls]').click();
    expect(`${path} read from the screen`, await read(await page.locator('.panel').screenshot()), address);
    if (layout !== 'news') continue;
    await page.emulateMedia({ media: 'print' });
    expect(`${path} read from paper`, await read(await page.screenshot()), address);
    await page.emulateMedia({ media: 'screen' });
  }
  await page.context().close();
  await reader.close();
}

// On a telephone the row of sections is longer than the screen: the one that is open can be seen.
{
  const sections = ['indicators/', 'reports/', 'villages/', ''];
  const page = await fresh({ viewport: { width: 390, height: 844 } });
  for (const section of sections) {
    await page.goto(ADDRESS + section);
    const box = await page.locator('.nav [aria-current]').boundingBox();
    expect(`${section || '/'} open in the row of sections`, [box.x >= 0, box.x + box.width <= 390, await page.evaluate(() => scrollY)], [true, true, 0]);
  }
  await page.context().close();
}

// What the system asks for and what a reader chooses are the same colours.
{
  const tokens = (page) => page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const names = ['paper', 'paper-2', 'card', 'ink', 'ink-2', 'ink-3', 'line', 'track', 'red', 'red-deep', 'seal', 'panel', 'plum', 'citrus', 'leaf', 'water'];
    return names.map((name) => `${name} ${style.getPropertyValue(`--${name}`).trim()}`).concat(style.colorScheme);
  });
  const look = async (options, chosen) => {
    const page = await fresh(options, (context) => remember(context, chosen));
    await page.goto(ADDRESS);
    const found = await tokens(page);
    await page.context().close();
    return found;
  };
  const light = await look({ colorScheme: 'light' }, {});
  const dark = await look({ colorScheme: 'light' }, { look: 'dark' });
  const contrast = await look({ colorScheme: 'dark' }, { look: 'contrast' });
  expect('dark is not light', dark.some((one, at) => one === light[at]), false);
  expect('dark by the system', (await look({ colorScheme: 'dark' }, {})).slice(0, -1), dark.slice(0, -1));
  expect('light where the system is dark', (await look({ colorScheme: 'dark' }, { look: 'light' })).slice(0, -1), light.slice(0, -1));
  expect('high contrast by the system', await look({ contrast: 'more' }, {}), contrast);
  expect('dark where the system wants contrast', await look({ contrast: 'more' }, { look: 'dark' }), dark);
}

// Large print: no text under 18 px, targets of 60 px, one column, no motion; larger sizes; nothing scrolls sideways.
for (const width of WIDTHS) {
  for (const [name, chosen] of [['elder', { elder: true }], ['larger', { size: 'text-larger' }], ['elder-larger', { elder: true, size: 'text-larger' }]]) {
    const page = await fresh({ viewport: { width, height: 900 } }, (context) => remember(context, chosen));
    for (const { path, layout, language } of pages) {
      await page.goto(ADDRESS + path);
      const where = `${name} ${width} px ${path}`;
      expect(`${where} scrolls sideways`, await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      if (name === 'elder') {
        const seen = await page.evaluate(() => {
          const shown = (one) => {
            const box = one.getBoundingClientRect();
            return box.width > 1 && box.height > 1 && !one.closest('.hidden, [hidden]') && getComputedStyle(one).visibility === 'visible';
          };
          const said = (one) => one.textContent.trim().slice(0, 12);
          const small = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const one = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || one.closest('script') || !shown(one)) continue;
            const svg = one.closest('svg');
            const scale = svg ? svg.getScreenCTM().a : 1;
            const size = parseFloat(getComputedStyle(one).fontSize) * scale;
            if (size < 17.95) small.add(`${one.closest('[class]').className.baseVal ?? one.closest('[class]').className} ${said(one)} ${size.toFixed(1)}`);
          }
          // A link inside a sentence is as high as its line (WCAG 2.5.8 excepts it); a picture's link repeats its title's.
          const inline = (one) => one.closest('p, figcaption, td, th, dd, li, blockquote') && one.closest('.prose, .facts, .one, .meta, .answer');
          const tight = [...document.querySelectorAll('a[href], button, input, select, summary')]
            .filter((one) => shown(one) && !inline(one) && one.tabIndex >= 0 && !one.closest('svg'))
            .map((one) => [one, one.type === 'radio' ? one.parentElement.getBoundingClientRect() : one.getBoundingClientRect()])
            .filter(([one, box]) => (box.height < 59.5 || box.width < 59.5) && !one.classList.contains('skip'))
            .map(([one, box]) => `${one.parentElement.tagName}.${one.parentElement.className} ${said(one)} ${box.width.toFixed(0)}×${box.height.toFixed(0)}`);
          const columns = [...document.querySelectorAll('main div, main section, main ul, main ol')]
            .filter((one) => getComputedStyle(one).display === 'grid' && shown(one) && one.children.length > 1)
            .filter((one) => getComputedStyle(one).gridTemplateColumns.split(' ').length > 1)
            .map((one) => one.className);
          const sideways = [...document.querySelectorAll('main ul, main ol, nav ul')].filter((one) => shown(one) && one.scrollWidth > one.clientWidth + 1).map((one) => one.className || one.parentElement.className);
          const ornament = [...document.querySelectorAll('.branch, .blossom, .bloom')].filter(shown).length;
          return { small: [...small].slice(0, 8), tight: [...new Set(tight)].slice(0, 8), columns: [...new Set(columns)], sideways, ornament };
        });
        expect(`${where}`, seen, { small: [], tight: [], columns: [], sideways: [], ornament: 0 });
        if (language === 'zh-CN' && [390, 1280].includes(width)) await page.screenshot({ path: join(ARTEFACTS, `elder-${layout}-${width}.png`), fullPage: true });
      }
    }
    await page.context().close();
  }
}

// Motion: none for those who do not want it, nor in large print.
for (const [what, options, chosen] of [['reduced motion', { reducedMotion: 'reduce' }, {}], ['large print', {}, { elder: true }]]) {
  const page = await fresh(options, (context) => remember(context, chosen));
  for (const layout of ['home', 'album', 'timeline']) {
    await page.goto(ADDRESS + pageOf(layout));
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((one) => {
      const style = getComputedStyle(one);
      return style.animationName !== 'none' || style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0) || style.scrollBehavior === 'smooth';
    }).map((one) => one.tagName).slice(0, 3));
    expect(`${what} ${layout}`, moving, []);
  }
  await page.context().close();
}

// Grey: every pixel of the page, pictures and the viewer of photos too.
{
  const page = await fresh();
  // The policy of the site lets no picture in but its own.
  const blank = await browser.newPage();
  const colours = async () => {
    const shot = (await page.screenshot()).toString('base64');
    return blank.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const pen = canvas.getContext('2d');
      pen.drawImage(image, 0, 0);
      const { data: bytes } = pen.getImageData(0, 0, image.width, image.height);
      let coloured = 0;
      for (let at = 0; at < bytes.length; at += 4) {
        if (Math.max(bytes[at], bytes[at + 1], bytes[at + 2]) - Math.min(bytes[at], bytes[at + 1], bytes[at + 2]) > 3) coloured += 1;
      }
      return coloured;
    }, shot);
  };
  const grey = () => page.evaluate(() => document.documentElement.classList.add('grey'));
  await page.goto(ADDRESS);
  expect('the page has colours', (await colours()) > 10000, true);
  await grey();
  expect('and none in grey', await colours(), 0);
  await page.screenshot({ path: join(ARTEFACTS, 'grey-home.png') });
  await page.goto(ADDRESS + pageOf('album'));
  await grey();
  await page.locator('.photos a[data-photo]').first().click();
  await page.waitForFunction(() => document.querySelector('dialog.lightbox img').naturalWidth > 0);
  expect('nor in the viewer', await colours(), 0);
  await blank.close();
  await page.context().close();
}

// Pictures of each mode, to be looked at.
for (const [name, chosen] of [['dark', { look: 'dark' }], ['contrast', { look: 'contrast' }]]) {
  for (const width of [390, 1280]) {
    const page = await fresh({ viewport: { width, height: 900 } }, (context) => remember(context, chosen));
    for (const layout of ['home', 'village', 'news', 'timeline', 'indicator-section']) {
      await page.goto(ADDRESS + pageOf(layout));
      await page.screenshot({ path: join(ARTEFACTS, `${name}-${layout}-${width}.png`), fullPage: true });
    }
    await page.context().close();
  }
}
await browser.close();
if (!pages.length) faults.push('no pages');
finish('the reading tools');

// Lighthouse on the home page, a village, an album and the time line. Accessibility, best practices and SEO must reach 95;
// performance depends on how busy this machine is, so it is only told.
import { launch as start } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { ADDRESS, CHROMIUM, expect, faults, finish, pageOf } from './lib/site.mjs';

const LEAST = 95;
const chrome = await start({ chromePath: CHROMIUM, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'], logLevel: 'error' });
for (const layout of ['home', 'village', 'album', 'timeline']) {
  const { lhr } = await lighthouse(`${ADDRESS}${pageOf(layout)}`, { port: chrome.port, logLevel: 'error', locale: 'en' });
  if (lhr.runtimeError) faults.push(`${layout}: ${lhr.runtimeError.message}`);
  const score = (name) => Math.round((lhr.categories[name]?.score ?? 0) * 100);
  const lost = Object.values(lhr.audits)
    .filter((audit) => audit.score !== null && audit.score < 0.9)
    .map((audit) => audit.id);
  console.log(`${layout}: performance ${score('performance')} (not judged), accessibility ${score('accessibility')}, best practices ${score('best-practices')}, SEO ${score('seo')}; below 0.9: ${lost.join(', ') || 'nothing'}`);
  for (const name of ['accessibility', 'best-practices', 'seo']) {
    expect(`${layout} ${name} ${score(name)} of ${LEAST}`, score(name) >= LEAST, true);
  }
}
await chrome.kill();
finish('Lighthouse');

/** The page under its content security policy, served as it is and as it is built; no eval anywhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage } from '../browser/page';
import { buildSite, type Site } from './site';

declare global {
  interface Window {
    violations: string[];
  }
}

let site: Site;
beforeAll(async () => {
  site = await buildSite();
});
afterAll(() => site.close());

/** The page, with what its policy forbade noted from the start; `expected` as in `openPage`. */
async function visit(url: string, expected?: RegExp): Promise<Page> {
  const page = await openPage('/test/browser/blank.html', expected);
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.goto(new URL('?ops=softmax&shapes=7x33&variants=no#explore', url).href);
  await page.waitForSelector('#result-softmax');
  return page;
}

describe.each(['as it is served', 'as it is built'])('the page %s', (how) => {
  test('may not evaluate text, run inline scripts or call elsewhere', async () => {
    const url = how === 'as it is built' ? site.url : (await openPage('/')).url();
    // The browser says what it forbids: on the console, or as an error of the page.
    const page = await visit(url, /Content[- ]Security[- ]Policy/);
    const forbidden = await page.evaluate(async () => {
      const ends: Record<string, string> = {};
      // While the protocol's own evaluation lasts, the browser lets all of it through.
      await new Promise((resolve) => setTimeout(resolve, 0));
      try {
        ends.eval = String(new Function('return 1')());
      } catch (error) {
        ends.eval = (error as Error).name;
      }
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      ends.inline = String('ranInline' in window);
      const elsewhere = fetch('https://example.invalid/').then(
        () => 'answered',
        (error) => error.name,
      );
      ends.fetch = await elsewhere;
      await new Promise((resolve) => setTimeout(resolve, 50));
      ends.directives = [...new Set(window.violations.map((text) => text.split(' ')[0]))]
        .sort()
        .join();
      return ends;
    });
    expect(forbidden).toEqual({
      eval: 'EvalError',
      inline: 'false',
      fetch: 'TypeError',
      directives: 'connect-src,script-src,script-src-elem',
    });
  });
});

test('nothing that is built evaluates text', async () => {
  // Other libraries run in workers, which are not under the page's policy.
  const all = await readdir(site.folder, { recursive: true });
  const names = all.filter((name) => name.endsWith('.js') && !name.startsWith('others'));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const text = await readFile(join(site.folder, name), 'utf8');
    expect(text.match(/\beval\s*\(|\bnew Function\b|\bsetTimeout\s*\(\s*['"`]/g), name).toBe(null);
  }
});

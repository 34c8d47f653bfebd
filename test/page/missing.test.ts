/** What a visitor of the built page reads where a file of it cannot be had: which, why, and what to do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LaunchedBrowser } from '../browser/launch';
import { waitUntil } from '../browser/page';
import { buildSite, type Site } from './site';
import { describeEngines, launch, openVisit, type Page } from './visitor';

/** What is gone, and what the host answers in its place. */
let gone: RegExp | undefined;
let answer: number | string;
let policy: string;
let site: Site;
beforeAll(async () => {
  site = await buildSite({
    instead: (file) => (gone?.test(file) ? answer : undefined),
    policyOf: () => policy,
  });
});
afterAll(() => site.close());
beforeEach(() => {
  gone = undefined;
  answer = 404;
  policy = '';
});

const CHANGED = 'The page may have changed since it was opened: reload it.';
const LOOK = 'Check the connection, and whether something blocks the file; then reload the page.';

interface Case {
  readonly what: string;
  readonly file: RegExp;
  readonly tab: string;
  /** The button that needs the file. */
  readonly press?: string;
  /** Where the visitor reads of it. */
  readonly place: string;
}

const tune = { tab: 'glance', press: '#tune-run', place: '#tune-state' };
const train = { tab: 'train', place: '[data-field="state"]' };
const ocr = { tab: 'ocr', press: '#ocr-read', place: '#ocr-status' };
const bench = { tab: 'benchmark', press: '#bench-run' };

const cases: readonly Case[] = [
  { what: 'its code', file: /^assets\/start-/, tab: 'glance', place: '#banners .bad' },
  { what: 'its looks', file: /\.css$/, tab: 'glance', place: '#banners .bad' },
  { what: 'the library', file: /^assets\/src-/, ...tune },
  { what: 'a tab', file: /^assets\/explore-/, tab: 'explore', place: '#explore .unmade' },
  { what: 'what a tab imports', file: /^assets\/frame-/, ...bench, place: '#benchmark .unmade' },
  { what: 'the worker that measures', file: /bench\.worker/, ...bench, place: '.failures' },
  {
    what: 'the worker that verifies',
    ...{ file: /bench\.worker/, tab: 'verify', press: '#run', place: '#verdict' },
  },
  { what: 'another library', file: /^others\/jax/, ...bench, place: '#peers tbody' },
  { what: 'images', file: /train-images/, ...train },
  { what: 'their labels', file: /t10k-labels/, ...train },
  { what: 'the recogniser', file: /ocr\.worker/, ...ocr },
  { what: 'its model', file: /\.onnx$/, ...ocr },
  { what: 'its runtime', file: /simd-threaded-.*\.wasm$/, ...ocr },
  { what: 'a font', file: /chinese.*\.woff2$/, ...ocr },
];

describeEngines('what a visitor reads', (engine) => {
  let launched: LaunchedBrowser;
  beforeAll(async () => {
    launched = await launch(engine);
  });
  afterAll(() => launched.close());

  /** Visits a tab, without what earlier visits kept. */
  async function visit<T>(
    { tab, press }: Pick<Case, 'tab' | 'press'>,
    look: (page: Page) => Promise<T>,
  ): Promise<T> {
    const context = await launched.browser.createBrowserContext();
    try {
      const page = await openVisit(context, []);
      await page.goto(`${site.url}?ops=softmax&shapes=7x33&variants=no&peers=jax-js#${tab}`);
      if (press) await page.locator(press).click();
      return await look(page);
    } finally {
      await context.close();
    }
  }

  const saysIn = (page: Page, place: string, sentence: string) =>
    waitUntil(
      page,
      (where: string, text: string) =>
        document.querySelector(where)?.textContent?.includes(text) ?? false,
      [place, sentence],
    ).catch(async () => {
      const said = await page.$eval('main', (main) => (main as HTMLElement).innerText);
      expect(said).toContain(sentence);
    });

  const nameOf = (file: RegExp) => {
    const names = readdirSync(site.folder, { recursive: true, encoding: 'utf8' });
    const [name, ...more] = names.filter((path) => file.test(path));
    expect(more).toEqual([]);
    return name!.split('/').at(-1)!;
  };

  test.each(cases)('without $what: $file', async (c) => {
    gone = c.file;
    // What imports it, not it, is what the platform names.
    await visit(c.place.endsWith('.unmade') ? { tab: c.tab } : c, (page) =>
      saysIn(page, c.place, `${nameOf(c.file)} could not be had: the server answered 404. ${CHANGED}`),
    );
  });

  test.each<[string, RegExp, number | string, string]>([
    ['fails', /train-images/, 503, 'the server answered 503. Reload the page in a while.'],
    [
      'answers with its front page',
      ...([/train-images/, 'index.html'] as const),
      `the server answered with a web page in its place. ${CHANGED}`,
    ],
  ])('of a server that %s', async (_, file, instead, why) => {
    [gone, answer] = [file, instead];
    await visit(train, (page) =>
      saysIn(page, train.place, `${nameOf(file)} could not be had: ${why}`),
    );
  });

  test('of a file that a policy refuses', async () => {
    policy = "connect-src 'none'";
    await visit(train, (page) =>
      saysIn(page, train.place, `images-idx3-ubyte`),
    );
  });
});

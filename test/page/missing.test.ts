/** What a visitor of the built page reads where a file of it cannot be had: which, why, and what to do. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LaunchedBrowser } from '../browser/launch';
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

const glance = { tab: 'glance', place: '#banners .bad' };
const tune = { tab: 'glance', press: '#tune-run', place: '#tune-state' };
const explore = { tab: 'explore', place: '#explore .unmade' };
const verify = { tab: 'verify', press: '#run', place: '#verdict' };
const run = { tab: 'benchmark', press: '#bench-run' };
const train = { tab: 'train', place: '[data-field="state"]' };
const write = { tab: 'write', press: '#write-run', place: '#write-status' };
const read = { tab: 'ocr', press: '#ocr-read', place: '#ocr-status' };

/** In two files: what tabs import of it, and the whole. */
const library = /^assets\/src-.*\.js$/;

const cases: readonly Case[] = [
  { what: 'the code of the page', file: /^assets\/start-.*\.js$/, ...glance },
  { what: 'its looks', file: /\.css$/, ...glance },
  { what: 'the library, to tune', file: library, ...tune },
  { what: 'the library, to explore', file: library, ...explore },
  { what: 'the code of a tab', file: /^assets\/explore-.*\.js$/, ...explore },
  {
    what: 'what the code of a tab imports',
    ...{ file: /^assets\/frame-.*\.js$/, tab: 'benchmark', place: '#benchmark .unmade' },
  },
  { what: 'the worker that measures', file: /bench\.worker/, ...run, place: '.failures' },
  { what: 'the worker that verifies', file: /bench\.worker/, ...verify },
  { what: 'another library', file: /^others\/jax/, ...run, place: '#peers .lead' },
  { what: 'the images', file: /train-images/, ...train },
  { what: 'the labels', file: /t10k-labels/, ...train },
  { what: 'the language model', file: /\.trigrams$/, ...write },
  { what: 'the recogniser', file: /ocr\.worker/, ...read },
  { what: 'its model', file: /\.onnx$/, ...read },
  { what: 'its runtime', file: /simd-threaded-.*\.wasm$/, ...read },
  { what: 'a font', file: /chinese.*\.woff2$/, ...read },
];

describeEngines('what a visitor reads', (engine) => {
  let launched: LaunchedBrowser;
  beforeAll(async () => {
    launched = await launch(engine);
  });
  afterAll(() => launched.close());

  /** Visits a tab, without what earlier visits kept. */
  async function visit(
    { tab, press }: Pick<Case, 'tab' | 'press'>,
    look: (page: Page) => Promise<unknown>,
  ): Promise<void> {
    const context = await launched.browser.createBrowserContext();
    try {
      // It complains, as it should.
      const page = await openVisit(context, []);
      await page.goto(`${site.url}?ops=softmax&shapes=7x33&variants=no&peers=jax-js#${tab}`);
      if (press) await page.locator(press).click();
      await look(page);
    } finally {
      await context.close();
    }
  }

  const textIn = (page: Page, place: string) =>
    page.evaluate((selector) => document.querySelector(selector)?.textContent ?? '', place);

  /** Waits for one of the sentences in a place. */
  async function expectIn(page: Page, place: string, ...sentences: string[]): Promise<void> {
    const end = Date.now() + 60_000;
    let text = await textIn(page, place);
    const isThere = (sentence: string) => text.includes(sentence);
    while (!sentences.some(isThere) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      text = await textIn(page, place);
    }
    expect(sentences.find(isThere), `${place}: ${text}`).toBeDefined();
  }

  /** The files of the page that are meant, without their folder. */
  function namesOf(file: RegExp): string[] {
    const all = readdirSync(site.folder, { recursive: true, encoding: 'utf8' });
    const names = all.filter((path) => file.test(path));
    expect(names).toHaveLength(file === library ? 2 : 1);
    return names.map((path) => basename(path));
  }

  test.each(cases)('without $what', async ({ file, place, ...how }) => {
    gone = file;
    const why = `could not be had: the server answered 404. ${CHANGED}`;
    const sentences = namesOf(file).map((name) => `${name} ${why}`);
    await visit(how, (page) => expectIn(page, place, ...sentences));
  });

  test('without the first script', async () => {
    gone = /^assets\/index-.*\.js$/;
    await visit({ tab: 'glance' }, async (page) => {
      await page.waitForSelector('.late', { visible: true });
      expect(await textIn(page, '.late')).toMatch(/a script of the page could not be had.*reload/s);
    });
  });

  test.each<[string, number | string, string]>([
    ['a server that fails', 503, 'the server answered 503. Reload the page in a while.'],
    [
      'a server that has a page for everything',
      'index.html',
      `the server answered with a web page in its place. ${CHANGED}`,
    ],
    ['a connection that breaks off', 0, `no answer came. ${LOOK}`],
  ])('of %s', async (_, instead, why) => {
    [gone, answer] = [/train-images/, instead];
    const sentence = `${namesOf(gone)[0]} could not be had: ${why}`;
    await visit(train, (page) => expectIn(page, train.place, sentence));
  });

  test('of a policy that refuses a file', async () => {
    policy = "connect-src 'none'";
    const sentence = `.gz could not be had: no answer came. ${LOOK}`;
    await visit(train, (page) => expectIn(page, train.place, sentence));
  });

  test('after the page has changed; doing as it says helps', async () => {
    await visit({ tab: 'glance' }, async (page) => {
      await page.waitForSelector('#device-info dl');
      gone = /^assets\/explore-.*\.js$/;
      await page.locator('nav a[href="#explore"]').click();
      await expectIn(page, explore.place, `${namesOf(gone)[0]} could not be had`);
      gone = undefined;
      await page.reload();
      await page.waitForSelector('#result-softmax .good');
      expect(await page.$(explore.place)).toBe(null);
    });
  });
});

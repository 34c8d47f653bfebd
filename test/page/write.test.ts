/** The tab Write: its words are those of the reference, whoever follows its link. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { decode } from '../../page/write/model/file';
import { writeRow } from '../../page/write/model/rows';
import { readSettings, type Settings, usual, writeSettings } from '../../page/write/settings';
import { Vocabulary } from '../../page/write/text';
import * as reference from '../../src/reference';
import { openPage, paste, waitUntil } from '../browser/page';

const model = decode(
  gunzipSync(readFileSync(new URL('../../page/write/model/en-us.trigrams', import.meta.url))),
);
const vocabulary = new Vocabulary(model.words);

/** The row of the next word. */
function rowAfter(words: readonly number[]) {
  const data = new Float32Array(model.words.length);
  writeRow(model, vocabulary.contextOf(words), data);
  return { data, shape: [1, data.length] };
}

const filtersOf = ({ temperature, 'top-k': k, 'top-p': topP, 'min-p': minP }: Settings) => ({
  ...{ temperature, topP, minP },
  topK: Math.min(k, model.words.length),
});

/** What follows after words, by the float64 reference. */
function referenceText(settings: Settings, count: number): string {
  const { words, seed, repetition, frequency, presence } = settings;
  const { known } = vocabulary.read(words);
  const text = [...known];
  const counts = { data: new Uint32Array(model.words.length), shape: [1, model.words.length] };
  for (const word of known) if (word !== vocabulary.end) counts.data[word]! |= 2 ** 31;
  const penalties = { counts, repetition, frequency, presence };
  for (let step = 0; step < count; step++) {
    const options = { seed, ...filtersOf(settings), penalties, rowOffset: step };
    const drawn = reference.sample(rowAfter(text), options).indices[0]!;
    text.push(drawn);
    if (drawn !== vocabulary.end) counts.data[drawn]!++;
  }
  return vocabulary.written(text, []);
}

const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? '');
const countOf = async (page: Page) =>
  Number((await textOf(page, '#write-count')).replace('–', '0'));
const waitForWords = (page: Page, least: number) =>
  waitUntil(
    page,
    (wanted: number) => {
      const status = document.querySelector('#write-status')!.textContent!;
      if (status.startsWith('✗')) throw new Error(status);
      return Number(document.querySelector('#write-count')?.textContent) >= wanted;
    },
    [least],
    60_000,
  );

/** Opens the tab by a link. */
async function open(settings: Partial<Settings>): Promise<Page> {
  const query = new URLSearchParams();
  writeSettings({ ...usual, ...settings }, query);
  const page = await openPage(`/?${query}#write`);
  await page.waitForSelector('#write-run');
  return page;
}

describe('in the page', () => {
  test.each<Partial<Settings>>([
    {},
    {
      words: 'I am what I am',
      ...{ seed: 7, temperature: 0.7, 'top-k': 2000, 'top-p': 0.95, 'min-p': 0.001 },
      ...{ repetition: 1.2, frequency: 0.3, presence: 0.5 },
    },
  ])('a link writes the words of the reference: %o', async (settings) => {
    const page = await open(settings);
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.locator('#write-run').click();
    await waitForWords(page, 15);
    await page.locator('#write-run').click();
    await page.waitForSelector('#write-status ::-p-text(Paused.)');
    const count = await countOf(page);
    expect(await textOf(page, '#write-text')).toBe(referenceText({ ...usual, ...settings }, count));
    expect(loaded.filter((url) => url.includes('.trigrams'))).toHaveLength(1);
    expect(Number(await textOf(page, '#write-speed'))).toBeGreaterThan(0);
    expect(await textOf(page, '#write-row')).toBe('290,188');
    expect(Number(await textOf(page, '#write-bytes'))).toBeLessThan(200);
    await page.close();
  });

  test('shows what may come next, and where the cut is', async () => {
    const page = await open({ words: 'One of', 'top-p': 0.8 });
    await page.locator('#write-step').click();
    await waitForWords(page, 1);
    const logits = rowAfter(vocabulary.read('one of').known);
    const { data } = logits;
    const kept = reference.cutoff(logits, filtersOf({ ...usual, 'top-p': 0.8 })).kept[0]!;
    const best = [...data.keys()].sort((a, b) => data[b]! - data[a]!).slice(0, 12);
    const rows = await page.$$eval('#write-candidates tr', (all) =>
      all.map((row) => [row.className, ...Array.from(row.children, (cell) => cell.textContent)]),
    );
    const cut = rows.findIndex(([kind]) => kind === 'cut-line');
    expect(cut).toBe(kept);
    expect(rows[cut]![1]).toBe(`${kept} of 72,547 words kept`);
    const [drawn] = rows.filter(([kind]) => kind!.includes('drawn'));
    expect(drawn![0]).toBe('kept drawn');
    expect(await textOf(page, '#write-text')).toBe(`One of ${drawn![1]!.replace(' ✓', '')}`);
    const words = rows.filter((_, i) => i !== cut);
    expect(words.map(([, word]) => word!.replace(' ✓', ''))).toEqual(
      best.map((word) => model.words[word]),
    );
    for (const [i, [kind, , , share]] of words.entries()) {
      expect(kind!.split(' ')[0]).toBe(i < kept ? 'kept' : 'cut');
      expect(Number.parseFloat(share!) / (100 * Math.exp(data[best[i]!]!))).toBeCloseTo(1, 2);
    }

    // Another setting: the text begins anew, and the address says so.
    await page.$eval('#write-top-k', (slider) => {
      (slider as HTMLInputElement).value = '0';
      slider.dispatchEvent(new Event('input'));
    });
    await page.waitForSelector('#write-candidates ::-p-text(1 of 72,547 words kept)');
    expect(await textOf(page, '#write-text')).toBe('One of');
    expect(await page.evaluate(() => location.search)).toBe('?words=One+of&top-k=1&top-p=0.8');
    await page.locator('#write-step').click();
    await page.waitForSelector('#write-text ::-p-text(One of the)');

    // What cannot be typed, and what the model does not know, is told.
    await paste(page, '#write-words', 'Hello, Xyzzy! We');
    await page.waitForSelector('#write-text ::-p-text(Hello. We)');
    await page.locator('#write-step').click();
    await waitForWords(page, 1);
    expect(await textOf(page, '#write-unknown')).toMatch(/does not know it: “xyzzy”$/);
    expect(await textOf(page, '#write-text')).toMatch(/^Hello\. We \w/);
    await paste(page, '#write-seed', '-1');
    expect(await textOf(page, '#write-seed-error')).toMatch(/^Type a whole number/);
    await paste(page, '#write-seed', '12');
    expect(await textOf(page, '#write-seed-error')).toBe('');
    await page.waitForSelector('#write-status ::-p-text(✓ is what the seed draws)');
    await page.close();
  });
});

describe('its parts', () => {
  test('settings come back from an address; what cannot be is as usual', () => {
    const settings: Settings = {
      ...usual,
      ...{ words: 'a & b', seed: 4_294_967_295 },
      ...{ temperature: 0.35, 'top-k': 3, presence: 0.3 },
    };
    const query = new URLSearchParams('tune=quick');
    writeSettings(settings, query);
    expect(readSettings(query)).toEqual(settings);
    writeSettings(usual, query);
    expect(query.toString()).toBe('tune=quick');
    const wrong = 'seed=-1&temperature=0&top-k=4';
    expect(readSettings(new URLSearchParams(wrong))).toEqual(usual);
  });

  test('texts are read as the model knows them, and written as people do', () => {
    const { known, unknown } = vocabulary.read(
      'I’m here.  The 1.5 is, “well”, xyzzy... Is it? Yes',
    );
    expect(known.map((number) => model.words[number])).toEqual([
      "i'm",
      'here',
      '</s>',
      'the',
      'is',
      'well',
      '</s>',
      'is',
      'it',
      '</s>',
      'yes',
    ]);
    expect(unknown).toEqual(['1.5', 'xyzzy']);
    expect(vocabulary.written(known, [])).toBe("I'm here. The is well. Is it. Yes");
    expect(vocabulary.written(vocabulary.read('i said').known, known)).toBe(' I said');
    const initials = ['a.', '</s>', 'b'].map((word) => model.words.indexOf(word));
    expect(vocabulary.written(initials, [])).toBe('A. B');
    const end = [vocabulary.end];
    expect(vocabulary.written(end, end)).toBe('');
    expect(vocabulary.written(vocabulary.read('the').known, end)).toBe(' The');
    const names = (text: string) =>
      vocabulary.contextOf(vocabulary.read(text).known).map((n) => n && model.words[n]);
    expect(names('')).toEqual([undefined, '<s>']);
    expect(names('it is')).toEqual(['it', 'is']);
    expect(names('so it is. Well')).toEqual(['<s>', 'well']);
  });
});

/** What the tests came to, counted: printed by each file, and summed up by `npm run test:trust`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Counted, type Counts, countsFolder } from './counted';

export const isLong = process.env.TRUST === 'long';

/** The same for every short run, another one for each long run, and `SEED=…` if that is given. */
export const seedOfRun = Number(process.env.SEED ?? (isLong ? Date.now() % 2 ** 31 : 20_261_122));

const counts: Record<string, Counts> = {};
const largest: Counts = {};

/** Adds to a count. */
export function count(group: string, name: string, by = 1): void {
  counts[group] ??= {};
  counts[group][name] = (counts[group][name] ?? 0) + by;
}

/** Notes a measure of which the largest is to be told. */
export function atMost(name: string, value: number): void {
  largest[name] = Math.max(largest[name] ?? 0, value);
}

/** To be called once by each test file that counts. */
export function tellCounts(): void {
  afterAll(() => {
    const file = basename(expect.getState().testPath ?? 'unknown', '.test.ts');
    const engine = process.env.BROWSER || 'chromium';
    const counted: Counted = { engine, seed: seedOfRun, counts, largest };
    console.log(`${file}: ${JSON.stringify(counted)}`);
    if (!isLong) return;
    mkdirSync(countsFolder, { recursive: true });
    const path = `${countsFolder}/${engine}-${file}.json`;
    writeFileSync(path, JSON.stringify(counted, undefined, 2));
  });
}

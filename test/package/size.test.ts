/** What an adopter's page has to load for each thing that it imports. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sizesOfExports } from './exports';

/**
 * Most bytes of an export with `createEngine`, bundled, minified and gzipped.
 */
const MOST: Readonly<Record<string, number>> = {
  createEngine: 9_600,
  softmax: 24_000,
  logSoftmax: 24_200,
  softmaxVjp: 23_000,
  crossEntropyWithGrad: 28_000,
  topK: 22_000,
  argmax: 22_000,
  sgdStep: 12_250,
  linearCrossEntropy: 34_000,
};

test('each export ships what it needs and no more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-size-'));
  const sizes = await sizesOfExports(folder);
  await rm(folder, { recursive: true, force: true });
  for (const { name, bytes, gzipped } of sizes) {
    console.log(`${name.padEnd(22)} ${bytes} bytes, ${gzipped} gzipped`);
  }
  expect(sizes.length).toBeGreaterThan(20);
  const of = new Map(sizes.map(({ name, gzipped }) => [name, gzipped]));
  for (const [name, most] of Object.entries(MOST)) {
    expect(of.get(name), name).toBeGreaterThan(8000);
    expect(of.get(name), name).toBeLessThanOrEqual(most);
  }
  // What is not imported is not shipped.
  expect(of.get('softmax')! - of.get('createEngine')!).toBeGreaterThan(5000);
  expect(of.get('high')! - of.get('softmax')!).toBeGreaterThan(500);
  expect(of.get('f16')! - of.get('createEngine')!).toBeGreaterThan(2000);
});

/** What a page that imports the library has to load. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sizeOfLibrary } from './library';

/**
 * Bytes, gzipped. The library was to have 20 000 with all of its operations, and has more than twice
 * that: see "Size of the library" in docs/architecture.md. This is where it is held meanwhile.
 */
const MOST_BYTES = 54_200;

test('the library, shaders in it, is no larger than it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-size-'));
  const { bytes, gzipped, parts } = await sizeOfLibrary(folder);
  await rm(folder, { recursive: true, force: true });
  console.log(`${bytes} bytes, ${gzipped} gzipped`);
  const walks = parts.find(({ name }) => name === 'shaders/walks/');
  expect(walks?.gain).toBeGreaterThan(300);
  expect(gzipped).toBeGreaterThan(10_000);
  expect(gzipped).toBeLessThanOrEqual(MOST_BYTES);
});

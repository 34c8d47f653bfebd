/** Every example as a visitor opens it. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { main } from '../../examples/node/main';
import { openPage, waitUntil } from '../browser/page';
import { findAdapter } from '../node/adapter';

const shown = async (name: string, selector = '#report') => {
  const page = await openPage(`/examples/${name}/index.html`);
  const isThere = (query: string) => document.querySelector(query)!.textContent !== '';
  await waitUntil(page, isThere, [selector], 60_000);
  return page.$eval(selector, (element) => element.textContent);
};

test('html', async () => {
  expect(await shown('html', '#probabilities')).toBe('0.1025 0.7573 0.1025 0.0377');
});

test('vite', async () => {
  expect(await shown('vite')).toMatch(/^loss 0\.0\d+, classes 0 1 1 2$/);
});

test('onnxruntime', async () => {
  expect(await shown('onnxruntime')).toBe(
    '1: 0.4722, 4: 0.4722, 0: 0.0235\n3: 0.9989, 1: 0.0003, 2: 0.0003',
  );
});

test('tfjs', async () => {
  expect(await shown('tfjs')).toMatch(/^0\.\d{4} 0\.\d{4} 0\.\d{4}$/);
});

test('transformers', async () => {
  // As docs/guides/generating-text.md has it.
  expect(await shown('transformers')).toBe('the cat sleeps . the dog sees the dog sleeps');
});

test('worker', async () => {
  expect(await shown('worker')).toBe(
    [
      '0.1025 0.7573 0.1025 0.0377 0.2500 0.2500 0.2500 0.2500',
      '0.2689 0.7311',
      '0 elements are left here',
      'tensor: shape: expected an array of integers >= 0, got [1.5, 2]',
    ].join('\n'),
  );
});

const adapter = await findAdapter();

test.skipIf(!adapter)('node (skipped where Dawn finds no Vulkan driver)', async () => {
  expect(await main(navigator.gpu)).toMatch(
    /^yes is likeliest; drawn:( (yes|no|perhaps|never)){10}$/,
  );
});

test('each is tested', () => {
  const folders = readdirSync(new URL('../../examples', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders).toEqual([
    'html',
    'node',
    'onnxruntime',
    'tfjs',
    'transformers',
    'vite',
    'worker',
  ]);
});

/** `npm run debug` itself, on a case that is right and on one that is not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Case } from '../../conformance/cases';
import { main } from './cli.ts';

let folder: string;
let said: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgpu-softmax-debug-'));
  const hear = (...words: unknown[]) => {
    said += `${words.join(' ')}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(hear);
  vi.spyOn(console, 'error').mockImplementation(hear);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function debug(...argv: string[]): Promise<number> {
  said = '';
  return main([...argv, '--headless'], folder);
}

const softmax: Case = { op: 'softmax', shape: [2, 5], seed: 1, inPlace: true };

test('a case that is right leaves its shaders and buffers', async () => {
  expect(await debug(JSON.stringify(softmax))).toBe(0);
  expect(said).toMatch(/^right: 10 elements, \d\.\d\d ULP/m);
  const files = readdirSync(folder);
  expect(files).toEqual(expect.arrayContaining(['case.json', 'in.x.csv', 'out.out.csv']));
  const wgsl = files.filter((name) => name.endsWith('.wgsl'));
  expect(wgsl.join()).toContain('softmax.row.');
  expect(readFileSync(join(folder, wgsl[0]!), 'utf8')).toContain('@compute');
  const lines = readFileSync(join(folder, 'out.out.csv'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(11);
  const rows = lines.slice(1).map((line) => line.split(',').map(Number));
  for (const [, value, expected, bound] of rows) {
    expect(Math.abs(value! - expected!)).toBeLessThanOrEqual(bound!);
  }
  expect(rows.slice(0, 5).reduce((sum, [, value]) => sum + value!, 0)).toBeCloseTo(1, 6);
  // The input, read before the call wrote over it, is no probability.
  const inputs = readFileSync(join(folder, 'in.x.csv'), 'utf8').trim().split('\n').slice(1);
  expect(inputs.map((line) => line.split(',')[1])).not.toEqual(
    rows.map(([, value]) => String(value)),
  );
});

test('a case that fails says how', async () => {
  const refused: Case = { ...softmax, shape: [2, 20_000], regime: 'row-per-invocation' };
  expect(await debug(JSON.stringify(refused))).toBe(1);
  expect(said).toContain(
    "regime: expected one for rows of 20000 elements, got 'row-per-invocation'",
  );
});

test.each(['', 'softmax', '{"op":"softmix","shape":[1],"seed":1}', '{"op":"softmax"}'])(
  "what is no case is told how to be one: '%s'",
  async (text) => {
    expect(await debug(text)).toBe(2);
    expect(said).toContain("npm run debug -- '<case>'");
  },
);

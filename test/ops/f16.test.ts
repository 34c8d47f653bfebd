/** f16 storage: exact conversions, every operation and regime, blocks, places, errors. */
import { describe, expect, test } from 'vitest';
import { halfKernels } from '../../conformance/matrix';
import type { HalfConversion } from '../../src/gpu/halves';
import { browserUnderTest, callInPage, sharedPage } from '../browser/page';
import type * as module from './f16.page';

const PAGE = '/test/ops/f16.page.ts';
const page = await sharedPage();

type Module = typeof module;
const call = <F extends (...args: never[]) => unknown>(
  name: keyof Module,
  ...args: Parameters<F>
) => callInPage<F>(page, PAGE, name, ...args);

function check({ cases, maxShare, reports }: module.Outcome): void {
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(10);
  expect(maxShare).toBeGreaterThan(0.1);
}

const named = halfKernels.map((kernel, i) => [JSON.stringify(kernel), i] as const);

/** SwiftShader lacks the type f16, and its shaders take long to compile. */
const firefox = browserUnderTest().engine === 'firefox';

/**
 * Elsewhere one kernel that loads and stores halves shows the device's own conversion. That all give
 * the same bits is tested without kernels.
 */
const native = named.filter((_, i) => firefox || halfKernels[i]!.op === 'logSumExpVjp');

/** Ways that address halves differently. */
const ways: readonly HalfConversion[] = firefox ? ['integer', 'typed'] : ['integer'];

describe.each<[HalfConversion, typeof named]>([
  ['integer', named],
  ['native', native],
  ...(firefox ? [['typed', named] satisfies [HalfConversion, typeof named]] : []),
])('%s', (conversion, kernels) => {
  test.each(kernels)('%s', async (name, i) => {
    const outcome = await call<Module['runHalves']>('runHalves', i, conversion);
    const share = `${outcome.maxShare.toFixed(3)} × the bound`;
    console.log(`f16 ${conversion} ${name}: ${outcome.cases} cases, ${share}`);
    check(outcome);
  });
});

describe.each(ways)('%s', (conversion) => {
  test('blocks of a small binding limit', async () => {
    check(await call<Module['runBlocks']>('runBlocks', conversion));
  });

  test('all 65 536 patterns load exactly', async () => {
    const found = await call<Module['loads']>('loads', conversion);
    expect(Object.entries(found).filter(([, at]) => at !== -1)).toEqual([]);
  });

  test('all stores round to the nearest', async () => {
    const found = await call<Module['stores']>('stores', conversion);
    for (const [name, { count, wrong }] of Object.entries(found)) {
      expect(count, name).toBeGreaterThan(190_000);
      expect(wrong, name).toBe(0);
    }
  });

  test('beside other types, in place, recorded', async () => {
    const found = await call<Module['together']>('together', conversion);
    expect(Object.entries(found).filter(([, at]) => at !== -1)).toEqual([]);
  });
});

test('the host rounds as a Float16Array does', async () => {
  const { compared, differ } = await call<Module['hostRounding']>('hostRounding');
  expect(compared).toBeGreaterThan(190_000);
  expect(differ).toBe(0);
});

test('tensors', async () => {
  // Infinity does not come through from the page as a number.
  const values = ['0.0999755859375', '-2', '65504', 'Infinity', '0', String(2 ** -23)];
  expect(await call<Module['tensors']>('tensors')).toEqual({
    array: values,
    typed: values,
    float16: ['f16', 1, 2, 3],
    dtypes: ['f16', 'f32'],
    'no room':
      'RangeError: wrap: buffer: expected 68 bytes or more for shape [33] at byteOffset 0, got 64',
    'in place, wider': expect.stringMatching(
      /^RangeError: softmax: out \(bytes 0 … 32\) overlaps x \(bytes 0 … 16\).*; place it apart from it$/,
    ),
    'in place, one element': expect.stringMatching(
      /^RangeError: softmax: out \(bytes 32 … 36\) overlaps x \(bytes 32 … 34\)/,
    ),
    'other array': 'TypeError: tensor: data[0]: expected a number, got 0',
    'integers as logits': "TypeError: softmax: x: expected dtype 'f32' or 'f16', got 'i32'",
    'loss as f16': "TypeError: crossEntropy: out loss: expected dtype 'f32', got 'f16'",
  });
});

test('an engine that was not given f16 takes none', async () => {
  const told =
    'which this engine was not given; create it by createEngine({ f16 }), with f16 (exported by the library)';
  expect(await call<Module['refused']>('refused')).toEqual({
    tensor: `TypeError: tensor: dtype is 'f16', ${told}`,
    wrap: `TypeError: wrap: dtype is 'f16', ${told}`,
    prepare: `TypeError: prepare: dtype is 'f16', ${told}`,
    stream: `TypeError: stream: dtype is 'f16', ${told}`,
    value: "TypeError: createEngine: f16: expected f16 (exported by the library), got 'f16'",
    nothing: 'nothing',
  });
});

test('prepare compiles what f16 takes', async () => {
  const { names, made } = await call<Module['prepared']>('prepared');
  expect(names.filter((name) => name.includes('half')).length).toBeGreaterThan(1);
  for (const name of names) {
    if (name.includes('half')) expect(name).toMatch(/ half-[xy+]+-native /);
  }
  expect(made).toBe(0);
});

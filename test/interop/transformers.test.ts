import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './transformers.page';

const path = '/test/interop/transformers.page.ts';

/** What its configuration says of drawing does not hold where tokens are drawn on the GPU. */
const decoder = {
  classes: 1003,
  generation: { do_sample: true, top_k: 3, temperature: 0.5, repetition_penalty: 2 },
};

const bias = { indices: [3], values: [4] };
const cases: readonly module.Case[] = [
  { decoder, rows: 1, options: { seed: 1, topK: 300, topP: 0.9, minP: 0.001 } },
  {
    decoder,
    rows: 2,
    options: { seed: 2, temperature: 1.5, penalties: { repetition: 1.3, frequency: 0.5 }, bias },
  },
  { decoder, rows: 2, options: { seed: 2, temperature: 0 } },
  { decoder, rows: 2, halves: 'every', options: { seed: 2, temperature: 1.2 } },
  { decoder, rows: 1, halves: 'last', alternate: true, options: { seed: 2, temperature: 1.2 } },
];

const page = await openPage(
  '/test/browser/blank.html',
  /WebGPU validation failed|Inputs given to model/,
);

test.each(cases)(
  'rows $rows, halves $halves, $options: tokens are the reference’s',
  async (one) => {
    const found = await callInPage<typeof module.tokens>(page, path, 'tokens', one);
    expect(found.margin).toBeGreaterThan(1e-6);
    expect(found.written).toEqual(found.expected);
    expect(found.again).toEqual(found.written);
    expect(found.kept).toBe(0);
    const tokens = found.written.flat().length;
    // Beside a prompt of four: a row of logits for each of its positions, then one a token.
    const rows = tokens + 3 * one.rows;
    expect(found.plainBytes).toBeGreaterThanOrEqual(4 * 1003 * rows);
    if (!one.halves) expect(found.bytes).toBe(4 * tokens);
    if (one.options.temperature === 0) expect(found.written).toEqual(found.plain);
    else expect(found.written).not.toEqual(found.plain);
  },
);

test('what does not fit is named, and breaks nothing', async () => {
  expect(await callInPage<typeof module.refusals>(page, path, 'refusals')).toEqual([
    "Error: createEngineOn: the runtime's device is undefined; load a model with device: 'webgpu' first",
    "Error: createEngineOn: the runtime's device is undefined; load a model with device: 'webgpu' first",
    'TypeError: sampleOnGpu: model: expected a model of transformers.js, got an Object',
    'TypeError: sampleOnGpu: model: expected a model of transformers.js, got a function',
    'TypeError: sampleOnGpu: options: expected an object, got 5',
    "RangeError: sampleOnGpu: model: expected an output 'logits', got none",
    "RangeError: sampleOnGpu: model: expected an input 'input_ids' or 'inputs_embeds', got 'pixel_values'",
    "RangeError: sampleOnGpu: model: expected device 'webgpu', got 'wasm'",
    "TypeError: sampleOnGpu: model: expected logits of type 'float32' or 'float16', got 'int8'",
    "TypeError: sampleOnGpu: dtype is 'f16', which this engine was not given; create it by createEngine({ f16 }), with f16 (exported by the library)",
    'RangeError: sampleOnGpu: model: expected a config with vocab_size, got undefined',
    expect.stringMatching(
      /^RangeError: generate: a tensor of shape \[1, 1, 2147483648\]: expected at most \d+ bytes \(maxBufferSize\), got 8589934592$/,
    ),
    'RangeError: sampler: topP: expected a number in (0, 1], got 2',
    'RangeError: sampler: topK 1004 is out of range [1, 1003]',
    "TypeError: sampler: options: expected no 'axis', 'draws', 'rowOffset', 'out', 'encoder', 'pass', got 'rowOffset'",
    expect.stringMatching(/^RangeError: sampler: penalties.repetition 0 is out of range \[/),
    'Error: generate: row 0 of the logits is NaN, or masked altogether; give a mask that keeps what may be drawn',
    'RangeError: generate: top_p: expected none, for sampleOnGpu takes topP, got 0.5',
    'RangeError: generate: repetition_penalty: expected none, for sampleOnGpu takes penalties.repetition, got 1.2',
    'RangeError: generate: num_beams: expected 1, got 2',
    'RangeError: generate: logits processors: expected none, for logits stay on the GPU (sampleOnGpu takes mask, bias and penalties), got MinNewTokensLengthLogitsProcessor, SuppressTokensLogitsProcessor',
    'RangeError: generate: logits processors: expected none, for logits stay on the GPU (sampleOnGpu takes mask, bias and penalties), got Function',
  ]);
});

test('texts at once, and an engine that ends on the way', async () => {
  const { alone, together, after, ...rest } = await callInPage<typeof module.ends>(
    page,
    path,
    'ends',
  );
  expect(together).toEqual(alone);
  expect(after).toEqual(alone[0]);
  expect(rest).toEqual({
    refused: 'RangeError: generate: num_beams: expected 1, got 2',
    kept: 0,
    steps: 6,
    ended: 'Error: sampler: the engine is destroyed; create another engine',
    left: 0,
  });
});

// Last: transformers.js runs nothing more once a run has failed.
test('an engine on another device is told of', async () => {
  expect(await callInPage<typeof module.elsewhere>(page, path, 'elsewhere')).toMatch(
    /WebGPU validation failed.*webgpu-softmax generate \[1, 1, 1003\]/s,
  );
});

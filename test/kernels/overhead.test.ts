/**
 * What calls cost the host: a repeated one makes no GPU object, what is kept is bounded and freed
 * when that is safe, and `prepare` compiles ahead of calls.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './overhead.page';

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

const run = <N extends keyof typeof module>(name: N) =>
  callInPage<() => ReturnType<(typeof module)[N]>>(page, '/test/kernels/overhead.page.ts', name);

test('1 000 repeated calls of each operation make no GPU object after the first', async () => {
  const { first, made } = await run('repeated');
  expect(first).toEqual({
    createBuffer: 1,
    createBindGroup: 1,
    createBindGroupLayout: 1,
    createPipelineLayout: 1,
    createShaderModule: 1,
    createComputePipeline: 1,
    submit: 1,
  });
  expect(Object.keys(made)).toHaveLength(20 + 4 + 3);
  for (const [call, objects] of Object.entries(made)) expect(objects, call).toEqual({});
});

test('what is kept of thousands of calls is bounded, and freed only when nobody can need it', async () => {
  const { calls, uniforms, most, destroyed, problems } = await run('bounded');
  expect(problems).toEqual([]);
  expect(uniforms).toBe(calls);
  expect(most).toBeLessThanOrEqual(1024);
  expect(most).toBeGreaterThan(500);
  // Those alive at the end; not the one that recorded commands read.
  expect(destroyed).toBeGreaterThan(500);
  expect(destroyed).toBeLessThanOrEqual(1024);
});

test('a call of more steps than are kept', async () => {
  const [whole, cut] = await run('largerThanTheCache');
  expect(whole).toBeGreaterThan(1);
  expect(cut).toBe(whole);
});

test('prepare compiles, once and asynchronously, all that the calls need', async () => {
  const { calls, beside, again, called } = await run('prepared');
  expect(calls).toBeGreaterThan(40);
  const { createComputePipelineAsync: compiled = 0 } = beside;
  expect(compiled).toBeGreaterThan(20);
  expect(beside).toEqual({
    createBindGroupLayout: compiled,
    createPipelineLayout: compiled,
    createShaderModule: compiled,
    createComputePipelineAsync: compiled,
  });
  expect(again).toEqual({});
  expect(called).toEqual({});
});

test('prepare says what is wrong', async () => {
  const { axis, scale, out, targets, ...told } = await run('unprepared');
  for (const [prepared, called] of [axis, scale, out, targets] as [string, string][]) {
    expect(prepared).toMatch(/^RangeError: \w+: ./);
    expect(prepared).toBe(called);
  }
  expect(told).toEqual({
    operation: "TypeError: prepare: operation: expected a function of tensors, got 'toString'",
    dtype: expect.stringMatching(/^TypeError: prepare: dtype: expected .+, got 'f64'$/),
    shape: 'RangeError: prepare: shape: expected an array of integers >= 0, got [2.5]',
    size: expect.stringMatching(
      /^RangeError: prepare: buffer: expected \d+ bytes or more for shape \[1048576, 1048576\] at byteOffset 0, got \d+$/,
    ),
    compile: expect.stringMatching(/^Error: prepare: softmax row .*→.*: ./),
    afterwards: 'fine',
    works: '0.25,0.25,0.25,0.25,0.25,0.25,0.25,0.25',
    stray: '',
    lostMeanwhile: expect.stringMatching(
      /^Error: prepare: the device is lost \(destroyed: .*\); create another engine$|^fine$/s,
    ),
    lost: expect.stringMatching(
      /^Error: prepare: the device is lost \(destroyed: .*\); create another engine$/s,
    ),
    destroyed: 'Error: prepare: the engine is destroyed; create another engine',
  });
});

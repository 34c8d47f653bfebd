/**
 * Every wrong argument is an error that names it, what it was and what it may be, thrown at the
 * call and before anything reaches the GPU; the engine works after it.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './arguments.page';

const path = '/test/ops/arguments.page.ts';

let page: Page;
beforeAll(async () => {
  page = await openPage();
});

test.each([
  ['common', 'tensors, axis, scale, where to record and where to write', 300],
  ['masks', 'masks', 60],
  ['losses', 'targets and options of the losses', 65],
  ['making', 'tensor and wrap', 23],
] as const)('%s: %s', async (name, _, least) => {
  const { count, problems, reached, works } = await callInPage<(typeof module)[typeof name]>(
    page,
    path,
    name,
  );
  expect(problems).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(least);
  expect(reached).toBe(0);
  expect(works).toBe(true);
});

test('no WebGPU, no adapter, wrong options', async () => {
  const errors = await callInPage<typeof module.creating>(page, path, 'creating');
  expect(errors).toEqual({
    noGpu:
      'Error: createEngine: there is no WebGPU here (navigator.gpu is undefined); use a browser with ' +
      'WebGPU (Chrome 113+, Edge 113+, Safari 26+, Firefox 141+) and a page served over https or from localhost',
    noAdapter:
      'Error: createEngine: no WebGPU adapter fits {"powerPreference":"low-power"} (WebGPU may be switched off, ' +
      'or the GPU on a block list); see chrome://gpu or about:support',
    device: 'TypeError: createEngine: device: expected a GPUDevice, got an Object',
    adapterClass: "RangeError: createEngine: adapterClass: expected 'cpu' or 'gpu', got 'npu'",
    halfConversion:
      "RangeError: createEngine: halfConversion: expected 'integer', 'native' or 'typed', got 'f16'",
    typedWithoutFeature:
      "RangeError: createEngine: halfConversion: expected 'integer' or 'native' (this device lacks the feature " +
      "shader-f16), got 'typed'",
    binding: expect.stringMatching(
      /^RangeError: createEngine: maxStorageBufferBindingSize 100 is out of range \[1024, \d+\]$/,
    ),
    bindingOverLimit: expect.stringMatching(
      /^RangeError: createEngine: maxStorageBufferBindingSize 1099511627776 is out of range \[1024, \d+\]$/,
    ),
  });
});

test('a class index out of range on the GPU: NaN loss, zero gradient, nothing else touched', async () => {
  const problems = await callInPage<typeof module.classesOutOfRange>(
    page,
    path,
    'classesOutOfRange',
  );
  expect(problems).toEqual([]);
});

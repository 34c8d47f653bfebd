/** Plans of matrix products: blocks, parts and scratch; what they compute is tested by the operation. */
import { describe, expect, test } from 'vitest';
import { type ProductTask, planProduct } from '../../src/product/plan';
import { dispatchesOf, standAlones } from './kernels';
import { device } from './variants';

const region = (count: number) => ({
  buffer: { usage: 0xff } as GPUBuffer,
  byteOffset: 0,
  dtype: 'f32' as const,
  count,
});

/** The three products of a layer: logits, dX and dWeight. */
function tasks(n: number, d: number, k: number): ProductTask[] {
  const [x, w, g] = [region(n * d), region(k * d), region(n * k)];
  const along = { aStep: 1, rows: n };
  return [
    { ...along, a: x, aRow: d, b: w, bColumn: d, bStep: 1, columns: k, length: d, c: g },
    {
      ...along,
      a: g,
      aRow: k,
      b: w,
      bColumn: 1,
      bStep: d,
      columns: d,
      length: k,
      c: region(n * d),
    },
    {
      rows: k,
      columns: d,
      length: n,
      a: g,
      aRow: 1,
      aStep: k,
      b: x,
      bColumn: 1,
      bStep: d,
      c: region(k * d),
    },
  ];
}

describe.each(['cpu', 'gpu'] as const)('on a %s adapter', (adapter) => {
  const on = { ...device, adapter, maxElements: adapter === 'cpu' ? 2 ** 25 : 2 ** 29 };

  test('parts take 8 MiB of scratch at most, and every dispatch stays within its limits', () => {
    for (const task of tasks(256, 256, 32_768)) {
      const plan = planProduct('test', task, on);
      expect(plan.scratch.get('parts') ?? 0).toBeLessThanOrEqual(2 ** 23);
      for (const step of dispatchesOf(plan)) {
        expect(step.elements).toBeLessThanOrEqual(on.maxElements);
        for (const { offset, size } of step.ranges) {
          expect(size).toBeLessThanOrEqual(on.maxBinding);
          expect(offset % 256).toBe(0);
        }
      }
    }
  });

  test('how a sum is cut does not depend on the number of rows', () => {
    const parts = (n: number) =>
      dispatchesOf(planProduct('test', tasks(n, 8, 5000)[1]!, on)).map(
        ({ params }) => params.parts,
      );
    expect(new Set(parts(3000))).toEqual(new Set(parts(1)));
  });

  test('every element of the result is written once by each range of depths', () => {
    const small = { ...on, maxBinding: 16_384, maxElements: 4096 };
    for (const task of tasks(50, 60, 70)) {
      const written = new Uint8Array(task.rows * task.columns);
      for (const { params, ranges, kernel } of dispatchesOf(planProduct('test', task, small))) {
        const c = ranges.find(({ role }) => role === 'c')!;
        const { offset_a, a_row, a_step, offset_b, b_column, b_step, rows, columns, length } =
          params;
        const last = {
          a: offset_a! + a_row! * (rows! - 1) + a_step! * (length! - 1),
          b: offset_b! + b_column! * (columns! - 1) + b_step! * (length! - 1),
          c: params.offset_c! + params.c_row! * (rows! - 1) + columns! - 1,
        };
        for (const { role, size } of kernel.name === 'product-merge' ? [] : ranges) {
          if (role !== 'bias') expect(size / 4, role).toBeGreaterThan(last[role as 'a']);
        }
        if (c.buffer === 'parts' || params.accumulate === 1) continue;
        expect(kernel.name).toMatch(/^product-/);
        const first = c.offset / 4 + params.offset_c!;
        for (let i = 0; i < params.rows!; i++) {
          for (let j = 0; j < params.columns!; j++) written[first + i * params.c_row! + j]!++;
        }
      }
      expect(written.every((times) => times === 1)).toBe(true);
    }
  });

  test('a bias is added once, with the first range of depths', () => {
    const small = { ...on, maxBinding: 16_384 };
    const task = { ...tasks(50, 60, 70)[1]!, bias: region(60), length: 70 };
    const finishing = dispatchesOf(planProduct('test', task, small)).flatMap(
      ({ ranges, params }) =>
        ranges.some(({ role, buffer }) => role === 'c' && buffer !== 'parts') ? [params] : [],
    );
    const [first, ...others] = finishing.map(({ has_bias, accumulate }) => [has_bias, accumulate]);
    expect(first).toEqual([1, 0]);
    expect(others.length).toBeGreaterThan(0);
    for (const [bias, accumulate] of others) expect(bias! + accumulate!).toBe(1);
  });

  test('an operand whose rows do not fit is an error', () => {
    const wide = tasks(2, 2000, 2)[0]!;
    expect(() => planProduct('test', wide, { ...on, maxBinding: 4096 })).toThrow(
      'test: a row of b: expected at most 4096 bytes (maxStorageBufferBindingSize), got 8000',
    );
  });
});

test.each(standAlones)('$name binds what its code names', ({ bindings, emit }) => {
  const { wgsl } = emit();
  expect(bindings.length).toBeLessThanOrEqual(8);
  for (const { role } of bindings) expect(wgsl).toMatch(new RegExp(`> ${role}: `));
});

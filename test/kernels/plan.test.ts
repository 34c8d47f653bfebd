/** What a plan promises of its dispatches, without a GPU: what they bind, walk and cover. */
import { describe, expect, test } from 'vitest';
import { planConvert } from '../../src/map/convert';
import { jacobianRuns, planJacobian } from '../../src/map/jacobian';
import { type PlanDevice, planRows, type RowTask } from '../../src/rows/plan';
import { regimeNames, regimes } from '../../src/rows/regimes';
import { canTake } from '../../src/rows/tiers';
import { dispatchesOf, rowDispatches, rowOps } from './kernels';
import { device, taskOf } from './variants';

const small: PlanDevice = { ...device, maxBinding: 2 ** 15, maxElements: 4000 };
const uncut: PlanDevice = { ...small, maxElements: 2 ** 20 };

const dispatches = (task: RowTask, on = small) => rowDispatches(planRows('test', task, on));

const walked = ['softmax', 'log-sum-exp', 'softmax-vjp', 'cross-entropy-smoothed'];

/** Short rows, whose scratch is more than their data where a regime that splits them is forced, and long ones. */
const shapes = [
  { outer: 3000, length: 3 },
  { outer: 1500, length: 7 },
  { outer: 5, length: 3000 },
  { outer: 2, length: 20_001 },
  { outer: 700, length: 5, inner: 3 },
  { outer: 3, length: 1500, inner: 2 },
];

describe.each(walked)('%s', (op) => {
  const cases = shapes.flatMap((shape) =>
    regimeNames
      .filter((regime) => canTake(regime, shape.length, (shape.inner ?? 1) > 1, small))
      // A row that is not split is bound whole.
      .filter((regime) => regimes[regime].split || 4 * shape.length < small.maxBinding)
      .flatMap((regime) =>
        [false, true].map((high) => ({
          name: `${regime}${high ? ', high' : ''}, ${JSON.stringify(shape)}`,
          task: taskOf(op, {
            ...shape,
            regime,
            ...(rowOps.get(op)!.precise && { high }),
          }),
        })),
      ),
  );

  test('nothing is bound or kept that is over the limit, and no dispatch takes too long', () => {
    for (const { name, task } of cases) {
      const plan = planRows('test', task, small);
      const { scratch } = plan;
      for (const [buffer, bytes] of scratch)
        expect(bytes, `${name}: ${buffer}`).toBeLessThanOrEqual(small.maxBinding);
      for (const step of rowDispatches(plan)) {
        for (const { role, buffer, offset, size } of step.ranges) {
          expect(size, `${name}: ${role}`).toBeLessThanOrEqual(small.maxBinding);
          expect(offset % 256, `${name}: ${role}`).toBe(0);
          // Scratch holds what is bound of it.
          if (typeof buffer === 'string')
            expect(offset + size, name).toBeLessThanOrEqual(scratch.get(buffer)!);
        }
        const { group_start: from, group_end: to } = step.params;
        expect(step.elements, name).toBeLessThanOrEqual(
          Math.max(small.maxElements, step.elements / (to! - from!)),
        );
      }
    }
  });

  test('each group of each phase is dispatched once, and by enough workgroups', () => {
    for (const { name, task } of cases) {
      let next = 0;
      for (const { params, workgroups, kernel } of dispatches(task)) {
        const { variant } = kernel;
        expect(params.group_start, name).toBe(params.group_start === 0 ? 0 : next);
        next = params.group_end!;
        const perWorkgroup = variant.workgroupSize / variant.lanes;
        const [x, y] = workgroups;
        expect(x * y * perWorkgroup, name).toBeGreaterThanOrEqual(next - params.group_start!);
      }
    }
  });
});

test('rows are taken in blocks that begin where the one before ends', () => {
  const task = taskOf('softmax', { outer: 3000, length: 13, regime: 'row-per-invocation' });
  const first: number[] = [];
  let rows = 0;
  for (const { params, ranges } of dispatches(task, uncut)) {
    expect(params.row_start).toBe(rows);
    const { offset } = ranges.find(({ role }) => role === 'x')!;
    first.push(offset / 4 + params.offset_x!);
    expect(first.at(-1)).toBe(13 * rows);
    rows += params.row_groups!;
  }
  expect(rows).toBe(3000);
  expect(first.length).toBeGreaterThan(3);
});

test('a long row is bound range by range, each from a chunk on', () => {
  const task = taskOf('softmax', { outer: 1, length: 20_001, regime: 'split-per-invocation' });
  const on = { ...uncut, maxBinding: 2 ** 15 + 1000 };
  const phases = new Map<string, number>();
  for (const { kernel, params, ranges } of dispatches(task, on)) {
    const { variant } = kernel;
    if (variant.phase === 'split-merge') continue;
    const from = phases.get(variant.phase) ?? 0;
    expect(params.axis_start).toBe(from);
    expect(params.chunk_start).toBe(from / 4096);
    const { offset, size } = ranges.find(
      ({ role }) => role === (variant.reads.includes('x') ? 'x' : 'y'),
    )!;
    expect(offset).toBe(4 * from);
    phases.set(variant.phase, from + size / 4);
  }
  expect(Object.fromEntries(phases)).toEqual({ 'split-partial': 20_001, 'split-finish': 20_001 });
});

const region = (count: number, dtype: 'f32' | 'f16', byteOffset = 0) => ({
  buffer: { usage: 0xff } as GPUBuffer,
  byteOffset,
  dtype,
  count,
});

test('maps over elements cover each of them once, packed halves with the word they begin in', () => {
  const plans = [
    planConvert('test', { from: region(20_001, 'f32'), to: region(20_001, 'f16') }, small),
    planConvert('test', { from: region(20_001, 'f16', 4), to: region(20_001, 'f32', 8) }, small),
    // A row of an odd length may begin on half a word.
    planConvert('test', { from: region(20_000, 'f32'), to: region(20_000, 'f16', 2) }, small),
  ];
  for (const plan of plans) {
    const maps = dispatchesOf(plan);
    const isHalf = ({ kernel }: (typeof maps)[number]) => kernel.name.includes('→f16');
    const startOf = (map: (typeof maps)[number]) => {
      const { offset } = map.ranges.find(({ role }) => role === 'y')!;
      return offset / (isHalf(map) ? 2 : 4) + map.params.offset_y!;
    };
    let elements = 0;
    for (const map of maps) {
      const { params, workgroups } = map;
      expect(startOf(map)).toBe(startOf(maps[0]!) + elements);
      const before = isHalf(map) ? params.offset_y! % 2 : 0;
      expect(4 * params.group_end!).toBeGreaterThanOrEqual(before + params.elements!);
      const [x, y] = workgroups;
      expect(x * y * 64).toBeGreaterThanOrEqual(params.group_end!);
      elements += params.elements!;
    }
    expect([20_001, 20_000]).toContain(elements);
    expect(maps.length).toBeGreaterThan(1);
  }
});

test.each([
  [{ outer: 8, length: 50, inner: 1 }, 'f32', 8],
  [{ outer: 8, length: 48, inner: 1 }, 'f16', 8],
  // Rows of an odd length of halves go through scratch.
  [{ outer: 3, length: 51, inner: 1 }, 'f16', 3],
  [{ outer: 2, length: 100, inner: 2 }, 'f32', 10],
] as const)(
  'a Jacobian of %o in %s: every row once, in order, in %i dispatches',
  (shape, dtype, count) => {
    const { outer, length, inner } = shape;
    const width = length * inner;
    const y = region(outer * length * width, dtype);
    const plan = planJacobian(
      'test',
      { shape, x: region(outer * width, 'f32'), y, scale: 1 },
      small,
    );
    const all = dispatchesOf(plan).filter(({ kernel }) =>
      kernel.name.startsWith('softmax-jacobian'),
    );
    expect(all.length).toBe(count);
    let rows = 0;
    for (const { params, ranges, workgroups, elements } of all) {
      const run = jacobianRuns[small.adapter];
      const quads = Math.ceil(width / 4);
      const outers = elements / width / params.jacobian_rows!;
      expect(params.row_start).toBe(rows % length);
      expect(params.group_end).toBe(outers * Math.ceil(params.jacobian_rows! / run) * quads);
      expect(workgroups[0] * workgroups[1] * 64).toBeGreaterThanOrEqual(params.group_end!);
      const at = ranges.find(({ role }) => role === 'y')!;
      if (typeof at.buffer !== 'string') {
        const bytes = dtype === 'f16' ? 2 : 4;
        expect(at.offset / bytes + params.offset_y!).toBe(rows * width);
      }
      rows += elements / width;
    }
    expect(rows).toBe(outer * length);
  },
);

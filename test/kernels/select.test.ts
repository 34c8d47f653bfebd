/** What the planner promises of picks and draws, without a GPU. */
import { describe, expect, test } from 'vitest';
import { planFiltered } from '../../src/select/filter-plan';
import { planSelect } from '../../src/select/plan';
import type { SelectOp, SelectTask } from '../../src/select/task';
import { filterTaskOf, selectTaskOf } from './select-variants';
import { device } from './variants';

const dispatches = (task: SelectTask, limits = {}) =>
  planSelect('topK', task, { ...device, ...limits }).steps.flatMap((step) =>
    step.kind === 'dispatch' ? [step] : [],
  );

test('at most 8 storage buffers, each bound once', () => {
  const masked = { length: 5000, mask: 'additive', picks: 8 } as const;
  const tasks = [
    selectTaskOf(masked),
    selectTaskOf({ ...masked, probabilities: true }),
    selectTaskOf({ ...masked, draws: true, numbered: true }),
  ];
  const filtered = [
    filterTaskOf({ ...masked, weighs: false }),
    filterTaskOf({ ...masked, draws: true, numbered: true }),
  ].flatMap((task) =>
    planFiltered('sample', task, device).steps.flatMap((step) =>
      step.kind === 'dispatch' ? [step] : [],
    ),
  );
  for (const { kernel, ranges } of [...tasks.flatMap((task) => dispatches(task)), ...filtered]) {
    const storage = kernel.bindings;
    expect(storage.length, kernel.name).toBeLessThanOrEqual(8);
    expect(ranges.map(({ role }) => role).sort()).toEqual(storage.map(({ role }) => role).sort());
    expect(new Set(ranges.map(({ buffer }) => buffer)).size).toBe(ranges.length);
  }
});

describe('rounds', () => {
  // llvmpipe ends an invocation's loops at 65 535 turns in all.
  test.each([1000, 50_257, 1_000_000, 2 ** 23])(
    'of %i elements stay under 65 535 turns',
    (length) => {
      const picks = dispatches(selectTaskOf({ length, picks: 256 })).filter(
        ({ kernel }) => kernel.variant.stage === 'pick',
      );
      const quads = Math.ceil(length / 64 / 64 / 4);
      for (const { params } of picks) {
        const rounds = params.round_end! - params.round_start!;
        expect(rounds).toBeGreaterThan(0);
        expect(rounds * (quads + 16 + 16 + 1) + 2 * 4 * quads).toBeLessThan(65_535);
      }
      expect(picks.at(-1)!.params.round_end).toBe(256);
      picks.forEach(({ params }, i) => {
        expect(params.round_start).toBe(i === 0 ? 0 : picks[i - 1]!.params.round_end);
      });
    },
  );
});

test('nothing is bound or kept that is over the limit, and every group is dispatched once', () => {
  const on = { ...device, maxBinding: 16_384, maxElements: 20_000 };
  const tasks = [
    selectTaskOf({ length: 60, picks: 60, dtype: 'f16', outer: 300 }),
    selectTaskOf({ length: 70, dtype: 'f16', mask: 'additive', outer: 300 }),
    selectTaskOf({ length: 1000, draws: true, picks: 300, outer: 100 }),
    selectTaskOf({ length: 5000, dtype: 'f16', probabilities: true, outer: 9 }),
    selectTaskOf({ length: 100, inner: 3, outer: 200 }),
  ];
  for (const [i, task] of tasks.entries()) {
    const { steps, scratch } = planSelect('topK', task, on);
    const groups: Partial<Record<SelectOp['name'], number>> = { scan: 0, pick: 0, draw: 0 };
    for (const step of steps) {
      if (step.kind !== 'dispatch') throw new Error('a selection is dispatches alone');
      const { params, ranges, kernel, workgroups, elements } = step;
      const { variant } = kernel;
      for (const { role, buffer, offset, size } of ranges) {
        expect(size, `${i}: ${role}`).toBeLessThanOrEqual(on.maxBinding);
        if (typeof buffer === 'string')
          expect(offset + size).toBeLessThanOrEqual(scratch.get(buffer)!);
      }
      const count = params.group_end! - params.group_start!;
      groups[variant.stage]! += count;
      const perWorkgroup = variant.scope === 'workgroup' ? 1 : variant.workgroupSize;
      expect(workgroups[0] * workgroups[1] * perWorkgroup).toBeGreaterThanOrEqual(count);
      expect(elements).toBeLessThanOrEqual(Math.max(on.maxElements, elements / count));
    }
    const { outer, inner, length } = task.shape;
    const rows = outer * inner;
    expect(groups, `${i}`).toEqual({
      scan: length > 64 ? rows * Math.ceil(length / 4096) : 0,
      pick: task.op.name === 'draw' ? 0 : rows,
      draw: task.op.name === 'draw' ? rows * task.picks : 0,
    });
  }
});

test('a row of one block is not scanned', () => {
  const stagesOf = (length: number) =>
    dispatches(selectTaskOf({ length })).map(({ kernel }) => kernel.variant.stage);
  expect(stagesOf(64)).toEqual(['pick']);
  expect(stagesOf(65)).toEqual(['scan', 'pick']);
});

test('a row over the binding limit is refused, and the limit named', () => {
  expect(() => dispatches(selectTaskOf({ length: 5000 }), { maxBinding: 16_384 })).toThrow(
    'topK: x: expected at most 16384 bytes (maxStorageBufferBindingSize), got 20000',
  );
});

test('columns over the binding limit together are refused, with what may be done', () => {
  const task = selectTaskOf({ length: 1000 });
  const columns = { ...task, shape: { outer: 1, length: 1000, inner: 5 } };
  expect(() => dispatches(columns, { maxBinding: 16_384 })).toThrow(
    'topK: x or its results need a binding of 20000 bytes for 5 rows of 1000 elements, side by side, over 16384 ' +
      '(maxStorageBufferBindingSize); transpose, so that a binding need hold one row only, or take fewer columns at a time',
  );
});

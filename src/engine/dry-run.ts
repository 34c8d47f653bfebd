import type { Plan } from '../gpu/plan';
import type { Call, SelfTest } from './call';
import type { Engine } from './engine';

/** An engine that does not dispatch, and what its calls would take. */
export interface DryRun {
  /** For tensors of its own; operations on them are planned, and that is all. */
  readonly dry: Engine;
  /** What the calls so far would do on the GPU. */
  readonly steps: Plan['steps'][number][];
  /** What must be true of the device for their results to be right. */
  readonly tests: Set<SelfTest>;
}

/** A dry run of calls on an engine: the same path, up to the commands. */
export function dryRun(engine: Engine): DryRun {
  const steps: Plan['steps'][number][] = [];
  const tests = new Set<SelfTest>();
  const execute = ({ op, work, moves, requires, returns }: Call) => {
    if (requires) tests.add(requires);
    for (const { planner, task } of [...work, ...moves]) {
      steps.push(...planner(op, task, engine.facts).steps);
    }
    return returns;
  };
  return { dry: Object.create(engine, { execute: { value: execute } }), steps, tests };
}

/** Every operation as the benchmark runs it: what it reads, how it is called, what it must give. */

import {
  byName,
  type Layout,
  operations,
  outOf,
  type Role,
  type RowOp,
  rowOps,
  tensorRoles,
} from '../conformance/operations';
import type { GpuTensor, RegimeName } from '../src';
import * as library from '../src/index';
import type { HostTensor, Reference } from '../src/reference';
import * as reference from '../src/reference';
import type { Traffic } from './floor';

/** What a call gets: inputs and places for results, on the GPU. */
export interface Bound {
  readonly inputs: Readonly<Record<Role, GpuTensor>>;
  readonly out: Readonly<Record<Layout, GpuTensor>>;
  readonly axis: number;
  /** Record into this pass instead of submitting. */
  readonly pass?: GPUComputePassEncoder;
  /** The regime in place of the planner's choice. */
  readonly regime?: RegimeName;
}

export interface BenchOp {
  readonly inputs: readonly Role[];
  readonly results: readonly Layout[];
  /** The minimal traffic in whole tensors: of the shape of x, or of the result where it is square. */
  readonly traffic: Traffic;
  /** Values a row that are moved besides. */
  readonly valuesPerRow: number;
  /** A result depends on all rows together, so a check of some rows will not do. */
  readonly couplesRows?: true;
  /** Calls the library; the results are in the order of `results`. */
  run(bound: Bound): void;
  /** The same in float64, along the last axis. */
  check(inputs: Readonly<Record<Role, HostTensor>>): Reference[];
}

export type OpName = RowOp;

export const opNames: readonly OpName[] = rowOps;

/** The benchmark of an operation on rows: cross-entropy with class indices and the mean over rows, its default. */
function benchOp(name: OpName): BenchOp {
  const { takes, gives } = operations[name];
  const inputs: readonly Role[] = Object.values(takes);
  const results: readonly Layout[] = Object.values(gives);
  const tensors = inputs.filter((role) => tensorRoles.includes(role)).length;
  const isSquare = results.includes('square');
  const writes = results.filter((layout) => layout === 'tensor' || layout === 'square').length;
  const values = results.filter((layout) => layout === 'values').length;
  const call = library[name] as (...args: unknown[]) => unknown;
  const twin = reference[name] as (...args: unknown[]) => unknown;
  return {
    inputs,
    results,
    // A square result is so much larger than what it is made of that reading that is free.
    traffic: { reads: isSquare ? 0 : tensors, writes } as Traffic,
    valuesPerRow: inputs.length - tensors + values,
    ...(inputs.includes('targets') && { couplesRows: true }),
    run: ({ inputs: given, out, axis, pass, regime }) => {
      const outs = Object.entries(gives as Record<string, Layout>).map(
        ([result, layout]) => [result, out[layout]] as const,
      );
      call(...inputs.map((role) => given[role]), {
        axis,
        ...(pass && { pass }),
        ...(regime && { regime }),
        out: outOf(name, Object.fromEntries(outs)),
      });
    },
    check: (given) => {
      const right = twin(...inputs.map((role) => given[role]));
      return Object.values(byName<Reference>(name, right));
    },
  };
}

/** What an operation reads. */
type InputsOf<Op extends OpName> = (typeof operations)[Op]['takes'] extends infer Takes
  ? readonly Takes[keyof Takes][]
  : never;

/** By name. */
export const benchOps = Object.fromEntries(opNames.map((name) => [name, benchOp(name)])) as {
  readonly [Op in OpName]: Omit<BenchOp, 'inputs'> & { readonly inputs: InputsOf<Op> };
};

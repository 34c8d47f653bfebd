import { U } from '../../src/reference/bounds';
import { type BenchOp, benchOps } from '../ops';
import type { PeerOp } from './ops';

/** Whose bounds a result is held to: this library's, or what is right for any. */
export type Promised = 'ours' | 'any';

/**
 * A peer's result is wrong when it is so many times as far off as this library promises to be. Its
 * bounds are this library's own and others sum in other ways; what is beyond this is no rounding.
 */
const TOLERANCE = 32;

/**
 * An operation with the bounds for peers. Where p − y of a confident row cancels, this library keeps
 * relative precision and nobody else does: there an error counts against the largest gradient.
 */
export function forPeers(name: PeerOp): BenchOp {
  const op: BenchOp = benchOps[name];
  return {
    ...op,
    check: (inputs) =>
      op.check(inputs).map(({ data, shape, bound }) => {
        const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
        const least = name === 'crossEntropyWithGrad' ? U * largest : 0;
        return { data, shape, bound: bound.map((each) => TOLERANCE * Math.max(each, least)) };
      }),
  };
}

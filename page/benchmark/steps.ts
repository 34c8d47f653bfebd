/** A run's settings as steps, and how long they may take. */
import type { ShapeTask } from '../../bench/bench-shape';
import { fits } from '../../bench/fits';
import { type PeerOp, peerOpNames } from '../../bench/peers/ops';
import { elementsOf, type Shape, shapeTitle } from '../../bench/shapes';
import type { AdapterClass } from '../../src/gpu/adapter';
import { type Settings, shapesOf } from './settings';

/** One thing that the run does; its results are kept whole or not at all. */
export type Step =
  | { readonly kind: 'table'; readonly name: string; readonly task: ShapeTask }
  | { readonly kind: 'variants'; readonly name: string; readonly task: ShapeTask }
  | {
      readonly kind: 'peers';
      readonly name: string;
      readonly shape: Shape;
      readonly op: PeerOp;
    };

/** Samples of each candidate. */
export const roundsOf = ({ thorough }: Settings): number => (thorough ? 15 : 5);

/** The table first, then every regime, then the peers, which may fail, and are all compared in f32. */
export function stepsOf(settings: Settings): Step[] {
  const { ops, dtypes, peers, variants } = settings;
  const shapes = shapesOf(settings);
  const table = shapes.flatMap((shape) =>
    dtypes.flatMap((dtype): Step[] => {
      const able = ops.filter((op) => fits(op, shape));
      const name = `${shapeTitle(shape)}, ${dtype}`;
      return able.length > 0 ? [{ kind: 'table', name, task: { shape, dtype, ops: able } }] : [];
    }),
  );
  // The Jacobian has one kernel and no regimes.
  const mapped = ops.find((op) => op !== 'softmaxJacobian');
  const regimes = shapes.flatMap((shape) =>
    dtypes.flatMap((dtype): Step[] => {
      if (!variants || !mapped) return [];
      const name = `every variant of ${mapped}, ${shapeTitle(shape)}, ${dtype}`;
      return [{ kind: 'variants', name, task: { shape, dtype, ops: [mapped] } }];
    }),
  );
  const compared = peerOpNames.filter((op) => ops.includes(op));
  const beside = shapes.flatMap((shape) =>
    compared.map(
      (op): Step => ({
        kind: 'peers',
        name: `${op} of peers, ${shapeTitle(shape)}, f32`,
        shape,
        op,
      }),
    ),
  );
  return [...table, ...regimes, ...(peers.length > 0 ? beside : [])];
}

/**
 * What a step takes compared with others, in seconds of a machine of this class. The first step that
 * is done says how this machine compares.
 */
export function estimate(step: Step, settings: Settings, adapter: AdapterClass): number {
  const rounds = roundsOf(settings);
  const elements = elementsOf(step.kind === 'peers' ? step.shape : step.task.shape);
  // A sample lasts 10 ms, or one call; compiling and checking come once for each candidate.
  const [perElement, once] = adapter === 'cpu' ? [8e-9, 0.4] : [2e-11, 0.15];
  const sample = Math.max(0.012, elements * perElement);
  const check = elements * 1.5e-7;
  if (step.kind === 'table') {
    const { ops } = step.task;
    return ops.length * (once + check) + (ops.length + 8) * (rounds + 3) * sample;
  }
  if (step.kind === 'variants') return 4 * (once + check / 3) + 4 * (rounds + 3) * sample;
  return (
    (settings.peers.length + 1) * (2 * once + check + (rounds + 3) * Math.max(0.06, 4 * sample))
  );
}

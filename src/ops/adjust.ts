import type { Call, Input } from '../engine/call';
import type { GpuTensor } from '../engine/tensor';
import type { Region } from '../gpu/region';
import { planAdjust } from '../map/adjust';
import { planMove } from '../map/move';
import { checkOptions } from '../util/checks';
import { type BiasOption, parseBias } from './bias';
import type { Rows } from './common';
import { type PenaltiesOption, parsePenalties } from './penalties';
import { inputsOf } from './small';

/** What changes logits before anything is made of them: the bias first, then penalties; a mask comes last. */
export interface AdjustOptions extends BiasOption, PenaltiesOption {}

/** A bias and penalties, for an operation that is told of them by `adjust`. */
export interface Adjust {
  readonly name: 'adjust';
  /**
   * @throws TypeError or RangeError for a bias or penalties that do not fit x.
   * @internal
   */
  parse(op: string, x: GpuTensor, rows: Rows): Adjustment | undefined;
}

/** Logits that a call adjusts. */
export interface Adjustment {
  readonly inputs: readonly Input[];
  /** Adds the tasks to a call, and gives the scratch that the adjusted logits will be in, f32. */
  addTo(call: Call): Region;
}

/**
 * The value of `adjust` that gives `argmax` and `topK` a bias and penalties. What does not use it does
 * not ship it; `sample` takes `bias` and `penalties` as they are.
 *
 * ```ts
 * const x = engine.tensor([1, 4, 2, 3], [1, 4]);
 * const bias = { indices: [1, 2], values: [-5, 0.5] };
 * console.log(await argmax(x, { adjust: adjust({ bias }) }).read()); // 3
 * ```
 */
export function adjust(options: AdjustOptions): Adjust {
  checkOptions('adjust', 'options', options);
  return adjustBy(options);
}

/** The same for an operation that takes these options itself. */
export const adjustBy = (options: AdjustOptions): Adjust => ({
  name: 'adjust',
  parse: (op, x, rows) => parseAdjustment(op, x, rows, options),
});

function parseAdjustment(
  op: string,
  x: GpuTensor,
  shape: Rows,
  options: AdjustOptions,
): Adjustment | undefined {
  const bias = options.bias && parseBias(x.engine, op, options.bias, shape.length);
  const penalties = options.penalties && parsePenalties(op, x, options.penalties);
  if (!bias && !penalties) return undefined;
  const counts = options.penalties?.counts;
  return {
    inputs: [
      ...inputsOf('bias.indices', bias?.indices),
      ...inputsOf('bias.values', bias?.values),
      ...inputsOf('penalties.counts', counts),
    ],
    addTo(call) {
      x.engine.countToMake(op, x.shape, 'f32');
      let logits: Region = x;
      if (x.dtype === 'f16') {
        logits = call.scratch(x.count);
        call.add(planMove, { from: x, to: logits });
      }
      const { outer, length, inner } = shape;
      const y = call.scratch(x.count);
      call.add(planAdjust, {
        shape: { outer, length, inner },
        x: logits,
        y,
        indices: bias && call.placed(bias.indices),
        values: bias && call.placed(bias.values),
        counts,
        penalties,
      });
      return y;
    },
  };
}

import { Call } from '../engine/call';
import { checkFirst, checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { overlapOf } from '../gpu/region';
import { planCountTokens } from '../map/count-tokens';
import { checkInteger } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { formatShape, wrongValue } from '../util/words';
import { type CommonOptions, rowsOf, targetOf } from './common';
import { inputsOf, parseIntegers, type Small } from './small';

/** Options of `countTokens`. */
export interface CountTokensOptions extends Pick<CommonOptions, 'encoder' | 'pass'> {
  /** An integer of −2³⁰ … 2³⁰ that is added for each token: −1 takes back what 1 counted. Default 1. */
  by?: number;
  /** The tokens are of the prompt: bit 31 is set, and nothing counted. */
  prompt?: boolean | undefined;
}

/** Of each row one token, or as many as a last axis of theirs is long. */
export type Tokens = GpuTensor | readonly number[] | Int32Array | Uint32Array;

/**
 * Counts tokens in place, `counts[row, token] += by`, for `penalties`: u32 of the logits' shape
 * [..., K], zeros to begin with. `tokens` are i32 or u32 of shape [...], one a row as `sample` gives
 * them, or [..., m]. Those below 0 do not count, nor on the GPU those of K or more.
 *
 * ```ts
 * const counts = engine.tensor(new Uint32Array(4), [1, 4]);
 * countTokens(counts, [2, 0, 2, -1]);
 * console.log(await counts.read()); // 1, 0, 2, 0
 * ```
 *
 * @returns the counts.
 * @throws RangeError for tokens of another shape, on the host for one of K or more, and for `by` out of
 * range.
 */
export function countTokens(
  counts: GpuTensor,
  tokens: Tokens,
  options: CountTokensOptions = {},
): GpuTensor<'u32'> {
  const op = 'countTokens';
  const target = targetOf(op, options);
  checkFirst(op, 'counts', counts, ['u32']);
  const { by = 1, prompt = false } = options;
  checkInteger(op, 'by', by, -(2 ** 30), 2 ** 30);
  const { engine } = counts;
  const { length, count: rows, rowShape } = rowsOf(op, counts, {});
  const small = parseTokens(op, counts, tokens, length);
  const { shape } = 'shape' in small ? small : { shape: undefined };
  const fits = shape
    ? rowShape.every((n, d) => n === shape[d]) && shape.length - rowShape.length <= 1
    : small.count === 0 || small.count % rows === 0;
  if (!fits) {
    const may = shape
      ? `shape ${formatShape(rowShape)} or ${formatShape([...rowShape, 'm'])}`
      : `as many for each of ${rows} rows`;
    wrongValue(op, 'tokens', may, shape ? formatShape(shape) : small.count);
  }
  if ('buffer' in small && overlapOf(small, counts) !== 'none') {
    wrongValue(op, 'tokens', 'a tensor apart from counts', 'one that overlaps it');
  }
  const call = new Call<GpuTensor<'u32'>>(op, engine, target, [
    { name: 'counts', region: counts, rowData: false },
    ...inputsOf('tokens', small),
  ]);
  call.results.push(counts);
  if (small.count > 0 && length > 0) {
    const region = call.placed(small);
    call.add(planCountTokens, { counts, length, rows, tokens: region, by, prompt });
  }
  return engine.execute(call.giving(counts));
}

function parseTokens(op: string, { engine }: GpuTensor, tokens: Tokens, length: number): Small {
  if (arrayKind(tokens) === undefined) {
    checkTensor(engine, op, 'tokens', tokens, ['i32', 'u32'], ' or an array of integers');
    return tokens;
  }
  const isGood = (v: unknown) => Number.isInteger(v) && (v as number) < length;
  return parseIntegers(op, 'tokens', tokens, isGood, `an integer below ${length}`);
}

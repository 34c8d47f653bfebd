import { checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import type { PenaltyParams } from '../map/adjust';
import { checkChoice, checkNumber, checkOptions, checkShape } from '../util/checks';
import { FLT_MAX } from './scale';

/** Penalties on tokens that were seen. */
export interface PenaltiesOption {
  /** Logits of tokens that were seen are made smaller, after a bias and before a mask. */
  penalties?: Penalties | undefined;
}

/**
 * With c a token's number of generations: where it was seen at all, `z ← z > 0 ? z / repetition :
 * z · repetition`, then `z ← z − frequency · c − presence · [c > 0]`.
 */
export interface Penalties {
  /** u32 of the logits' shape: bit 31 is set of a token of the prompt, bits 0–30 are c; `countTokens` counts. */
  counts: GpuTensor;
  /** A number in 2⁻¹⁰⁰ … 2¹⁰⁰; default 1. */
  repetition?: number;
  /** A number in −10⁶ … 10⁶; default 0. */
  frequency?: number;
  /** A number in −10⁶ … 10⁶; default 0. */
  presence?: number;
  /** Which comes first: division by `repetition`, or subtraction. */
  order?: 'repetition-first' | 'additive-first' | undefined;
}

/** @throws TypeError or RangeError for counts or numbers that are not as `Penalties` says. */
export function parsePenalties(op: string, x: GpuTensor, penalties: Penalties): PenaltyParams {
  checkOptions(op, 'penalties', penalties);
  const { counts, frequency = 0, presence = 0, order = 'repetition-first' } = penalties;
  const { repetition: theta = 1 } = penalties;
  checkTensor(x.engine, op, 'penalties.counts', counts, ['u32']);
  checkShape(op, 'penalties.counts', counts.shape, x.shape, 'the shape of x');
  checkNumber(op, 'penalties.repetition', theta, 2 ** -100, 2 ** 100);
  checkNumber(op, 'penalties.frequency', frequency, -1e6, 1e6);
  checkNumber(op, 'penalties.presence', presence, -1e6, 1e6);
  checkChoice(op, 'penalties.order', order, ['repetition-first', 'additive-first']);
  const repetition = Math.fround(theta);
  const inverse = Math.fround(1 / repetition);
  return {
    repetition,
    inverse_repetition: inverse,
    repetition_reach: (FLT_MAX / Math.max(repetition, inverse)) * (1 - 2 ** -23),
    frequency,
    presence,
    additive_first: Number(order === 'additive-first'),
  };
}

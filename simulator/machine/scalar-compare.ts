/** Comparisons of scalar registers, into SCC. */
import { signExtended16 } from './bits';
import { SCC } from './registers';
import type { Step } from './wave';

type Compare = (a: number, b: number) => boolean;

const relations: Readonly<Record<string, Compare>> = {
  eq: (a, b) => a === b,
  lg: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

const unsigned =
  (compare: Compare) =>
  (a: number, b: number): Step =>
  ({ u32 }) => {
    u32[SCC] = compare(u32[a]!, u32[b]!) ? 1 : 0;
  };

const signed =
  (compare: Compare) =>
  (a: number, b: number): Step =>
  ({ u32, i32 }) => {
    u32[SCC] = compare(i32[a]!, i32[b]!) ? 1 : 0;
  };

/** With a constant of 16 bits, which is part of the instruction. */
const withShort =
  (isSigned: boolean, compare: Compare) =>
  (a: number, b: number): Step =>
  ({ u32, i32 }) => {
    const result = isSigned
      ? compare(i32[a]!, signExtended16(u32[b]!))
      : compare(u32[a]!, u32[b]! & 0xffff);
    u32[SCC] = result ? 1 : 0;
  };

const pair =
  (isEqual: boolean) =>
  (a: number, b: number): Step =>
  ({ u32 }) => {
    const same = u32[a] === u32[b] && u32[a + 1] === u32[b + 1];
    u32[SCC] = same === isEqual ? 1 : 0;
  };

const bit =
  (value: 0 | 1) =>
  (a: number, b: number): Step =>
  ({ u32 }) => {
    u32[SCC] = ((u32[a]! >>> u32[b]!) & 1) === value ? 1 : 0;
  };

/** By instruction; each takes the places of what is compared. */
export const scalarCompares: Readonly<Record<string, (a: number, b: number) => Step>> = {
  ...Object.fromEntries(
    Object.entries(relations).flatMap(([name, compare]) => [
      [`s_cmp_${name}_u32`, unsigned(compare)],
      [`s_cmp_${name}_i32`, signed(compare)],
      [`s_cmpk_${name}_u32`, withShort(false, compare)],
      [`s_cmpk_${name}_i32`, withShort(true, compare)],
    ]),
  ),
  s_cmp_eq_u64: pair(true),
  s_cmp_lg_u64: pair(false),
  s_bitcmp0_b32: bit(0),
  s_bitcmp1_b32: bit(1),
};

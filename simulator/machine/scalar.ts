/** The scalar ALU: one value for all lanes. SCC is the condition that it leaves behind. */
import type { Instruction } from '../assembly/instruction';
import {
  countOnes,
  field,
  highProduct,
  highSignedProduct,
  lowestOne,
  ones,
  reversed,
  shifted64,
  signExtended16,
  signedField,
} from './bits';
import { type Constants, scalarPlaces } from './operands';
import { SCC } from './registers';
import { scalarCompares } from './scalar-compare';
import {
  copy64,
  logic,
  logic64,
  type Make,
  pick,
  saveExec,
  shift64,
  signedSum,
  sum,
  word,
  writeExec,
} from './scalar-results';
import type { Step } from './wave';

const and = (a: number, b: number) => a & b;
const or = (a: number, b: number) => a | b;
const xor = (a: number, b: number) => a ^ b;
const andNot = (a: number, b: number) => a & ~b;
const orNot = (a: number, b: number) => a | ~b;
const nand = (a: number, b: number) => ~(a & b);
const nor = (a: number, b: number) => ~(a | b);
const xnor = (a: number, b: number) => ~(a ^ b);

const ofBothWidths: Record<string, (a: number, b: number) => number> = {
  and,
  or,
  xor,
  andn2: andNot,
  orn2: orNot,
  nand,
  nor,
  xnor,
};

const andNotFirst = (source: number, exec: number) => ~source & exec;

const saving: Record<string, (source: number, exec: number) => number> = {
  ...ofBothWidths,
  andn1: andNotFirst,
  orn1: (source, exec) => ~source | exec,
};

const writing: Record<string, (source: number, exec: number) => number> = {
  andn1: andNotFirst,
  andn2: andNot,
};

const shiftedSum = (by: number) => sum((a, b) => ((a << by) >>> 0) + b);

const operations: Record<string, Make> = {
  s_mov_b32: word((a) => a),
  s_mov_b64: copy64(() => 1),
  s_movk_i32: word(signExtended16),
  s_cselect_b32:
    ([d, a, b]) =>
    ({ u32 }) => {
      u32[d!] = u32[u32[SCC] === 1 ? a! : b!]!;
    },
  s_cselect_b64: copy64(({ u32 }) => (u32[SCC] === 1 ? 1 : 2)),
  s_not_b32: logic((a) => ~a),
  s_not_b64: logic64((a) => ~a),
  s_brev_b32: word(reversed),
  s_sext_i32_i16: word(signExtended16),
  s_sext_i32_i8: word((a) => (a << 24) >> 24),
  s_abs_i32: logic((a) => Math.abs(a | 0)),
  s_bcnt1_i32_b32: logic(countOnes),
  s_bcnt1_i32_b64:
    ([d, a]) =>
    ({ u32 }) => {
      const count = countOnes(u32[a!]!) + countOnes(u32[a! + 1]!);
      u32[d!] = count;
      u32[SCC] = count === 0 ? 0 : 1;
    },
  s_ff1_i32_b32: word(lowestOne),
  s_ff1_i32_b64:
    ([d, a]) =>
    ({ u32 }) => {
      const [low, high] = [lowestOne(u32[a!]!), lowestOne(u32[a! + 1]!)];
      u32[d!] = low >= 0 ? low : high >= 0 ? 32 + high : -1;
    },
  s_flbit_i32_b32: word((a) => (a === 0 ? -1 : Math.clz32(a))),
  s_flbit_i32_b64:
    ([d, a]) =>
    ({ u32 }) => {
      const [low, high] = [u32[a!]!, u32[a! + 1]!];
      u32[d!] = high !== 0 ? Math.clz32(high) : low !== 0 ? 32 + Math.clz32(low) : -1;
    },
  s_bitset0_b32:
    ([d, a]) =>
    ({ u32 }) => {
      u32[d!] = u32[d!]! & ~(1 << u32[a!]!);
    },
  s_bitset1_b32:
    ([d, a]) =>
    ({ u32 }) => {
      u32[d!] = u32[d!]! | (1 << u32[a!]!);
    },
  s_bitreplicate_b64_b32:
    ([d, a]) =>
    ({ u32 }) => {
      const source = u32[a!]!;
      let [low, high] = [0, 0];
      for (let bit = 0; bit < 16; bit++) {
        low |= (3 * ((source >>> bit) & 1)) << (2 * bit);
        high |= (3 * ((source >>> (16 + bit)) & 1)) << (2 * bit);
      }
      u32[d!] = low;
      u32[d! + 1] = high;
    },
  s_add_u32: sum((a, b) => a + b),
  s_addc_u32: sum((a, b, carry) => a + b + carry),
  s_sub_u32: sum((a, b) => a - b),
  s_subb_u32: sum((a, b, borrow) => a - b - borrow),
  s_add_i32: signedSum((a, b) => a + b),
  s_sub_i32: signedSum((a, b) => a - b),
  s_addk_i32: ([d, k]) => signedSum((a, b) => a + signExtended16(b))([d!, d!, k!]),
  s_mulk_i32: ([d, k]) => word((a, b) => Math.imul(a, signExtended16(b)))([d!, d!, k!]),
  s_mul_i32: word(Math.imul),
  s_mul_hi_u32: word(highProduct),
  s_mul_hi_i32: word(highSignedProduct),
  s_lshl_b32: logic((a, b) => a << b),
  s_lshr_b32: logic((a, b) => a >>> b),
  s_ashr_i32: logic((a, b) => a >> b),
  s_lshl_b64: shift64('left'),
  s_lshr_b64: shift64('right'),
  s_ashr_i64: shift64('signed right'),
  s_lshl1_add_u32: shiftedSum(1),
  s_lshl2_add_u32: shiftedSum(2),
  s_lshl3_add_u32: shiftedSum(3),
  s_lshl4_add_u32: shiftedSum(4),
  s_bfe_u32: logic((a, b) => field(a, b & 31, (b >>> 16) & 127)),
  s_bfe_i32: logic((a, b) => signedField(a, b & 31, (b >>> 16) & 127)),
  s_bfm_b32: word((a, b) => ones(a & 31) << b),
  s_bfm_b64:
    ([d, a, b]) =>
    ({ u32 }) => {
      const width = u32[a!]! & 63;
      const [low, high] = shifted64(ones(width), ones(Math.max(0, width - 32)), u32[b!]!, 'left');
      u32[d!] = low;
      u32[d! + 1] = high;
    },
  s_min_u32: pick(false, (a, b) => a < b),
  s_max_u32: pick(false, (a, b) => a > b),
  s_min_i32: pick(true, (a, b) => a < b),
  s_max_i32: pick(true, (a, b) => a > b),
  s_pack_ll_b32_b16: word((a, b) => (a & 0xffff) | (b << 16)),
  s_pack_lh_b32_b16: word((a, b) => (a & 0xffff) | (b & 0xffff_0000)),
  s_pack_hh_b32_b16: word((a, b) => (a >>> 16) | (b & 0xffff_0000)),
};

for (const [name, compute] of Object.entries(ofBothWidths)) {
  operations[`s_${name}_b32`] = logic(compute);
  operations[`s_${name}_b64`] = logic64(compute);
}
for (const [name, compute] of Object.entries(saving)) {
  operations[`s_${name}_saveexec_b32`] = saveExec(compute);
  operations[`s_${name}_saveexec_b64`] = saveExec(compute);
}
for (const [name, compute] of Object.entries(writing)) {
  operations[`s_${name}_wrexec_b32`] = writeExec(compute);
  operations[`s_${name}_wrexec_b64`] = writeExec(compute);
}

/** The step of a scalar instruction; undefined for one that is not among them. */
export function scalarStep(instruction: Instruction, constants: Constants): Step | undefined {
  const { name } = instruction;
  const compare = scalarCompares[name];
  if (compare) {
    const [a, b] = scalarPlaces(instruction, constants, 0);
    return compare(a!, b!);
  }
  return operations[name]?.(scalarPlaces(instruction, constants));
}

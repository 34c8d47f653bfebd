import { expect, test } from 'vitest';
import { bitsOf, floatOf, run } from './run';

/** What an instruction makes of single numbers. */
function floats(code: string, inputs: readonly number[]): number[] {
  const { words } = run(code, inputs.map(bitsOf));
  return Array.from(words.subarray(0, inputs.length), floatOf);
}

/** What it makes of words. */
const words = (code: string, inputs: readonly number[]): number[] =>
  Array.from(run(code, inputs).words.subarray(0, inputs.length));

const { NaN: NAN, POSITIVE_INFINITY: INF, NEGATIVE_INFINITY: MINUS_INF } = Number;

test('minimum and maximum give the other one of a NaN, and +0 is larger than −0', () => {
  expect(floats('v_max_f32_e32 v3, 0, v2', [NAN, -0, 1, -1])).toEqual([0, 0, 1, 0]);
  expect(floats('v_min_f32_e32 v3, 0, v2', [NAN, -0, 1, -1])).toEqual([0, -0, 0, -1]);
  expect(floats('v_med3_f32 v3, v2, -1.0, 1.0', [NAN, 5, 0.5, -5])).toEqual([-1, 1, 0.5, -1]);
});

test('denormals of f32 become zeros of their sign, those of f16 stay', () => {
  expect(floats('v_add_f32_e32 v3, 0, v2', [1e-40, -1e-40, 1e-37])).toEqual([
    0,
    0,
    Math.fround(1e-37),
  ]);
  expect(floats('v_mul_f32_e32 v3, 0.5, v2', [2 ** -126, -(2 ** -126)])).toEqual([0, -0]);
  expect(floats('v_cvt_f32_f16_e32 v3, v2', [floatOf(1), floatOf(0x8001)])).toEqual([
    2 ** -24,
    -(2 ** -24),
  ]);
});

test('a fused product is rounded once', () => {
  // The product is 2⁻²⁴ less 2⁻⁷⁰: with what it is added to, just under the middle of two neighbours
  // of which the upper one is even. In double precision it is that middle.
  const [a, b] = [2 ** -12 * (1 + 2 ** -23), 2 ** -12 * (1 - 2 ** -23)];
  const literal = (value: number) => `0x${bitsOf(value).toString(16)}`;
  const code = (c: number) => `
    v_mov_b32_e32 v4, ${literal(b)}
    v_mov_b32_e32 v5, ${literal(c)}
    v_fma_f32 v3, v2, v4, v5`;
  const c = 1 + 2 ** -23;
  expect(floats(code(c), [a, -a])).toEqual([c, c]);
  expect(floats(code(-c), [a, -a])).toEqual([-c, -c]);
  expect(floats('v_fma_f32 v3, v2, v2, -1.0', [0.5])).toEqual([-0.75]);
  expect(floats('v_mov_b32_e32 v3, 1.0\nv_fmac_f32_e32 v3, v2, v2', [3])).toEqual([10]);
});

test('conversions to integers saturate, and a NaN is 0', () => {
  const inputs = [NAN, -1.5, 3.99, 5e9, MINUS_INF, INF];
  expect(words('v_cvt_u32_f32_e32 v3, v2', inputs.map(bitsOf))).toEqual([
    0, 0, 3, 0xffff_ffff, 0, 0xffff_ffff,
  ]);
  expect(words('v_cvt_i32_f32_e32 v3, v2', inputs.map(bitsOf))).toEqual([
    0, 0xffff_ffff, 3, 0x7fff_ffff, 0x8000_0000, 0x7fff_ffff,
  ]);
});

test('halves round to the nearest, ties to even, or towards zero; the upper half stays', () => {
  const inputs = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65_519, 65_520, 2 ** -25, 3 * 2 ** -25, -1e-9];
  const code = 'v_mov_b32_e32 v3, 0xabcd0000\nv_cvt_f16_f32_e32 v3, v2';
  expect(words(code, inputs.map(bitsOf))).toEqual(
    [0x3c00, 0x3c02, 0x7bff, 0x7c00, 0, 2, 0x8000].map((half) => 0xabcd_0000 + half),
  );
  const packed = words('v_cvt_pkrtz_f16_f32_e32 v3, v2, 1.0', inputs.map(bitsOf));
  expect(packed).toEqual(
    [0x3c00, 0x3c01, 0x7bff, 0x7bff, 0, 1, 0x8000].map((half) => 0x3c00_0000 + half),
  );
});

test('output modifiers scale, and clamp', () => {
  expect(floats('v_mul_f32_e64 v3, v2, 1.0 mul:4', [3])).toEqual([12]);
  expect(floats('v_add_f32_e64 v3, v2, v2 div:2', [3])).toEqual([3]);
  expect(floats('v_add_f32_e64 v3, v2, 0 clamp', [3, -1, NAN])).toEqual([1, 0, 0]);
  expect(floats('v_add_f32_e64 v3, -|v2|, 0', [3, -2])).toEqual([-3, -2]);
});

test('bits are taken, shifted, put together', () => {
  expect(words('v_bfe_u32 v3, v2, 4, 8', [0xabc0])).toEqual([0xbc]);
  expect(words('v_alignbit_b32 v3, v2, v2, 0', [0x1234_5678])).toEqual([0x1234_5678]);
  expect(words('v_alignbit_b32 v3, v2, v2, 8', [0x1234_5678])).toEqual([0x7812_3456]);
  expect(words('v_mul_hi_u32 v3, v2, v2', [0xffff_ffff])).toEqual([0xffff_fffe]);
  expect(words('v_mad_u32_u16 v3, v2, 3, 1 op_sel:[1,0,0,0]', [0x0005_0007])).toEqual([16]);
  expect(words('s_bfe_u32 s20, 0xab00, 0x80008\nv_mov_b32_e32 v3, s20', [0])).toEqual([0xab]);
  expect(words('s_bfm_b64 s[20:21], 33, 4\nv_mov_b32_e32 v3, s21', [0])).toEqual([0x1f]);
  const replicate = 's_bitreplicate_b64_b32 s[20:21], 0xf0f0f0f\nv_mov_b32_e32 v3, s21';
  expect(words(replicate, [0])).toEqual([0x00ff_00ff]);
  const highest = 's_mov_b32 s20, 8\ns_mov_b32 s21, 0\ns_flbit_i32_b64 s22, s[20:21]';
  expect(words(`${highest}\nv_mov_b32_e32 v3, s22`, [0])).toEqual([60]);
});

test('parts of words are read and written', () => {
  const and = 'v_and_b32_sdwa v3, v2, v2 dst_sel:WORD_1 dst_unused:UNUSED_PAD src0_sel:WORD_1';
  expect(words(`${and} src1_sel:DWORD`, [0x00ff_0ff0])).toEqual([0x00f0_0000]);
  const keep = 'v_mov_b32_e32 v3, 0xaaaabbbb\nv_mov_b32_sdwa v3, v2 dst_sel:WORD_0';
  const code = `${keep} dst_unused:UNUSED_PRESERVE src0_sel:WORD_1`;
  expect(words(code, [0x1234_5678])).toEqual([0xaaaa_1234]);
  const bytes =
    'v_mov_b32_e32 v3, 0xaaaabbbb\nv_mov_b32_sdwa v3, v2 dst_sel:BYTE_2 src0_sel:BYTE_3';
  expect(words(`${bytes} dst_unused:UNUSED_PRESERVE`, [0x1234_5678])).toEqual([0xaa12_bbbb]);
  expect(words(`${bytes} dst_unused:UNUSED_PAD`, [0x1234_5678])).toEqual([0x0012_0000]);
});

test('carries go into masks, and pairs of registers are shifted', () => {
  const add = `
    v_add_co_u32 v4, vcc, v2, v2
    v_add_co_ci_u32_e32 v3, vcc, 0, v2, vcc`;
  expect(words(add, [0x8000_0000, 1])).toEqual([0x8000_0001, 1]);
  expect(words('v_ashrrev_i64 v[3:4], 4, 0x80000000', [0])).toEqual([0xf800_0000]);
  expect(words('v_ashrrev_i64 v[4:5], 4, 0x80000000\nv_mov_b32_e32 v3, v5', [0])).toEqual([
    0xffff_ffff,
  ]);
  expect(words('v_mov_b32_e32 v3, 7\nv_swap_b32 v2, v3', [5])).toEqual([5]);
});

const lanes = Array.from({ length: 64 }, (_, lane) => lane);

test('lanes take the values of others', () => {
  const of = (code: string) => Array.from(run(code, lanes).words);
  const all = 'row_mask:0xf bank_mask:0xf';
  expect(of(`v_mov_b32_dpp v3, v2 quad_perm:[1,0,3,2] ${all} fi:1`)).toEqual(
    lanes.map((lane) => lane ^ 1),
  );
  expect(of(`v_mov_b32_dpp v3, v2 row_ror:8 ${all}`)).toEqual(lanes.map((lane) => lane ^ 8));
  expect(of('v_mov_b32_dpp v3, v2 dpp8:[4,5,6,7,0,1,2,3] fi:1')).toEqual(
    lanes.map((lane) => lane ^ 4),
  );
  expect(of(`v_mov_b32_dpp v3, v2 row_shr:1 ${all} bound_ctrl:1`)).toEqual(
    lanes.map((lane) => (lane % 16 === 0 ? 0 : lane - 1)),
  );
  expect(of(`v_mov_b32_e32 v3, 99\nv_mov_b32_dpp v3, v2 row_shr:1 ${all}`)).toEqual(
    lanes.map((lane) => (lane % 16 === 0 ? 99 : lane - 1)),
  );
  const cross = `
    s_mov_b32 s20, 0x76543210
    s_mov_b32 s21, 0xfedcba98
    v_permlanex16_b32 v3, v2, s20, s21 op_sel:[1,1]`;
  expect(of(cross)).toEqual(lanes.map((lane) => lane ^ 16));
  expect(of('v_readlane_b32 s20, v2, 33\nv_mov_b32_e32 v3, s20')).toEqual(lanes.map(() => 33));
});

test('registers after a lane’s own are shared by the halves of a wave', () => {
  const code = `
    v_mov_b32_dpp v32, v2 quad_perm:[0,1,2,3] row_mask:0x3 bank_mask:0xf fi:1
    v_mov_b32_e32 v3, v2
    v_mov_b32_dpp v3, v32 quad_perm:[0,1,2,3] row_mask:0xc bank_mask:0xf fi:1`;
  expect(Array.from(run(code, lanes).words)).toEqual(lanes.map((lane) => lane % 32));
});

test('lanes that are switched off keep what they have, and branches go where no lane is on', () => {
  const code = `
    v_mov_b32_e32 v3, 7
    v_cmp_gt_u32_e32 vcc, 3, v2
    s_and_saveexec_b64 s[20:21], vcc
    v_mov_b32_e32 v3, v2
    s_cbranch_execz BB2
    v_cmpx_lt_u32_e32 100, v2
    s_cbranch_execz BB2
    v_mov_b32_e32 v3, 99
    BB2:
    s_mov_b64 exec, s[20:21]`;
  expect(Array.from(run(code, lanes).words)).toEqual(lanes.map((lane) => (lane < 3 ? lane : 7)));
  const others = `
    v_mov_b32_e32 v3, 7
    s_mov_b64 s[20:21], exec
    v_cmpx_gt_u32_e32 3, v2
    s_andn2_wrexec_b64 s[22:23], s[20:21]
    v_mov_b32_e32 v3, v2
    s_mov_b64 exec, s[20:21]`;
  expect(Array.from(run(others, lanes).words)).toEqual(lanes.map((lane) => (lane < 3 ? 7 : lane)));
});

test('what the driver prints once and repeats is done as often', () => {
  expect(
    words('v_mov_b32_e32 v3, 0\nv_add_nc_u32_e32 v3, v3, v2\n(then repeated 4 times)', [3]),
  ).toEqual([15]);
});

test('costs are counted', () => {
  const { counts } = run('v_exp_f32_e32 v3, v2', lanes);
  expect(counts).toMatchObject({
    waves: 1,
    // One shift and, four times, one exponential, of 64 lanes.
    laneOperations: 5 * 64,
    roundTrips: 1,
    loads: { instructions: { dword: 1 }, bytes: 256, lines: 2, sectors: 8 },
    stores: { instructions: { dword: 1 }, bytes: 256, lines: 2, sectors: 8 },
  });
});

test('atomic changes give the word before, lane by lane', () => {
  const shared = { sharedBytes: 256 };
  const change = (name: string, start: number, inputs: readonly number[]) => {
    const code = `
      v_mov_b32_e32 v4, 0
      v_mov_b32_e32 v5, 0x${(start >>> 0).toString(16)}
      ds_write_b32 v4, v5
      ${name} v3, v4, v2`;
    return Array.from(run(code, inputs, shared).words.subarray(0, inputs.length));
  };
  expect(change('ds_add_rtn_u32', 0xffff_ffff, [2, 5])).toEqual([0xffff_ffff, 1]);
  expect(change('ds_min_rtn_i32', 5, [7, 0xffff_ffff, 3])).toEqual([5, 5, 0xffff_ffff]);
  expect(change('ds_max_rtn_u32', 5, [7, 0xffff_ffff, 3])).toEqual([5, 7, 0xffff_ffff]);
  expect(change('ds_or_rtn_b32', 1, [6, 8])).toEqual([1, 7]);
  const append = `
    v_mov_b32_e32 v4, 0
    ds_write_b32 v4, v4 offset:8
    ds_append v3 offset:8
    ds_read_b32 v3, v4 offset:8`;
  expect(new Set(run(append, [], shared).words)).toEqual(new Set([64]));
  const all = `
    v_mov_b32_e32 v4, 0
    v_mov_b32_e32 v3, 1
    buffer_atomic_add v3, v4, s[12:15], 0 offen glc
    v_mov_b32_e32 v5, 3`;
  const { words: counted } = run(all, []);
  expect(Array.from(counted)).toEqual(Array.from({ length: 64 }, (_, lane) => lane));
});

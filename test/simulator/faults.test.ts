import { expect, test } from 'vitest';
import { run } from './run';

const none: number[] = [];

test('an instruction that is not simulated is named, with its place', () => {
  expect(() => run('v_dot2_f32_f16 v3, v2, v2, v2', none)).toThrow(
    'test: instruction 5 of 9, in BB0: v_dot2_f32_f16 v3, v2, v2, v2: the instruction v_dot2_f32_f16 is not simulated',
  );
  expect(() => run('v_mov_b32_dpp v3, v2 row_newbcast:3', none)).toThrow(/row_newbcast/);
});

test('an access out of bounds is an error that says where', () => {
  expect(() => run('v_add_nc_u32_e32 v1, 4, v1\nv_mov_b32_e32 v3, 0', none)).toThrow(
    /store to 'y' out of bounds: lane 63, byte 256 of 256\n {2}at test: instruction \d+ of \d+, in BB0: buffer_store_dword/,
  );
  expect(() => run('buffer_load_dword v3, v1, s[8:11], 0 offen offset:2', none)).toThrow(
    "load from 'x' out of bounds: lane 0, byte 2 which is no multiple of 4",
  );
  expect(() => run('buffer_store_dword v2, v1, s[8:11], 0 offen', none)).toThrow(
    "store to 'x', which is bound read-only",
  );
});

/** Lanes of four waves write a word each to workgroup memory, and read that of 64 lanes further on. */
const exchange = (barrier: string) => `
  ds_write_b32 v1, v2
  ${barrier}
  v_add_nc_u32_e32 v4, 0x100, v1
  v_and_b32_e32 v4, 0x3ff, v4
  ds_read_b32 v3, v4`;
const four = { invocations: 256, sharedBytes: 1024 };
const lanes = Array.from({ length: 256 }, (_, lane) => lane);

test('what waves do to each other’s words takes a barrier between', () => {
  const { words, counts } = run(exchange('s_barrier'), lanes, four);
  expect(Array.from(words)).toEqual(lanes.map((lane) => (lane + 64) % 256));
  expect(counts.barriers).toBe(1);
  expect(() => run(exchange('s_nop 0'), lanes, four)).toThrow(
    /byte 256: read before it is written/,
  );
  const overwrite = `${exchange('s_barrier')}\nds_write_b32 v1, v2`;
  expect(() => run(overwrite, lanes, four)).toThrow(
    'byte 256: wave 1 writes what wave 0 read with no barrier between them',
  );
  const same = `
    v_mov_b32_e32 v4, 0
    ds_write_b32 v4, v2
    v_mov_b32_e32 v3, 0`;
  expect(() => run(same, lanes, four)).toThrow(
    'byte 0: wave 1 writes what wave 0 wrote with no barrier between them',
  );
});

test('atomic changes of one word need no barrier between them, and anything else does', () => {
  const begin = `
    v_mov_b32_e32 v4, 0
    v_readfirstlane_b32 s20, v0
    s_cmp_eq_i32 s20, 0
    s_cbranch_scc0 BB1
    ds_write_b32 v4, v4
    BB1:
    s_barrier
    ds_add_u32 v4, v2`;
  const { words } = run(`${begin}\ns_barrier\nds_read_b32 v3, v4`, lanes, four);
  expect(new Set(words)).toEqual(new Set([(255 * 256) / 2]));
  expect(() => run(`${begin}\nds_read_b32 v3, v4`, lanes, four)).toThrow(
    'byte 0: wave 0 reads what others may change',
  );
  expect(() => run(`${begin}\nds_write_b32 v4, v2`, lanes, four)).toThrow(
    'byte 0: wave 0 writes what others may change',
  );
  expect(() => run('v_mov_b32_e32 v4, 0\nds_add_u32 v4, v2', lanes, four)).toThrow(
    'byte 0: changed before it is written',
  );
});

test('workgroup memory that is not there, or not written, is not read', () => {
  expect(() => run('ds_read_b32 v3, v1', none, { sharedBytes: 256 })).toThrow(
    /byte 0: read before/,
  );
  expect(() => run('ds_write_b32 v1, v2', none, { sharedBytes: 128 })).toThrow(
    'byte 128: written out of bounds, which are 128 bytes',
  );
});

test('all waves must come to the same barrier', () => {
  const code = `
    v_readfirstlane_b32 s20, v0
    v_mov_b32_e32 v3, 0
    s_cmp_eq_i32 s20, 0
    s_cbranch_scc0 BB1
    s_barrier
    s_branch BB2
    BB1:
    s_barrier
    BB2:`;
  expect(() => run(code, lanes, four)).toThrow(/wave 0 waits here, wave 1 at instruction \d+$/);
});

test('memory that is no buffer is not guessed', () => {
  expect(() => run('buffer_load_dword v3, v1, s[20:23], 0 offen', none)).toThrow(
    '0xdeadbeef is no descriptor of a buffer that is bound',
  );
  expect(() => run('s_load_dwordx4 s[20:23], s[8:9], null', none)).toThrow(
    /scalar load from address 0x[0-9a-f]+, where no descriptors are/,
  );
});

test('what the driver cannot put into words is not run', () => {
  expect(() => run('(invalid instruction)', none)).toThrow(
    /^test: the driver's disassembler cannot read \(invalid instruction\), in BB0$/,
  );
});

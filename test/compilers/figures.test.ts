/** What is read of the texts of drivers. */
import { expect, test } from 'vitest';
import { parseCapture } from '../../compilers/capture';
import { chips } from '../../compilers/chips';
import { figuresOf } from '../../compilers/figures';
import { memoryInstructions } from '../../compilers/memory-instructions';

const driverOf = (chip: string) => chips.find(({ name }) => name === chip)!.driver;

test('a capture has statistics and texts, whatever is in them', () => {
  const text = 'statistic 3 of no file\n→ 2\n';
  const bytes = Buffer.from(
    `subgroup 64\nstatistic 48 VGPRs\nrepresentation ${Buffer.byteLength(text)} ACO IR\n${text}\nstatistic 1.5 Max warps/SM\n`,
  );
  expect(parseCapture(bytes)).toEqual({
    subgroup: 64,
    statistics: { VGPRs: 48, 'Max warps/SM': 1.5 },
    representations: { 'ACO IR': text },
  });
});

test('what is no capture is refused', () => {
  expect(() => parseCapture(Buffer.from('subgroup 64\nnonsense\n'))).toThrow(
    "a capture has the line 'nonsense'",
  );
});

test.each([
  [
    'navi21',
    '\tbuffer_load_dwordx4 v[0:3], v1, s[4:7], 0 offen',
    { loads: { 128: 1 }, stores: {} },
  ],
  ['navi21', '\tbuffer_store_dword v1, v2, s[4:7], 0 offen', { loads: {}, stores: { 32: 1 } }],
  [
    'navi21',
    '\tbuffer_load_short_d16_hi v1, v2, s[4:7], 0 offen',
    { loads: { 16: 1 }, stores: {} },
  ],
  ['navi31', '\tbuffer_load_b96 v[0:2], v1, s[4:7], 0 offen', { loads: { 96: 1 }, stores: {} }],
  ['gfx1201', '\tbuffer_load_d16_hi_b16 v1, v2, s[4:7], null', { loads: { 16: 1 }, stores: {} }],
  ['gfx1201', '\tbuffer_store_b64 v[0:1], v2, s[4:7], null', { loads: {}, stores: { 64: 1 } }],
  ['navi21', '\tds_read_b128 v[0:3], v1', { loads: {}, stores: {} }],
  ['ampere', 'r1 = ld.global.a64.constant.b32 [r2..4+rZ], p6', { loads: { 32: 1 }, stores: {} }],
  ['ampere', 'st.global.a64.strong.gpu.u16 [r6..8+rZ] r5', { loads: {}, stores: { 16: 1 } }],
  ['ampere', 'r1 = ld.shared.strong.cta.b128 [r2]', { loads: {}, stores: {} }],
  ['adreno730', 'isam.v.base0 (u32)(xyzw)r9.w, r9.z, s#0, t#1', { loads: { 128: 1 }, stores: {} }],
  ['adreno730', 'isam.v.base0 (u32)(x)r9.w, r9.z, s#0, t#1', { loads: { 32: 1 }, stores: {} }],
  [
    'adreno730',
    'stib.b.untyped.1d.u32.2.imm.base0 r2.x, r8.y, 3',
    { loads: {}, stores: { 64: 1 } },
  ],
])('%s: %s', (chip, line, counts) => {
  expect(memoryInstructions(driverOf(chip), line)).toEqual(counts);
});

const statistics = {
  VGPRs: 48,
  'Spilled VGPRs': 0,
  'Scratch size': 0,
  'Subgroups per SIMD': 20,
  Instructions: 826,
};

test('a subgroup of 64 lanes takes the room of two', () => {
  const capture = { subgroup: 64, statistics, representations: { Assembly: '' } };
  expect(figuresOf(driverOf('navi21'), capture)).toMatchObject({ registers: 48, waves: 10 });
});

test('what a driver does not say is named', () => {
  const { VGPRs: _, ...others } = statistics;
  const capture = { subgroup: 64, statistics: others, representations: { Assembly: '' } };
  expect(() => figuresOf(driverOf('navi21'), capture)).toThrow(
    "RADV (ACO) has no statistic 'VGPRs'",
  );
  expect(() =>
    figuresOf(driverOf('navi21'), { subgroup: 64, statistics, representations: {} }),
  ).toThrow("RADV (ACO) shows no 'Assembly'");
});

/** Small programs for the simulator, written as the driver prints machine code. */
import type { Capture } from '../../compilers/capture';
import { parseProgram } from '../../simulator/assembly/program';
import { compileProgram } from '../../simulator/machine/compile';
import type { Counts } from '../../simulator/machine/counts';
import { runDispatch } from '../../simulator/machine/dispatch';
import { bindingOf } from '../../simulator/machine/memory';

/** Loads the lane's word of the input into v2; v1 is its address, the output is what s[12:15] describe. */
const BEGIN = `
  s_movk_i32 s3, 0x8000
  s_load_dwordx4 s[8:11], s[2:3], null
  s_load_dwordx4 s[12:15], s[2:3], 0x10
  v_lshlrev_b32_e32 v1, 2, v0
  buffer_load_dword v2, v1, s[8:11], 0 offen`;
/** Stores v3. */
const END = `
  s_waitcnt vmcnt(0)
  buffer_store_dword v3, v1, s[12:15], 0 offen
  s_endpgm`;

const NIR = (invocations: number) => `
workgroup_size: ${invocations}, 1, 1
  con 32 %0 = @load_scalar_arg_amd (base=2, arg_upper_bound_u32_amd=0)
  con 32 %1 = @load_scalar_arg_amd (base=1, arg_upper_bound_u32_amd=0)`;
const ACO = '\ts2: %1:s[0-1],  s1: %2:s[2],  s1: %3:s[6],  v1: %4:v[0] = p_startpgm';

export interface Run {
  readonly words: Uint32Array;
  readonly counts: Counts;
}

interface Shape {
  /** Of workgroup memory. */
  readonly sharedBytes?: number;
  readonly invocations?: number;
}

/** The WGSL that such a program stands for, as far as errors name it. */
export const WGSL =
  '@binding(0) var<storage, read> x: u32; @binding(1) var<storage, read_write> y: u32;';

/** What a driver would say of a kernel whose lanes load a word, do what the code says from v2 to v3, and store it. */
export function captureOf(
  code: string,
  { sharedBytes = 0, invocations = 64 }: Shape = {},
): Capture {
  const lines = `${BEGIN}\n${code}\n${END}`.split('\n').map((line) => line.trim());
  const assembly = lines.map((line) => (/^BB\d+:$/.test(line) ? line : `\t${line}`)).join('\n');
  return {
    subgroup: 64,
    statistics: { VGPRs: 32, 'LDS size': sharedBytes },
    representations: { 'NIR Shader(s)': NIR(invocations), 'ACO IR': ACO, Assembly: assembly },
  };
}

/** Runs a workgroup of such a program on a word a lane. */
export function run(code: string, input: ArrayLike<number>, shape: Shape = {}): Run {
  const { invocations = 64 } = shape;
  const program = compileProgram(parseProgram(captureOf(code, shape), 'test', WGSL), {
    counts: true,
  });
  const [from, to] = [new Uint32Array(invocations), new Uint32Array(invocations)];
  from.set(input);
  const bindings = [
    bindingOf(from.buffer, 0, 4 * invocations, false, 'x'),
    bindingOf(to.buffer, 0, 4 * invocations, true, 'y'),
  ];
  const counts = runDispatch(program, { bindings, workgroups: [1, 1, 1] })!;
  return { words: to, counts };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

export function bitsOf(value: number): number {
  float[0] = value;
  return bits[0]!;
}

export function floatOf(word: number): number {
  bits[0] = word;
  return float[0]!;
}

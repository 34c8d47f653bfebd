/**
 * Which scalar register holds what when a wave starts. RADV passes only what a kernel uses. ACO's
 * `p_startpgm` lists the registers, the loads of NIR say what is in them.
 */

export interface StartRegisters {
  /** The low half of the descriptors' address. */
  readonly descriptors: number;
  /** The first of three. */
  readonly workgroups?: number;
  /** The workgroup's coordinates, x first; those that the kernel reads. */
  readonly workgroup: readonly number[];
  /** The number of waves, and which of them this one is. */
  readonly waveInfo?: number;
}

/** @throws Error if the text says nothing of them. */
export function startRegistersOf(nir: string, aco: string): StartRegisters {
  const registers = registersByArgument(aco);
  const loads = nir.matchAll(
    /con 32(x3)?\s+%\d+ = @load_scalar_arg(_wg_div)?_amd \(base=(\d+), arg_upper_bound_u32_amd=(\d+)/g,
  );
  let workgroups: number | undefined;
  let waveInfo: number | undefined;
  const workgroup = new Map<number, number>();
  for (const [, isVector, isWaveInfo, base] of loads) {
    const argument = Number(base);
    const register = registers[argument];
    if (register === undefined) throw new Error(`p_startpgm has no argument ${argument}`);
    if (argument <= DESCRIPTORS) continue;
    if (isVector) workgroups = register;
    else if (isWaveInfo) waveInfo = register;
    else workgroup.set(argument, register);
  }
  const inOrder = [...workgroup].sort(([a], [b]) => a - b).map(([, register]) => register);
  return {
    descriptors: registers[DESCRIPTORS]!,
    ...(workgroups !== undefined && { workgroups }),
    workgroup: inOrder,
    ...(waveInfo !== undefined && { waveInfo }),
  };
}

/** The argument after the address of the driver's own rings. */
const DESCRIPTORS = 1;

/** The first scalar register of each argument. */
function registersByArgument(aco: string): number[] {
  const start = /^(.*) = p_startpgm/m.exec(aco)?.[1];
  if (!start) throw new Error("the driver's text has no p_startpgm");
  const listed = Array.from(start.matchAll(/%(\d+):s\[(\d+)/g), ([, id, register]) => ({
    id: Number(id),
    register: Number(register),
  }));
  const first: number[] = [];
  for (const [i, { id, register }] of listed.entries()) {
    first.push(register);
    // A vector is listed by its three parts; it has the number after theirs to itself.
    const next = listed[i + 1];
    if (next && next.id > id + 1) first.splice(-2);
  }
  return first;
}

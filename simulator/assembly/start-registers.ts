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

/** A load of an argument of the kernel, in NIR. */
const LOAD =
  /con 32(?<vector>x3)?\s+%\d+ = @load_scalar_arg(?<waveInfo>_wg_div)?_amd \(base=(?<argument>\d+),/g;

/** The argument after the address of the driver's own rings. */
const DESCRIPTORS = 1;

/** @throws Error if the text says nothing of them. */
export function startRegistersOf(nir: string, aco: string): StartRegisters {
  const loads = Array.from(nir.matchAll(LOAD), ({ groups }) => ({
    argument: Number(groups!.argument),
    isVector: groups!.vector !== undefined,
    isWaveInfo: groups!.waveInfo !== undefined,
  })).sort((a, b) => a.argument - b.argument);
  const vector = loads.find(({ isVector }) => isVector)?.argument;
  const listed = registersListed(aco);
  const registerOf = (argument: number): number => {
    // A vector is listed by its three parts.
    const place = argument + (vector !== undefined && argument > vector ? 2 : 0);
    const register = listed[place];
    if (register === undefined) throw new Error(`p_startpgm has no argument ${argument}`);
    return register;
  };
  const waveInfo = loads.find(({ isWaveInfo }) => isWaveInfo)?.argument;
  const workgroup = loads
    .map(({ argument }) => argument)
    .filter((argument) => argument > DESCRIPTORS && argument !== vector && argument !== waveInfo);
  return {
    descriptors: registerOf(DESCRIPTORS),
    ...(vector !== undefined && { workgroups: registerOf(vector) }),
    workgroup: [...new Set(workgroup)].map(registerOf),
    ...(waveInfo !== undefined && { waveInfo: registerOf(waveInfo) }),
  };
}

/** The scalar registers in which the arguments are, the first of each. */
function registersListed(aco: string): number[] {
  const start = /^(.*) = p_startpgm/m.exec(aco)?.[1];
  if (!start) throw new Error("the driver's text has no p_startpgm");
  return Array.from(start.matchAll(/%\d+:s\[(\d+)/g), ([, register]) => Number(register));
}

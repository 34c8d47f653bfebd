/** What drivers say of a kernel, each in its own terms, in those of one record. */
import type { Capture } from './capture';
import type { Driver } from './chips';
import { type MemoryInstructions, memoryInstructions } from './memory-instructions';

export interface Figures {
  /** Lanes of a subgroup. */
  readonly subgroup: number;
  /** Registers of 32 bits that a lane has. */
  readonly registers: number;
  /** Values that found no register, and are kept in memory. */
  readonly spills: number;
  /** Bytes of memory that a lane has for arrays that are no registers, and for spills. */
  readonly scratch: number;
  /** Subgroups that can be resident at once: on a SIMD of AMD's, on a core of the others'. */
  readonly waves: number;
  readonly instructions: number;
  /** Of buffers; null where the driver does not show its machine code. */
  readonly memory: MemoryInstructions | null;
}

/** What is read of the statistics of each driver. */
const readers: Record<
  Driver['name'],
  (
    stat: (name: string) => number,
    subgroup: number,
  ) => Pick<Figures, 'registers' | 'spills' | 'scratch' | 'waves' | 'instructions'>
> = {
  radeon: (stat, subgroup) => ({
    registers: stat('VGPRs'),
    spills: stat('Spilled VGPRs'),
    scratch: stat('Scratch size'),
    // It counts subgroups of 32 lanes, one of 64 twice.
    waves: (32 * stat('Subgroups per SIMD')) / subgroup,
    instructions: stat('Instructions'),
  }),
  nouveau: (stat) => ({
    registers: stat('Number of GPRs'),
    // What is kept in other registers costs next to nothing.
    spills: stat('Spills to memory'),
    scratch: stat('SLM size'),
    waves: stat('Max warps/SM'),
    instructions: stat('Instruction count'),
  }),
  asahi: (stat, subgroup) => ({
    // It counts halves of them.
    registers: Math.ceil(stat('GPRs') / 2),
    spills: stat('Spills'),
    scratch: stat('Scratch'),
    waves: stat('Threads') / subgroup,
    instructions: stat('Instructions'),
  }),
  freedreno: (stat) => ({
    // It counts vectors of four.
    registers: 4 * stat('Registers used'),
    // Instructions that store to private memory; its size is not told.
    spills: stat('STP Count'),
    scratch: 0,
    waves: stat('Max Waves Per Core'),
    instructions: stat('Instruction Count'),
  }),
};

/** The representation that is the machine code, where the driver shows it. */
const machineCode: Record<Driver['name'], string | null> = {
  radeon: 'Assembly',
  nouveau: 'NAK assembly',
  asahi: null,
  freedreno: 'IR3 Assembly',
};

/**
 * The figures of a captured kernel.
 *
 * @throws Error if the driver does not say what it is expected to, as another version may not.
 */
export function figuresOf(driver: Driver, capture: Capture): Figures {
  const { subgroup, statistics } = capture;
  const stat = (name: string) => {
    const value = statistics[name];
    if (value === undefined) throw new Error(`${driver.title} has no statistic '${name}'`);
    return value;
  };
  const code = codeOf(driver, capture);
  return {
    subgroup,
    ...readers[driver.name](stat, subgroup),
    memory: code === null ? null : memoryInstructions(driver, code),
  };
}

/**
 * The machine code of a captured kernel as the driver prints it; null where it does not.
 *
 * @throws Error if there is none and there should be.
 */
function codeOf({ name, title }: Driver, { representations }: Capture): string | null {
  const representation = machineCode[name];
  if (representation === null) return null;
  const code = representations[representation];
  if (code === undefined) throw new Error(`${title} shows no '${representation}'`);
  return code;
}

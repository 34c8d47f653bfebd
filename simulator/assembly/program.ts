/** A compiled kernel: its instructions, and what the hardware must know to start it. */
import type { Capture } from '../../compilers/capture';
import { type Instruction, parseInstruction } from './instruction';
import { type StartRegisters, startRegistersOf } from './start-registers';

export interface Program {
  readonly name: string;
  readonly instructions: readonly Instruction[];
  /** The index of each block's first instruction. */
  readonly blocks: ReadonlyMap<string, number>;
  readonly waveSize: 32 | 64;
  readonly workgroupSize: readonly [x: number, y: number, z: number];
  /** Of workgroup memory (LDS). */
  readonly sharedBytes: number;
  /** Vector registers that a lane has to itself. In a wave of 64 those numbered higher are shared by lanes l and l + 32. */
  readonly vectorRegisters: number;
  readonly start: StartRegisters;
  /** What bindings are called in the WGSL, by their number. */
  readonly bindingNames: ReadonlyMap<number, string>;
  /** What is declared in workgroup memory. */
  readonly sharedNames: readonly string[];
}

/**
 * What the driver's disassembler, LLVM's, says of machine code that it has no words for: registers of a
 * load that go from s105 on into `vcc`, which the hardware takes. What follows is out of step then.
 */
const INVALID = '(invalid instruction)';

/** Whether all of a kernel's machine code is in the driver's text. */
export const isReadable = ({ representations }: Capture): boolean =>
  !representations[ASSEMBLY]?.includes(INVALID);

/** Sections of what RADV says of a pipeline. */
const [NIR, ACO, ASSEMBLY] = ['NIR Shader(s)', 'ACO IR', 'Assembly'];

/**
 * What the driver for RDNA2 made of a kernel.
 *
 * @param name of the kernel, for errors.
 * @param wgsl what it was compiled from, for errors too.
 * @throws Error if the capture is not RADV's, or the kernel needs memory that is not simulated.
 */
export function parseProgram(capture: Capture, name: string, wgsl = ''): Program {
  const { subgroup, statistics } = capture;
  const sectionOf = (section: string) => {
    const text = capture.representations[section];
    if (text === undefined) throw new Error(`${name}: the driver gives no '${section}'`);
    return text;
  };
  if (subgroup !== 32 && subgroup !== 64) {
    throw new Error(`${name}: expected waves of 32 or 64 lanes, got ${subgroup}`);
  }
  const scratch = statistics['Scratch size'] ?? 0;
  if (scratch > 0) throw new Error(`${name}: scratch memory (${scratch} bytes) is not simulated`);
  const nir = sectionOf(NIR);
  const size = /^workgroup_size: (\d+), (\d+), (\d+)/m.exec(nir);
  if (!size) throw new Error(`${name}: '${NIR}' gives no workgroup_size`);
  return {
    name,
    ...parseAssembly(sectionOf(ASSEMBLY), name),
    waveSize: subgroup,
    workgroupSize: [Number(size[1]), Number(size[2]), Number(size[3])],
    sharedBytes: statistics['LDS size'] ?? 0,
    vectorRegisters: statistics.VGPRs ?? 256,
    start: startRegistersOf(nir, sectionOf(ACO)),
    bindingNames: new Map(
      Array.from(wgsl.matchAll(BINDING), ([, at, variable]) => [Number(at), variable!]),
    ),
    sharedNames: Array.from(wgsl.matchAll(SHARED), ([, variable]) => variable!),
  };
}

/** Declarations in WGSL. */
const BINDING = /@binding\((\d+)\)\s*var<[^>]*>\s*(\w+)/g;
const SHARED = /var<workgroup>\s*(\w+)/g;

function parseAssembly(assembly: string, name: string): Pick<Program, 'instructions' | 'blocks'> {
  const instructions: Instruction[] = [];
  const blocks = new Map<string, number>();
  let block = 'BB0';
  for (const line of assembly.split('\n')) {
    const text = line.replace(/;.*$/, '').trim();
    const label = /^(BB\d+):$/.exec(text)?.[1];
    const repeated = /^\(then repeated (\d+) times\)$/.exec(text);
    if (label) {
      block = label;
      blocks.set(block, instructions.length);
    } else if (text === INVALID) {
      const word = line.trim().replace(/\s+/g, ' ');
      throw new Error(`${name}: the driver's disassembler cannot read ${word}, in ${block}`);
    } else if (repeated) {
      const last = instructions.at(-1)!;
      for (let i = 0; i < Number(repeated[1]); i++) instructions.push(last);
    } else if (text && line.startsWith('\t')) {
      instructions.push(parseInstruction(text, block));
    }
  }
  return { instructions, blocks };
}

/** Where an instruction is, in words. */
export function placeIn({ name, instructions }: Program, index: number): string {
  const instruction = instructions[index];
  return instruction
    ? `${name}: instruction ${index} of ${instructions.length}, in ${instruction.block}: ${instruction.text}`
    : `${name}: after the last instruction`;
}

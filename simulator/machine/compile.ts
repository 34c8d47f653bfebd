/** Programs as functions: each instruction is compiled once, to a step. */
import type { Instruction } from '../assembly/instruction';
import { type Program, placeIn } from '../assembly/program';
import { bufferStep } from './buffer-memory';
import { controlStep } from './control';
import { TRANSCENDENTAL } from './counts';
import { crossLaneStep } from './cross-lane';
import { Constants } from './operands';
import { scalarStep } from './scalar';
import { scalarLoadStep } from './scalar-memory';
import { sharedStep } from './shared-access';
import { vectorStep } from './vector';
import { isTranscendental } from './vector-floats';
import { wideStep } from './vector-wide';
import type { Step } from './wave';

export interface CompiledProgram {
  readonly program: Program;
  readonly steps: readonly Step[];
  readonly constants: Uint32Array;
  /** Whether its waves count what they do, which takes longer. */
  readonly counts: boolean;
}

/** @throws Error for an instruction that is not simulated; it says which, and where. */
export function compileProgram(program: Program, { counts = false } = {}): CompiledProgram {
  const constants = new Constants();
  const made = new Map<string, Step>();
  const steps = program.instructions.map((instruction, i) => {
    const known = made.get(instruction.text);
    if (known) return known;
    try {
      const plain = stepOf(instruction, program, constants);
      const step = counts ? counted(instruction, plain) : plain;
      made.set(instruction.text, step);
      return step;
    } catch (error) {
      throw new Error(`${placeIn(program, i)}: ${(error as Error).message}`, { cause: error });
    }
  });
  return { program, steps, constants: constants.all, counts };
}

function stepOf(instruction: Instruction, program: Program, constants: Constants): Step {
  const { name } = instruction;
  const scalar = name.startsWith('s_')
    ? (controlStep(instruction, program) ??
      scalarLoadStep(instruction, constants) ??
      scalarStep(instruction, constants))
    : undefined;
  if (scalar) return scalar;
  const onLanes =
    vectorStep(instruction, program, constants) ??
    wideStep(instruction, constants) ??
    crossLaneStep(instruction, constants) ??
    bufferStep(instruction, constants) ??
    sharedStep(instruction, constants);
  if (!onLanes) throw new Error(`the instruction ${name} is not simulated`);
  return (wave) => {
    wave.readExec();
    onLanes(wave);
  };
}

function counted({ name }: Instruction, step: Step): Step {
  const isVector = name.startsWith('v_');
  const isScalarLoad = /^s_(buffer_)?load/.test(name);
  const cycles = isTranscendental(name) ? TRANSCENDENTAL : 1;
  return (wave) => {
    step(wave);
    const tally = wave.tally!;
    tally.instructions++;
    if (isVector) tally.laneOperations += 32 * cycles * Math.max(1, wave.halves);
    if (isScalarLoad) wave.waiting.scalarLoad();
  };
}

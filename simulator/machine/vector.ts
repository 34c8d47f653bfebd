/** Vector instructions that do with each lane the same, in all encodings. */
import type { Instruction } from '../assembly/instruction';
import type { Operand } from '../assembly/operands';
import type { Program } from '../assembly/program';
import { permutation } from './dpp';
import { fused } from './floats';
import type { LaneOperation } from './lane-operation';
import { type Kind, type LaneLoop, laneLoop } from './lanes';
import { type Constants, placeOf } from './operands';
import { EXEC } from './registers';
import { resultOf } from './results';
import { type Source, sourcesOf } from './sources';
import { vectorCompares } from './vector-compares';
import { vectorConversions } from './vector-conversions';
import { vectorFloats } from './vector-floats';
import { vectorIntegers } from './vector-integers';
import type { Step } from './wave';

const operations: ReadonlyMap<string, LaneOperation> = new Map(
  Object.entries({ ...vectorFloats, ...vectorIntegers, ...vectorConversions, ...vectorCompares }),
);

const loops = new Map<LaneOperation, LaneLoop>();

/** The loop of an operation, made once. */
function loopOf(operation: LaneOperation): LaneLoop {
  const made = loops.get(operation);
  if (made) return made;
  const loop = laneLoop(operation.result, operation.sources, operation.compute);
  loops.set(operation, loop);
  return loop;
}

/** The step of a vector instruction; undefined for one that is not among them. */
export function vectorStep(
  instruction: Instruction,
  program: Program,
  constants: Constants,
): Step | undefined {
  const operation = operationOf(instruction);
  if (!operation) return undefined;
  const { result, accumulates } = operation;
  // A comparison into `exec` names no result.
  const [into, ...rest] = instruction.name.startsWith('v_cmpx')
    ? [undefined, ...instruction.operands]
    : instruction.operands;
  const dpp = instruction.encoding === 'dpp' ? permutation(instruction) : undefined;
  const operands = (accumulates ? [...rest, into] : rest) as Operand[];
  const { sources, steps: before } = sourcesOf(
    instruction,
    operands,
    operation.sources,
    constants,
    dpp?.permute,
  );
  const after: Step[] = [];
  let place = EXEC;
  if (result === 'mask') {
    if (into) place = placeOf(into, constants);
  } else {
    if (into?.kind !== 'vector') throw new Error('the result is no vector register');
    const made = resultOf(instruction, result, into.index, program);
    place = made.place;
    after.push(...made.steps);
  }
  if (dpp) after.push(dpp.afterwards);
  return sequence([...before, runOver(loopOf(operation), place, sources), ...after]);
}

function operationOf(instruction: Instruction): LaneOperation | undefined {
  return instruction.name === 'v_fma_mix_f32'
    ? mixed(instruction)
    : operations.get(instruction.name);
}

/** `v_fma_mix_f32` takes each source as f32, or as the half of a word that `op_sel` picks. */
function mixed(instruction: Instruction): LaneOperation {
  const isHalf = (instruction.modifiers.get('op_sel_hi') ?? '[0,0,0]').slice(1, -1).split(',');
  const sources = isHalf.map((half): Kind => (half === '1' ? 'f16' : 'f32'));
  return { result: 'f32', sources, compute: fused };
}

const nowhere: Source = { place: 0, stride: 0 };

function runOver(loop: LaneLoop, result: number, sources: readonly Source[]): Step {
  const [a = nowhere, b = nowhere, c = nowhere] = sources;
  return (wave) => loop(wave, result, a.place, a.stride, b.place, b.stride, c.place, c.stride);
}

/** Steps one after the other. */
function sequence(steps: readonly Step[]): Step {
  const [only] = steps;
  if (steps.length === 1) return only!;
  return (wave) => {
    for (const step of steps) step(wave);
  };
}

/** Dispatches: workgroups one after the other, their waves in turns from barrier to barrier. */
import { type Program, placeIn } from '../assembly/program';
import type { CompiledProgram } from './compile';
import { type Counts, Tally } from './counts';
import { SET_ADDRESS } from './descriptors';
import type { Binding, Memory } from './memory';
import { EXEC, ROW, scalarAt, vectorAt } from './registers';
import { SharedMemory } from './shared-memory';
import { Wave } from './wave';

/** Instructions after which a wave counts as one that never ends. */
const MOST_INSTRUCTIONS = 50_000_000;

export interface Dispatch {
  /** By number. */
  readonly bindings: readonly (Binding | undefined)[];
  readonly workgroups: readonly [x: number, y: number, z: number];
}

type Coordinates = readonly [x: number, y: number, z: number];

/**
 * Runs a dispatch, or some workgroups of it.
 *
 * @param only the workgroups to run; default: all.
 * @returns what was counted, where the program was compiled for that.
 * @throws Error for an access out of bounds, for what waves do to each other's values without a barrier
 * between, for barriers that not all waves come to; it says at which instruction.
 */
export function runDispatch(
  compiled: CompiledProgram,
  { bindings, workgroups }: Dispatch,
  only?: readonly Coordinates[],
): Counts | undefined {
  const { program, constants, counts } = compiled;
  const memory: Memory = {
    bindings,
    shared: new SharedMemory(program.sharedBytes, program.sharedNames),
  };
  const tally = counts ? new Tally() : undefined;
  const invocations = program.workgroupSize.reduce((a, b) => a * b);
  const count = Math.ceil(invocations / program.waveSize);
  const waves = Array.from(
    { length: count },
    (_, index) => new Wave(program, index, memory, constants, tally),
  );
  for (const at of only ?? allOf(workgroups)) {
    memory.shared.clear();
    for (const wave of waves) start(wave, waves.length, invocations, at, workgroups);
    runWorkgroup(compiled, waves, memory);
    if (tally) finish(tally, waves);
  }
  return tally;
}

function* allOf([width, height, depth]: Coordinates): Generator<Coordinates> {
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) yield [x, y, z];
    }
  }
}

/** What the hardware puts into the registers of a new wave. */
function start(
  wave: Wave,
  waves: number,
  invocations: number,
  workgroup: Coordinates,
  workgroups: Coordinates,
): void {
  const { u32, program, index } = wave;
  const registers = program.start;
  const set = (register: number | undefined, word: number) => {
    if (register !== undefined) u32[scalarAt(register)] = word;
  };
  wave.reset();
  set(registers.descriptors, SET_ADDRESS);
  registers.workgroup.forEach((register, i) => {
    set(register, workgroup[i]!);
  });
  if (registers.workgroups !== undefined) {
    for (const [i, size] of workgroups.entries()) set(registers.workgroups + i, size);
  }
  set(registers.waveInfo, waves | (index << 6) | (index << 20));
  const first = index * program.waveSize;
  const [width, height] = program.workgroupSize;
  for (let lane = 0; lane < program.waveSize; lane++) {
    const invocation = first + lane;
    u32[vectorAt(0) + lane] = invocation % width;
    u32[vectorAt(1) + lane] = Math.floor(invocation / width) % height;
    u32[vectorAt(2) + lane] = Math.floor(invocation / (width * height));
  }
  const lanes = Math.min(program.waveSize, invocations - first);
  u32[EXEC] = 2 ** Math.min(lanes, 32) - 1;
  if (program.waveSize === ROW) u32[EXEC + 1] = 2 ** Math.max(0, lanes - 32) - 1;
}

function runWorkgroup(compiled: CompiledProgram, waves: readonly Wave[], { shared }: Memory): void {
  let running = waves;
  while (running.length > 0) {
    for (const wave of running) runToBarrier(compiled, wave);
    const waiting = running.filter(({ state }) => state === 'at a barrier');
    // Those that have ended are not waited for.
    for (const wave of waiting) wave.state = 'running';
    if (waiting.length > 0) {
      shared.pass();
      if (waiting[0]!.tally) waiting[0]!.tally.barriers++;
    }
    const [first] = waiting;
    const other = waiting.find(({ at }) => at !== first!.at);
    if (other) throw new Error(differentBarriers(compiled.program, first!, other));
    running = waiting;
  }
}

const differentBarriers = (program: Program, a: Wave, b: Wave) =>
  `${placeIn(program, a.at - 1)}: wave ${a.index} waits here, wave ${b.index} at instruction ${b.at - 1}`;

function runToBarrier({ steps, program }: CompiledProgram, wave: Wave): void {
  let left = MOST_INSTRUCTIONS;
  try {
    while (wave.state === 'running') {
      const step = steps[wave.at++];
      if (!step) throw new Error('a wave runs on after the last instruction');
      step(wave);
      if (--left === 0) throw new Error(`a wave does not end in ${MOST_INSTRUCTIONS} instructions`);
    }
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}\n  at ${placeIn(program, wave.at - 1)}`, { cause: error });
  }
}

function finish(tally: Tally, waves: readonly Wave[]): void {
  for (const { waiting } of waves) {
    tally.roundTrips = Math.max(tally.roundTrips, waiting.roundTrips);
    tally.scalarRoundTrips = Math.max(tally.scalarRoundTrips, waiting.scalarRoundTrips);
  }
  tally.waves += waves.length;
}

/** Branches, barriers, waits: what decides what a wave does next. */
import type { Instruction } from '../assembly/instruction';
import type { Program } from '../assembly/program';
import { EXEC, SCC, VCC } from './registers';
import type { Step, Wave } from './wave';

/** Without effect on what is computed. */
const IGNORED = new Set([
  's_nop',
  's_clause',
  's_inst_prefetch',
  's_waitcnt_depctr',
  's_waitcnt_vscnt',
  's_sleep',
  's_code_end',
]);

const nothing: Step = () => {};

const isZero = ({ u32, program }: Wave, place: number) =>
  u32[place] === 0 && (program.waveSize === 32 || u32[place + 1] === 0);

const conditions: Readonly<Record<string, (wave: Wave) => boolean>> = {
  s_branch: () => true,
  s_cbranch_scc0: ({ u32 }) => u32[SCC] === 0,
  s_cbranch_scc1: ({ u32 }) => u32[SCC] === 1,
  s_cbranch_execz: (wave) => isZero(wave, EXEC),
  s_cbranch_execnz: (wave) => !isZero(wave, EXEC),
  s_cbranch_vccz: (wave) => isZero(wave, VCC),
  s_cbranch_vccnz: (wave) => !isZero(wave, VCC),
};

/** The step of such an instruction; undefined for what is none. */
export function controlStep(instruction: Instruction, program: Program): Step | undefined {
  const { name } = instruction;
  if (IGNORED.has(name)) return nothing;
  const isTaken = conditions[name];
  if (isTaken) {
    const target = targetOf(instruction, program);
    return (wave) => {
      if (isTaken(wave)) wave.at = target;
    };
  }
  switch (name) {
    case 's_waitcnt':
      return waits(instruction);
    case 's_barrier':
      return (wave) => {
        wave.state = 'at a barrier';
      };
    case 's_endpgm':
      return (wave) => {
        wave.state = 'ended';
      };
    default:
      return undefined;
  }
}

function targetOf({ operands }: Instruction, { blocks }: Program): number {
  const [operand] = operands;
  const target = operand?.kind === 'word' ? blocks.get(operand.text) : undefined;
  if (target === undefined) throw new Error('a branch to a block that is not there');
  return target;
}

/** Values are there at once; what a real wave waits for is counted. */
function waits({ text }: Instruction): Step {
  const vector = /vmcnt\((\d+)\)/.exec(text);
  const scalar = /lgkmcnt\((\d+)\)/.exec(text);
  return ({ tally, waiting }) => {
    if (!tally) return;
    if (vector) waiting.waitForLoads(Number(vector[1]));
    if (scalar) waiting.waitForScalarLoads();
  };
}

import type { Program } from '../assembly/program';
import { type Tally, WaitingTime } from './counts';
import type { Memory } from './memory';
import { CONSTANTS, EXEC, ROW } from './registers';

/** What an instruction is compiled to. */
export type Step = (wave: Wave) => void;

/** Words that registers hold before anything is written to them: nothing that a kernel could use. */
const JUNK = 0xdeadbeef;

/** Lanes that run in step: their registers, and where they are in the program. */
export class Wave {
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  /** The lanes that are switched on, ascending; `active` of them. */
  lanes = new Uint8Array(ROW);
  active = 0;
  /** The next instruction. */
  at = 0;
  /** How long it waits for memory; kept where it is counted. */
  waiting = new WaitingTime();
  state: 'running' | 'at a barrier' | 'ended' = 'running';
  private execLow = 0;
  private execHigh = 0;

  constructor(
    readonly program: Program,
    readonly index: number,
    readonly memory: Memory,
    constants: Uint32Array,
    /** Where it is counted what the wave does, if it is. */
    readonly tally: Tally | undefined,
  ) {
    const file = new ArrayBuffer(4 * (CONSTANTS + constants.length));
    this.u32 = new Uint32Array(file);
    this.i32 = new Int32Array(file);
    this.f32 = new Float32Array(file);
    this.u32.set(constants, CONSTANTS);
  }

  /** Makes it a new wave, which finds nothing in its registers. */
  reset(): void {
    this.u32.fill(JUNK, 0, CONSTANTS);
    this.at = 0;
    this.state = 'running';
    if (this.tally) this.waiting = new WaitingTime();
  }

  /** Switches the lanes on that the mask `exec` has. */
  readExec(): void {
    const low = this.u32[EXEC]!;
    const high = this.program.waveSize === 64 ? this.u32[EXEC + 1]! : 0;
    if (low === this.execLow && high === this.execHigh) return;
    this.execLow = low;
    this.execHigh = high;
    let active = 0;
    for (let lane = 0; lane < 32; lane++) if ((low >>> lane) & 1) this.lanes[active++] = lane;
    for (let lane = 0; lane < 32; lane++) if ((high >>> lane) & 1) this.lanes[active++] = 32 + lane;
    this.active = active;
  }

  /** Halves of 32 lanes in which any is on. The hardware spends no time on the others. */
  get halves(): number {
    return (this.execLow !== 0 ? 1 : 0) + (this.execHigh !== 0 ? 1 : 0);
  }
}

/** What a dispatch costs, by what its waves execute. */

export interface Counts {
  readonly waves: number;
  readonly instructions: number;
  /**
   * Lanes of vector instructions, on or off, in halves of a wave in which any is on; transcendental
   * ones four times. It is what occupies the vector unit.
   */
  readonly laneOperations: number;
  /** Times that a wave waits for loads from buffers, one after the other; the most of any wave. */
  readonly roundTrips: number;
  /** The same for scalar loads: uniforms, descriptors. */
  readonly scalarRoundTrips: number;
  readonly loads: Traffic;
  readonly stores: Traffic;
  /** Further cycles of workgroup memory because lanes of a half want different words of one bank. */
  readonly bankConflicts: number;
  readonly barriers: number;
}

export interface Traffic {
  /** Vector memory instructions, by what a lane moves: 'dword', 'dwordx4', 'short'. */
  readonly instructions: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Cache lines of 128 bytes and sectors of 32 that are touched, anew by every instruction. */
  readonly lines: number;
  readonly sectors: number;
}

const LINE = 128;
const SECTOR = 32;
const BANKS = 32;
/** Cycles of a transcendental instruction for one of another. */
export const TRANSCENDENTAL = 4;

class TrafficTally implements Traffic {
  readonly instructions: Record<string, number> = {};
  bytes = 0;
  lines = 0;
  sectors = 0;

  add(name: string, addresses: readonly number[], bytes: number): void {
    this.instructions[name] = (this.instructions[name] ?? 0) + 1;
    this.bytes += bytes * addresses.length;
    this.lines += distinct(addresses, bytes, LINE);
    this.sectors += distinct(addresses, bytes, SECTOR);
  }
}

/** Blocks of memory that ranges from these addresses lie in. */
function distinct(addresses: readonly number[], bytes: number, block: number): number {
  const blocks = new Set<number>();
  for (const address of addresses) {
    const last = Math.floor((address + bytes - 1) / block);
    for (let at = Math.floor(address / block); at <= last; at++) blocks.add(at);
  }
  return blocks.size;
}

/** Counts as waves go along. */
export class Tally implements Counts {
  waves = 0;
  instructions = 0;
  laneOperations = 0;
  roundTrips = 0;
  scalarRoundTrips = 0;
  bankConflicts = 0;
  barriers = 0;
  readonly loads = new TrafficTally();
  readonly stores = new TrafficTally();

  /** Lanes of a half that take a word each: how often more than once a bank is asked. */
  addBanks(addresses: readonly number[]): void {
    const words = new Map<number, Set<number>>();
    for (const address of addresses) {
      const bank = (address >> 2) % BANKS;
      words.set(bank, (words.get(bank) ?? new Set()).add(address >> 2));
    }
    const most = Math.max(1, ...Array.from(words.values(), ({ size }) => size));
    this.bankConflicts += most - 1;
  }
}

/**
 * The time of a wave that does nothing but wait for memory: what is asked for at one time comes a round
 * trip later, in the order in which it was asked for.
 */
export class WaitingTime {
  private vectorTime = 0;
  private scalarTime = 0;
  private readonly pending: number[] = [];
  private pendingScalar = false;

  load(): void {
    this.pending.push(this.vectorTime + 1);
  }

  scalarLoad(): void {
    this.pendingScalar = true;
  }

  /** Goes on when at most so many loads are on their way. */
  waitForLoads(most: number): void {
    while (this.pending.length > most) {
      this.vectorTime = Math.max(this.vectorTime, this.pending.shift()!);
    }
  }

  waitForScalarLoads(): void {
    if (this.pendingScalar) this.scalarTime++;
    this.pendingScalar = false;
  }

  get roundTrips(): number {
    return this.vectorTime;
  }

  get scalarRoundTrips(): number {
    return this.scalarTime;
  }
}

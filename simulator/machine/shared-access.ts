/** Loads, stores and atomic changes of lanes from, to and in workgroup memory (LDS). */
import { type Instruction, numberOf } from '../assembly/instruction';
import { type Combine, combineOf } from './atomics';
import { type Constants, placeOf } from './operands';
import { M0, ROW } from './registers';
import type { Step, Wave } from './wave';

/** A run of words at a distance from a lane's address, and the register that they begin in. */
interface Run {
  readonly offset: number;
  readonly words: number;
  readonly data: number;
}

/** The step of such an instruction; undefined for what is none. */
export function sharedStep(instruction: Instruction, constants: Constants): Step | undefined {
  return (
    moveStep(instruction, constants) ??
    changeStep(instruction, constants) ??
    appendStep(instruction, constants)
  );
}

function moveStep(instruction: Instruction, constants: Constants): Step | undefined {
  const { name, operands } = instruction;
  const match = /^ds_(read|write)(2(?:st64)?)?_(addtid_)?b(32|64|96|128)$/.exec(name);
  if (!match) return undefined;
  const [, direction, twice, byLane, bits] = match;
  const stores = direction === 'write';
  const words = Number(bits) / 32;
  const places = operands.map((operand) => placeOf(operand, constants));
  // Loads name their result first, stores the address; without an address there is only the data.
  const address = byLane ? undefined : places[stores ? 0 : 1]!;
  const data = stores && !byLane ? places.slice(1) : [places[0]!, places[0]! + words * ROW];
  const unit = 4 * words * (twice === '2st64' ? 64 : 1);
  const offsets = twice
    ? [unit * numberOf(instruction, 'offset0'), unit * numberOf(instruction, 'offset1')]
    : [numberOf(instruction, 'offset')];
  const runs = offsets.map((offset, i): Run => ({ offset, words, data: data[i]! }));
  const move = stores ? store : load;
  return (wave) => {
    fillAddresses(wave, address);
    for (const run of runs) move(wave, run);
  };
}

function changeStep(instruction: Instruction, constants: Constants): Step | undefined {
  const { name, operands } = instruction;
  const match = /^ds_(add|sub|min|max|and|or|xor)_(rtn_)?([uib])32$/.exec(name);
  if (!match) return undefined;
  const [, verb, returns, kind] = match;
  const isSigned = { i: 's', u: 'u' }[kind!] ?? '';
  const combine = combineOf(/m(in|ax)/.test(verb!) ? isSigned + verb! : verb!)!;
  const places = operands.map((operand) => placeOf(operand, constants));
  const [address, operand] = returns ? places.slice(1) : places;
  const result = returns ? places[0] : undefined;
  const offset = numberOf(instruction, 'offset');
  return (wave) => {
    fillAddresses(wave, address);
    change(wave, { offset, operand: operand!, result, combine });
  };
}

/** As many are added to one word as lanes are on (`ds_append`), or taken away (`ds_consume`). */
function appendStep(instruction: Instruction, constants: Constants): Step | undefined {
  const sign = { ds_append: 1, ds_consume: -1 }[instruction.name];
  if (!sign) return undefined;
  const result = placeOf(instruction.operands[0], constants);
  const offset = numberOf(instruction, 'offset');
  return ({ u32, lanes, active, index, memory }) => {
    const before = memory.shared.change(index, offset, (word) => word + sign * active);
    for (let i = 0; i < active; i++) u32[result + lanes[i]!] = before;
  };
}

/** Of the lanes that are on, before any register is replaced. */
const addresses = new Uint32Array(ROW);

/** @param base the register of addresses; without it a word a lane from where M0 says. */
function fillAddresses({ u32, lanes, active }: Wave, base: number | undefined): void {
  for (let i = 0; i < active; i++) {
    const lane = lanes[i]!;
    addresses[i] = base === undefined ? (u32[M0]! & 0xffff) + 4 * lane : u32[base + lane]!;
  }
}

function load(wave: Wave, { offset, words, data }: Run): void {
  const { u32, lanes, active, index } = wave;
  const { shared } = wave.memory;
  for (let word = 0; word < words; word++) {
    tallyBanks(wave, offset + 4 * word);
    for (let i = 0; i < active; i++) {
      u32[data + word * ROW + lanes[i]!] = shared.load(index, addresses[i]! + offset + 4 * word);
    }
  }
}

function store(wave: Wave, { offset, words, data }: Run): void {
  const { u32, lanes, active, index } = wave;
  const { shared } = wave.memory;
  for (let word = 0; word < words; word++) {
    tallyBanks(wave, offset + 4 * word);
    for (let i = 0; i < active; i++) {
      shared.store(index, addresses[i]! + offset + 4 * word, u32[data + word * ROW + lanes[i]!]!);
    }
  }
}

/** An atomic change, by registers of its operand and of the word before it. */
interface Change {
  readonly offset: number;
  readonly operand: number;
  readonly result: number | undefined;
  readonly combine: Combine;
}

function change(wave: Wave, { offset, operand, result, combine }: Change): void {
  const { u32, lanes, active, index } = wave;
  const { shared } = wave.memory;
  tallyBanks(wave, offset);
  for (let i = 0; i < active; i++) {
    const lane = lanes[i]!;
    const by = u32[operand + lane]!;
    const before = shared.change(index, addresses[i]! + offset, (word) => combine(word, by));
    if (result !== undefined) u32[result + lane] = before;
  }
}

/** The lanes of each half go at a time. */
function tallyBanks({ tally, lanes, active }: Wave, offset: number): void {
  if (!tally) return;
  const halves: [number[], number[]] = [[], []];
  for (let i = 0; i < active; i++) halves[lanes[i]! < 32 ? 0 : 1].push(addresses[i]! + offset);
  for (const half of halves) if (half.length > 0) tally.addBanks(half);
}

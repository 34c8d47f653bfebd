/** Loads, stores and atomic changes of lanes from, to and in buffers. */
import { type Instruction, numberOf } from '../assembly/instruction';
import { combineOf } from './atomics';
import { describedBy } from './descriptors';
import type { Binding } from './memory';
import { type Constants, placeOf } from './operands';
import { ROW } from './registers';
import type { Step, Wave } from './wave';

/** Where the lanes that are on go in a buffer; filled by `addressesOf`. */
const addresses = new Uint32Array(ROW);

interface Access {
  readonly stores: boolean;
  /** 'dword', 'dwordx4', 'short_d16_hi' … */
  readonly width: string;
  /** Of a lane. */
  readonly bytes: number;
  /** The first register of what is moved. */
  readonly data: number;
}

const MOVE = /^buffer_(load|store)_(dword(?:x([234]))?|(?:ushort|sshort|short)(?:_d16(?:_hi)?)?)$/;
const CHANGE = /^buffer_atomic_(\w+)$/;

type Move = (wave: Wave, binding: Binding) => void;

/** The step of an access to a buffer; undefined for what is none. */
export function bufferStep(instruction: Instruction, constants: Constants): Step | undefined {
  const found = moveOf(instruction, constants) ?? changeOf(instruction, constants);
  if (!found) return undefined;
  if (instruction.modifiers.has('idxen')) throw new Error('idxen is not simulated');
  const [access, move] = found;
  const [, address, descriptor, scalarOffset] = instruction.operands;
  const base = instruction.modifiers.has('offen') ? placeOf(address, constants) : undefined;
  const described = placeOf(descriptor, constants);
  const scalar = placeOf(scalarOffset, constants);
  const offset = numberOf(instruction, 'offset');
  return (wave) => {
    const binding = describedBy(wave, described);
    fillAddresses(wave, base, wave.u32[scalar]! + offset);
    check(wave, binding, access);
    move(wave, binding);
    tally(wave, access);
  };
}

function moveOf(
  { name, operands: [data] }: Instruction,
  constants: Constants,
): [Access, Move] | undefined {
  const match = MOVE.exec(name);
  if (!match) return undefined;
  const [, direction, width, words] = match;
  const access: Access = {
    stores: direction === 'store',
    width: width!,
    bytes: width!.startsWith('dword') ? 4 * Number(words ?? 1) : 2,
    data: placeOf(data, constants),
  };
  return [access, access.bytes === 2 ? moveHalves(access) : moveWords(access)];
}

/** An atomic change counts as a store; with `glc` the word before it comes back. */
function changeOf(
  { name, operands: [operand], modifiers }: Instruction,
  constants: Constants,
): [Access, Move] | undefined {
  const combine = combineOf(CHANGE.exec(name)?.[1] ?? '');
  if (!combine) return undefined;
  const data = placeOf(operand, constants);
  const returns = modifiers.has('glc');
  const change: Move = ({ u32, lanes, active }, { words }) => {
    for (let i = 0; i < active; i++) {
      const at = addresses[i]! >> 2;
      const lane = data + lanes[i]!;
      const before = words[at]!;
      words[at] = combine(before, u32[lane]!);
      if (returns) u32[lane] = before;
    }
  };
  return [{ stores: true, width: 'dword', bytes: 4, data }, change];
}

function fillAddresses({ u32, lanes, active }: Wave, base: number | undefined, offset: number) {
  for (let i = 0; i < active; i++) {
    addresses[i] = base === undefined ? offset : u32[base + lanes[i]!]! + offset;
  }
}

function check({ active, lanes }: Wave, { bytes, writable, name }: Binding, access: Access): void {
  const verb = access.stores ? 'store to' : 'load from';
  if (access.stores && !writable) throw new Error(`store to '${name}', which is bound read-only`);
  const unit = Math.min(access.bytes, 4);
  for (let i = 0; i < active; i++) {
    const address = addresses[i]!;
    if (address + access.bytes > bytes || address % unit !== 0) {
      const where = address % unit === 0 ? `of ${bytes}` : `which is no multiple of ${unit}`;
      throw new Error(
        `${verb} '${name}' out of bounds: lane ${lanes[i]}, byte ${address} ${where}`,
      );
    }
  }
}

function moveWords({ stores, bytes, data }: Access): Move {
  const count = bytes / 4;
  return ({ u32, lanes, active }, { words }) => {
    for (let i = 0; i < active; i++) {
      const at = addresses[i]! >> 2;
      const lane = data + lanes[i]!;
      for (let word = 0; word < count; word++) {
        if (stores) words[at + word] = u32[lane + word * ROW]!;
        else u32[lane + word * ROW] = words[at + word]!;
      }
    }
  };
}

/** One half of a register stays as it is where the name says `d16`. */
function moveHalves({ stores, width, data }: Access): Move {
  const isUpper = width.endsWith('_hi');
  const keeps = width.includes('d16');
  const isSigned = width.startsWith('sshort');
  return ({ u32, lanes, active }, { halves }) => {
    for (let i = 0; i < active; i++) {
      const at = addresses[i]! >> 1;
      const place = data + lanes[i]!;
      const word = u32[place]!;
      if (stores) halves[at] = isUpper ? word >>> 16 : word;
      else if (isUpper) u32[place] = (word & 0xffff) | (halves[at]! << 16);
      else if (keeps) u32[place] = (word & 0xffff_0000) | halves[at]!;
      else u32[place] = isSigned ? (halves[at]! << 16) >> 16 : halves[at]!;
    }
  };
}

function tally({ tally, waiting, active }: Wave, { stores, width, bytes }: Access): void {
  if (!tally) return;
  const traffic = stores ? tally.stores : tally.loads;
  traffic.add(width, Array.from(addresses.subarray(0, active)), bytes);
  if (!stores) waiting.load();
}

/** What a dispatch executes, counted by running the machine code of some of its workgroups. */
import type { Role } from '../../conformance/operations';
import { normal } from '../../conformance/random';
import type { CompiledProgram } from '../../simulator/machine/compile';
import { runDispatch } from '../../simulator/machine/dispatch';
import { type Binding, bindingOf } from '../../simulator/machine/memory';
import { benchOps } from '../ops';
import { elementsOf, rowsOf } from '../shapes';
import { type CompiledCase, rowOpOf } from './cases';
import type { PlannedCall, PlannedDispatch } from './plan';

/** Of a cache line, on RDNA2. */
export const LINE_BYTES = 128;

/** What is executed of a kernel. */
export interface Executed {
  /** Lanes of vector instructions, idle ones too; exponentials, logarithms and reciprocals count four times. */
  readonly laneOperations: number;
  /** Times that a wave waits for loads that are not under way together; the most of any wave. */
  readonly roundTrips: number;
  /** Cache lines touched by loads of buffers, anew by every instruction. */
  readonly loadLines: number;
  readonly storeLines: number;
  /** Moved by both. */
  readonly bytes: number;
}

/**
 * Workgroups that stand for a dispatch: the first ones. Of a row that several dispatches take one after the
 * other they are its chunks, so that the later ones find what the earlier ones leave.
 */
const sampleSize = (dispatches: number) => (dispatches > 1 ? 16 : 4);

/**
 * What each dispatch of a call executes, its inputs random logits.
 *
 * @param programs of its dispatches, compiled so that they count.
 * @throws Error for what the simulator refuses; it says at which instruction. Error where less is moved
 * than must be, for then kernels have not done their work.
 */
export function executedCall(
  { dispatches, inputs }: PlannedCall,
  c: CompiledCase,
  programs: readonly CompiledProgram[],
): Executed[] {
  const memory = new Memory(inputs, c);
  const all = dispatches.map((dispatch, i) => {
    const { workgroups } = dispatch;
    const sample = sampleOf(dispatch, sampleSize(dispatches.length));
    const bindings = memory.bound(dispatch);
    const counts = runDispatch(programs[i]!, { bindings, workgroups }, sample)!;
    const factor = workgroups.reduce((a, b) => a * b) / sample.length;
    return {
      laneOperations: counts.laneOperations * factor,
      roundTrips: counts.roundTrips,
      loadLines: counts.loads.lines * factor,
      storeLines: counts.stores.lines * factor,
      bytes: (counts.loads.bytes + counts.stores.bytes) * factor,
    };
  });
  const [moved, must] = [all.reduce((sum, { bytes }) => sum + bytes, 0), ownBytes(c)];
  // Values of a row may come by scalar loads, which are not counted.
  if (moved < 0.9 * must) throw new Error(`${moved} bytes are moved, and ${must} must be`);
  return all;
}

function sampleOf(
  { workgroups: [x, y, z] }: PlannedDispatch,
  most: number,
): [number, number, number][] {
  const count = Math.min(most, x * y * z);
  return Array.from({ length: count }, (_, i) => [
    i % x,
    Math.floor(i / x) % y,
    Math.floor(i / (x * y)),
  ]);
}

/** The buffers of a call, by what stands for them in its plan. */
class Memory {
  private readonly words = new Map<unknown, Uint32Array<ArrayBuffer>>();

  constructor(inputs: ReadonlyMap<object, Role>, c: CompiledCase) {
    for (const [buffer, role] of inputs) {
      this.words.set(buffer, contentOf(role, c, (buffer as GPUBuffer).size));
    }
  }

  /** What a dispatch has bound. */
  bound({ source, uniforms, ranges }: PlannedDispatch): Binding[] {
    const storage = ranges.map(({ role, buffer, offset, size }, i) => {
      const known = this.words.get(buffer);
      const words =
        known && 4 * known.length >= offset + size ? known : grown(known, offset + size);
      this.words.set(buffer, words);
      const writable = source.bindings[i + 1] === 'storage';
      return bindingOf(words.buffer, offset, size, writable, role);
    });
    const { buffer, byteLength } = uniforms;
    return [bindingOf(buffer, 0, byteLength, false, 'params'), ...storage];
  }
}

function grown(known: Uint32Array | undefined, bytes: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  if (known) words.set(known);
  return words;
}

/** Numbers as an operation expects them in a role, near enough to be walked as they would be. */
function contentOf(role: Role, c: CompiledCase, bytes: number): Uint32Array<ArrayBuffer> {
  const { length } = rowsOf(c.shape);
  const count = Math.ceil(bytes / 4);
  if (role === 'targets') return new Uint32Array(count).map((_, i) => (i * 7) % length);
  const scale = role === 'y' ? 1 / length : 1;
  if (c.dtype === 'f16' && role !== 'dLse') {
    // 1 and −2, of either half of a word.
    return new Uint32Array(count).fill(role === 'y' ? 0x1000_1400 : 0x3c00_c000);
  }
  const values = normal(1, Math.min(count, 1 << 16));
  const floats = new Float32Array(count).map((_, i) => {
    const value = values[i % values.length]!;
    if (role === 'y') return scale * Math.abs(value);
    return role === 'logY' ? -Math.abs(value) - Math.log(length) : value;
  });
  return new Uint32Array(floats.buffer);
}

/** Bytes that a case's call must move: each input once, and each result. */
export function ownBytes(c: CompiledCase): number {
  const op = rowOpOf(c);
  const { count, length } = rowsOf(c.shape);
  const unit = c.dtype === 'f16' ? 2 : 4;
  if (!op) return unit * elementsOf(c.shape);
  const { traffic, valuesPerRow } = benchOps[op];
  const tensors = traffic.reads + traffic.writes;
  const each = op === 'softmaxJacobian' ? length : 1;
  return unit * tensors * each * elementsOf(c.shape) + 4 * valuesPerRow * count;
}

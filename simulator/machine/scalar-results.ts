/** What scalar instructions have in common: where their results go, and what becomes of SCC. */
import { shifted64 } from './bits';
import { EXEC, SCC } from './registers';
import type { Step, Wave } from './wave';

/** Takes the places of results and sources, in their order. */
export type Make = (places: readonly number[]) => Step;

/** A result of 32 bits; SCC stays. */
export const word =
  (compute: (a: number, b: number) => number): Make =>
  ([d, a, b]) =>
  ({ u32 }) => {
    u32[d!] = compute(u32[a!]!, u32[b!]!);
  };

/** SCC says whether the result is not zero. */
export const logic =
  (compute: (a: number, b: number) => number): Make =>
  ([d, a, b]) =>
  ({ u32 }) => {
    const result = compute(u32[a!]!, u32[b!]!) >>> 0;
    u32[d!] = result;
    u32[SCC] = result === 0 ? 0 : 1;
  };

/** The same of 64 bits, word by word. */
export const logic64 =
  (compute: (a: number, b: number) => number): Make =>
  ([d, a, b]) =>
  ({ u32 }) => {
    const low = compute(u32[a!]!, u32[b!]!) >>> 0;
    const high = compute(u32[a! + 1]!, u32[b! + 1]!) >>> 0;
    u32[d!] = low;
    u32[d! + 1] = high;
    u32[SCC] = (low | high) === 0 ? 0 : 1;
  };

export const shift64 =
  (direction: Parameters<typeof shifted64>[3]): Make =>
  ([d, a, b]) =>
  ({ u32 }) => {
    const [low, high] = shifted64(u32[a!]!, u32[a! + 1]!, u32[b!]!, direction);
    u32[d!] = low;
    u32[d! + 1] = high;
    u32[SCC] = (low | high) === 0 ? 0 : 1;
  };

/** SCC says whether the result has left the range, or carries. */
export const sum =
  (compute: (a: number, b: number, carry: number) => number): Make =>
  ([d, a, b]) =>
  ({ u32 }) => {
    const result = compute(u32[a!]!, u32[b!]!, u32[SCC]!);
    u32[d!] = result;
    u32[SCC] = result < 0 || result > 0xffff_ffff ? 1 : 0;
  };

export const signedSum =
  (compute: (a: number, b: number) => number): Make =>
  ([d, a, b]) =>
  ({ u32, i32 }) => {
    const result = compute(i32[a!]!, i32[b!]!);
    u32[d!] = result;
    u32[SCC] = result === (result | 0) ? 0 : 1;
  };

/** One of the two; SCC says whether it is the first. */
export const pick =
  (signed: boolean, isFirst: (a: number, b: number) => boolean): Make =>
  ([d, a, b]) =>
  ({ u32, i32 }) => {
    const from = signed ? i32 : u32;
    const first = isFirst(from[a!]!, from[b!]!);
    u32[d!] = u32[first ? a! : b!]!;
    u32[SCC] = first ? 1 : 0;
  };

/** `exec` is kept in the result and changed. */
export const saveExec =
  (compute: (source: number, exec: number) => number): Make =>
  ([d, a]) =>
  ({ u32, program }) => {
    let any = 0;
    for (let i = 0; i < program.waveSize / 32; i++) {
      const [source, exec] = [u32[a! + i]!, u32[EXEC + i]!];
      u32[d! + i] = exec;
      any |= u32[EXEC + i] = compute(source, exec) >>> 0;
    }
    u32[SCC] = any === 0 ? 0 : 1;
  };

/** The lanes that are on become others, and the result is these. */
export const writeExec =
  (compute: (source: number, exec: number) => number): Make =>
  ([d, a]) =>
  ({ u32, program }) => {
    let any = 0;
    for (let i = 0; i < program.waveSize / 32; i++) {
      const exec = compute(u32[a! + i]!, u32[EXEC + i]!) >>> 0;
      u32[EXEC + i] = exec;
      u32[d! + i] = exec;
      any |= exec;
    }
    u32[SCC] = any === 0 ? 0 : 1;
  };

export const copy64 =
  (choose: (wave: Wave) => 1 | 2): Make =>
  (places) =>
  (wave) => {
    const { u32 } = wave;
    const [d, source] = [places[0]!, places[choose(wave)]!];
    const [low, high] = [u32[source]!, u32[source + 1]!];
    u32[d] = low;
    u32[d + 1] = high;
  };

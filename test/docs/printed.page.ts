/** What an example prints, as its comment says it; and the engine that most examples use. */
import { createEngine, f16 } from '../../src/index';

export const engine = await createEngine({ f16 });

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);

const textOf = (value: unknown): string => {
  if (isList(value)) return Array.from(value, textOf).join(', ');
  if (typeof value !== 'number' || !Number.isFinite(value) || Number.isInteger(value)) {
    return String(value);
  }
  return value.toFixed(4);
};

/** Numbers that are no integers with four decimals; lists by their elements. */
export const show = (values: readonly unknown[]): string => values.map(textOf).join(', ');

/** Runs a module given as text; what it printed. */
export async function runProgram(code: string): Promise<string[]> {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  try {
    return (await import(/* @vite-ignore */ url)).printed;
  } finally {
    URL.revokeObjectURL(url);
  }
}

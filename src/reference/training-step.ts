import { refuse } from './rows';

/** A number that f32 can hold, as it holds it. */
export function finite(op: string, name: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
    refuse(op, name, 'a finite f32', value);
  }
  return Math.fround(value);
}

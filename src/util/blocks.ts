/** The ranges `[from, to)` of at most `most` that cover `0 … count − 1`, in order. */
export function* blocksOf(count: number, most: number): Generator<readonly [number, number]> {
  for (let from = 0; from < count; from += most) yield [from, Math.min(from + most, count)];
}

/** A line as it was read. */
export interface Decoded {
  text: string;
  /** Mean probability of the steps that gave a character; 0 for an empty line. */
  confidence: number;
}

/** The class that stands for "no new character here". */
const BLANK = 0;

function checkLength(
  op: string,
  name: string,
  { length }: ArrayLike<unknown>,
  shape: readonly number[],
): void {
  const count = shape.reduce((a, b) => a * b, 1);
  if (length === count) return;
  throw new RangeError(
    `${op}: ${name}: expected length ${count} for shape [${shape.join(', ')}], got ${length}`,
  );
}

const notNumbers = (op: string, line: number, step: number) =>
  `${op}: line ${line}, step ${step}: expected probabilities, got NaN`;

/**
 * Greedy CTC decoding: the likeliest class of each step, repeats collapsed, blanks dropped. The
 * first step of a run of repeats is the one whose probability counts.
 *
 * @param probabilities `[lines, time, classes]`
 * @param keys text of every class; class 0 is the blank
 * @throws RangeError if the sizes disagree, or a step has no probability that can be compared (NaN)
 */
export function greedyCtc(
  probabilities: Float32Array,
  [lines, time, classes]: readonly [lines: number, time: number, classes: number],
  keys: readonly string[],
): Decoded[] {
  const op = 'greedyCtc';
  checkLength(op, 'probabilities', probabilities, [lines, time, classes]);
  checkLength(op, 'keys', keys, [classes]);
  return Array.from({ length: lines }, (_, line) => {
    let text = '';
    let sum = 0;
    let kept = 0;
    let previous = BLANK;
    for (let step = 0; step < time; step++) {
      const start = (line * time + step) * classes;
      const best = argmax(probabilities.subarray(start, start + classes));
      if (best < 0) throw new RangeError(notNumbers(op, line, step));
      if (best !== BLANK && best !== previous) {
        text += keys[best];
        sum += probabilities[start + best]!;
        kept++;
      }
      previous = best;
    }
    return { text, confidence: kept > 0 ? sum / kept : 0 };
  });
}

/** A character as it was read, and what else it might have been. */
export interface Character {
  readonly text: string;
  /** The probability of the step that gave it. */
  readonly confidence: number;
  /** The other classes picked at that step, likeliest first; the blank is ''. */
  readonly others: readonly { readonly text: string; readonly probability: number }[];
}

/**
 * Greedy CTC decoding of each step's likeliest classes, largest first, as `topK` gives them; the
 * text is that of `greedyCtc` for the whole distribution.
 *
 * @param shape `[lines, time, k]` of both
 * @param keys text of every class; class 0 is the blank
 * @throws RangeError if the sizes disagree, or a step has no probability that can be compared (NaN)
 */
export function decodePicks(
  values: Float32Array,
  indices: Int32Array,
  [lines, time, k]: readonly [lines: number, time: number, k: number],
  keys: readonly string[],
): Character[][] {
  const op = 'decodePicks';
  checkLength(op, 'values', values, [lines, time, k]);
  checkLength(op, 'indices', indices, [lines, time, k]);
  return Array.from({ length: lines }, (_, line) => {
    const characters: Character[] = [];
    let previous = BLANK;
    for (let step = 0; step < time; step++) {
      const at = (line * time + step) * k;
      const picks = Array.from({ length: k }, (_, i) => ({
        text: keys[indices[at + i]!]!,
        probability: values[at + i]!,
      }));
      const [best, ...others] = picks;
      if (Number.isNaN(best!.probability)) {
        throw new RangeError(notNumbers(op, line, step));
      }
      const index = indices[at]!;
      if (index !== BLANK && index !== previous) {
        characters.push({ text: best!.text, confidence: best!.probability, others });
      }
      previous = index;
    }
    return characters;
  });
}

/** The index of the largest value, the first of equals; -1 if there is a NaN. */
function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (Number.isNaN(value)) return -1;
    if (value > row[best]!) best = i;
  }
  return best;
}

/** How many characters must be put in, taken out or changed to make one text of the other. */
export function distance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  from.forEach((character, i) => {
    const next = [i + 1];
    to.forEach((other, j) => {
      const changed = row[j]! + Number(character !== other);
      next.push(Math.min(changed, row[j + 1]! + 1, next[j]! + 1));
    });
    row = next;
  });
  return row.at(-1)!;
}

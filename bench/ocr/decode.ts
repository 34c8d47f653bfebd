/** A line as it was read. */
export interface Decoded {
  text: string;
  /** Mean probability of the steps that gave a character; 0 for an empty line. */
  confidence: number;
}

/** The class that stands for "no new character here". */
const BLANK = 0;

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
  if (probabilities.length !== lines * time * classes) {
    throw new RangeError(
      `greedyCtc: ${probabilities.length} probabilities for shape [${lines}, ${time}, ${classes}]`,
    );
  }
  if (keys.length !== classes) {
    throw new RangeError(`greedyCtc: ${keys.length} keys for ${classes} classes`);
  }
  return Array.from({ length: lines }, (_, line) => {
    let text = '';
    let sum = 0;
    let kept = 0;
    let previous = BLANK;
    for (let step = 0; step < time; step++) {
      const start = (line * time + step) * classes;
      const best = argmax(probabilities.subarray(start, start + classes));
      if (best < 0) throw new RangeError(`greedyCtc: line ${line}, step ${step} is NaN`);
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

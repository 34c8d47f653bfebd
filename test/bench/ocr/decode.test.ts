import { describe, expect, it } from 'vitest';
import { greedyCtc } from '../../../bench/ocr/decode';

const KEYS = ['', 'a', 'b', '中', ' '];
const CLASSES = KEYS.length;

/** Probabilities of one line: at each step the given class has the given one, the others share. */
function line(steps: [best: number, probability: number][]): number[] {
  return steps.flatMap(([best, probability]) =>
    KEYS.map((_, k) => (k === best ? probability : (1 - probability) / (CLASSES - 1))),
  );
}

function decode(...lines: [best: number, probability: number][][]) {
  const time = lines[0]?.length ?? 0;
  return greedyCtc(Float32Array.from(lines.flatMap(line)), [lines.length, time, CLASSES], KEYS);
}

describe('greedyCtc', () => {
  it('collapses repeats, and keeps letters that a blank separates', () => {
    const [read] = decode([
      [1, 0.9],
      [1, 0.9],
      [2, 0.9],
      [2, 0.9],
      [0, 0.9],
      [2, 0.9],
      [1, 0.9],
    ]);
    expect(read?.text).toBe('abba');
  });

  it('reads spaces and characters beyond ASCII', () => {
    const [read] = decode([
      [3, 0.9],
      [4, 0.9],
      [3, 0.9],
    ]);
    expect(read?.text).toBe('中 中');
  });

  it('means the probability over the first step of each letter alone', () => {
    const [read] = decode([
      [0, 0.99],
      [1, 0.75],
      [1, 0.5],
      [0, 0.875],
      [2, 0.5],
      [0, 0.25],
    ]);
    expect(read).toEqual({ text: 'ab', confidence: (0.75 + 0.5) / 2 });
  });

  it('starts every line afresh', () => {
    const lines = decode(
      [
        [0, 0.9],
        [1, 0.5],
      ],
      [
        [1, 0.75],
        [2, 0.25],
      ],
    );
    expect(lines).toEqual([
      { text: 'a', confidence: 0.5 },
      { text: 'ab', confidence: 0.5 },
    ]);
  });

  it('gives an empty text without confidence for blanks alone, and for no steps', () => {
    const blank: [number, number] = [0, 0.9];
    expect(decode([blank, blank])).toEqual([{ text: '', confidence: 0 }]);
    expect(decode([])).toEqual([{ text: '', confidence: 0 }]);
    expect(decode()).toEqual([]);
  });

  it('refuses NaN wherever it stands in a step', () => {
    for (let k = 0; k < CLASSES; k++) {
      const probabilities = Float32Array.from([...line([[1, 0.9]]), ...line([[2, 0.9]])]);
      probabilities[CLASSES + k] = NaN;
      expect(() => greedyCtc(probabilities, [1, 2, CLASSES], KEYS)).toThrow(
        'greedyCtc: line 0, step 1: expected probabilities, got NaN',
      );
    }
  });

  it('refuses sizes that disagree, and names them', () => {
    expect(() => greedyCtc(new Float32Array(9), [1, 2, CLASSES], KEYS)).toThrow(
      'greedyCtc: probabilities: expected length 10 for shape [1, 2, 5], got 9',
    );
    expect(() => greedyCtc(new Float32Array(8), [1, 2, 4], KEYS)).toThrow(
      'greedyCtc: keys: expected length 4 for shape [4], got 5',
    );
  });
});

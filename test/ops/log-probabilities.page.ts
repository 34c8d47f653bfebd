import { sharedEngine } from '../../conformance/engine';
import { logProbabilities } from '../../src/index';

/** A probability of 1 − e⁻⁶⁰, and the ranks of equals. */
export async function byHand() {
  const engine = await sharedEngine();
  const sure = new Float32Array(5000).fill(-1e9);
  sure[4999] = 0;
  sure[3] = -60;
  const one = logProbabilities(engine.tensor(sure, [1, 5000]), [4999]);
  const equals = logProbabilities(engine.tensor([2, 2, 1, 0, 1], [1, 5]), [0, 1, 2, 3, 4]);
  const value = (await one.values.read())[0] as number;
  return {
    /** As a share of what it should be, to six digits. */
    confident: Number((value / -Math.exp(-60)).toFixed(6)),
    ranks: Array.from((await equals.ranks.read()) as Int32Array),
  };
}

/** The messages of calls with a wrong argument. */
export async function refused(): Promise<string[]> {
  const engine = await sharedEngine();
  const x = engine.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const i32 = (...shape: number[]) =>
    engine.tensor(new Int32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const values = engine.tensor(new Float32Array(2), [2]);
  return [
    [[0, 3]],
    [[0, 1, 2]],
    [[0.5, 1]],
    [i32(3)],
    [i32(3, 2)],
    [i32(1, 2, 2)],
    [x],
    [undefined],
    [[0, 1], { out: { indices: values } }],
    [[0, 1, 0, 1], { out: { values } }],
  ].map(([indices, options]) => {
    try {
      logProbabilities(x, indices as never, options as never);
    } catch (error) {
      return String(error);
    }
    return 'no error';
  });
}

/** Holds results to float64: the largest error, in words, and an Error for one beyond its bound. */
import { MIN_NORMAL, ulp } from '../../src/reference/bounds';

const SHOWN = 6;
/** The distance of neighbouring f32 numbers below 2⁻¹²⁶. */
const LEAST = 2 ** -149;

export class Errors {
  private count = 0;
  private beyond = 0;
  /** Results that 0 could stand for, but for those that may flush. */
  private vain = 0;
  private ulps = 0;
  private share = 0;
  private worst = '';
  private readonly first: string[] = [];

  constructor(private readonly name: string) {}

  /**
   * One result. Below 2⁻¹²⁶ 0 is right too, what lies between, and the next number.
   *
   * @param bound the absolute error that is allowed.
   * @param describe the input, in words.
   */
  take(actual: number, exact: number, bound: number, describe: () => string): void {
    if (!(bound >= 0)) throw new Error(`${this.name}: the bound is ${bound} at ${describe()}`);
    this.count += 1;
    const tiny = Math.abs(exact) < MIN_NORMAL;
    if (tiny && Math.abs(actual) <= Math.abs(exact) + bound + LEAST) return;
    if (!tiny && bound >= Math.abs(exact)) this.vain += 1;
    const error = Math.abs(actual - exact);
    const share = error === 0 ? 0 : error / bound;
    this.ulps = Math.max(this.ulps, error / ulp(exact));
    // Written so that a NaN is the worst.
    if (!(share <= this.share)) {
      this.share = share;
      this.worst = describe();
    }
    if (share <= 1) return;
    this.beyond += 1;
    if (this.first.length < SHOWN) {
      this.first.push(`${describe()}: ${actual}, and it should be ${exact} ± ${bound}`);
    }
  }

  /**
   * What was found, in a line.
   *
   * @throws Error for a result beyond its bound, or where 0 would have passed for half of them.
   */
  done(): string {
    const { name, count, beyond, vain, first, share, ulps, worst } = this;
    if (count === 0 || vain > count / 2) {
      throw new Error(`${name}: 0 would pass for ${vain} of ${count} results`);
    }
    const line = `${name}: ${count} results, ${ulps.toPrecision(3)} ULP and ${share.toPrecision(3)} × the bound at most`;
    if (beyond > 0) throw new Error(`${line}; ${beyond} beyond it\n${first.join('\n')}`);
    return worst ? `${line}, at ${worst}` : line;
  }
}

/**
 * Holds results to what they must be exactly.
 *
 * @throws Error that shows the first that are something else.
 */
export function expectSame(
  name: string,
  count: number,
  isRight: (i: number) => boolean,
  describe: (i: number) => string,
): string {
  const wrong: string[] = [];
  let failures = 0;
  for (let i = 0; i < count; i++) {
    if (isRight(i)) continue;
    failures += 1;
    if (wrong.length < SHOWN) wrong.push(describe(i));
  }
  if (failures > 0) throw new Error(`${name}: ${failures} of ${count} wrong\n${wrong.join('\n')}`);
  return `${name}: ${count} results, all exact`;
}

/** Seeded random numbers: the same seed gives the same numbers on every machine. */

/** xoshiro128**, seeded by splitmix32. */
export class Random {
  private readonly state = new Uint32Array(4);
  private spare: number | undefined;

  constructor(seed: number) {
    let s = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.state[i] = z ^ (z >>> 15);
    }
  }

  /** 32 random bits. */
  bits(): number {
    const s = this.state;
    const scrambled = Math.imul(s[1]!, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Uniform in low … high, high excluded. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  /** A uniform integer of 0 … count − 1. */
  integer(count: number): number {
    return Math.floor(this.uniform(0, count));
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller's pairs). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** n numbers uniform in low … high. */
export function uniform(seed: number, n: number, low = 0, high = 1): Float32Array {
  const random = new Random(seed);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    values[i] = random.uniform(low, high);
  }
  return values;
}

/** n normal numbers of mean 0 and this deviation. */
export function normal(seed: number, n: number, deviation = 1): Float32Array {
  const random = new Random(seed);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    values[i] = deviation * random.normal();
  }
  return values;
}

/** n logits, uniform in low … high (default −8 … 8). */
export function logits(
  seed: number,
  n: number,
  { low = -8, high = 8 }: { low?: number; high?: number } = {},
): Float32Array {
  return uniform(seed, n, low, high);
}

/** A share of a list, 0 to 1, in its order; at least one of it. */
export function partOf<T>(all: readonly T[], share: number, seed: number): readonly T[] {
  if (share >= 1) return all;
  const random = new Random(seed);
  const drawn = all.filter(() => random.uniform() < share);
  return drawn.length > 0 ? drawn : [all[random.integer(all.length)]!];
}

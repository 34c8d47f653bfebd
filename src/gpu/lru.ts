/** A map that forgets the entries unused for longest once together they weigh more than `capacity`. */
export class Lru<V> {
  private readonly entries = new Map<string, V>();
  private weight = 0;

  /**
   * @param weigh what an entry weighs.
   * @param forgotten receives each entry that is evicted.
   */
  constructor(
    private readonly capacity: number,
    private readonly weigh: (value: V) => number = () => 1,
    private readonly forgotten: (value: V) => void = () => {},
  ) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): V | undefined {
    const found = this.entries.get(key);
    if (found !== undefined) {
      // The order of a map's entries is that of their making.
      this.entries.delete(key);
      this.entries.set(key, found);
    }
    return found;
  }

  /** Keeps an entry under a key that has none, and returns it. */
  add(key: string, value: V): V {
    this.entries.set(key, value);
    this.weight += this.weigh(value);
    // The newest stays, whatever it weighs.
    while (this.weight > this.capacity && this.entries.size > 1) this.forgetOldest();
    return value;
  }

  clear(): void {
    while (this.entries.size > 0) this.forgetOldest();
  }

  private forgetOldest(): void {
    const [[key, value]] = this.entries as Iterable<[string, V]> as [[string, V]];
    this.entries.delete(key);
    this.weight -= this.weigh(value);
    this.forgotten(value);
  }
}

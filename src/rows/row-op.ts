/** What is an operation's own in the kernels that walk rows. */
export interface RowOp {
  /** Of its kernels; no two operations have the same. */
  readonly name: string;
  /** Its WGSL: what it needs of a row, keeps of an element, adds up and gives. */
  readonly sources: readonly string[];
  /** The file that loads and stores one value a row, if it has any. */
  readonly values?: string;
  /** Which of its own uniforms, whose values a task gives as `own`, are f32; the others are u32. */
  readonly uniforms?: Readonly<Record<string, 'f32'>>;
  /** Whether there is a `precision: high` of it. */
  readonly precise?: true;
  /** How many sums a row has. */
  readonly sumCount: 1 | 2 | 3 | 4;
  /** First pass: the row's maximum. */
  readonly hasMax: boolean;
  /** An element is mapped to its exponential, from which the result follows; else it is left as it is. */
  readonly mapsToExp?: true;
  /** It reduces the batch's rows to one value: its own row is as long as there are rows. */
  readonly acrossRows?: true;
  /** Of the values a row that others read, the one it writes. */
  readonly gives?: 'norm';
  /** What elements past the row's end read as. */
  readonly padding: 'NEG_INF' | '0u';
}

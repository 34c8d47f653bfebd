/** Writes on, word by word: the row of the next word is made on the host, all that follows on the GPU. */
import type { Engine, GpuTensor } from '../../src/index';
import type { importLibrary } from '../engine';
import type { NGrams } from './model/n-grams';
import { writeRow } from './model/rows';
import type { Settings } from './settings';
import { Vocabulary } from './text';

type Library = Awaited<ReturnType<typeof importLibrary>>;

/** Candidates that are looked at. */
const CANDIDATES = 12;

/** A word that might come next. */
export interface Candidate {
  readonly word: number;
  /** At the temperature, among all words. */
  readonly probability: number;
}

/** What is known of the next word. */
export interface Step {
  /** The likeliest, in their order. */
  readonly candidates: readonly Candidate[];
  /** How many words may be drawn. */
  readonly kept: number;
  /** The word that was drawn. */
  readonly drawn: number;
  /** Read back from the GPU. */
  readonly bytes: number;
}

export class Writer {
  readonly vocabulary: Vocabulary;
  /** Log-probabilities of the next word. */
  private readonly row: Float32Array<ArrayBuffer>;
  private readonly logits: GpuTensor;
  /** How often each word was written, and which were given; for the penalties. */
  private readonly counts: GpuTensor;
  private prompt: readonly number[] = [];
  private readonly text: number[] = [];

  constructor(
    private readonly library: Library,
    private readonly engine: Engine,
    private readonly model: NGrams,
  ) {
    this.vocabulary = new Vocabulary(model.words);
    this.row = new Float32Array(model.words.length);
    this.logits = engine.tensor(this.row, [1, model.words.length]);
    this.counts = engine.tensor(new Uint32Array(model.words.length), [1, model.words.length]);
  }

  /** The number of words of the vocabulary. */
  get words(): number {
    return this.row.length;
  }

  /** The words that were given, then those that were drawn. */
  get written(): readonly number[] {
    return [...this.prompt, ...this.text];
  }

  /** How many were drawn. */
  get drawn(): number {
    return this.text.length;
  }

  /** Begins anew, after these words. */
  restart(prompt: readonly number[]): void {
    this.prompt = prompt;
    this.text.length = 0;
    const { buffer, byteOffset } = this.counts;
    this.engine.device.queue.writeBuffer(buffer, byteOffset, new Uint32Array(this.words));
    this.count(prompt, true);
  }

  /** Counts words for the penalties; the end of a sentence may come again at no cost. */
  private count(words: readonly number[], prompt: boolean): void {
    const counted = words.filter((word) => word !== this.vocabulary.end);
    this.library.countTokens(this.counts, counted, { prompt });
  }

  /** Looks at the next word: what it may be, and what it will be. */
  async look(settings: Settings): Promise<Step> {
    const { adjust, cutoff, sample, topK } = this.library;
    const { logits, row, text, counts } = this;
    writeRow(this.model, this.vocabulary.contextOf(this.written), row);
    this.engine.device.queue.writeBuffer(logits.buffer, logits.byteOffset, row);
    const { temperature, seed, repetition, frequency, presence } = settings;
    const { 'top-k': k, 'top-p': topP, 'min-p': minP } = settings;
    const isPenal = repetition !== 1 || frequency !== 0 || presence !== 0;
    const penalties = isPenal ? { counts, repetition, frequency, presence } : undefined;
    const filters = { temperature, topK: Math.min(k, row.length), topP, minP };
    const adjusted = penalties && { adjust: adjust({ penalties }) };
    // The draws of a step are those of a row of its number.
    const token = sample(logits, { ...filters, penalties, seed, rowOffset: text.length });
    const { kept, threshold } = cutoff(logits, { ...filters, penalties });
    const best = topK(logits, CANDIDATES, { temperature, values: 'probabilities', ...adjusted });
    const results = [token, kept, best.values, best.indices];
    try {
      const read = await Promise.all(results.map((tensor) => tensor.read()));
      const [drawn, count, values, indices] = read;
      return {
        candidates: Array.from(indices!, (word, i) => ({ word, probability: values![i]! })),
        kept: count![0]!,
        drawn: drawn![0]!,
        bytes: read.reduce((sum, { byteLength }) => sum + byteLength, 0),
      };
    } finally {
      for (const tensor of [...results, threshold]) tensor.destroy();
    }
  }

  /** Adds the word that a look has drawn. */
  add({ drawn }: Step): void {
    this.text.push(drawn);
    this.count([drawn], false);
  }
}

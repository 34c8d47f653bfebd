/** Words of the model from a text, and a text from words of the model. */

/** The model's words for the bounds of a sentence. */
const [START, END] = ['<s>', '</s>'];

/** Words of a vocabulary by their numbers, and back. */
export class Vocabulary {
  private readonly numbers: ReadonlyMap<string, number>;
  /** The start of a sentence. */
  readonly start: number;
  /** Its end. */
  readonly end: number;

  constructor(private readonly words: readonly string[]) {
    this.numbers = new Map(words.map((word, number) => [word, number]));
    this.start = this.numbers.get(START)!;
    this.end = this.numbers.get(END)!;
  }

  /** A word as it is shown. */
  shown(number: number): string {
    return number === this.end ? '. (end)' : this.words[number]!;
  }

  /**
   * The words of a text, in small letters, each end of a sentence one of them; and those that the
   * vocabulary has not, which are passed over.
   */
  read(text: string): { readonly known: number[]; readonly unknown: string[] } {
    const parts = text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[.!?]+(?=\s|$)|[^\s.!?,;:"“”()]+(?:\.[^\s.!?,;:"“”()]+)*/g);
    const known: number[] = [];
    const unknown: string[] = [];
    for (const part of parts ?? []) {
      const number = /^[.!?]/.test(part) ? this.end : this.numbers.get(part);
      if (number === undefined) unknown.push(part);
      else known.push(number);
    }
    return { known, unknown };
  }

  /** The two words that the next one depends on; undefined before the start of a sentence. */
  contextOf(words: readonly number[]): [first: number | undefined, second: number] {
    const last = words.lastIndexOf(this.end);
    const sentence = [this.start, ...words.slice(last + 1)];
    return [sentence.at(-2), sentence.at(-1)!];
  }

  /**
   * Words as they are written one after the other: with the blank before them, a capital where a sentence
   * begins, its end as a full stop.
   *
   * @param before the words that are written already.
   */
  written(words: readonly number[], before: readonly number[]): string {
    let isStart = before.length === 0 || before.at(-1) === this.end;
    let text = '';
    words.forEach((number, i) => {
      if (number === this.end) {
        const last = words[i - 1] ?? before.at(-1);
        if (!isStart && !this.words[last!]!.endsWith('.')) text += '.';
        isStart = true;
        return;
      }
      const word = this.words[number]!;
      const isCapital = isStart || /^i('|$)/.test(word);
      const blank = before.length + i > 0 ? ' ' : '';
      text += blank + (isCapital ? word[0]!.toUpperCase() + word.slice(1) : word);
      isStart = false;
    });
    return text;
  }
}

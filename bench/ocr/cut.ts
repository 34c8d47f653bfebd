import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// Field numbers of onnx.proto, the few that are needed. Everything else is copied byte for byte,
// so no full schema is needed and nothing of the model can get lost on the way.
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_OP_TYPE = 4;
const VALUE_NAME = 1;

/** One field of a protobuf message; `raw` is its value as it lies in the file, length prefix included. */
interface Field {
  number: number;
  type: WireType;
  raw: Uint8Array;
}

/**
 * Cuts the last node off an ONNX model and makes its input the model's output, so that a classifier
 * yields logits where it yielded probabilities.
 *
 * @param model an ONNX file whose last node is a Softmax that produces one of the graph's outputs
 * @returns the shortened ONNX file and the name of the output that now carries the logits
 * @throws Error if the bytes are not protobuf, the model has no graph, its last node is not a
 *   Softmax, or that node's result is not an output of the graph
 */
export function cutLastSoftmax(model: Uint8Array): { model: Uint8Array; output: string } {
  const modelFields = split(model);
  const graph = modelFields.find((field) => field.number === MODEL_GRAPH);
  if (!graph) throw new Error('cutLastSoftmax: the model has no graph');

  const graphFields = split(content(graph));
  const last = graphFields.findLast((field) => field.number === GRAPH_NODE);
  if (!last) throw new Error('cutLastSoftmax: the graph has no nodes');
  const node = split(content(last));
  const opType = text(node, NODE_OP_TYPE);
  if (opType !== 'Softmax') {
    throw new Error(`cutLastSoftmax: the last node is ${opType}, not Softmax`);
  }
  const logits = text(node, NODE_INPUT);
  const probabilities = text(node, NODE_OUTPUT);

  const output = graphFields.find(
    (field) =>
      field.number === GRAPH_OUTPUT && text(split(content(field)), VALUE_NAME) === probabilities,
  );
  if (logits === undefined || !output) {
    throw new Error(
      `cutLastSoftmax: the last Softmax's result ${probabilities} is not an output of the graph`,
    );
  }

  // Logits have the element type and the shape of the probabilities: only the name changes.
  const renamed = split(content(output)).map((field) =>
    field.number === VALUE_NAME ? message(VALUE_NAME, new TextEncoder().encode(logits)) : field,
  );
  const shortened = graphFields
    .filter((field) => field !== last)
    .map((field) => (field === output ? message(GRAPH_OUTPUT, join(renamed)) : field));
  return {
    model: join(
      modelFields.map((field) => (field === graph ? message(MODEL_GRAPH, join(shortened)) : field)),
    ),
    output: logits,
  };
}

function split(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    fields.push({ number, type, raw: reader.skip(type, number) });
  }
  return fields;
}

function join(fields: Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, type, raw } of fields) writer.tag(number, type).raw(raw);
  return writer.finish();
}

function content(field: Field): Uint8Array {
  return new BinaryReader(field.raw).bytes();
}

function text(fields: Field[], number: number): string | undefined {
  const field = fields.find((candidate) => candidate.number === number);
  return field && new TextDecoder().decode(content(field));
}

function message(number: number, bytes: Uint8Array): Field {
  return {
    number,
    type: WireType.LengthDelimited,
    raw: new BinaryWriter().bytes(bytes).finish(),
  };
}

import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** A node of a graph: the operator's name, what it reads, the one thing it writes, its attributes. */
export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number>>;
}

// Numbers of onnx.proto.
export const FLOAT = 1;
export const INT64 = 7;
const ATTRIBUTE_INT = 2;
const IR_VERSION = 8;
const OPSET = 18;

/**
 * An ONNX file with the tensors `x` and `y` of one shape and nodes in between.
 *
 * @param constants lists of int64 that nodes may read, by name.
 * @param output what y is; default f32.
 * @param input what x is; default f32.
 */
export function onnxModel(
  dims: readonly number[],
  nodes: readonly Node[],
  constants: Readonly<Record<string, readonly number[]>> = {},
  output: typeof FLOAT | typeof INT64 = FLOAT,
  input: typeof FLOAT | typeof INT64 = FLOAT,
): Uint8Array {
  const type = (element: number) =>
    message((w) => {
      w.uint32(tag(1, 0)).int32(element);
      const shape = message((s) => {
        for (const size of dims)
          field(
            s,
            1,
            message((d) => d.uint32(tag(1, 0)).int64(size)),
          );
      });
      field(w, 2, shape);
    });
  const value = (name: string, element: number) =>
    message((w) => {
      field(w, 1, name);
      field(
        w,
        2,
        message((t) => field(t, 1, type(element))),
      );
    });
  const graph = message((w) => {
    for (const node of nodes) {
      const bytes = message((n) => {
        for (const input of node.inputs) field(n, 1, input);
        field(n, 2, node.output);
        field(n, 4, node.type);
        for (const [name, number] of Object.entries(node.attributes ?? {})) {
          const attribute = message((a) => {
            field(a, 1, name);
            a.uint32(tag(3, 0)).int64(number);
            a.uint32(tag(20, 0)).int32(ATTRIBUTE_INT);
          });
          field(n, 5, attribute);
        }
      });
      field(w, 1, bytes);
    }
    field(w, 2, 'graph');
    for (const [name, list] of Object.entries(constants)) {
      const tensor = message((t) => {
        t.uint32(tag(1, 0)).int64(list.length);
        t.uint32(tag(2, 0)).int32(INT64);
        for (const number of list) t.uint32(tag(7, 0)).int64(number);
        field(t, 8, name);
      });
      field(w, 5, tensor);
    }
    field(w, 11, value('x', input));
    field(w, 12, value('y', output));
  });
  return message((w) => {
    w.uint32(tag(1, 0)).int64(IR_VERSION);
    field(w, 7, graph);
    field(
      w,
      8,
      message((o) => {
        field(o, 1, '');
        o.uint32(tag(2, 0)).int64(OPSET);
      }),
    );
  });
}

const tag = (field: number, type: number) => (field << 3) | type;

function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** Text, bytes or a message. */
function field(writer: BinaryWriter, number: number, content: string | Uint8Array): void {
  writer.uint32(tag(number, 2));
  if (typeof content === 'string') writer.string(content);
  else writer.bytes(content);
}

import { sharedEngine } from '../../conformance/engine';
import { type DType, type Engine, type RegimeName, softmax } from '../../src/index';
import {
  bits,
  type Call,
  optionCalls,
  otherCalls,
  overlapped,
  plainCalls,
  size,
  type Tensors,
  take,
  upload,
  type Values,
} from './calls';

/** What lies around everything that is written. */
const GUARD = 0x4ddeadbe;
const guardWords = 80;
const byteOffsets = [0, 4, 256, 1028];

const dtypeOf = ({ indices }: Call, result: string) => (indices.includes(result) ? 'i32' : 'f32');

/** Tensors of a call in one buffer: the words before the call and those to be there after it. */
interface Staged {
  label: string;
  buffer: GPUBuffer;
  wanted: Uint32Array;
}

/**
 * Lays inputs and results of a call into one buffer, 4 bytes apart and guarded, and runs it there.
 *
 * @param together names of the inputs that go in; the others have buffers of their own.
 * @param replaced the input whose place the result takes.
 */
function stage(
  engine: Engine,
  call: Call,
  expected: Values,
  {
    byteOffset,
    together,
    replaced,
    regime,
  }: {
    byteOffset: number;
    together: readonly string[];
    replaced?: string;
    regime: RegimeName;
  },
): Staged {
  let at = guardWords + byteOffset / 4;
  const place = (count: number) => {
    const start = at;
    at += count + 1;
    return start;
  };
  const starts: Record<string, number> = {};
  for (const name of together) starts[name] = place(call.inputs[name]!.data.length);
  const outStarts: Record<string, number> = {};
  for (const [name, shape] of Object.entries(call.outputs)) {
    const takesPlace = replaced && (name === 'out' || name === 'grad');
    outStarts[name] = takesPlace ? starts[replaced]! : place(size(shape));
  }
  const words = new Uint32Array(at + guardWords).fill(GUARD);
  for (const name of together) words.set(wordsOf(call, name), starts[name]);
  const whole = engine.tensor(words, [words.length]);
  const wrap = (start: number, shape: readonly number[], dtype: DType) =>
    engine.wrap(whole.buffer, shape, { byteOffset: 4 * start, dtype });

  const tensors: Tensors = {};
  for (const [name, { data, shape, dtype }] of Object.entries(call.inputs)) {
    tensors[name] =
      name in starts ? wrap(starts[name]!, shape, dtype) : engine.tensor(data, shape, { dtype });
  }
  const out: Tensors = {};
  for (const [name, shape] of Object.entries(call.outputs))
    out[name] = wrap(outStarts[name]!, shape, dtypeOf(call, name));
  call.run(tensors, { out, ...(call.name !== 'softmaxJacobian' && { regime }) });

  const wanted = words.slice();
  for (const [name, values] of Object.entries(expected)) wanted.set(bits(values), outStarts[name]);
  const how = replaced ? `out for ${replaced}` : 'out beside';
  return {
    label: `${call.name}, ${regime}, offset ${byteOffset}, ${how}, with ${together.join(', ')}`,
    buffer: whole.buffer,
    wanted,
  };
}

function wordsOf(call: Call, name: string): Uint32Array {
  const { data } = call.inputs[name]!;
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

async function check(
  engine: Engine,
  { label, buffer, wanted }: Staged,
): Promise<string | undefined> {
  const got = await engine.wrap(buffer, [wanted.length], { dtype: 'u32' }).read();
  buffer.destroy();
  const i = got.findIndex((word, k) => word !== wanted[k]);
  if (i < 0) return undefined;
  const hex = (word: number) => word.toString(16);
  return `${label}: word ${i} of ${wanted.length} is ${hex(got[i]!)}, not ${hex(wanted[i]!)}`;
}

/** Every way a call's results may share a buffer with its inputs, at every offset. */
function* stagings(engine: Engine, call: Call, expected: Values, regime: RegimeName) {
  const all = Object.keys(call.inputs);
  for (const byteOffset of byteOffsets) {
    yield stage(engine, call, expected, { byteOffset, together: [], regime });
    if (call.inPlace) continue;
    yield stage(engine, call, expected, { byteOffset, together: all, regime });
    for (const replaced of call.replaceable) {
      yield stage(engine, call, expected, { byteOffset, together: [replaced], replaced, regime });
      yield stage(engine, call, expected, { byteOffset, together: all, replaced, regime });
    }
  }
}

/**
 * Calls whose results share a buffer with their inputs, or take the place of one, against the same
 * calls with buffers of their own: bit by bit, with what lies around.
 *
 * @param names calls to make; default: all.
 */
export async function sharing(
  shape: readonly number[],
  axis: number,
  regime: RegimeName,
  names?: readonly string[],
): Promise<{ count: number; problems: string[] }> {
  const engine = await sharedEngine({ adapterClass: 'cpu' });
  let count = 0;
  const problems: string[] = [];
  const of = { shape, axis };
  // Rows that are picked from are split, and two results in place have a buffer each.
  const others = regime.startsWith('split') ? otherCalls(of) : [];
  const possible = others.filter((call) => !call.inPlace || Object.keys(call.outputs).length === 1);
  const chosen = [...plainCalls(of), ...optionCalls(of), ...possible].filter(
    ({ name }) =>
      (!names || names.includes(name)) && (name !== 'softmaxJacobian' || size(shape) <= 1000),
  );
  await overlapped(chosen, async (call) => {
    const forced = call.name === 'softmaxJacobian' ? {} : { regime };
    const expected = await take(call.run(upload(engine, call), forced));
    const staged = [...stagings(engine, call, expected, regime)];
    count += staged.length;
    const found = await Promise.all(staged.map((one) => check(engine, one)));
    problems.push(...found.filter((problem) => problem !== undefined));
  });
  await engine.done();
  return { count, problems: problems.slice(0, 20) };
}

/** Whether the device has what this regime needs. */
export async function canForce(regime: RegimeName): Promise<boolean> {
  const engine = await sharedEngine({ adapterClass: 'cpu' });
  try {
    softmax(engine.tensor([1, 2], [2]), { regime });
    return true;
  } catch {
    return false;
  }
}

/** Results that share a buffer with each other and with the logits: each finds its place. */
export async function resultsTogether(): Promise<string[]> {
  const engine = await sharedEngine({ adapterClass: 'cpu' });
  const problems: string[] = [];
  const of = { shape: [4, 9] };
  for (const call of [...plainCalls(of), ...otherCalls(of)]) {
    if (Object.keys(call.outputs).length < 2 || call.inPlace) continue;
    const expected = await take(call.run(upload(engine, call)));
    const two = Object.keys(call.outputs) as [string, string];
    for (const order of [two, [...two].reverse()]) {
      const words = new Uint32Array(200).fill(GUARD);
      const whole = engine.tensor(words, [200]);
      const out: Tensors = {};
      let at = 65;
      for (const name of order) {
        out[name] = engine.wrap(whole.buffer, call.outputs[name]!, {
          byteOffset: 4 * at,
          dtype: dtypeOf(call, name),
        });
        words.set(bits(expected[name]!), at);
        at += expected[name]!.length;
      }
      call.run(upload(engine, call), { out });
      const problem = await check(engine, {
        label: `${call.name}, ${order.join(' before ')}`,
        buffer: whole.buffer,
        wanted: words,
      });
      if (problem) problems.push(problem);
    }
    const one = engine.tensor(new Float32Array(36), [36]);
    try {
      call.run(upload(engine, call), {
        out: Object.fromEntries(
          two.map((name) => [
            name,
            engine.wrap(one.buffer, call.outputs[name]!, { dtype: dtypeOf(call, name) }),
          ]),
        ),
      });
      problems.push(`${call.name} wrote two results to one place`);
    } catch (error) {
      if (!/^\w+: out \w+ \(bytes .*\) overlaps out \w+ /.test((error as Error).message)) {
        problems.push(`${call.name}: ${(error as Error).message}`);
      }
    }
  }
  await engine.done();
  return problems;
}

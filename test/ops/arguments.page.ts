import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import * as library from '../../src/index';
import {
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  type Engine,
  type GpuTensor,
  logSumExpVjp,
  softmax,
} from '../../src/index';
import * as reference from '../../src/reference';
import { describe } from '../../src/util/words';
import { isOurs } from '../harness/grammar';
import { argumentNames as names, plainCalls, size, type Tensors, upload } from './calls';

/** A call that must throw, and what: name and message of the error, in full. */
type Refusal = [label: string, expected: string, call: () => unknown];

interface Outcome {
  /** Calls made, and those that threw anything else. */
  count: number;
  problems: string[];
  /** Writes and submissions during the refused calls. */
  reached: number;
  /** Whether a softmax was right afterwards. */
  works: boolean;
}

const STORAGE = 128;
const anyUsage = STORAGE | 4 | 8;

/** Runs refusals on an engine of their own, and a softmax after them. */
async function judge(make: (engine: Engine, other: Engine) => Refusal[]): Promise<Outcome> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const engine = await createEngine({ device });
  const other = await createEngine();
  const refusals = make(engine, other);
  let reached = 0;
  const { queue } = device;
  const [submit, write] = [queue.submit.bind(queue), queue.writeBuffer.bind(queue)];
  queue.submit = (...args) => {
    reached++;
    submit(...args);
  };
  queue.writeBuffer = (...args: Parameters<GPUQueue['writeBuffer']>) => {
    reached++;
    write(...args);
  };
  const problems = refusals.flatMap(([label, expected, call]) => {
    const actual = thrown(call);
    if (!isOurs(actual.replace(/^\w+: /, ''))) return [`${label}\n  not in our grammar: ${actual}`];
    return actual === expected ? [] : [`${label}\n  expected ${expected}\n  thrown   ${actual}`];
  });
  const outcome = { count: refusals.length, problems, reached, works: false };
  const x = { data: logits(5, 7 * 33), shape: [7, 33] };
  const y = softmax(engine.tensor(x.data, x.shape));
  outcome.works = compare(await y.read(), reference.softmax(x)).ok;
  await engine.done();
  other.destroy();
  device.destroy();
  return outcome;
}

function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'nothing';
}

/** What an argument may be that is no tensor, and perhaps no array. */
const tensorOr = (orElse: string) => `expected a GpuTensor (made by tensor() or wrap())${orElse}`;

/** A value that TypeScript would not let through. */
// biome-ignore lint/suspicious/noExplicitAny: the point is a wrong type
const wrong = (value: unknown): any => value;

const zeros = (engine: Engine, ...shape: number[]) =>
  engine.tensor(new Float32Array(size(shape)), shape);

const onLogits = (op: string) => !/Vjp|Jvp|Jacobian/.test(op) || op === 'logSumExpVjp';

/** What every operation checks: its tensors, the axis, the scale, where it records and writes. */
export const common = () =>
  judge((engine, other) =>
    plainCalls({ shape: [4, 6] }).flatMap((call) => {
      const { name: op } = call;
      const keys = Object.keys(call.inputs);
      const tensors = upload(engine, call);
      const run = (changed: Tensors, options: object = {}) =>
        call.run({ ...tensors, ...changed }, wrong(options));
      const refusals: Refusal[] = [];
      const add = (label: string, expected: string, act: () => unknown) =>
        refusals.push([`${op}: ${label}`, expected.replace(/OP/g, op), act]);

      keys.forEach((key, i) => {
        const arg = names[op]![i]!;
        const { shape } = call.inputs[key]!;
        const foreign = other.tensor(new Float32Array(size(shape)), shape);
        const gone = zeros(engine, ...shape);
        gone.destroy();
        // The first tensor says which engine it is: then the second is of another one.
        const stranger = i > 0 ? arg : names[op]![1];
        if (stranger !== undefined) {
          add(
            `${arg} of another engine`,
            `Error: OP: ${stranger} belongs to another engine; use it with the one that made it`,
            () => run({ [key]: foreign }),
          );
        }
        add(
          `${arg} destroyed`,
          `Error: OP: ${arg} (shape [${shape.join(', ')}]) is destroyed; use one that is not`,
          () => run({ [key]: gone }),
        );
        if (arg === 'targets') return;
        const small = arg === 'dLse';
        add(
          `${arg} an array`,
          small
            ? 'RangeError: OP: dLse: expected length 4 (the shape of x without the axis), got 5'
            : `TypeError: OP: ${arg}: ${tensorOr('')}, got a Float32Array`,
          () => run({ [key]: wrong(new Float32Array(5)) }),
        );
        add(
          `${arg} missing`,
          `TypeError: OP: ${arg}: ${tensorOr(small ? ' or an array of numbers' : '')}, got undefined`,
          () => run({ [key]: wrong(undefined) }),
        );
        const integers = engine.tensor(new Uint32Array(size(shape)), shape);
        add(
          `${arg} of another dtype`,
          `TypeError: OP: ${arg}: expected dtype ${arg === 'dLse' ? "'f32'" : "'f32' or 'f16'"}, got 'u32'`,
          () => run({ [key]: integers }),
        );
      });
      keys.slice(1).forEach((key, i) => {
        const arg = names[op]![i + 1]!;
        const { shape } = call.inputs[key]!;
        const why =
          arg === 'targets'
            ? "the logits' shape without the axis, since integer targets are class indices"
            : op === 'logSumExpVjp'
              ? 'the shape of x without the axis'
              : `the shape of ${names[op]![0]}`;
        const changed = engine.tensor(new Uint32Array(5), [5], { dtype: 'u32' });
        const bad = arg === 'targets' ? changed : zeros(engine, 5);
        add(
          `${arg} of another shape`,
          `RangeError: OP: ${arg}: expected shape [${shape.join(', ')}] (${why}), got [5]`,
          () => run({ [key]: bad }),
        );
      });

      for (const axis of [2, -3, 0.5, Number.NaN]) {
        const range = '[-2, 1] for shape [4, 6]';
        add(
          `axis ${axis}`,
          Number.isInteger(axis)
            ? `RangeError: OP: axis ${axis} is out of range ${range}`
            : `RangeError: OP: axis: expected an integer in ${range}, got ${axis}`,
          () => run({}, { axis }),
        );
      }
      const scalar = Object.fromEntries(
        keys.map((key) => [key, call.inputs[key]!.dtype === 'f32' ? zeros(engine) : tensors[key]!]),
      );
      add('rank 0', 'RangeError: OP: axis: expected a tensor of rank 1 or more, got shape []', () =>
        run(scalar),
      );
      for (const scale of [-1, Number.NaN, Number.POSITIVE_INFINITY, '2', 1e300]) {
        const said = typeof scale === 'string' ? `'${scale}'` : scale;
        add(`scale ${said}`, `RangeError: OP: scale: expected a finite f32 >= 0, got ${said}`, () =>
          run({}, { scale }),
        );
      }
      for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-60]) {
        add(
          `temperature ${temperature}`,
          `RangeError: OP: temperature: expected a finite f32 > 0 whose inverse is one too, got ${temperature}`,
          () => run({}, { temperature }),
        );
      }
      add(
        'scale and temperature',
        'RangeError: OP: scale (2) and temperature (0.5) are both given; give one of them',
        () => run({}, { scale: 2, temperature: 0.5 }),
      );
      add(
        'regime',
        "RangeError: OP: regime: expected 'row-per-invocation', 'row-per-subgroup', " +
          "'row-per-workgroup', 'split-per-invocation' or 'split-per-workgroup', got 'fast'",
        () => run({}, { regime: 'fast' }),
      );
      if (op === 'logSumExpVjp') {
        add(
          'a log-sum-exp among its arguments',
          'TypeError: OP: options: expected an object (after x and dLse alone), got a GpuTensor',
          () => logSumExpVjp(tensors.x!, tensors.dLse!, wrong(tensors.dLse)),
        );
      }
      const encoder = engine.device.createCommandEncoder();
      const pass = engine.device.createCommandEncoder().beginComputePass();
      add(
        'encoder and pass',
        'TypeError: OP: encoder and pass are both given; give the one to record into',
        () => run({}, { encoder, pass }),
      );
      add(
        'a wrong encoder',
        'TypeError: OP: encoder: expected a GPUCommandEncoder, got a GPUComputePassEncoder',
        () => run({}, { encoder: pass }),
      );
      add(
        'a wrong pass',
        'TypeError: OP: pass: expected a GPUComputePassEncoder, got a GPUCommandEncoder',
        () => run({}, { pass: encoder }),
      );

      if (onLogits(op)) {
        add('emptyRows', "RangeError: OP: emptyRows: expected 'nan' or 'zero', got 'one'", () =>
          run({}, { emptyRows: 'one' }),
        );
        add(
          'precision',
          "TypeError: OP: precision: expected high (exported by the library), got 'low'",
          () => run({}, { precision: 'low' }),
        );
        add(
          'a scale beyond precision high',
          'RangeError: OP: scale 1e+31 is out of range [0, 2^100] with high precision',
          () => run({}, { precision: library.high, scale: 1e31 }),
        );
        add(
          'a temperature beyond precision high',
          'RangeError: OP: scale 1e+31 is out of range [0, 2^100] with high precision (temperature is 1e-31)',
          () => run({}, { precision: library.high, temperature: 1e-31 }),
        );
      }
      return refusals.concat(outputs(engine, other, call.name, tensors, call.outputs, run));
    }),
  );

/** What is checked of `out`, alone or a record of several. */
function outputs(
  engine: Engine,
  other: Engine,
  op: string,
  tensors: Tensors,
  shapes: Record<string, readonly number[]>,
  run: (changed: Tensors, options: object) => unknown,
): Refusal[] {
  const foreign = zeros(other, 4, 6);
  return Object.entries(shapes).flatMap(([key, shape]): Refusal[] => {
    const arg = Object.keys(shapes).length > 1 ? `out ${key}` : 'out';
    const perRow = op === 'logSumExp' || key === 'loss' || key === 'logSumExp';
    const put = (out: unknown) => () => run({}, { out: { [key]: out } });
    const wanted = `[${shape.join(', ')}]`;
    const integers = engine.tensor(new Int32Array(size(shape)), shape);
    const gone = zeros(engine, ...shape);
    gone.destroy();
    return [
      [
        `${op}: ${arg} of another shape`,
        `RangeError: ${op}: ${arg}: expected shape ${wanted} (the shape of the result), got [2, 2, 2]`,
        put(zeros(engine, 2, 2, 2)),
      ],
      [
        `${op}: ${arg} of another dtype`,
        `TypeError: ${op}: ${arg}: expected dtype ${perRow ? "'f32'" : "'f32' or 'f16'"}, got 'i32'`,
        put(integers),
      ],
      [
        `${op}: ${arg} of another engine`,
        `Error: ${op}: ${arg} belongs to another engine; use it with the one that made it`,
        put(foreign),
      ],
      [
        `${op}: ${arg} destroyed`,
        `Error: ${op}: ${arg} (shape ${wanted}) is destroyed; use one that is not`,
        put(gone),
      ],
      [
        `${op}: ${arg} an array`,
        `TypeError: ${op}: ${arg}: ${tensorOr('')}, got a Float32Array`,
        put(new Float32Array(24)),
      ],
      [
        `${op}: ${arg} over part of an input`,
        overlapMessage(op, arg, names[op]![0]!, shape),
        () => {
          const buffer = engine.device.createBuffer({ size: 4096, usage: anyUsage });
          const first = Object.keys(tensors)[0]!;
          const input = engine.wrap(buffer, tensors[first]!.shape, { byteOffset: 256 });
          const out = engine.wrap(buffer, shape, { byteOffset: 260 });
          run({ [first]: input }, { out: { [key]: out } });
        },
      ],
    ];
  });
}

/** The first input is 24 elements from byte 256, `out` starts an element later. */
function overlapMessage(op: string, arg: string, input: string, shape: readonly number[]): string {
  const where = size(shape) === 24 ? `exactly on ${input}, or ` : '';
  return (
    `RangeError: ${op}: ${arg} (bytes 260 … ${260 + 4 * size(shape)}) overlaps ${input} (bytes 256 … 352) ` +
    `in the same buffer; place it ${where}apart from it`
  );
}

/** What operations with a mask check of it. */
export const masks = () =>
  judge((engine, other) =>
    plainCalls({ shape: [4, 6] }).flatMap((call): Refusal[] => {
      const { name: op } = call;
      if (!onLogits(op)) return [];
      const tensors = upload(engine, call);
      const run = (mask: unknown, options: object = {}) =>
        call.run(tensors, wrong({ ...options, mask }));
      const wide = plainCalls({ shape: [7, 6] }).find(({ name }) => name === op)!;
      const wideTensors = upload(engine, wide);
      const square = plainCalls({ shape: [4, 4] }).find(({ name }) => name === op)!;
      const squareTensors = upload(engine, square);
      const flat = plainCalls({ shape: [6] }).find(({ name }) => name === op)!;
      const flatTensors = upload(engine, flat);
      const integers = engine.tensor(new Int32Array(6), [6]);
      const foreign = zeros(other, 6);
      const [short, twoRows, deep] = [
        zeros(engine, 5),
        zeros(engine, 2, 6),
        zeros(engine, 1, 4, 6),
      ];
      const mismatch = (shape: string) =>
        `RangeError: ${op}: mask: expected a shape that broadcasts to [4, 6] ` +
        `(each dimension, from the last, 1 or the same), got ${shape}`;
      const causal = (shape: string, axis: number) =>
        `RangeError: ${op}: mask: expected trailing dimensions [Q, K] with Q <= K and the axis last for 'causal', ` +
        `got shape ${shape} and axis ${axis}`;
      return [
        [`${op}: a mask of 5`, mismatch('[5]'), () => run(short)],
        [`${op}: a mask of [2, 6]`, mismatch('[2, 6]'), () => run(twoRows)],
        [`${op}: a mask of rank 3`, mismatch('[1, 4, 6]'), () => run(deep)],
        [
          `${op}: an i32 mask`,
          `TypeError: ${op}: mask: expected dtype 'f32' or 'u32', got 'i32'`,
          () => run(integers),
        ],
        [
          `${op}: a mask of another engine`,
          `Error: ${op}: mask belongs to another engine; use it with the one that made it`,
          () => run(foreign),
        ],
        [
          `${op}: a mask by an unknown name`,
          `RangeError: ${op}: mask: expected 'causal', got 'diagonal'`,
          () => run('diagonal'),
        ],
        ...[new Int32Array(6), new BigInt64Array(6), new DataView(new ArrayBuffer(24))].map(
          (mask): Refusal => [
            `${op}: a ${mask.constructor.name} as mask`,
            `TypeError: ${op}: mask: expected an array of numbers or booleans, a Float32Array, a Uint8Array ` +
              `or a Uint32Array, got ${describe(mask)}`,
            () => run(mask),
          ],
        ),
        ...[[1, 1], new Float32Array(5), new Uint8Array(4), [true]].map(
          (mask): Refusal => [
            `${op}: a mask of ${mask.length} on the host`,
            `RangeError: ${op}: mask: expected length 6 (for every row alike) or 24 (for each), ` +
              `got ${mask.length}`,
            () => run(mask),
          ],
        ),
        ...[
          { mask: [0, 0, '0', 0, 0, 0], at: 2, said: "'0'", type: 'number' },
          { mask: [0, 0, 0, 0, 0, true], at: 5, said: 'true', type: 'number' },
          { mask: [true, 1, true, true, true, true], at: 1, said: '1', type: 'boolean' },
          // A hole is no number.
          { mask: new Array(6), at: 0, said: 'undefined', type: 'number' },
        ].map(
          ({ mask, at, said, type }): Refusal => [
            `${op}: a mask with ${said} in it`,
            `RangeError: ${op}: mask[${at}]: expected a ${type}, got ${said}`,
            () => run(mask),
          ],
        ),
        [
          `${op}: an object as mask`,
          `TypeError: ${op}: mask: ${tensorOr(", an array or 'causal'")}, got an Object`,
          () => run({}),
        ],
        [
          `${op}: causal with another axis`,
          causal('[4, 4]', 0),
          () => square.run(squareTensors, wrong({ mask: 'causal', axis: 0 })),
        ],
        [
          `${op}: causal with Q > K`,
          causal('[7, 6]', 1),
          () => wide.run(wideTensors, wrong({ mask: 'causal' })),
        ],
        [
          `${op}: causal of rank 1`,
          causal('[6]', 0),
          () => flat.run(flatTensors, wrong({ mask: 'causal' })),
        ],
      ];
    }),
  );

/** What the losses check of targets and options. */
export const losses = () =>
  judge((engine) => {
    const x = zeros(engine, 4, 6);
    const ops = ['crossEntropy', 'crossEntropyGrad', 'crossEntropyWithGrad'] as const;
    return ops.flatMap((op): Refusal[] => {
      const run = (targets: unknown, options: object = {}) =>
        library[op](x, wrong(targets), options);
      const fine = [0, 1, 2, 3];
      // A template would throw on it.
      const odd = Symbol('class');
      const option = (name: string, value: unknown, may: string): Refusal => [
        `${op}: ${name} ${String(value)}`,
        `RangeError: ${op}: ${name}: expected ${may}, got ${typeof value === 'string' ? `'${value}'` : value}`,
        () => run(fine, { [name]: value }),
      ];
      const outside = (name: string, value: number, range: string): Refusal => [
        `${op}: ${name} ${value}`,
        `RangeError: ${op}: ${name} ${value} is out of range ${range}`,
        () => run(fine, { [name]: value }),
      ];
      const index = (at: number, value: unknown, all: unknown, ignore = -100): Refusal => [
        `${op}: a host target of ${String(value)}`,
        `RangeError: ${op}: targets[${at}]: expected a class index in [0, 5] or ignoreIndex (${ignore}), got ${String(value)}`,
        () => run(all),
      ];
      const probabilities = zeros(engine, 4, 5);
      const [weights, ofClasses, ofRows] = [zeros(engine, 5), zeros(engine, 6), zeros(engine, 4)];
      const refusals: Refusal[] = [
        option('reduction', 'max', "'mean', 'sum' or 'none'"),
        option('ignoreIndex', 0.5, 'an integer in [-2147483648, 2147483647]'),
        outside('ignoreIndex', 2 ** 31, '[-2147483648, 2147483647]'),
        outside('labelSmoothing', -0.1, '[0, 1]'),
        outside('labelSmoothing', 1.1, '[0, 1]'),
        option('labelSmoothing', Number.NaN, 'a number in [0, 1]'),
        option('zLoss', -1, 'a finite f32 >= 0'),
        option('zLoss', Number.NaN, 'a finite f32 >= 0'),
        option('zLoss', 1e39, 'a finite f32 >= 0'),
        index(1, 6, [0, 6, 0, 0]),
        index(0, -1, [-1, 0, 0, 0]),
        index(3, 0.5, [0, 0, 0, 0.5]),
        index(2, Number.NaN, [0, 0, Number.NaN, 0]),
        index(1, odd, [0, odd, 0, 0]),
        index(2, 4294967196, new Uint32Array([0, 0, 4294967196, 0])),
        [
          `${op}: too few host targets`,
          `RangeError: ${op}: targets: expected length 4 (one a row of the logits), got 3`,
          () => run([0, 1, 2]),
        ],
        index(0, 2 ** 40, new BigInt64Array([1099511627776n, 0n, 0n, 0n])),
        index(1, '-9223372036854775808', new BigInt64Array([0n, -(2n ** 63n), 0n, 0n])),
        index(2, '18446744073709551516', new BigUint64Array([0n, 0n, 2n ** 64n - 100n, 0n])),
        index(3, 4294967296, [0n, 0n, 0n, 2n ** 32n]),
        index(0, -1, new Int8Array([-1, 0, 0, 0])),
        index(1, 255, new Uint8Array([0, 255, 0, 0])),
        index(0, 6, new Uint16Array([6, 0, 0, 0])),
        index(2, 'undefined', Object.assign(new Array(4).fill(0), { 2: undefined })),
        [
          `${op}: class indices as floats`,
          `RangeError: ${op}: targets: expected length 24 (the shape of the logits, since f32 targets are probabilities), got 4`,
          () => run(new Float32Array(4)),
        ],
        [
          `${op}: probabilities as an array`,
          `RangeError: ${op}: targets: expected length 4 (one a row of the logits), got 24`,
          () => run(new Array(24).fill(0)),
        ],
        [
          `${op}: no targets`,
          `TypeError: ${op}: targets: ${tensorOr(', an array of class indices or a Float32Array of probabilities')}, got undefined`,
          () => run(undefined),
        ],
        [
          `${op}: targets as a view of bytes`,
          `TypeError: ${op}: targets: expected a GpuTensor or an array of integers, got a DataView`,
          () => run(new DataView(new ArrayBuffer(16))),
        ],
        [
          `${op}: probabilities of another shape`,
          `RangeError: ${op}: targets: expected shape [4, 6] (the shape of the logits, since f32 targets are probabilities), got [4, 5]`,
          () => run(probabilities),
        ],
        [
          `${op}: classWeights of another shape`,
          `RangeError: ${op}: classWeights: expected shape [6] (one weight a class), got [5]`,
          () => run(fine, { classWeights: weights }),
        ],
        [
          `${op}: too few classWeights`,
          `RangeError: ${op}: classWeights: expected length 6 (one weight a class), got 4`,
          () => run(fine, { classWeights: new Float32Array(4) }),
        ],
        [
          `${op}: no number among classWeights`,
          `RangeError: ${op}: classWeights[5]: expected a number, got null`,
          () => run(fine, { classWeights: [1, 1, 1, 1, 1, null] }),
        ],
        [
          `${op}: bigints as classWeights`,
          `TypeError: ${op}: classWeights: expected a GpuTensor or an array of numbers, got a BigInt64Array`,
          () => run(fine, { classWeights: new BigInt64Array(6) }),
        ],
        [
          `${op}: an object as classWeights`,
          `TypeError: ${op}: classWeights: ${tensorOr(' or an array of numbers')}, got an Object`,
          () => run(fine, { classWeights: {} }),
        ],
        [
          `${op}: host targets and a wrong out`,
          `RangeError: ${op}: ${op === 'crossEntropyGrad' ? 'out' : 'out loss'}: expected shape ` +
            `${op === 'crossEntropyGrad' ? '[4, 6]' : '[]'} (the shape of the result), got [5]`,
          () => run(fine, { out: op === 'crossEntropyGrad' ? weights : { loss: weights } }),
        ],
      ];
      if (op === 'crossEntropy') return refusals;
      return refusals.concat([
        [
          `${op}: lossGrad a string`,
          `TypeError: ${op}: lossGrad: ${tensorOr(', a number or an array of them')}, got '1'`,
          () => run(fine, { lossGrad: '1' }),
        ],
        [
          `${op}: lossGrad of another shape`,
          `RangeError: ${op}: lossGrad: expected shape [4] (one for each loss), got [6]`,
          () => run(fine, { lossGrad: ofClasses, reduction: 'none' }),
        ],
        [
          `${op}: lossGrad of many for one loss`,
          `RangeError: ${op}: lossGrad: expected 1 element with reduction 'mean', got 4`,
          () => run(fine, { lossGrad: ofRows }),
        ],
        [
          `${op}: numbers of many losses as lossGrad of one`,
          `RangeError: ${op}: lossGrad: expected 1 element with reduction 'sum', got 4`,
          () => run(fine, { lossGrad: [1, 1, 1, 1], reduction: 'sum' }),
        ],
        [
          `${op}: a number for each loss but one`,
          `RangeError: ${op}: lossGrad: expected length 4 (one for each loss), got 3`,
          () => run(fine, { lossGrad: new Float64Array(3), reduction: 'none' }),
        ],
        [
          `${op}: bigints as lossGrad`,
          `RangeError: ${op}: lossGrad[0]: expected a number, got 1`,
          () => run(fine, { lossGrad: [1n], reduction: 'sum' }),
        ],
      ]);
    });
  });

/** What `tensor` and `wrap` check. */
export const making = () =>
  judge((engine) => {
    const { device } = engine;
    const buffer = device.createBuffer({ size: 1024, usage: anyUsage });
    const bare = device.createBuffer({ size: 1024, usage: 8 });
    const mapped = device.createBuffer({ size: 1024, usage: STORAGE, mappedAtCreation: true });
    const offset = (byteOffset: unknown) => () =>
      engine.wrap(buffer, [2], { byteOffset: wrong(byteOffset) });
    const refusals: Refusal[] = [
      [
        'tensor: too few elements',
        'RangeError: tensor: data: expected length 6 for shape [2, 3], got 5',
        () => engine.tensor(new Float32Array(5), [2, 3]),
      ],
      [
        'tensor: too many elements',
        'RangeError: tensor: data: expected length 1 for shape [], got 2',
        () => engine.tensor([1, 2], []),
      ],
      [
        'tensor: a negative size',
        'RangeError: tensor: shape: expected an array of integers >= 0, got [-1, 3]',
        () => engine.tensor([], [-1, 3]),
      ],
      [
        'tensor: a size of half',
        'RangeError: tensor: shape: expected an array of integers >= 0, got [1.5]',
        () => engine.tensor([], [1.5]),
      ],
      [
        'tensor: a number as shape',
        'RangeError: tensor: shape: expected an array of integers >= 0, got 3',
        () => engine.tensor([1, 2, 3], wrong(3)),
      ],
      [
        'tensor: no shape',
        'RangeError: tensor: shape: expected an array of integers >= 0, got undefined',
        () => engine.tensor([1], wrong(undefined)),
      ],
      [
        'tensor: another dtype',
        "TypeError: tensor: dtype: expected 'f32', 'f16', 'i32' or 'u32', got 'f64'",
        () => engine.tensor([1], [1], { dtype: wrong('f64') }),
      ],
      [
        'tensor: data of another dtype',
        'TypeError: tensor: data[1]: expected an integer in [-2147483648, 2147483647], got 0.5',
        () => engine.tensor(Float32Array.of(0, 0.5), [2], { dtype: 'i32' }),
      ],
      [
        'tensor: an i32 that is no u32',
        'TypeError: tensor: data[0] -1 is out of range [0, 4294967295]',
        () => engine.tensor(Int32Array.of(-1), [1], { dtype: 'u32' }),
      ],
      [
        'tensor: a bigint over its dtype',
        'TypeError: tensor: data[0] 2147483648 is out of range [-2147483648, 2147483647]',
        () => engine.tensor(BigInt64Array.of(2n ** 31n), [1], { dtype: 'i32' }),
      ],
      [
        'tensor: bigints as floats',
        'TypeError: tensor: data[0]: expected a number, got 1',
        () => engine.tensor(BigInt64Array.of(1n), [1]),
      ],
      [
        'tensor: a view of bytes',
        'TypeError: tensor: data: expected a typed array or an array of numbers, got a DataView',
        () => engine.tensor(wrong(new DataView(new ArrayBuffer(4))), [1]),
      ],
      [
        'tensor: a string',
        "TypeError: tensor: data: expected a typed array or an array of numbers, got 'abc'",
        () => engine.tensor(wrong('abc'), [3]),
      ],
      [
        'tensor: nothing',
        'TypeError: tensor: data: expected a typed array or an array of numbers, got undefined',
        () => engine.tensor(wrong(undefined), [3]),
      ],
      [
        'wrap: not a buffer',
        'TypeError: wrap: buffer: expected a GPUBuffer, got an ArrayBuffer',
        () => engine.wrap(wrong(new ArrayBuffer(4)), [1]),
      ],
      [
        'wrap: another dtype',
        "TypeError: wrap: dtype: expected 'f32', 'f16', 'i32' or 'u32', got 'f64'",
        () => engine.wrap(buffer, [1], { dtype: wrong('f64') }),
      ],
      [
        'wrap: a wrong shape',
        'RangeError: wrap: shape: expected an array of integers >= 0, got [NaN]',
        () => engine.wrap(buffer, [Number.NaN]),
      ],
      [
        'wrap: a buffer without STORAGE',
        'TypeError: wrap: buffer: expected a usage with GPUBufferUsage.STORAGE (128), got 8',
        () => engine.wrap(bare, [1]),
      ],
      [
        'wrap: a mapped buffer',
        "Error: wrap: buffer: expected mapState 'unmapped', got 'mapped'",
        () => engine.wrap(mapped, [1]),
      ],
      [
        'wrap: too small',
        'RangeError: wrap: buffer: expected 1028 bytes or more for shape [16, 16] at byteOffset 4, got 1024',
        () => engine.wrap(buffer, [16, 16], { byteOffset: 4 }),
      ],
    ];
    for (const byteOffset of [2, -4, 0.5, Number.NaN, '4']) {
      const said = typeof byteOffset === 'string' ? `'${byteOffset}'` : byteOffset;
      refusals.push([
        `wrap: byteOffset ${said}`,
        `RangeError: wrap: byteOffset: expected a multiple of 4, 0 or more, got ${said}`,
        offset(byteOffset),
      ]);
    }
    return refusals;
  });

/** Asks for an engine in ways that fail; the errors by label. */
export async function creating(): Promise<Record<string, string>> {
  const refused = (options: object) =>
    createEngine(wrong(options)).then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const { gpu } = navigator;
  const refusedOn = async (other: unknown, options: object = {}) => {
    Object.defineProperty(navigator, 'gpu', { value: other, configurable: true });
    try {
      return await refused(options);
    } finally {
      Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    }
  };
  const device = await (await gpu.requestAdapter())!.requestDevice();
  const errors = {
    noGpu: await refusedOn(undefined),
    noAdapter: await refusedOn(
      { requestAdapter: async () => null },
      { powerPreference: 'low-power' },
    ),
    device: await refused({ device: {} }),
    adapterClass: await refused({ device, adapterClass: 'npu' }),
    halfConversion: await refused({ device, f16: library.f16, halfConversion: 'f16' }),
    typedWithoutFeature: await refused({ device, f16: library.f16, halfConversion: 'typed' }),
    binding: await refused({ device, maxStorageBufferBindingSize: 100 }),
    bindingOverLimit: await refused({ device, maxStorageBufferBindingSize: 2 ** 40 }),
  };
  device.destroy();
  return errors;
}

/** Class indices out of range on the GPU, between guards, for each loss with index targets. */
export async function classesOutOfRange(): Promise<string[]> {
  const problems: string[] = [];
  const engine = await createEngine();
  const [rows, classes, guard] = [6, 5, 64];
  const x = logits(3, rows * classes);
  const indices = [0, classes, -1, 4, 2 ** 31 - 1, -(2 ** 31)];
  const valid = (r: number) => r === 0 || r === 3;
  const guarded = (count: number) => {
    const values = new Float32Array(count + 2 * guard).fill(77);
    const whole = engine.tensor(values, [values.length]);
    return {
      whole,
      part: (shape: number[]) => engine.wrap(whole.buffer, shape, { byteOffset: 4 * guard }),
    };
  };
  for (const labelSmoothing of [0, 0.1]) {
    for (const weighted of [false, true]) {
      for (const dtype of ['i32', 'u32'] as const) {
        const label = `smoothing ${labelSmoothing}, weights ${weighted}, ${dtype}`;
        const logitsTensor = engine.tensor(x, [rows, classes]);
        const targets =
          dtype === 'i32'
            ? engine.tensor(Int32Array.from(indices), [rows])
            : engine.tensor(Uint32Array.from(indices), [rows]);
        const w = new Float32Array(classes).fill(1.5);
        const options = {
          labelSmoothing,
          reduction: 'none' as const,
          ...(weighted && { classWeights: engine.tensor(w, [classes]) }),
        };
        const [loss, lse, grad] = [guarded(rows), guarded(rows), guarded(rows * classes)];
        crossEntropy(logitsTensor, targets, {
          ...options,
          out: { loss: loss.part([rows]), logSumExp: lse.part([rows]) },
        });
        crossEntropyGrad(logitsTensor, targets, {
          ...options,
          out: grad.part([rows, classes]),
        });
        const host = {
          data: Int32Array.from(indices, (t, r) => (valid(r) ? t : 0)),
          shape: [rows],
        };
        const hostOptions = {
          labelSmoothing,
          reduction: 'none' as const,
          ...(weighted && { classWeights: { data: w, shape: [classes] } }),
        };
        const hostX = { data: x, shape: [rows, classes] };
        const expected = reference.crossEntropy(hostX, host, hostOptions);
        const expectedGrad = reference.crossEntropyGrad(hostX, host, hostOptions);
        for (let r = 0; r < rows; r++) {
          if (valid(r)) continue;
          expected.loss.data[r] = Number.NaN;
          expected.loss.bound[r] = 0;
          expectedGrad.data.fill(0, r * classes, (r + 1) * classes);
          expectedGrad.bound.fill(0, r * classes, (r + 1) * classes);
        }
        const check = async (name: string, whole: GpuTensor, wanted: reference.Reference) => {
          const values = (await whole.read()) as Float32Array;
          const inside = values.slice(guard, values.length - guard);
          if (!compare(inside, wanted).ok) problems.push(`${label}: ${name} is [${inside.join()}]`);
          const outside = [...values.slice(0, guard), ...values.slice(values.length - guard)];
          if (outside.some((value) => value !== 77))
            problems.push(`${label}: ${name} left its range`);
        };
        await check('loss', loss.whole, expected.loss);
        await check('logSumExp', lse.whole, expected.logSumExp);
        await check('grad', grad.whole, expectedGrad);
      }
    }
  }
  // A mean over rows is not a number either, and says so.
  const all = crossEntropy(
    engine.tensor(x, [rows, classes]),
    engine.tensor(Int32Array.from(indices), [rows]),
  );
  const [mean] = await all.loss.read();
  if (!Number.isNaN(mean)) problems.push(`the mean loss is ${mean}`);
  engine.destroy();
  return problems;
}

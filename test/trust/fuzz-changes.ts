/** What the fuzzer does to the arguments of a call: spoilings must be refused, liberties may not matter. */

import { type Inputs, isLoss, type TestOp } from '../../conformance/cases';
import { isRowOp, operations } from '../../conformance/operations';
import { type DType, GpuTensor } from '../../src/engine/tensor';
import type { Engine } from '../../src/index';
import { argumentNames, size } from '../ops/calls';
import { type Change, filters, isStep, onLogits, selects } from './fuzz-calls';

/** A call as it will be made. */
export interface Made {
  readonly op: TestOp;
  /** Positional arguments before the options. */
  readonly args: unknown[];
  options: Record<string, unknown>;
  /** In place of the options, and after them. */
  instead?: unknown;
  rest: unknown[];
  /** What a tensor of the case was uploaded from. */
  onHost?(tensor: unknown): Inputs[string] | undefined;
}

/** Where spoilt tensors come from. */
export interface Source {
  readonly engine: Engine;
  /** Another engine on the same device. */
  readonly other: Engine;
  /** Is told of each tensor made, to destroy it at the end. */
  readonly made: GpuTensor[];
}

/** An argument that may be spoilt: its name in messages, and where it is. */
interface Slot {
  readonly name: string;
  readonly value: unknown;
  readonly dtypes: readonly DType[];
  /** Whether any shape is right: the first argument says what the others must have. */
  readonly anyShape: boolean;
  /** Whether it is one of the matrices of a linear layer. */
  readonly isLayer: boolean;
  put(value: unknown): void;
}

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length]!;

const floats: readonly DType[] = ['f32', 'f16'];
/** Positional arguments of integers, by name. */
const integers: Readonly<Record<string, readonly DType[]>> = {
  indices: ['i32', 'u32'],
  tokens: ['i32', 'u32'],
  counts: ['u32'],
};

/** Whether it gives several results, by name. */
const hasOuts = (op: TestOp) =>
  isRowOp(op)
    ? Object.keys(operations[op].gives).length > 1
    : ['topK', 'cutoff', 'logProbabilities', 'linearCrossEntropy'].includes(op);

/** Whether a loss asks for its upstream gradient. */
function givesGradient({ op, options }: Made): boolean {
  if (op !== 'linearCrossEntropy') return op !== 'crossEntropy';
  const { wants = ['dX'] } = options as { wants?: unknown };
  return Array.isArray(wants) && wants.some((name) => name !== 'logSumExp');
}

/** The arguments of a call that are tensors, or would be. */
function slotsOf(made: Made): Slot[] {
  const { op, args, options } = made;
  const positional = argumentNames[op]!.map((name, i): Slot => {
    const perRow = name === 'dLse';
    const put = (value: unknown) => {
      args[i] = value;
    };
    const dtypes =
      name === 'targets'
        ? (['f32', 'f16', 'i32', 'u32'] as const)
        : name in integers
          ? integers[name]!
          : perRow || (!isRowOp(op) && !selects(op))
            ? (['f32'] as const)
            : floats;
    // A layer's x and weight may have any rows: it is by its columns that they go together.
    const isLayer = op === 'linearCrossEntropy' && i < 2;
    return { name, value: args[i], dtypes, anyShape: i === 0 && !isLayer, isLayer, put };
  });
  const option = (name: string, dtypes: readonly DType[]): Slot => {
    const put = (value: unknown) => {
      options[name] = value;
    };
    return { name, value: options[name], dtypes, anyShape: false, isLayer: false, put };
  };
  /** What an option has as a part. */
  const part = (name: string, key: string, dtypes: readonly DType[]): Slot => {
    const whole = options[name] as Record<string, unknown>;
    const put = (value: unknown) => {
      options[name] = { ...whole, [key]: value };
    };
    const slot = { value: whole[key], dtypes, anyShape: false, isLayer: false, put };
    return { name: `${name}.${key}`, ...slot };
  };
  const has = (name: string) => Object.prototype.toString.call(options[name]) === '[object Object]';
  const slots = [...positional];
  if (op === 'countTokens') return slots;
  if (onLogits(op)) {
    const hasBits = has('mask') && 'bits' in (options.mask as object);
    slots.push(hasBits ? part('mask', 'bits', ['i32', 'u32']) : option('mask', ['f32', 'u32']));
  }
  if (has('bias') && selects(op)) {
    slots.push(part('bias', 'indices', ['i32', 'u32']), part('bias', 'values', ['f32']));
  }
  if (has('penalties')) slots.push(part('penalties', 'counts', ['u32']));
  if (isLoss(op)) {
    slots.push(option('classWeights', ['f32']));
    if (givesGradient(made)) slots.push(option('lossGrad', ['f32']));
  }
  if (op === 'linearCrossEntropy') slots.push(option('bias', ['f32']));
  if (op === 'sgdStep') return [...slots, option('velocity', ['f32'])];
  if (op === 'adamStep') return [...slots, option('m', ['f32']), option('v', ['f32'])];
  const { out } = options;
  if (!hasOuts(op)) {
    const indices = op === 'argmax' || op === 'sample';
    return [...slots, option('out', indices ? ['i32'] : op === 'logSumExp' ? ['f32'] : floats)];
  }
  // What was put in its place has no results in it.
  if (Object.prototype.toString.call(out) !== '[object Object]') return slots;
  const outs = out as Record<string, unknown>;
  return [
    ...slots,
    ...Object.keys(outs).map((key): Slot => {
      const put = (value: unknown) => {
        options.out = { ...(options.out as object), [key]: value };
      };
      const dtypes: readonly DType[] =
        key === 'grad' ? floats : ['indices', 'kept', 'ranks'].includes(key) ? ['i32'] : ['f32'];
      const name = `out ${key}`;
      return { name, value: outs[key], dtypes, anyShape: false, isLayer: false, put };
    }),
  ];
}

/** Arguments that may also come from the host. */
const smallNames = [
  'targets',
  'mask',
  'classWeights',
  'lossGrad',
  'bias',
  'bias.values',
  'rows',
  'dLse',
];

const tensorSlots = (made: Made) => slotsOf(made).filter(({ value }) => value instanceof GpuTensor);

/** Tensors that may be arrays on the host. */
function smallSlots(made: Made): Slot[] {
  const { rows } = made.options;
  const put = (value: unknown) => {
    made.options.rows = value;
  };
  const ofRows = { name: 'rows', value: rows, dtypes: [], anyShape: false, isLayer: false, put };
  return [...tensorSlots(made), ...(rows instanceof GpuTensor ? [ofRows] : [])].filter(
    ({ name, value }) => smallNames.includes(name) && !needsShape(name, value as GpuTensor, made),
  );
}

/** Whether it is a mask broadcast otherwise than to every row, which no array can be. */
function needsShape(
  name: string,
  { shape, count }: GpuTensor,
  { args, op, options }: Made,
): boolean {
  const x = args[0];
  if (name !== 'mask' || !(x instanceof GpuTensor)) return false;
  const { length } = x.shape;
  const of = op === 'linearCrossEntropy' ? undefined : x.shape;
  if (of?.join() === shape.join()) return false;
  const axis =
    ((options.axis as number | undefined) ?? -1) + (Number(options.axis ?? -1) < 0 ? length : 0);
  return (
    shape.length !== length || shape[axis] !== count || (of !== undefined && of[axis] !== count)
  );
}

function zeros({ engine, made }: Source, shape: readonly number[], dtype: DType, on = engine) {
  const tensor = on.tensor(new Array(size(shape)).fill(0), shape, { dtype });
  made.push(tensor);
  return tensor;
}

/** Values that are no tensor, and no number or text that could be one of the other kinds. */
const odd = ({ engine }: Source): unknown[] => [
  null,
  true,
  false,
  {},
  [undefined],
  // No argument is that long.
  new Float32Array(97),
  new Float64Array(97),
  new ArrayBuffer(16),
  engine.device,
  engine,
  () => 0,
  GpuTensor,
  Symbol('odd'),
  10n,
  Object.create(null),
  new Proxy({}, {}),
  new Date(0),
  Promise.resolve(),
];

const oddNumbers = (source: Source): unknown[] => [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -Number.MIN_VALUE,
  1e300,
  '1',
  '',
  ...odd(source),
];

/** For where -1, 1e300 and a fraction are no right values either. */
const oddIntegers = (source: Source): unknown[] => [0.5, 2 ** 53, ...oddNumbers(source)];

const notNumbers = (source: Source): unknown[] => [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '1',
  '',
  ...odd(source),
];

const isSample = (op: TestOp) => op === 'sample';
const isLinear = (op: TestOp) => op === 'linearCrossEntropy';

/** Names of the arguments spoilt, of which the error must name one; undefined where it does not apply. */
type Spoil = (made: Made, change: Change, source: Source) => readonly string[] | undefined;

const setOption =
  (
    name: string,
    values: (source: Source) => readonly unknown[],
    takes = (_: TestOp) => true,
  ): Spoil =>
  (made, { value }, source) => {
    if (!takes(made.op)) return undefined;
    made.options[name] = pick(values(source), value);
    return [name];
  };

const isScaled = (op: TestOp) => op !== 'argmax' && op !== 'countTokens' && !isStep(op);

export const spoilings: Readonly<Record<string, Spoil>> = {
  /** Something else where a tensor should be. */
  kind: (made, { at, value }, source) => {
    const slot = pick(slotsOf(made), at);
    const values = odd(source);
    // What is nothing is no bits.
    if (slot.name === 'mask.bits') {
      slot.put(pick(values, value));
      return ['mask'];
    }
    if (slot.name === 'mask') values.push('diagonal', '', 0, 1);
    else if (slot.name !== 'lossGrad') values.push('x', '', 0, 5, Number.NaN);
    slot.put(pick(values, value));
    return [slot.name];
  },
  missing: (made, { at }) => {
    const i = at % made.args.length;
    made.args[i] = undefined;
    return [argumentNames[made.op]![i] ?? 'k'];
  },
  shape: (made, { at, value }, source) => {
    const slots = tensorSlots(made).filter(({ anyShape }) => !anyShape);
    if (slots.length === 0) return undefined;
    const slot = pick(slots, at);
    const { shape, dtype } = slot.value as GpuTensor;
    const wrong = [...shape];
    if (slot.isLayer) {
      // Not by as many for both.
      const more = slot.name === 'x' ? 97 : 98;
      slot.put(zeros(source, [shape[0]!, shape[1]! + more], dtype));
      return ['x'];
    }
    // Of as many as it likes: these may be of another length, but not of more axes.
    if (['tokens', 'mask.bits'].includes(slot.name)) {
      slot.put(zeros(source, [...shape, 1, 1], dtype));
      return [slot.name];
    }
    // Neither what it was nor what a mask may be.
    if (wrong.length > 0) wrong[value % wrong.length]! += 97;
    else wrong.push(2);
    slot.put(zeros(source, wrong, dtype));
    // Who is as long as another one is.
    if (slot.name.startsWith('bias.')) return ['bias.values'];
    if (slot.name === 'indices') return ['indices', 'out'];
    return [slot.name];
  },
  dtype: (made, { at, value }, source) => {
    const slots = tensorSlots(made).filter(({ dtypes }) => dtypes.length < 4);
    const slot = pick(slots, at);
    const wrong = (['f32', 'f16', 'i32', 'u32'] as const).filter((d) => !slot.dtypes.includes(d));
    slot.put(zeros(source, (slot.value as GpuTensor).shape, pick(wrong, value)));
    return [slot.name];
  },
  destroyed: (made, { at }, source) => {
    const slot = pick(tensorSlots(made), at);
    const { shape, dtype } = slot.value as GpuTensor;
    const gone = zeros(source, shape, dtype);
    gone.destroy();
    slot.put(gone);
    return [slot.name];
  },
  foreign: (made, { at }, source) => {
    const slot = pick(tensorSlots(made), at);
    const { shape, dtype } = slot.value as GpuTensor;
    const others = tensorSlots(made).filter(({ name }) => name !== slot.name);
    slot.put(zeros(source, shape, dtype, source.other));
    // The first argument says which engine it is: then the others are of another one.
    if (slot.name !== argumentNames[made.op]![0]) return [slot.name];
    // What adjust() was given is no option of the call.
    const adjusting = made.options.adjust ? ['bias.', 'penalties.'] : [];
    return [...others.map(({ name }) => name), ...adjusting];
  },
  /** A result over part of the first argument. */
  overlap: (made, { at }, source) => {
    const slots = slotsOf(made).filter(
      ({ name, value }) => name.startsWith('out') && value instanceof GpuTensor,
    );
    const first = made.args[0];
    if (slots.length === 0 || !(first instanceof GpuTensor)) return undefined;
    const slot = pick(slots, at);
    const { shape, dtype, count } = slot.value as GpuTensor;
    if (count === 0 || first.count * (first.dtype === 'f16' ? 2 : 4) <= 4) return undefined;
    const buffer = zeros(source, [size(shape) + first.count + 4], 'f32').buffer;
    made.args[0] = source.engine.wrap(buffer, first.shape, { dtype: first.dtype });
    slot.put(source.engine.wrap(buffer, shape, { dtype, byteOffset: 4 }));
    // The mask or another result may have lain where the first argument was.
    return [slot.name, 'out'];
  },
  options: (made, { value }, source) => {
    const values = [...odd(source), 5, 'x', made.args[0]];
    // These are objects without any option in them.
    const harmless = (v: unknown) => Object.prototype.toString.call(v) === '[object Object]';
    made.instead = pick(
      values.filter((v) => !harmless(v) || v instanceof GpuTensor),
      value,
    );
    return ['options'];
  },
  axis: (made, { value }, source) => {
    if (/^(linearCrossEntropy|countTokens)$/.test(made.op) || isStep(made.op)) return undefined;
    const rank = (made.args[0] as GpuTensor)?.shape?.length ?? 1;
    made.options.axis = pick(
      [rank, -rank - 1, 0.5, 2 ** 53, ...oddNumbers(source).filter((v) => v !== -1)],
      value,
    );
    return ['axis'];
  },
  scale: (made, { value }, source) => {
    if (!isScaled(made.op)) return undefined;
    delete made.options.temperature;
    made.options.scale = pick(oddNumbers(source), value);
    return ['scale'];
  },
  temperature: (made, { value }, source) => {
    if (!isScaled(made.op)) return undefined;
    delete made.options.scale;
    // For a draw 0 is one.
    const zero = made.op === 'sample' ? [] : [0];
    made.options.temperature = pick([...zero, 1e-60, ...oddNumbers(source)], value);
    return ['temperature'];
  },
  'scale and temperature': (made, { value }) => {
    if (!isScaled(made.op)) return undefined;
    made.options.scale = pick([1, 0, 2], value);
    made.options.temperature = pick([1, 0.5], value);
    return ['scale'];
  },
  emptyRows: setOption(
    'emptyRows',
    (s) => [...odd(s), 'one', '', 0],
    (op) => onLogits(op) && !['argmax', 'cutoff', 'sample'].includes(op),
  ),
  precision: setOption(
    'precision',
    (s) => [...odd(s), 'low', '', 0],
    (op) => onLogits(op) && !selects(op),
  ),
  regime: setOption(
    'regime',
    (s) => [...odd(s), 'fast', '', 0],
    (op) => op !== 'softmaxJacobian',
  ),
  encoder: setOption('encoder', (s) => odd(s).filter(Boolean)),
  pass: setOption('pass', (s) => odd(s).filter(Boolean)),
  reduction: setOption('reduction', (s) => [...odd(s), 'average', '', 0], isLoss),
  ignoreIndex: setOption(
    'ignoreIndex',
    (s) => [0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, '1', ...odd(s)],
    isLoss,
  ),
  labelSmoothing: setOption('labelSmoothing', (s) => [1.001, ...oddNumbers(s)], isLoss),
  zLoss: setOption('zLoss', oddNumbers, isLoss),
  out: (made, { value }, source) => {
    if (!hasOuts(made.op)) return undefined;
    const { out } = made.options;
    const wrong = [made.args[0], { gradient: made.args[0] }, 5, 'x', ...odd(source)];
    const isRecord = (v: unknown) => Object.prototype.toString.call(v) === '[object Object]';
    made.options.out = pick(
      wrong.filter((v, i) => v !== out && (i < 2 || !isRecord(v))),
      value,
    );
    return ['out'];
  },
  'host targets': (made, { value }) => {
    const at = made.op === 'linearCrossEntropy' ? 2 : 1;
    const [logits, targets] = [made.args[0], made.args[at]];
    if (!isLoss(made.op) || !(logits instanceof GpuTensor) || !(targets instanceof GpuTensor)) {
      return undefined;
    }
    if (targets.dtype !== 'i32' || targets.count === 0) return undefined;
    const good = new Array<unknown>(targets.count).fill(0);
    const bad = pick([-1, 1e6, 0.5, Number.NaN, '0', null, undefined, 10n, Symbol('class')], value);
    const wrong = value % good.length;
    made.args[at] = pick(
      [
        good.map((v, i) => (i === wrong ? bad : v)),
        [...good, 0],
        good.slice(1),
        new Uint32Array(good.length + 1),
        new Uint8Array(good.length + 1),
        Int32Array.from(good, (_, i) => (i === wrong ? -7 : 0)),
        BigInt64Array.from(good, (_, i) => (i === wrong ? 2n ** 40n : 0n)),
        BigUint64Array.from(good, (_, i) => (i === wrong ? 2n ** 64n - 100n : 0n)),
        new Float32Array(97 * good.length),
        new Int32Array(good.length).buffer,
        'targets',
      ],
      value >> 3,
    );
    return ['targets', 'targets['];
  },
  /** Numbers of a class, of a row or of an element that are none, or not as many. */
  'host numbers': (made, { at, value }) => {
    const slots = smallSlots(made).filter(({ name }) => name !== 'targets' && name !== 'rows');
    if (slots.length === 0) return undefined;
    const slot = pick(slots, at);
    const { count } = slot.value as GpuTensor;
    const wrong = (bad: unknown) =>
      Array.from({ length: count }, (_, i) => (i === at % count ? bad : 1));
    const bad = [null, '0', 1n, undefined, {}, [1], Symbol('number'), new Array(1)];
    const forms: unknown[] = [
      new Float32Array(count + 97),
      new Uint32Array(count + 97),
      new Array(count + 97).fill(1),
      new BigInt64Array(count),
      new DataView(new ArrayBuffer(4 * count)),
      ...(count > 0 ? [wrong(pick(bad, at)), wrong(pick(bad, at))] : []),
    ];
    slot.put(pick(forms, value));
    return [slot.name];
  },
  'host rows': (made, { at, value }) => {
    const { rows } = made.options;
    if (!isLinear(made.op) || !(rows instanceof GpuTensor) || rows.count === 0) return undefined;
    const wrong = at % rows.count;
    const bad = pick([-1, 2 ** 31, 1e9, 0.5, Number.NaN, '0', 2n ** 40n, -1n, null], value);
    made.options.rows = Array.from({ length: rows.count }, (_, i) => (i === wrong ? bad : 0));
    return ['rows'];
  },
  k: (made, { value }, source) => {
    if (made.op !== 'topK' || !(made.args[0] instanceof GpuTensor)) return undefined;
    // No axis is that long.
    made.args[1] = pick([0, 1.5, 97, 2 ** 32 + 1, ...oddNumbers(source)], value);
    return ['k'];
  },
  seed: setOption('seed', (s) => [undefined, ...oddIntegers(s)], isSample),
  rowOffset: setOption('rowOffset', oddIntegers, isSample),
  draws: setOption('draws', (s) => [2 ** 32, ...oddIntegers(s)], isSample),
  topK: setOption('topK', (s) => [0, 97, ...oddIntegers(s)], filters),
  topP: setOption('topP', (s) => [0, -0.5, 1.001, ...oddNumbers(s)], filters),
  minP: setOption('minP', (s) => [-0.001, 1.001, ...oddNumbers(s)], filters),
  minKeep: setOption('minKeep', (s) => [0, 97, ...oddIntegers(s)], filters),
  filterTemperature: setOption('filterTemperature', (s) => [0, 1e-60, ...oddNumbers(s)], filters),
  order: setOption(
    'order',
    (s) => [[], ['topK', 'topP'], ['topK', 'topP', 'topP'], 'topK', ...odd(s)],
    filters,
  ),
  penalties: (made, { at, value }, source) => {
    const { penalties } = made.options;
    if (Object.prototype.toString.call(penalties) !== '[object Object]') return undefined;
    const name = pick(['repetition', 'frequency', 'presence', 'order'], at);
    const bad = name === 'order' ? ['first', ...odd(source)] : [1e39, ...notNumbers(source)];
    made.options.penalties = { ...(penalties as object), [name]: pick<unknown>(bad, value) };
    return [`penalties.${name}`];
  },
  by: setOption(
    'by',
    (s) => [2 ** 30 + 1, ...oddIntegers(s).filter((v) => v !== -1)],
    (op) => op === 'countTokens',
  ),
  values: setOption(
    'values',
    (s) => [...odd(s), 'p', '', 0],
    (op) => op === 'topK',
  ),
  wants: setOption(
    'wants',
    (s) => [
      ...odd(s).filter((v) => !Array.isArray(v)),
      'dX',
      ['dY'],
      ['dX', undefined],
      [Symbol('dX')],
      new Array(1),
    ],
    isLinear,
  ),
  scratchBytes: setOption('scratchBytes', (s) => [2 ** 14 - 1, ...oddIntegers(s)], isLinear),
  product: setOption('product', (s) => [...odd(s), 'tiles', '', 0], isLinear),
  rows: (made, { value }, source) => {
    if (!isLinear(made.op)) return undefined;
    const given = made.options.rows ?? made.args[2];
    const { shape } = given instanceof GpuTensor ? given : { shape: [1] };
    made.options.rows = pick<unknown>(
      [zeros(source, [...shape, 1], 'i32'), zeros(source, [3], 'f32'), ...odd(source)],
      value,
    );
    return ['rows', 'targets'];
  },
  learningRate: setOption(
    'learningRate',
    (s) => [undefined, 1e39, -1e39, ...notNumbers(s)],
    isStep,
  ),
  weightDecay: setOption('weightDecay', (s) => [-1e-9, 1e39, ...notNumbers(s)], isStep),
  step: setOption(
    'step',
    (s) => [undefined, 0, 1.5, 2 ** 31, ...notNumbers(s)],
    (op) => op === 'adamStep',
  ),
  beta: setOption(
    'beta2',
    (s) => [1, -0.001, ...notNumbers(s)],
    (op) => op === 'adamStep',
  ),
  momentum: setOption(
    'momentum',
    (s) => [1.001, -0.001, ...notNumbers(s)],
    (op) => op === 'sgdStep',
  ),
  'no velocity': (made) => {
    if (made.op !== 'sgdStep') return undefined;
    delete made.options.velocity;
    made.options.momentum = 0.5;
    return ['velocity'];
  },
  /** A step's tensors in one buffer. */
  'one buffer': (made, { at }, { engine }) => {
    const [weight] = made.args;
    if (!isStep(made.op) || !(weight instanceof GpuTensor)) return undefined;
    const slot = pick(slotsOf(made).slice(1), at);
    slot.put(engine.wrap(weight.buffer, weight.shape, { dtype: weight.dtype }));
    return [slot.name, 'momentum'];
  },
};

/** All options in an object of their own, whatever they were in. */
function optionsOf({ options }: Made): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const name in options) all[name] = options[name];
  return all;
}

/** Arrays on the host that say the same. */
function formsOf(name: string, data: Inputs[string]['data']): (() => unknown)[] {
  const same = () => data;
  if (data instanceof Float32Array) {
    const wide = () => Float64Array.from(data);
    return name === 'targets' ? [same, wide] : [same, wide, () => [...data]];
  }
  if (name === 'mask') return [same, () => Uint8Array.from(data), () => Array.from(data, Boolean)];
  return [same, () => [...data], () => BigInt64Array.from(data, BigInt)];
}

/** Changes that the library may refuse, but must not misunderstand: the options to take instead. */
export const liberties: Readonly<
  Record<string, (made: Made, change: Change) => Record<string, unknown>>
> = {
  'undefined options': (made, { value }) => {
    const name = pick(['mask', 'encoder', 'pass', 'regime', 'temperature', 'scale'], value);
    return { [name]: undefined, ...optionsOf(made) };
  },
  'unknown options': (made, { value }) => ({
    ...optionsOf(made),
    [pick(['dim', 'keepdim', 'labelsmoothing', 'Axis'], value)]: value,
  }),
  'more arguments': (made, { value }) => {
    made.rest.push(pick([null, {}, 5, made.args[0]], value));
    return made.options;
  },
  'frozen options': (made) => Object.freeze(optionsOf(made)),
  'options without a prototype': (made) => Object.assign(Object.create(null), optionsOf(made)),
  'inherited options': (made) => Object.create(optionsOf(made)),
  'no encoder': (made, { value }) => ({
    ...optionsOf(made),
    encoder: pick([null, undefined, false, 0], value),
  }),
  'on the host': (made, { at, value }) => {
    // They may be frozen.
    made.options = optionsOf(made);
    const slots = smallSlots(made);
    if (slots.length === 0) return made.options;
    const slot = pick(slots, at);
    const data = made.onHost?.(slot.value)?.data;
    if (data) slot.put(pick(formsOf(slot.name, data), value)());
    return made.options;
  },
  'as temperature': (made) => {
    const { scale, ...options } = optionsOf(made);
    // Of a power of two the inverse is exact.
    return typeof scale === 'number' && scale > 0 && Number.isInteger(Math.log2(scale))
      ? { ...options, temperature: 1 / scale }
      : made.options;
  },
  'same regime': (made) =>
    made.op === 'softmaxJacobian'
      ? made.options
      : {
          ...optionsOf(made),
          regime: selects(made.op) ? 'split-per-invocation' : 'row-per-invocation',
        },
};

import { Engine, type TensorSpec } from './engine/engine';
import {
  type HostResult,
  type RowSource,
  type StreamedOptions,
  type StreamFunction,
  type StreamOperations,
  type StreamOptions,
  type StreamResult,
  stream,
} from './engine/stream';
import type { GpuTensor } from './engine/tensor';
import { checkSignal, throwIfAborted, unlessAborted } from './gpu/abort';
import type { CreateOptions } from './gpu/device';
import type { FloatDType } from './gpu/region';
import { type ArgmaxOptions, argmax } from './ops/argmax';
import { checkOptions, describe } from './ops/arguments';
import {
  type CrossEntropyGradOptions,
  type CrossEntropyLossOptions,
  type CrossEntropyWithGradOptions,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
} from './ops/cross-entropy';
import type { DerivativeOptions } from './ops/derivative';
import {
  type LinearCrossEntropyOptions,
  type LinearCrossEntropyResults,
  type LinearResult,
  linearCrossEntropy,
} from './ops/linear-cross-entropy';
import { logSoftmax } from './ops/log-softmax';
import { logSoftmaxJvp } from './ops/log-softmax-jvp';
import { logSoftmaxVjp } from './ops/log-softmax-vjp';
import { logSumExp } from './ops/log-sum-exp';
import { logSumExpVjp } from './ops/log-sum-exp-vjp';
import type { LogitsOptions } from './ops/normalize';
import { type SampleOptions, sample } from './ops/sample';
import { type SgdStepOptions, sgdStep } from './ops/sgd-step';
import type { HostNumbers } from './ops/small';
import { softmax } from './ops/softmax';
import { softmaxJacobian } from './ops/softmax-jacobian';
import { softmaxJvp, softmaxVjp } from './ops/softmax-vjp';
import type { Targets } from './ops/targets';
import { type TopK, type TopKOptions, topK } from './ops/top-k';

/**
 * An engine: a device and the operations on its tensors. Made by `createSoftmax`.
 *
 * Every operation takes f32 or f16 tensors of any rank and an `axis` (default −1), is enqueued at once
 * and returns a new tensor of the first input's dtype, or `out`, which may be of the other one. Sums
 * are made in f32 whatever is stored; losses, log-sum-exp, class weights and `lossGrad` are f32. Small
 * arguments (targets, masks, class weights, `lossGrad`, numbers of rows) may be arrays on the host,
 * which are copied at the call. With `encoder` or `pass` it is recorded for the caller to submit.
 * A bad argument throws at the call, before anything reaches the GPU (TypeError for a wrong kind or
 * dtype, RangeError for a wrong shape or value, Error for a destroyed or foreign tensor). What only
 * the GPU can tell rejects the `read()` or `done()` that waits for it.
 *
 * In the formulas s is `scale` (or 1/`temperature`), x the logits with the mask applied, and max
 * the maximum of the row. Special values, and rows without an element, are defined as in PyTorch: see
 * docs/numerics.md.
 *
 * In the examples `sm` is `await createSoftmax()`, and a comment tells what is printed.
 */
export class Softmax extends Engine {
  /** See `createSoftmax`. */
  static async create(options: CreateOptions): Promise<Softmax> {
    const op = 'createSoftmax';
    checkOptions(op, 'options', options);
    const { signal, tuning } = options;
    checkSignal(op, signal);
    throwIfAborted(signal);
    const coming = Engine.deviceFor(options);
    const [device, owned] = await unlessAborted(signal, coming, ([late, isOurs]) => {
      if (isOurs) late.destroy();
    });
    try {
      const plan = await unlessAborted(signal, Engine.planFor(device, options));
      return new Softmax(device, owned, plan, tuning);
    } catch (error) {
      if (owned) device.destroy();
      throw error;
    }
  }

  /**
   * Compiles ahead of calls what they will need, without keeping anybody waiting: the first real
   * call then compiles nothing. Calls are written as they will be made, with a `TensorSpec` in place
   * of tensors that do not exist yet; one spec used twice is one tensor, as in a call in place.
   *
   * ```ts
   * const x = { shape: [4096, 1000] };
   * await sm.prepare([
   *   ['softmax', x, { axis: 0 }],
   *   ['crossEntropyWithGrad', x, { shape: [4096], dtype: 'i32' }, { out: { grad: x } }],
   * ]);
   * ```
   *
   * @throws as a rejection, what a call itself would throw; TypeError for what is no operation;
   * Error, naming the kernel, for one that does not compile, or if the device is lost.
   */
  prepare(calls: readonly CallSpec[]): Promise<void> {
    const tensors = new Map<object, GpuTensor>();
    /** The argument with tensors in place of specs. */
    const real = (argument: unknown): unknown => {
      if (Object.getPrototypeOf(argument ?? 0) !== Object.prototype) return argument;
      const spec = argument as TensorSpec;
      if (!('shape' in spec)) {
        return Object.fromEntries(Object.entries(spec).map(([name, value]) => [name, real(value)]));
      }
      const tensor = tensors.get(spec) ?? this.imagine(spec);
      tensors.set(spec, tensor);
      return tensor;
    };
    return this.rehearse('prepare', () => {
      for (const [op, ...args] of calls) {
        if (!operations.includes(op)) {
          throw new TypeError(
            `prepare: operation is ${describe(op)}; it may be ${operations.join(', ')}`,
          );
        }
        const call = this[op] as (...args: unknown[]) => unknown;
        call.apply(this, args.map(real));
      }
    });
  }

  /**
   * Probabilities `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`; the shape of x.
   *
   * ```ts
   * const x = sm.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
   * console.log(await sm.softmax(x).read()); // 0.0900, 0.2447, 0.6652, 0.3333, 0.3333, 0.3333
   * ```
   *
   * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
   */
  softmax(x: GpuTensor, options?: LogitsOptions): GpuTensor<FloatDType> {
    return softmax(this, x, options);
  }

  /**
   * Log-probabilities `y = t − log Σ exp(t)`, `t = s·(x − max)`; the shape of x.
   *
   * ```ts
   * const x = sm.tensor([1, 2, 3], [1, 3]);
   * console.log(await sm.logSoftmax(x).read()); // -2.4076, -1.4076, -0.4076
   * ```
   *
   * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
   */
  logSoftmax(x: GpuTensor, options?: LogitsOptions): GpuTensor<FloatDType> {
    return logSoftmax(this, x, options);
  }

  /**
   * `lse = s·max + log Σ exp(t)`, `t = s·(x − max)`; the shape of x without the axis.
   *
   * ```ts
   * const x = sm.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
   * console.log(await sm.logSumExp(x).read()); // 3.4076, 1.0986
   * ```
   *
   * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
   */
  logSumExp(x: GpuTensor, options?: LogitsOptions): GpuTensor<'f32'> {
    return logSumExp(this, x, options);
  }

  /**
   * The vector-Jacobian product of `y = softmax(x)`: `dx = s·y ⊙ (dy − Σ y·dy)` for any upstream
   * gradient dy of y's shape; the shape of y.
   *
   * ```ts
   * const y = sm.softmax(sm.tensor([1, 2, 3], [1, 3]));
   * const dy = sm.tensor([1, 0, 0], [1, 3]);
   * console.log(await sm.softmaxVjp(y, dy).read()); // 0.0819, -0.0220, -0.0599
   * ```
   *
   * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
   */
  softmaxVjp(y: GpuTensor, dy: GpuTensor, options?: DerivativeOptions): GpuTensor<FloatDType> {
    return softmaxVjp(this, y, dy, options);
  }

  /**
   * The Jacobian-vector product of `y = softmax(x)` for a tangent dx: `s·y ⊙ (dx − Σ y·dx)`; the shape
   * of y. The Jacobian is symmetric, so it is the map of `softmaxVjp`.
   *
   * ```ts
   * const y = sm.softmax(sm.tensor([1, 2, 3], [1, 3]));
   * const dx = sm.tensor([1, 1, 0], [1, 3]);
   * console.log(await sm.softmaxJvp(y, dx).read()); // 0.0599, 0.1628, -0.2227
   * ```
   *
   * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
   */
  softmaxJvp(y: GpuTensor, dx: GpuTensor, options?: DerivativeOptions): GpuTensor<FloatDType> {
    return softmaxJvp(this, y, dx, options);
  }

  /**
   * The VJP of `logY = logSoftmax(x)`: `dx = s·(dLogY − exp(logY)·Σ dLogY)`; the shape of logY.
   *
   * ```ts
   * const logY = sm.logSoftmax(sm.tensor([1, 2, 3], [1, 3]));
   * const dLogY = sm.tensor([1, 0, 0], [1, 3]);
   * console.log(await sm.logSoftmaxVjp(logY, dLogY).read()); // 0.9100, -0.2447, -0.6652
   * ```
   *
   * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
   */
  logSoftmaxVjp(
    logY: GpuTensor,
    dLogY: GpuTensor,
    options?: DerivativeOptions,
  ): GpuTensor<FloatDType> {
    return logSoftmaxVjp(this, logY, dLogY, options);
  }

  /**
   * The JVP of `logY = logSoftmax(x)` for a tangent dx: `s·(dx − Σ exp(logY)·dx)`; the shape of logY.
   *
   * ```ts
   * const logY = sm.logSoftmax(sm.tensor([1, 2, 3], [1, 3]));
   * const dx = sm.tensor([1, 0, 0], [1, 3]);
   * console.log(await sm.logSoftmaxJvp(logY, dx).read()); // 0.9100, -0.0900, -0.0900
   * ```
   *
   * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
   */
  logSoftmaxJvp(
    logY: GpuTensor,
    dx: GpuTensor,
    options?: DerivativeOptions,
  ): GpuTensor<FloatDType> {
    return logSoftmaxJvp(this, logY, dx, options);
  }

  /**
   * The VJP of `lse = logSumExp(x)`: `dx = s·y·dLse`, `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`;
   * dLse (f32, or as many numbers on the host) has the shape of x without the axis, the result that
   * of x. Options as in the forward call. It needs no lse: one of f32 has no digits left to tell the
   * elements of a row at −10⁹ apart.
   *
   * ```ts
   * const x = sm.tensor([1, 2, 3], [1, 3]);
   * const dLse = sm.tensor([10], [1]);
   * console.log(await sm.logSumExpVjp(x, dLse).read()); // 0.9003, 2.4473, 6.6524
   * ```
   *
   * @throws RangeError for a shape, axis, scale, mask or `out` that does not fit x.
   */
  logSumExpVjp(
    x: GpuTensor,
    dLse: GpuTensor | HostNumbers,
    options?: LogitsOptions,
  ): GpuTensor<FloatDType> {
    return logSumExpVjp(this, x, dLse, options);
  }

  /**
   * The Jacobian of `y = softmax(x)`: `J_ij = s·y_i·(δ_ij − y_j)`; the axis of length K becomes two,
   * [K, K], at the same place.
   *
   * ```ts
   * const y = sm.tensor([0.25, 0.75], [1, 2]);
   * const jacobian = sm.softmaxJacobian(y);
   * console.log(jacobian.shape); // 1, 2, 2
   * console.log(await jacobian.read()); // 0.1875, -0.1875, -0.1875, 0.1875
   * ```
   *
   * @throws RangeError for an axis, scale or `out` that does not fit y, or if the result does not fit a
   * buffer.
   */
  softmaxJacobian(y: GpuTensor, options?: DerivativeOptions): GpuTensor<FloatDType> {
    return softmaxJacobian(this, y, options);
  }

  /**
   * Cross-entropy with PyTorch's meaning: `loss = f·Σ t′ (lse − s·x) + f_z·zLoss·lse²`, with
   * `t′ = w·((1 − ε)·y + ε/K)`. Targets are class indices of the logits' shape without the axis, or
   * probabilities of the logits' shape; on the host an array or a typed array of integers (of bigints
   * too) holds class indices, one a row, and one of floats probabilities. The loss has shape [] ('mean', 'sum') or one element a row
   * ('none'); log-sum-exp always one a row. An index out of range on the GPU gives a NaN loss.
   *
   * ```ts
   * const logits = sm.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
   * const { loss } = sm.crossEntropy(logits, [2, 0], { reduction: 'none' });
   * console.log(await loss.read()); // 0.4076, 1.0986
   * ```
   *
   * @throws RangeError for targets or an option that do not fit the logits, for a class index out of
   * range in host targets, and for any where the logits have rows and no classes; TypeError for what is
   * neither a tensor nor such an array.
   */
  crossEntropy(
    logits: GpuTensor,
    targets: Targets,
    options?: CrossEntropyLossOptions,
  ): { loss: GpuTensor<'f32'>; logSumExp: GpuTensor<'f32'> } {
    return crossEntropy(this, logits, targets, options);
  }

  /**
   * The gradient of `crossEntropy` with respect to the logits, times `lossGrad`:
   * `s·f·(p·Σ t′ − t′) + f_z·2·zLoss·s·lse·p`, which is `p − y` in the plain case; the shape of the
   * logits. An index out of range on the GPU gives a zero gradient.
   *
   * ```ts
   * const logits = sm.tensor([1, 2, 3], [1, 3]);
   * console.log(await sm.crossEntropyGrad(logits, [2]).read()); // 0.0900, 0.2447, -0.3348
   * ```
   *
   * @throws RangeError as `crossEntropy` does.
   */
  crossEntropyGrad(
    logits: GpuTensor,
    targets: Targets,
    options?: CrossEntropyGradOptions,
  ): GpuTensor<FloatDType> {
    return crossEntropyGrad(this, logits, targets, options);
  }

  /**
   * `crossEntropy`'s loss and `crossEntropyGrad`'s gradient from one call, which reads the logits once
   * where a row fits. The gradient may take the logits' place.
   *
   * ```ts
   * const logits = sm.tensor([1, 2, 3], [1, 3]);
   * const { loss, grad } = sm.crossEntropyWithGrad(logits, [2], { out: { grad: logits } });
   * console.log(await loss.read()); // 0.4076
   * console.log(await grad.read()); // 0.0900, 0.2447, -0.3348
   * ```
   *
   * @throws RangeError as `crossEntropy` does.
   */
  crossEntropyWithGrad(
    logits: GpuTensor,
    targets: Targets,
    options?: CrossEntropyWithGradOptions,
  ): { loss: GpuTensor<'f32'>; grad: GpuTensor<FloatDType> } {
    return crossEntropyWithGrad(this, logits, targets, options);
  }

  /**
   * The index (i32) of each row's largest element, straight from the logits; the shape of x without
   * the axis. Of equals the first; a NaN is larger than anything, as in PyTorch.
   *
   * ```ts
   * const x = sm.tensor([1, 4, 2, 3, 3, 0], [2, 3]);
   * console.log(await sm.argmax(x).read()); // 1, 0
   * ```
   *
   * @throws RangeError for an axis or `out` that does not fit x, and for an axis of length 0.
   */
  argmax(x: GpuTensor, options?: ArgmaxOptions): GpuTensor<'i32'> {
    return argmax(this, x, options);
  }

  /**
   * The k largest elements of each row, largest first, and their indices (i32), straight from the
   * logits: no probability but theirs is stored. The axis becomes k long. Equals come in the order of
   * their indices; a NaN is larger than anything and −inf an element like others, as in PyTorch.
   * Values are f32: the logits, or what `softmax` or `logSoftmax` gives at their indices.
   *
   * ```ts
   * const x = sm.tensor([1, 4, 2, 3], [1, 4]);
   * const { values, indices } = sm.topK(x, 2);
   * console.log(await values.read()); // 4, 3
   * console.log(await indices.read()); // 1, 3
   * ```
   *
   * @throws RangeError for k over 256 or over the axis' length, for an axis of length 0, and for an option
   * that does not fit x.
   */
  topK(x: GpuTensor, k: number, options?: TopKOptions): TopK {
    return topK(this, x, k, options);
  }

  /**
   * Draws an index (i32) of each row with the probabilities that `softmax` would give, which are
   * stored nowhere; the shape of x without the axis, or with `draws` in its place. A draw depends on
   * the row, `seed`, the row's number and the draw's number alone: not on the batch, nor on the
   * device but for near-ties (docs/numerics.md). A row that `softmax` makes NaN gives −1.
   *
   * ```ts
   * const x = sm.tensor([2, 1, 1.5, -3], [1, 4]);
   * console.log(await sm.sample(x, { seed: 1, draws: 10 }).read()); // 1, 0, 0, 2, 0, 0, 0, 2, 0, 1
   * console.log(await sm.sample(x, { seed: 1, temperature: 0 }).read()); // 0
   * ```
   *
   * @throws RangeError for a seed, number of draws, temperature or other option that does not fit, and for
   * an axis of length 0.
   */
  sample(x: GpuTensor, options: SampleOptions): GpuTensor<'i32'> {
    return sample(this, x, options);
  }

  /**
   * Runs an operation over rows that come from the host block by block, and gives the results in
   * their order, each as a typed array, or several by name. Upload, compute and read-back of `depth`
   * blocks overlap, in buffers that are used again; the source is asked for more only as results are
   * taken. So any number of rows runs in constant memory. Blocks of one size cost least.
   *
   * ```ts
   * function* readBlocks() {
   *   yield Float32Array.of(1, 2, 3); // whole rows, as many as there are
   *   yield Float32Array.of(0, 0, 0, 3, 2, 1);
   * }
   * const most: number[] = [];
   * for await (const p of sm.stream(readBlocks(), 'softmax', { classes: 3 })) most.push(Math.max(...p));
   * console.log(most); // 0.6652, 0.6652
   * ```
   *
   * `topK` takes k as an option; `sample` counts the rows, from `rowOffset` on. A function in place of
   * a name is called with each block as a tensor and returns tensors that the stream then destroys.
   *
   * @throws while iterating: what the source throws, after the results of the blocks before; what the
   * operation throws; the signal's reason; TypeError or RangeError for a block that is no rows. In
   * every case, and when the loop is left early, nothing stays allocated and the source is closed.
   */
  stream<Op extends keyof StreamOperations>(
    source: RowSource,
    operation: Op,
    options: StreamOptions & StreamedOptions<Op>,
  ): AsyncGenerator<HostResult<StreamOperations[Op][1]>, void, undefined>;
  stream<R extends StreamResult>(
    source: RowSource,
    operation: StreamFunction<R>,
    options: StreamOptions,
  ): AsyncGenerator<HostResult<R>, void, undefined>;
  stream(
    source: RowSource,
    operation: keyof StreamOperations | StreamFunction<StreamResult>,
    options: StreamOptions,
  ) {
    return stream(this, source, operation, options as StreamOptions & Record<string, unknown>);
  }

  /**
   * `crossEntropyWithGrad` of a linear layer's logits, `x·weightᵀ + bias`, and the gradients with
   * respect to its inputs: with G that of the logits, `dX = G·weight`, `dWeight = Gᵀ·x`, `dBias = Σ G`.
   * Logits are held for some rows at a time only, within `scratchBytes`. f32 tensors; x is [N, D],
   * weight [K, D], targets as in `crossEntropy`. A number of `rows` that is out of range gives that row
   * a NaN loss and no gradient where it is on the GPU, and throws where it is on the host. dBias is that of a bias of zeros where none is given.
   *
   * ```ts
   * const x = sm.tensor([1, 0, 0, 1], [2, 2]);
   * const weight = sm.tensor([1, 0, 0, 1, 0, 0], [3, 2]);
   * const { loss, dWeight } = sm.linearCrossEntropy(x, weight, [0, 1]);
   * console.log(await loss.read()); // 0.5514
   * console.log(await dWeight.read()); // -0.2119, 0.1060, 0.1060, -0.2119, 0.1060, 0.1060
   * ```
   *
   * @throws RangeError for a shape, target or option that does not fit.
   */
  linearCrossEntropy<Wanted extends LinearResult = 'dX' | 'dWeight' | 'dBias'>(
    x: GpuTensor,
    weight: GpuTensor,
    targets: Targets,
    options?: LinearCrossEntropyOptions<Wanted>,
  ): LinearCrossEntropyResults<Wanted> {
    return linearCrossEntropy(this, x, weight, targets, options);
  }

  /**
   * A step of gradient descent in place, `W ← W − α·dW`; with momentum `v ← μ·v + dW`, `W ← W − α·v`.
   * f32 tensors of one shape, each in a buffer of its own.
   *
   * ```ts
   * const weight = sm.tensor([1, 2], [2]);
   * const grad = sm.tensor([0.5, -0.5], [2]);
   * console.log(await sm.sgdStep(weight, grad, { learningRate: 0.1 }).read()); // 0.9500, 2.0500
   * ```
   *
   * @returns the weight.
   * @throws RangeError for shapes that differ or share a buffer, and a rate or a momentum that is out of
   * range; TypeError for momentum without a velocity.
   */
  sgdStep(weight: GpuTensor, grad: GpuTensor, options: SgdStepOptions): GpuTensor<'f32'> {
    return sgdStep(this, weight, grad, options);
  }
}

type Operation = Exclude<keyof Softmax, keyof Engine | 'prepare' | 'stream'>;

const operations = Object.getOwnPropertyNames(Softmax.prototype).filter(
  (name) => name !== 'constructor' && name !== 'prepare' && name !== 'stream',
) as Operation[];

/** An argument of a call, with a `TensorSpec` for any tensor. */
type ArgumentSpec<T> = T extends GpuTensor
  ? T | TensorSpec
  : T extends string | number | ArrayBufferView | readonly unknown[] | undefined
    ? T
    : { [Name in keyof T as Exclude<Name, 'encoder' | 'pass'>]: ArgumentSpec<T[Name]> };

type ArgumentSpecs<T extends unknown[]> = { [I in keyof T]: ArgumentSpec<T[I]> };

/** A call to prepare: the operation's name, then its arguments. */
export type CallSpec = {
  [Op in Operation]: readonly [op: Op, ...args: ArgumentSpecs<Parameters<Softmax[Op]>>];
}[Operation];

/**
 * An engine on a device of its own, or on `options.device`, which is borrowed: its limits and
 * features are used as they are and it is not destroyed. `powerPreference` and the other options of
 * `requestAdapter` pass through.
 *
 * ```ts
 * import { createSoftmax } from 'webgpu-softmax';
 *
 * const sm = await createSoftmax({ powerPreference: 'high-performance' });
 * const p = sm.softmax(sm.tensor([1, 2, 3], [1, 3]));
 * console.log(await p.read()); // 0.0900, 0.2447, 0.6652
 * sm.destroy();
 * ```
 *
 * @throws as a rejection, Error if there is no WebGPU, no adapter, or the device is lost; TypeError or
 * RangeError for options that do not fit; the signal's reason when it is aborted. A device of our own
 * is then destroyed.
 */
export function createSoftmax(options: CreateOptions = {}): Promise<Softmax> {
  return Softmax.create(options);
}

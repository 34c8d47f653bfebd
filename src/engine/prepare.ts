import { limitOf } from '../gpu/constants';
import { tensorUsage } from '../gpu/region';
import { describe, wrongKind } from '../util/words';
import { dryRun } from './dry-run';
import type { Engine, TensorSpec } from './engine';
import { GpuTensor } from './tensor';

const op = 'prepare';

/** An argument of a call, with a `TensorSpec` for any tensor. */
export type ArgumentSpec<T> = T extends GpuTensor
  ? T | TensorSpec
  : T extends string | number | ArrayBufferView | readonly unknown[] | undefined
    ? T
    : { [Name in keyof T as Exclude<Name, 'encoder' | 'pass'>]: ArgumentSpec<T[Name]> };

/** The arguments of a call. */
export type ArgumentSpecs<T extends readonly unknown[]> = {
  [I in keyof T]: ArgumentSpec<T[I]>;
};

/** A function of tensors, such as any operation. */
// biome-ignore lint/suspicious/noExplicitAny: of whatever arguments; their types are inferred.
export type TensorFunction = (...args: any[]) => unknown;

/** A call to prepare: a function of tensors, then its arguments. */
export type CallSpec<F extends TensorFunction = TensorFunction> = readonly [
  operation: F,
  ...args: ArgumentSpecs<Parameters<F>>,
];

/**
 * Compiles ahead of calls what they will need, without keeping anybody waiting: the first real
 * call then compiles nothing. Calls are written as they will be made, with a `TensorSpec` in place
 * of tensors that do not exist yet; one spec used twice is one tensor, as in a call in place. A
 * function of yours that calls operations will do for one.
 *
 * ```ts
 * const x = { shape: [4096, 1000] };
 * await prepare(engine, [
 *   [softmax, x, { axis: 0 }],
 *   [crossEntropyWithGrad, x, { shape: [4096], dtype: 'i32' }, { out: { grad: x } }],
 * ]);
 * ```
 *
 * @throws as a rejection, what a call itself would throw; TypeError for an entry that is not a function; Error,
 * naming the kernel, for one that does not compile, or if the device is lost.
 */
export async function prepare<const Fs extends readonly TensorFunction[]>(
  engine: Engine,
  calls: { readonly [I in keyof Fs]: CallSpec<Fs[I]> },
): Promise<void> {
  engine.checkUsable(op);
  const { dry, steps, tests } = dryRun(engine);
  /** In place of a buffer of its own, as large as any may be. */
  const placeholder = () =>
    ({ size: limitOf(engine.device, 'maxBufferSize'), usage: tensorUsage }) as GPUBuffer;
  const tensors = new Map<object, GpuTensor>();
  /** The argument with tensors in place of specs. */
  const real = (argument: unknown): unknown => {
    if (argument instanceof GpuTensor && argument.engine === engine) {
      return new GpuTensor(
        dry,
        argument.buffer,
        argument.byteOffset,
        argument.shape,
        argument.dtype,
        false,
      );
    }
    if (Object.getPrototypeOf(argument ?? 0) !== Object.prototype) return argument;
    const { shape, ...spec } = argument as TensorSpec;
    if (shape === undefined) {
      return Object.fromEntries(Object.entries(spec).map(([name, value]) => [name, real(value)]));
    }
    const tensor = tensors.get(argument as object) ?? dry.tensorIn(op, placeholder(), shape, spec);
    tensors.set(argument as object, tensor);
    return tensor;
  };
  for (const [operation, ...args] of calls as readonly CallSpec[]) {
    if (typeof operation !== 'function') {
      const may = 'a function of tensors';
      wrongKind(op, 'operation', may, describe(operation));
    }
    operation(...args.map(real));
  }
  const { pipelines } = engine.runtime;
  const compiled = await Promise.allSettled(
    steps.flatMap((step) => (step.kind === 'dispatch' ? [pipelines.prepare(step.kernel)] : [])),
  );
  // What fails on a lost device fails because of that.
  engine.checkUsable(op);
  for (const result of compiled) if (result.status === 'rejected') throw result.reason;
  for (const test of tests) {
    const error = await test(engine);
    if (error) throw new Error(`${op}: ${error.message}`, { cause: error });
  }
}

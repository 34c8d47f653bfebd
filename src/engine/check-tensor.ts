import type { DType } from '../gpu/region';
import { describe, formatShape, list } from '../util/words';
import type { Engine } from './engine';
import { GpuTensor, isTensor } from './tensor';

/**
 * Checks the first tensor of an operation, whose engine is the operation's.
 *
 * @throws TypeError or Error if it is not a tensor of ours, destroyed, or of another dtype.
 */
export function checkFirst<D extends DType>(
  op: string,
  name: string,
  tensor: unknown,
  dtypes: readonly D[],
): asserts tensor is GpuTensor<D> {
  const { engine } = (tensor ?? {}) as { engine: Engine };
  checkTensor(engine, op, name, tensor, dtypes);
}

/**
 * @param orElse the alternatives to a tensor, for the message.
 * @throws TypeError or Error if it is not a tensor, not one of this engine, destroyed, or of another dtype.
 */
export function checkTensor<D extends DType>(
  engine: Engine,
  op: string,
  name: string,
  tensor: unknown,
  dtypes: readonly D[],
  orElse = '',
): asserts tensor is GpuTensor<D> {
  if (!(tensor instanceof GpuTensor)) {
    if (isTensor(tensor)) {
      throw new TypeError(
        `${op}: ${name} is a GpuTensor of another copy of the library; it may be one that this copy made`,
      );
    }
    throw new TypeError(
      `${op}: ${name} is ${describe(tensor)}; it must be a GpuTensor, made by tensor() or wrap()${orElse}`,
    );
  }
  if (tensor.engine !== engine) {
    throw new Error(
      `${op}: ${name} belongs to another engine; it may only be used with the one that made it`,
    );
  }
  if (tensor.destroyed) {
    throw new Error(
      `${op}: ${name} (shape ${formatShape(tensor.shape)}) is ${tensor.ending}; it may not be used any more`,
    );
  }
  if (!(dtypes as readonly string[]).includes(tensor.dtype)) {
    throw new TypeError(`${op}: ${name} has dtype '${tensor.dtype}'; it may be ${list(dtypes)}`);
  }
}

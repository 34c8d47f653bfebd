import type { DType } from '../gpu/region';
import { describe, formatShape, list, wrongKind } from '../util/words';
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
      const may = 'a GpuTensor that this copy of the library made';
      wrongKind(op, name, may, 'one of another copy');
    }
    const may = `a GpuTensor (made by tensor() or wrap())${orElse}`;
    wrongKind(op, name, may, describe(tensor));
  }
  if (tensor.engine !== engine) {
    throw new Error(`${op}: ${name} belongs to another engine; use it with the one that made it`);
  }
  if (tensor.destroyed) {
    const what = `${name} (shape ${formatShape(tensor.shape)}) is ${tensor.ending}`;
    throw new Error(`${op}: ${what}; use one that is not`);
  }
  if (!(dtypes as readonly string[]).includes(tensor.dtype)) {
    wrongKind(op, name, `dtype ${list(dtypes)}`, `'${tensor.dtype}'`);
  }
}

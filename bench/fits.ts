import type { OpName } from './ops';
import { elementsOf, rowsOf, type Shape } from './shapes';

/** Elements of a Jacobian at most: 64 MiB. */
const MAX_SQUARE = 2 ** 24;

/** Whether an operation's result is small enough to be benchmarked. */
export const fits = (op: OpName, shape: Shape): boolean =>
  op !== 'softmaxJacobian' || elementsOf(shape) * rowsOf(shape).length <= MAX_SQUARE;

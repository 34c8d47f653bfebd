/**
 * The CPU reference: every operation in float64, in plain loops, with the error allowed to an f32
 * result. It is the definition of right that the kernels are held to.
 *
 * ```ts
 * import { softmax } from 'webgpu-softmax/reference';
 *
 * const { data, bound } = softmax({ data: [1, 2, 3], shape: [1, 3] });
 * console.log(data); // 0.0900, 0.2447, 0.6652
 * console.log(bound.every((error) => error < 1e-6)); // true
 * ```
 *
 * @module webgpu-softmax/reference
 */

export { type AdamStepOptions, type AdamStepReference, adamStep } from './adam-step';
export type { AdjustOptions, Bias, Penalties } from './adjust';
export { argmax } from './argmax';
export { convert } from './convert';
export { type CountTokensOptions, countTokens } from './count-tokens';
export {
  type CrossEntropyGradOptions,
  type CrossEntropyOptions,
  type CrossEntropyReference,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
} from './cross-entropy';
export { type CutoffOptions, type CutoffReference, cutoff } from './cutoff';
export type { FilterName, FilterOptions } from './filters';
export {
  type LinearCrossEntropyOptions,
  type LinearCrossEntropyReference,
  linearCrossEntropy,
} from './linear-cross-entropy';
export {
  type LogProbabilitiesOptions,
  type LogProbabilitiesReference,
  logProbabilities,
} from './log-probabilities';
export { logSoftmax } from './log-softmax';
export { logSoftmaxJvp } from './log-softmax-jvp';
export { logSoftmaxVjp } from './log-softmax-vjp';
export { logSumExp } from './log-sum-exp';
export { logSumExpVjp } from './log-sum-exp-vjp';
export type { BitMask, Mask, MaskOption } from './mask';
export { philox } from './philox';
export type { AxisOption, HostTensor, Reference, ScaleOptions } from './rows';
export { type SampleOptions, type SampleReference, sample } from './sample';
export { type SgdStepOptions, type SgdStepReference, sgdStep } from './sgd-step';
export { type SoftmaxOptions, softmax } from './softmax';
export { softmaxJacobian } from './softmax-jacobian';
export type { EmptyRowsOption, LogitsOptions, PrecisionOption } from './softmax-row';
export { softmaxJvp, softmaxVjp, type VjpOptions } from './softmax-vjp';
export type { Reduction } from './targets';
export { type TopKOptions, type TopKReference, topK } from './top-k';

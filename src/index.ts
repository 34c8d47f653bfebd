/**
 * GPU-accelerated softmax and its family for the browser, on WebGPU.
 *
 * `createEngine` makes an engine, which makes tensors; the operations are functions of tensors. For why
 * and how, see the guides.
 *
 * @module webgpu-softmax
 */
export { createEngine } from './engine/create';
export type {
  DTypeOf,
  Engine,
  HalfArray,
  HostData,
  TensorSpec,
  WrapOptions,
} from './engine/engine';
export {
  type ArgumentSpec,
  type ArgumentSpecs,
  type CallSpec,
  prepare,
  type TensorFunction,
} from './engine/prepare';
export {
  type HostResult,
  type RowBlock,
  type RowSource,
  type StreamFunction,
  type StreamOptions,
  type StreamResult,
  stream,
} from './engine/stream';
export type { DType, GpuTensor, HostArray } from './engine/tensor';
export type { TunedAdapter, Tuning } from './engine/tuning';
export type { CreateOptions } from './gpu/device';
export type { FloatDType } from './gpu/region';
export { type ArgmaxOptions, argmax } from './ops/argmax';
export type {
  CommonOptions,
  EmptyRowsOption,
  PrecisionOption,
  ScaleOptions,
} from './ops/arguments';
export {
  type CrossEntropyGradOptions,
  type CrossEntropyLossOptions,
  type CrossEntropyWithGradOptions,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
} from './ops/cross-entropy';
export type { DerivativeOptions } from './ops/derivative';
export {
  type LinearCrossEntropyOptions,
  type LinearCrossEntropyResults,
  type LinearResult,
  linearCrossEntropy,
} from './ops/linear-cross-entropy';
export { logSoftmax } from './ops/log-softmax';
export { logSoftmaxJvp } from './ops/log-softmax-jvp';
export { logSoftmaxVjp } from './ops/log-softmax-vjp';
export { logSumExp } from './ops/log-sum-exp';
export { logSumExpVjp } from './ops/log-sum-exp-vjp';
export type { HostMask, MaskOption } from './ops/mask';
export type { LogitsOptions } from './ops/normalize';
export { type SampleOptions, sample } from './ops/sample';
export { type SgdStepOptions, sgdStep } from './ops/sgd-step';
export type { HostFloats, HostIntegers, HostNumbers } from './ops/small';
export { softmax } from './ops/softmax';
export { softmaxJacobian } from './ops/softmax-jacobian';
export { softmaxJvp, softmaxVjp } from './ops/softmax-vjp';
export type { CrossEntropyOptions, Targets } from './ops/targets';
export { type TopK, type TopKOptions, topK } from './ops/top-k';
export type { RegimeName } from './rows/regimes';
export type { AdapterClass, TunedTier } from './rows/tiers';
export type { Precision } from './rows/variant';
export { type TuneOptions, tune } from './tune/tune';

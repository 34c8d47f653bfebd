/**
 * GPU-accelerated softmax and its family for the browser, on WebGPU.
 *
 * `createEngine` makes an engine, which makes tensors; the operations are functions of tensors. For why
 * and how, see the guides.
 *
 * @module webgpu-softmax
 */
export { type CreateOptions, createEngine } from './create-engine';
export type { Engine, TensorSpec, WrapOptions } from './engine/engine';
export type {
  DTypeOf,
  HalfArray,
  HostData,
  HostFloats,
  HostIntegers,
  HostNumbers,
} from './engine/host-data';
export {
  type ArgumentSpec,
  type ArgumentSpecs,
  type CallSpec,
  prepare,
  type TensorFunction,
} from './engine/prepare';
export { type RowSource, stream } from './engine/stream';
export type {
  HostResult,
  RowBlock,
  StreamFunction,
  StreamOptions,
  StreamResult,
} from './engine/stream-blocks';
export type { DType, GpuTensor, HostArray } from './engine/tensor';
export { setTuning, type TunedAdapter, type Tuning } from './engine/tuning';
export { f16 } from './f16';
export type { AdapterClass } from './gpu/adapter';
export type { HalfPrecision } from './gpu/halves';
export type { FloatDType } from './gpu/region';
export { high } from './high';
export { type AdamStepOptions, adamStep } from './ops/adam-step';
export { type Adjust, type AdjustOptions, adjust } from './ops/adjust';
export { type ArgmaxOptions, argmax } from './ops/argmax';
export type { Bias, BiasOption } from './ops/bias';
export type { CommonOptions } from './ops/common';
export { type CountTokensOptions, countTokens, type Tokens } from './ops/count-tokens';
export {
  type CrossEntropyLossOptions,
  type CrossEntropyWithGradOptions,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
} from './ops/cross-entropy';
export { type Cutoff, type CutoffOptions, cutoff } from './ops/cutoff';
export type { DerivativeOptions } from './ops/derivative';
export type { FilterName, FilterOptions } from './ops/filters';
export {
  type LinearCrossEntropyOptions,
  type LinearCrossEntropyResults,
  type LinearResult,
  linearCrossEntropy,
} from './ops/linear-cross-entropy';
export {
  type LogProbabilities,
  type LogProbabilitiesOptions,
  logProbabilities,
} from './ops/log-probabilities';
export { logSoftmax } from './ops/log-softmax';
export { logSoftmaxJvp } from './ops/log-softmax-jvp';
export { logSoftmaxVjp } from './ops/log-softmax-vjp';
export { logSumExp } from './ops/log-sum-exp';
export { logSumExpVjp } from './ops/log-sum-exp-vjp';
export type { LogitsOptions } from './ops/logits';
export type { CrossEntropyGradOptions } from './ops/loss';
export type { BitMask, HostMask, MaskOption } from './ops/mask';
export type { Penalties, PenaltiesOption } from './ops/penalties';
export { type SampleOptions, sample } from './ops/sample';
export type { EmptyRowsOption, PrecisionOption, ScaleOptions } from './ops/scale';
export type { AdjustOption, SelectionOptions } from './ops/selection';
export { type SgdStepOptions, sgdStep } from './ops/sgd-step';
export { softmax } from './ops/softmax';
export { softmaxJacobian } from './ops/softmax-jacobian';
export { softmaxJvp, softmaxVjp } from './ops/softmax-vjp';
export type { CrossEntropyOptions, Targets } from './ops/targets';
export { type TopK, type TopKOptions, topK } from './ops/top-k';
export type { HighPrecision } from './rows/precision';
export type { RegimeName } from './rows/regimes';
export type { TunedTier } from './rows/tiers';
export { type Sampler, type SamplerOptions, type StepOptions, sampler } from './sampler/sampler';
export { type TuneOptions, tune } from './tune/tune';

/**
 * GPU-accelerated softmax and its family for the browser, on WebGPU.
 *
 * `createSoftmax` makes an engine, a `Softmax`: its methods are the operations. For why and how, see the
 * guides.
 *
 * @module webgpu-softmax
 */
export type {
  DTypeOf,
  HalfArray,
  HostData,
  TensorSpec,
  TuneOptions,
  WrapOptions,
} from './engine/engine';
export type {
  HostResult,
  RowBlock,
  RowSource,
  StreamedOptions,
  StreamFunction,
  StreamOperations,
  StreamOptions,
  StreamResult,
} from './engine/stream';
export type { DType, GpuTensor, HostArray } from './engine/tensor';
export type { TunedAdapter, Tuning } from './engine/tuning';
export type { AdapterClass, HalfConversion } from './gpu/adapter';
export type { CreateOptions } from './gpu/device';
export type { FloatDType } from './gpu/region';
export type { ArgmaxOptions } from './ops/argmax';
export type {
  CommonOptions,
  EmptyRowsOption,
  PrecisionOption,
  ScaleOptions,
} from './ops/arguments';
export type {
  CrossEntropyGradOptions,
  CrossEntropyLossOptions,
  CrossEntropyWithGradOptions,
} from './ops/cross-entropy';
export type { DerivativeOptions } from './ops/derivative';
export type {
  LinearCrossEntropyOptions,
  LinearCrossEntropyResults,
  LinearResult,
} from './ops/linear-cross-entropy';
export type { HostMask, MaskOption } from './ops/mask';
export type { LogitsOptions } from './ops/normalize';
export type { SampleOptions } from './ops/sample';
export type { SgdStepOptions } from './ops/sgd-step';
export type { HostFloats, HostIntegers, HostNumbers } from './ops/small';
export type { CrossEntropyOptions, Targets } from './ops/targets';
export type { TopK, TopKOptions } from './ops/top-k';
export type { RegimeName } from './rows/regimes';
export type { TunedTier } from './rows/tiers';
export type { Precision } from './rows/variant';
export { type CallSpec, createSoftmax, type Softmax } from './softmax';

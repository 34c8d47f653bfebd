/** The WGSL files that the composer puts together, by their path under `shaders/`. */
import lanesInvocation from '../../shaders/lanes/invocation.wgsl';
import lanesSubgroup from '../../shaders/lanes/subgroup.wgsl';
import lanesWorkgroup from '../../shaders/lanes/workgroup.wgsl';
import loadersClassWeights from '../../shaders/loaders/class-weights.wgsl';
import loadersColumnsScalar from '../../shaders/loaders/columns-scalar.wgsl';
import loadersColumnsVec4 from '../../shaders/loaders/columns-vec4.wgsl';
import loadersFlat from '../../shaders/loaders/flat.wgsl';
import loadersLoadAbsent from '../../shaders/loaders/load-absent.wgsl';
import loadersLossGradAbsent from '../../shaders/loaders/loss-grad-absent.wgsl';
import loadersMaskBroadcast from '../../shaders/loaders/mask-broadcast.wgsl';
import loadersNorm from '../../shaders/loaders/norm.wgsl';
import loadersScalar from '../../shaders/loaders/scalar.wgsl';
import loadersSingle from '../../shaders/loaders/single.wgsl';
import loadersValue from '../../shaders/loaders/value.wgsl';
import loadersValues from '../../shaders/loaders/values.wgsl';
import loadersVec4 from '../../shaders/loaders/vec4.wgsl';
import lossKeptWeight from '../../shaders/loss/kept-weight.wgsl';
import lossTotal from '../../shaders/loss/total.wgsl';
import masksAdditive from '../../shaders/masks/additive.wgsl';
import masksBoolean from '../../shaders/masks/boolean.wgsl';
import masksCausal from '../../shaders/masks/causal.wgsl';
import opsConvert from '../../shaders/ops/convert.wgsl';
import opsCrossEntropy from '../../shaders/ops/cross-entropy.wgsl';
import opsLogSoftmax from '../../shaders/ops/log-softmax.wgsl';
import opsLogSoftmaxJvp from '../../shaders/ops/log-softmax-jvp.wgsl';
import opsLogSoftmaxVjp from '../../shaders/ops/log-softmax-vjp.wgsl';
import opsLogSumExp from '../../shaders/ops/log-sum-exp.wgsl';
import opsLogSumExpVjp from '../../shaders/ops/log-sum-exp-vjp.wgsl';
import opsSoftmax from '../../shaders/ops/softmax.wgsl';
import opsSoftmaxJacobian from '../../shaders/ops/softmax-jacobian.wgsl';
import opsSoftmaxVjp from '../../shaders/ops/softmax-vjp.wgsl';
import outputsRow from '../../shaders/outputs/row.wgsl';
import productColumnsAlone from '../../shaders/product/columns-alone.wgsl';
import productColumnsQuad from '../../shaders/product/columns-quad.wgsl';
import productMerge from '../../shaders/product/merge.wgsl';
import productOperands from '../../shaders/product/operands.wgsl';
import productRegisters from '../../shaders/product/registers.wgsl';
import productSquare from '../../shaders/product/square.wgsl';
import productWorkgroup from '../../shaders/product/workgroup.wgsl';
import reductionsClassIndex from '../../shaders/reductions/class-index.wgsl';
import reductionsClassIndexHigh from '../../shaders/reductions/class-index-high.wgsl';
import reductionsDistribution from '../../shaders/reductions/distribution.wgsl';
import reductionsDistributionHigh from '../../shaders/reductions/distribution-high.wgsl';
import reductionsExpsHigh from '../../shaders/reductions/exps-high.wgsl';
import reductionsExpsOfLogits from '../../shaders/reductions/exps-of-logits.wgsl';
import reductionsMerge from '../../shaders/reductions/merge.wgsl';
import reductionsOpen from '../../shaders/reductions/open.wgsl';
import reductionsPlainSum from '../../shaders/reductions/plain-sum.wgsl';
import reductionsSumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import reductionsSumOfExpHigh from '../../shaders/reductions/sum-of-exp-high.wgsl';
import regimesFlat from '../../shaders/regimes/flat.wgsl';
import regimesRow from '../../shaders/regimes/row.wgsl';
import regimesSplitFinish from '../../shaders/regimes/split-finish.wgsl';
import regimesSplitMerge from '../../shaders/regimes/split-merge.wgsl';
import regimesSplitPartial from '../../shaders/regimes/split-partial.wgsl';
import rowsFour from '../../shaders/rows/four.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import sharedBelowPeak from '../../shaders/shared/below-peak.wgsl';
import sharedBelowPeakHigh from '../../shaders/shared/below-peak-high.wgsl';
import sharedBits from '../../shaders/shared/bits.wgsl';
import sharedExp from '../../shaders/shared/exp.wgsl';
import sharedExpHigh from '../../shaders/shared/exp-high.wgsl';
import sharedExpLog from '../../shaders/shared/exp-log.wgsl';
import sharedHalf from '../../shaders/shared/half.wgsl';
import sharedHalfInteger from '../../shaders/shared/half-integer.wgsl';
import sharedHalfNative from '../../shaders/shared/half-native.wgsl';
import sharedHalfTyped from '../../shaders/shared/half-typed.wgsl';
import sharedLog from '../../shaders/shared/log.wgsl';
import sharedPartial from '../../shaders/shared/partial.wgsl';
import sharedPartialPeak from '../../shaders/shared/partial-peak.wgsl';
import sharedPeak from '../../shaders/shared/peak.wgsl';
import sharedShares from '../../shaders/shared/shares.wgsl';
import sharedSum from '../../shaders/shared/sum.wgsl';
import sharedSumHigh from '../../shaders/shared/sum-high.wgsl';
import targetsClassIndex from '../../shaders/targets/class-index.wgsl';
import targetsClassIndexApart from '../../shaders/targets/class-index-apart.wgsl';
import targetsClassIndexTogether from '../../shaders/targets/class-index-together.wgsl';
import targetsDistribution from '../../shaders/targets/distribution.wgsl';
import targetsIndex from '../../shaders/targets/index.wgsl';
import targetsPlaceFour from '../../shaders/targets/place-four.wgsl';
import targetsPlaceOne from '../../shaders/targets/place-one.wgsl';
import targetsProbabilities from '../../shaders/targets/probabilities.wgsl';
import targetsSmoothedIndex from '../../shaders/targets/smoothed-index.wgsl';
import trainingAlongGradient from '../../shaders/training/along-gradient.wgsl';
import trainingAlongVelocity from '../../shaders/training/along-velocity.wgsl';
import trainingEveryElement from '../../shaders/training/every-element.wgsl';
import trainingNearestI32 from '../../shaders/training/nearest-i32.wgsl';
import trainingPickRows from '../../shaders/training/pick-rows.wgsl';
import trainingSgdStep from '../../shaders/training/sgd-step.wgsl';
import walksElements from '../../shaders/walks/elements.wgsl';
import walksHeld from '../../shaders/walks/held.wgsl';
import walksStreamed from '../../shaders/walks/streamed.wgsl';
import walksUnrolled from '../../shaders/walks/unrolled.wgsl';
export const pieces = {
  'loaders/values': loadersValues,
  'loaders/value': loadersValue,
  'loaders/flat': loadersFlat,
  'loaders/single': loadersSingle,
  'loaders/columns-scalar': loadersColumnsScalar,
  'loaders/columns-vec4': loadersColumnsVec4,
  'loaders/scalar': loadersScalar,
  'loaders/vec4': loadersVec4,
  'loaders/norm': loadersNorm,
  'outputs/row': outputsRow,
  'walks/unrolled': walksUnrolled,
  'lanes/invocation': lanesInvocation,
  'lanes/subgroup': lanesSubgroup,
  'lanes/workgroup': lanesWorkgroup,
  'loaders/class-weights': loadersClassWeights,
  'loaders/load-absent': loadersLoadAbsent,
  'loaders/loss-grad-absent': loadersLossGradAbsent,
  'loaders/mask-broadcast': loadersMaskBroadcast,
  'loss/kept-weight': lossKeptWeight,
  'loss/total': lossTotal,
  'masks/additive': masksAdditive,
  'masks/boolean': masksBoolean,
  'masks/causal': masksCausal,
  'ops/convert': opsConvert,
  'ops/cross-entropy': opsCrossEntropy,
  'ops/log-softmax': opsLogSoftmax,
  'ops/log-softmax-jvp': opsLogSoftmaxJvp,
  'ops/log-softmax-vjp': opsLogSoftmaxVjp,
  'ops/log-sum-exp': opsLogSumExp,
  'ops/log-sum-exp-vjp': opsLogSumExpVjp,
  'ops/softmax': opsSoftmax,
  'ops/softmax-jacobian': opsSoftmaxJacobian,
  'ops/softmax-vjp': opsSoftmaxVjp,
  'product/columns-alone': productColumnsAlone,
  'product/columns-quad': productColumnsQuad,
  'product/merge': productMerge,
  'product/operands': productOperands,
  'product/registers': productRegisters,
  'product/square': productSquare,
  'product/workgroup': productWorkgroup,
  'reductions/class-index': reductionsClassIndex,
  'reductions/class-index-high': reductionsClassIndexHigh,
  'reductions/distribution': reductionsDistribution,
  'reductions/distribution-high': reductionsDistributionHigh,
  'reductions/exps-high': reductionsExpsHigh,
  'reductions/exps-of-logits': reductionsExpsOfLogits,
  'reductions/merge': reductionsMerge,
  'reductions/open': reductionsOpen,
  'reductions/plain-sum': reductionsPlainSum,
  'reductions/sum-of-exp': reductionsSumOfExp,
  'reductions/sum-of-exp-high': reductionsSumOfExpHigh,
  'regimes/flat': regimesFlat,
  'regimes/row': regimesRow,
  'regimes/split-finish': regimesSplitFinish,
  'regimes/split-merge': regimesSplitMerge,
  'regimes/split-partial': regimesSplitPartial,
  'rows/four': rowsFour,
  'rows/one': rowsOne,
  'shared/below-peak': sharedBelowPeak,
  'shared/below-peak-high': sharedBelowPeakHigh,
  'shared/bits': sharedBits,
  'shared/exp': sharedExp,
  'shared/exp-high': sharedExpHigh,
  'shared/exp-log': sharedExpLog,
  'shared/half': sharedHalf,
  'shared/half-integer': sharedHalfInteger,
  'shared/half-native': sharedHalfNative,
  'shared/half-typed': sharedHalfTyped,
  'shared/log': sharedLog,
  'shared/partial': sharedPartial,
  'shared/partial-peak': sharedPartialPeak,
  'shared/peak': sharedPeak,
  'shared/shares': sharedShares,
  'shared/sum': sharedSum,
  'shared/sum-high': sharedSumHigh,
  'targets/class-index': targetsClassIndex,
  'targets/class-index-apart': targetsClassIndexApart,
  'targets/class-index-together': targetsClassIndexTogether,
  'targets/distribution': targetsDistribution,
  'targets/index': targetsIndex,
  'targets/place-four': targetsPlaceFour,
  'targets/place-one': targetsPlaceOne,
  'targets/probabilities': targetsProbabilities,
  'targets/smoothed-index': targetsSmoothedIndex,
  'training/along-gradient': trainingAlongGradient,
  'training/along-velocity': trainingAlongVelocity,
  'training/every-element': trainingEveryElement,
  'training/nearest-i32': trainingNearestI32,
  'training/pick-rows': trainingPickRows,
  'training/sgd-step': trainingSgdStep,
  'walks/elements': walksElements,
  'walks/held': walksHeld,
  'walks/streamed': walksStreamed,
} as const;

export type Piece = keyof typeof pieces;

/** A piece that has a second one, for `precision: 'high'`. */
export type Twin = { [Name in Piece]: `${Name}-high` extends Piece ? Name : never }[Piece];

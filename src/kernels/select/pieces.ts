import loadersAddressStrided from '../../../shaders/loaders/address-strided.wgsl';
import loadersLoadStrided from '../../../shaders/loaders/load-strided.wgsl';
import selectAgainInvocation from '../../../shaders/select/again-invocation.wgsl';
import selectAgainWorkgroup from '../../../shaders/select/again-workgroup.wgsl';
import selectBest from '../../../shaders/select/best.wgsl';
import selectBlocks from '../../../shaders/select/blocks.wgsl';
import selectDraw from '../../../shaders/select/draw.wgsl';
import selectIndexOwn from '../../../shaders/select/index-own.wgsl';
import selectIndexPicked from '../../../shaders/select/index-picked.wgsl';
import selectKeys from '../../../shaders/select/keys.wgsl';
import selectPhilox from '../../../shaders/select/philox.wgsl';
import selectPick from '../../../shaders/select/pick.wgsl';
import selectPlace from '../../../shaders/select/place.wgsl';
import selectScanInvocation from '../../../shaders/select/scan-invocation.wgsl';
import selectScanInvocationKeys from '../../../shaders/select/scan-invocation-keys.wgsl';
import selectScanInvocationSums from '../../../shaders/select/scan-invocation-sums.wgsl';
import selectScanWorkgroup from '../../../shaders/select/scan-workgroup.wgsl';
import selectScanWorkgroupKeys from '../../../shaders/select/scan-workgroup-keys.wgsl';
import selectScanWorkgroupSums from '../../../shaders/select/scan-workgroup-sums.wgsl';
import selectSums from '../../../shaders/select/sums.wgsl';
import selectValueLogit from '../../../shaders/select/value-logit.wgsl';
import selectValueProbability from '../../../shaders/select/value-probability.wgsl';

/** The files of kernels that select; the others they are made of are in `../pieces`. */
export const selectPieces = {
  'loaders/address-strided': loadersAddressStrided,
  'loaders/load-strided': loadersLoadStrided,
  'select/again-invocation': selectAgainInvocation,
  'select/again-workgroup': selectAgainWorkgroup,
  'select/best': selectBest,
  'select/blocks': selectBlocks,
  'select/draw': selectDraw,
  'select/index-own': selectIndexOwn,
  'select/index-picked': selectIndexPicked,
  'select/keys': selectKeys,
  'select/philox': selectPhilox,
  'select/pick': selectPick,
  'select/place': selectPlace,
  'select/scan-invocation': selectScanInvocation,
  'select/scan-invocation-keys': selectScanInvocationKeys,
  'select/scan-invocation-sums': selectScanInvocationSums,
  'select/scan-workgroup': selectScanWorkgroup,
  'select/scan-workgroup-keys': selectScanWorkgroupKeys,
  'select/scan-workgroup-sums': selectScanWorkgroupSums,
  'select/sums': selectSums,
  'select/value-logit': selectValueLogit,
  'select/value-probability': selectValueProbability,
} as const;

import loadersStrided from '../../shaders/loaders/strided.wgsl';
import selectBest from '../../shaders/select/best.wgsl';
import selectBlocks from '../../shaders/select/blocks.wgsl';
import selectDraw from '../../shaders/select/draw.wgsl';
import selectKeys from '../../shaders/select/keys.wgsl';
import selectPhilox from '../../shaders/select/philox.wgsl';
import selectPick from '../../shaders/select/pick.wgsl';
import selectPlace from '../../shaders/select/place.wgsl';
import selectScanInvocation from '../../shaders/select/scan-invocation.wgsl';
import selectScanWorkgroup from '../../shaders/select/scan-workgroup.wgsl';
import selectSums from '../../shaders/select/sums.wgsl';
import selectValues from '../../shaders/select/values.wgsl';

/** The files of kernels that select; the others they are made of are in `../rows/pieces`. */
export const selectPieces = {
  'loaders/strided': loadersStrided,
  'select/best': selectBest,
  'select/blocks': selectBlocks,
  'select/draw': selectDraw,
  'select/keys': selectKeys,
  'select/philox': selectPhilox,
  'select/pick': selectPick,
  'select/place': selectPlace,
  'select/scan-invocation': selectScanInvocation,
  'select/scan-workgroup': selectScanWorkgroup,
  'select/sums': selectSums,
  'select/values': selectValues,
} as const;

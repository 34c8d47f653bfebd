import columnsAlone from '../../shaders/product/columns-alone.wgsl';
import columnsQuad from '../../shaders/product/columns-quad.wgsl';
import merge from '../../shaders/product/merge.wgsl';
import operands from '../../shaders/product/operands.wgsl';
import registers from '../../shaders/product/registers.wgsl';
import workgroup from '../../shaders/product/workgroup.wgsl';
import { type StandAlone, standAlone } from '../wgsl/stand-alone';
import { tileCode } from './tile';

const product = {
  reads: { a: 'f32', b: 'f32', bias: 'f32' },
  writes: { c: 'f32' },
} as const;

/** Invocations of a workgroup that each take a tile. */
export const REGISTER_INVOCATIONS = 8;

const inRegisters = (name: string, rows: number, columns: number, subgroups: boolean) =>
  standAlone({
    ...product,
    name: `product-${name}-${rows}x${columns}`,
    workgroupSize: REGISTER_INVOCATIONS,
    subgroups,
    sources: () => [
      operands,
      registers,
      subgroups ? columnsQuad : columnsAlone,
      ...tileCode(rows, columns),
    ],
  });

/** Products in registers, by rows and columns of a tile. */
export const registersKernel = (rows: number, columns: number) =>
  inRegisters('registers', rows, columns, false);

/** The same where the tiles of a quad share columns. */
export const quadsKernel = (columns: number) => inRegisters('quads', 8, columns, true);

export const workgroupKernel = () =>
  standAlone({
    ...product,
    name: 'product-workgroup',
    workgroupSize: 256,
    sources: () => [operands, workgroup],
  });

/** Elements that a workgroup of the merge takes. */
export const MERGE_SIZE = 64;

const merging: StandAlone = {
  name: 'product-merge',
  workgroupSize: MERGE_SIZE,
  reads: { a: 'f32', bias: 'f32' },
  writes: { c: 'f32' },
  sources: () => [merge],
};
export const mergeKernel = () => standAlone(merging);

import invocation from '../../shaders/lanes/invocation.wgsl';
import workgroup from '../../shaders/lanes/workgroup.wgsl';
import scalar from '../../shaders/loaders/scalar.wgsl';
import single from '../../shaders/loaders/single.wgsl';
import strided from '../../shaders/loaders/strided.wgsl';
import vec4 from '../../shaders/loaders/vec4.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import keys from '../../shaders/select/keys.wgsl';
import sums from '../../shaders/select/sums.wgsl';
import tiles from '../../shaders/select/tiles.wgsl';
import belowMax from '../../shaders/shared/below-max.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import exp from '../../shaders/shared/exp.wgsl';
import log from '../../shaders/shared/log.wgsl';
import rowMax from '../../shaders/shared/row-max.wgsl';
import sum from '../../shaders/shared/sum.wgsl';
import elements from '../../shaders/walks/elements.wgsl';
import open from '../../shaders/walks/open.wgsl';
import type { Binding, Emitted, Kernel } from '../gpu/kernel';
import { logitTypes } from '../rows/params';
import { emit } from '../wgsl/emit';
import { halfConstants, type Instance } from '../wgsl/piece';
import { type SelectRole, selectRoles } from './task';
import { type SelectVariant, selectVariantName } from './variant';

/** A kernel that picks or draws. */
export interface SelectKernel extends Kernel {
  readonly variant: SelectVariant;
  readonly bindings: readonly (Binding & { readonly role: SelectRole })[];
}

export const selectKernel = (variant: SelectVariant): SelectKernel => ({
  variant,
  name: selectVariantName(variant),
  bindings: bindingsOf(variant),
  emit: (tidy) => compose(variant, tidy),
});

/** The roles a variant binds, and which of them it writes. */
function bindingsOf(v: SelectVariant): SelectKernel['bindings'] {
  const { written, read } = v.op;
  const rowData: SelectRole[] = v.mask === 'none' || v.mask === 'causal' ? ['x'] : ['x', 'mask'];
  const bound = [...(v.stage === 'report' ? [] : rowData), ...written, ...read];
  return selectRoles
    .filter((role) => bound.includes(role) && has(v, role))
    .map((role) => ({
      role,
      type: written.includes(role) ? 'storage' : 'read-only-storage',
      elements: elementsOf(v, role),
    }));
}

/** Whether a variant has what only some of its stage have. */
function has(v: SelectVariant, role: SelectRole): boolean {
  const { stage, sums, picked, numbered, filtered } = v;
  if (role === 'picked') return picked;
  if (role === 'row_numbers') return numbered;
  // Where filters ran, they know the row's largest.
  if (role === 'chunk_keys') return !filtered;
  if (role === 'cuts') return stage !== 'draw' || filtered;
  if (role === 'tile_sums' || role === 'chunk_sums') return sums || /draw|keep/.test(stage);
  return true;
}

const loaders = { vec4, scalar, strided };

function compose(variant: SelectVariant, tidy: boolean | undefined): Emitted {
  const { op, scope, layout, half, mask, maskLayout, workgroupSize } = variant;
  const of = (role: 'x' | 'mask') =>
    [
      ...(role === 'x' && half && layout === 'scalar' ? [half.loaders.row] : []),
      loaders[layout],
      single,
    ].map(
      (source): Instance => ({
        source,
        role,
        data: role,
        constants: halfConstants(role === 'x' && half !== undefined, false),
      }),
    );
  const alone = scope === 'invocation';
  const readsMask = mask !== 'none' && mask !== 'causal';
  const broadcast = readsMask && maskLayout === 'broadcast';
  return emit({
    tidy,
    bindings: bindingsOf(variant),
    types: { ...logitTypes, share: 'f32', reach: 'f32' },
    constants: {
      WORKGROUP_SIZE: `${workgroupSize}u`,
      LANES: `${workgroupSize}u`,
      SHARES_WORKGROUP: false,
      FAN: `${Math.sqrt(workgroupSize)}u`,
      HAS_TAIL: layout !== 'vec4',
      COLUMNS: false,
      DEALT: false,
      KNOWS_TAIL: false,
      PLAIN: false,
      SINGLE_LANE: alone,
      HAS_MASK: mask !== 'none',
      ADDITIVE: mask === 'additive',
      BITS: mask === 'bits',
      CAUSAL: mask === 'causal',
      BROADCAST: broadcast,
      SUMS: variant.sums,
      PICKED: variant.picked,
      NUMBERED: variant.numbered,
      FILTERED: variant.filtered,
      PADDING_X: 'NEG_INF',
      PADDING_MASK: '0u',
    },
    sources: [
      alone ? invocation : workgroup,
      ...((alone ? undefined : op.shared) ?? op.sources),
      rowsOne,
      bits,
      exp,
      log,
      rowMax,
      sum,
      belowMax,
      keys,
      tiles,
      sums,
      // Exact on every device; what reads a row once gains little from the other.
      ...(half?.packed ?? []),
      ...of('x'),
      ...(readsMask && !broadcast ? of('mask') : []),
      elements,
      open,
    ],
  });
}

function elementsOf(variant: SelectVariant, role: SelectRole): string {
  switch (role) {
    case 'x':
    case 'mask': {
      if (variant.layout !== 'vec4' || (role === 'mask' && variant.maskLayout === 'broadcast')) {
        return 'u32';
      }
      return role === 'x' && variant.half ? 'vec2<u32>' : 'vec4<u32>';
    }
    case 'lists':
      return 'i32';
    case 'tile_keys':
    case 'chunk_keys':
      // A scan writes them one by one.
      return variant.stage === 'pick' ? 'vec4<i32>' : 'i32';
    case 'tile_sums':
      return 'f32';
    case 'chunk_sums':
      return 'ChunkSum';
    case 'tallies':
      return 'Tally';
    case 'marks':
      return 'vec2<u32>';
    case 'cuts':
      return 'Cut';
    default:
      return 'u32';
  }
}

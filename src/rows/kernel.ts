import invocation from '../../shaders/lanes/invocation.wgsl';
import subgroup from '../../shaders/lanes/subgroup.wgsl';
import workgroup from '../../shaders/lanes/workgroup.wgsl';
import columnsScalar from '../../shaders/loaders/columns-scalar.wgsl';
import scalar from '../../shaders/loaders/scalar.wgsl';
import single from '../../shaders/loaders/single.wgsl';
import vec4 from '../../shaders/loaders/vec4.wgsl';
import chains from '../../shaders/reductions/chains.wgsl';
import row from '../../shaders/regimes/row.wgsl';
import splitFinish from '../../shaders/regimes/split-finish.wgsl';
import splitMerge from '../../shaders/regimes/split-merge.wgsl';
import splitPartial from '../../shaders/regimes/split-partial.wgsl';
import rowsFour from '../../shaders/rows/four.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import belowMax from '../../shaders/shared/below-max.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import exp from '../../shaders/shared/exp.wgsl';
import partial from '../../shaders/shared/partial.wgsl';
import rowMax from '../../shaders/shared/row-max.wgsl';
import sum from '../../shaders/shared/sum.wgsl';
import elements from '../../shaders/walks/elements.wgsl';
import held from '../../shaders/walks/held.wgsl';
import open from '../../shaders/walks/open.wgsl';
import streamed from '../../shaders/walks/streamed.wgsl';
import unrolledStep from '../../shaders/walks/unrolled.wgsl';
import type { Binding, Emitted, Kernel } from '../gpu/kernel';
import { emit, SUBGROUPS } from '../wgsl/emit';
import { halfConstants, type Instance, type Piece } from '../wgsl/piece';
import type { Constants } from '../wgsl/text';
import { logitTypes } from './params';
import { type Role, roles, rowRoles, type Variant, valueRoles, variantName } from './variant';

/** A kernel that walks rows. */
export interface RowKernel extends Kernel {
  readonly variant: Variant;
  readonly bindings: readonly RowBinding[];
}

type RowBinding = Binding & { readonly role: Role };

export const rowKernel = (variant: Variant): RowKernel => ({
  variant,
  name: variantName(variant),
  bindings: bindingsOf(variant),
  emit: (tidy) => compose(variant, tidy),
});

/** The roles that are bound, in the order of `roles`. */
const bindingsOf = (variant: Variant): RowBinding[] =>
  roles.flatMap((role): RowBinding[] => {
    const { reads, writes, aliased } = variant;
    const written = writes.includes(role);
    if (!written && (!reads.includes(role) || aliased.includes(role))) return [];
    const type = written ? 'storage' : 'read-only-storage';
    return [{ role, type, elements: elementsOf(variant, role) }];
  });

/** What a role's buffer is an array of. */
function elementsOf({ layout, maskLayout, half, halves }: Variant, role: Role): string {
  if (role === 'partials' || role === 'stats') return 'Partial';
  const asRow = (rowRoles as readonly string[]).includes(role);
  const quads = layout === 'vec4' && (asRow || (role === 'mask' && maskLayout === 'row'));
  const isHalf = half.includes(role);
  if (isHalf && halves?.conversion === 'typed') return quads ? 'vec4<f16>' : 'f16';
  if (!quads) return 'u32';
  return isHalf ? 'vec2<u32>' : 'vec4<u32>';
}

const scopeFiles = { invocation, subgroup, workgroup };
const phaseFiles = {
  row,
  'split-partial': splitPartial,
  'split-merge': splitMerge,
  'split-finish': splitFinish,
};
const loaders = {
  row: { vec4, scalar, dealt: scalar },
  columns: { vec4, scalar: columnsScalar, dealt: columnsScalar },
};

/** @throws Error if the variant asks for a file there is none of. */
function compose(variant: Variant, tidy: boolean | undefined): Emitted {
  const { op, high, scope, phase, orientation, walk, layout, half } = variant;
  /** What converts, where it is asked for. */
  const halves = half.length > 0 ? variant.halves : undefined;
  const typed = halves?.conversion === 'typed';
  const constants = constantsOf(variant);
  const has = (role: Role) => variant.reads.includes(role) || variant.writes.includes(role);
  /** Files for a role. */
  const of = (role: Role, ...files: string[]) =>
    files.map((source): Piece => {
      const data = variant.aliased.includes(role) ? 'y' : role;
      const own = halfConstants(half.includes(role), typed);
      return source && { source, role, data, constants: own };
    });
  const quads = (role: Role) => {
    if (!has(role)) return [];
    const packed = layout === 'scalar' && half.includes(role) && !typed;
    const first = packed ? [halves!.loaders[orientation]] : [];
    return of(role, ...first, loaders[orientation][layout], single);
  };
  const walks = phase !== 'split-merge';
  const sources = [
    scopeFiles[scope],
    phaseFiles[phase],
    orientation === 'columns' ? rowsFour : rowsOne,
    ...(high ? [high.source] : []),
    ...op.sources,
    bits,
    exp,
    rowMax,
    ...(high ? [] : [sum, belowMax]),
    chains,
    ...(halves?.sources ?? []),
    partial,
    ...(walks
      ? [
          ...quads('x'),
          ...quads('v'),
          ...(constants.BROADCAST ? [] : quads('mask')),
          elements,
          ...quads('y'),
          ...(walk === 'unrolled' ? unrolled(variant) : [walk === 'held' ? held : streamed]),
        ]
      : []),
    ...valueRoles.flatMap((role) => (has(role) ? of(role, op.values!) : [])),
    open,
  ];
  if (sources.includes(undefined!))
    throw new Error(`there are no files of ${variantName(variant)}`);
  return emit({
    tidy,
    directives: `${typed ? 'enable f16;\n' : ''}${scope === 'subgroup' ? SUBGROUPS : ''}`,
    types: { ...logitTypes, ...op.uniforms },
    bindings: bindingsOf(variant),
    constants,
    sources,
  });
}

/** Quads whose terms are added one after the other before a chain is closed. */
const CHAIN = 8;

/** The walk of a short row: its steps' files, and the calls of them one after the other. */
function unrolled({ op, writes, quadsPerLane: count, tail }: Variant): Piece[] {
  const steps = Array.from({ length: count }, (_, step) => step);
  const files = steps.map(
    (step): Instance => ({
      source: unrolledStep,
      role: `${step}`,
      data: `${step}u`,
      constants: { IS_TAIL: tail > 0 && step === count - 1 },
    }),
  );
  const takes = steps.flatMap((step) => [
    ...(op.hasMax ? [] : [`read_${step}();`]),
    `take_${step}();`,
    ...((step + 1) % CHAIN === 0 || step === count - 1 ? ['close_chain(true);'] : []),
  ]);
  const block = (name: string, lines: readonly string[]) =>
    `fn ${name}(first: u32, last: u32) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const walk = [
    '//@ every quad of a row',
    block('scan', [
      'clear_max();',
      ...steps.flatMap((i) => [`read_${i}();`, `update_max(x_${i});`]),
    ]),
    block('accumulate', [
      'clear_sums();',
      'open_sums(first, last);',
      ...takes,
      'close_span(true);',
      'end_sums();',
    ]),
    block('emit', writes.includes('y') ? steps.map((step) => `write_${step}();`) : []),
  ];
  return [walk.join('\n'), ...files];
}

/** Quads from which on it pays, in straight-line code, to load one of them a second time. */
const APART_QUADS = 16;

function constantsOf(variant: Variant): Constants {
  const {
    op,
    phase,
    scope,
    walk,
    orientation,
    layout,
    mask,
    reads,
    writes,
    quadsPerLane,
    tail,
    lanes,
  } = variant;
  const alone = scope === 'invocation';
  const hasTail = layout !== 'vec4' && orientation === 'row';
  const ofRole = (role: Role) => {
    const name = role.toUpperCase();
    return { [`READS_${name}`]: reads.includes(role), [`WRITES_${name}`]: writes.includes(role) };
  };
  return {
    WORKGROUP_SIZE: `${variant.workgroupSize}u`,
    LANES: `${lanes}u`,
    SHARES_WORKGROUP: scope === 'workgroup' && lanes < variant.workgroupSize,
    FAN: `${2 ** Math.floor(Math.log2(lanes) / 2)}u`,
    QUADS_PER_LANE: `${quadsPerLane}u`,
    MANY_CHAINS: quadsPerLane > CHAIN,
    INTERLEAVE: `${variant.interleave}u`,
    TAIL_LENGTH: `${tail}u`,
    KNOWS_TAIL: tail > 0,
    HAS_TAIL: hasTail,
    DEALT: layout === 'dealt',
    COLUMNS: orientation === 'columns',
    HIGH: variant.high !== undefined,
    MAPS_TO_EXP: op.mapsToExp === true,
    // What closes is always full in straight-line code.
    MASKED: walk === 'streamed',
    SUMS_BESIDE: op.sumCount > 3,
    SINGLE_LANE: alone,
    APART: alone && !(walk === 'unrolled' && quadsPerLane < APART_QUADS),
    HAS_MAX: op.hasMax,
    // Whether rows without a special or far element have loops without guards: where an invocation
    // sees a row alone before it takes it, or finds what was kept of that. Masks make −inf of most rows.
    PLAIN:
      op.hasMax &&
      alone &&
      walk === 'streamed' &&
      mask === 'none' &&
      !variant.high &&
      (phase !== 'split-finish' || reads.includes('partials')),
    // Whether a turn of a loop takes two quads, not four: where a quad is addressed one element at a
    // time and has targets besides, the code of four is more than a core's instruction cache.
    UNROLL_BY_TWO: hasTail && op.sumCount > 2,
    STORED: variant.stored,
    HAS_MASK: mask !== 'none',
    ADDITIVE: mask === 'additive',
    BITS: mask === 'bits',
    CAUSAL: mask === 'causal',
    BROADCAST: variant.maskLayout === 'broadcast' && reads.includes('mask'),
    ...Object.assign({}, ...roles.map(ofRole)),
    WRITES_ROW: valueRoles.some((role) => writes.includes(role)),
    PADDING_X: op.padding,
    PADDING_V: '0u',
    PADDING_Y: '0u',
    PADDING_MASK: '0u',
  };
}

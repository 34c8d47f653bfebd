import { instantiate } from './instantiate';
import { type KernelOp, kernelOps } from './kernel-ops';
import { paramsWgsl } from './params';
import { type Piece, pieces, type Twin } from './pieces';
import { composeSelect } from './select/compose';
import { type SelectRole, selectBindings } from './select/variant';
import {
  type AnyVariant,
  type Layout,
  type Role,
  roles,
  rowRoles,
  type Variant,
  valueRoles,
} from './variant';

/** Quads whose terms are added one after the other before a chain is closed. */
const CHAIN = 8;

/** Directives of a kernel that uses subgroups, whose branches are the same for all that exchange values. */
export const SUBGROUPS = `enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);`;

/** Files that load or store quads, and those of one element that they go through. */
type Access =
  | `loaders/load-${'' | 'columns-'}${Layout}`
  | `loaders/store-${'' | 'columns-'}${Layout}`
  | 'loaders/store-flat';
type Single = 'loaders/load-single' | 'loaders/store-single';

/** A binding of a variant, in order: the bind group layout is made from it. */
export interface Binding<R = Role | SelectRole> {
  readonly role: R | 'params';
  readonly type: 'uniform' | 'read-only-storage' | 'storage';
}

/** The variant's bindings: the uniforms, then its roles in the order of `roles`. */
export function bindingsOf(variant: Variant): Binding<Role>[];
export function bindingsOf(variant: AnyVariant): Binding[];
export function bindingsOf(variant: AnyVariant): Binding[] {
  const bindings: Binding[] = [{ role: 'params', type: 'uniform' }];
  if ('stage' in variant) return [...bindings, ...selectBindings(variant)];
  for (const role of roles) {
    if (variant.writes.includes(role)) bindings.push({ role, type: 'storage' });
    else if (variant.reads.includes(role) && !variant.aliased.includes(role))
      bindings.push({ role, type: 'read-only-storage' });
  }
  return bindings;
}

/**
 * The WGSL of a variant: a header of constants and bindings, then whole files, joined.
 *
 * @throws Error if the variant asks for a piece there is none of.
 */
export function compose(variant: AnyVariant): string {
  if ('stage' in variant) return composeSelect(variant);
  const op: KernelOp = kernelOps[variant.op];
  const columns = variant.quad === 'columns';
  const has = (role: Role) => variant.reads.includes(role) || variant.writes.includes(role);
  const files: string[] = [];
  const opens: string[] = [];
  const add = (...names: Piece[]) => files.push(...names.map(piece));
  const high = variant.precision === 'high';
  const highSums = high && op.hasSums;
  const addTwins = (...names: Twin[]) =>
    add(...names.map((name) => (high ? (`${name}-high` as const) : name)));
  /** Instantiates files for a role by renaming `data`. */
  const addFor = (role: Role, ...names: Piece[]) => {
    const array = variant.aliased.includes(role) ? 'y' : role;
    for (const name of names) files.push(instantiate(piece(name), role, array));
  };
  const typed = variant.halfConversion === 'typed';
  const isPacked = (role: Role) => variant.half.includes(role) && !typed;
  /** The file that loads or stores one element that is a word or of the type f16. */
  const addSingle = (role: Role, name: Single) =>
    addFor(role, variant.half.includes(role) ? `${name}-typed` : name);
  /**
   * The files that load or store a role. Packed halves and whole quads of halves have files of their
   * own; other elements are addressed one by one, through `single`.
   */
  const addAccess = (role: Role, name: Access, single: Single) => {
    const quads = variant.layout === 'vec4';
    const half = quads ? variant.half.includes(role) : isPacked(role);
    if (!quads && !half) addSingle(role, single);
    addFor(role, half ? `${name}-half` : name);
  };

  add(columns ? 'rows/four' : 'rows/one');
  add('shared/bits', 'shared/log', 'shared/peak', ...op.pieces);
  addTwins('shared/exp', 'shared/sum', 'shared/below-peak', ...op.twins);
  add(highSums ? 'reductions/exps-high' : 'reductions/merge');
  add(`lanes/${variant.lanes}`);
  if (variant.lanes === 'subgroup') add(highSums ? 'lanes/shuffle-high' : 'lanes/shuffle');
  if (variant.half.length > 0) {
    if (!typed) add('shared/half');
    add(`shared/half-${variant.halfConversion}`);
  }
  add(`regimes/${variant.phase}`);
  if (variant.phase === 'flat') {
    if (isPacked('x')) addFor('x', 'loaders/load-single-half');
    else addSingle('x', 'loaders/load-single');
    addAccess('y', 'loaders/store-flat', 'loaders/store-single');
    return `${header(variant, op)}\n${files.join('\n')}`;
  }
  if (has('partials') || has('stats')) add(op.hasPeak ? 'shared/partial-peak' : 'shared/partial');

  const walks = variant.phase !== 'split-merge';
  const writesRow = variant.phase === 'row' || variant.phase === 'split-merge';
  if (walks) {
    const { walk } = variant;
    const layout = columns ? (`columns-${variant.layout}` as const) : variant.layout;
    const addLoads = (role: Role) =>
      addAccess(role, `loaders/load-${layout}`, 'loaders/load-single');
    for (const role of ['x', 'v'] as const) {
      if (has(role)) {
        addFor(role, `loaders/address-${layout}`);
        addLoads(role);
        opens.push(role);
      } else addFor(role, 'loaders/load-absent');
    }
    add(`masks/${variant.mask}`, 'walks/elements');
    if (variant.mask === 'none' || variant.mask === 'causal') addFor('mask', 'loaders/load-absent');
    else if (variant.maskLayout === 'broadcast') add('loaders/mask-broadcast');
    else {
      addFor('mask', `loaders/address-${layout}`);
      addLoads('mask');
    }
    if (variant.mask !== 'none') opens.push('mask');
    if (has('y')) {
      addFor('y', `loaders/address-${layout}`);
      addAccess('y', `loaders/store-${layout}`, 'loaders/store-single');
      if (variant.stored) addLoads('y');
      opens.push('y');
    }
    const reduces = variant.phase === 'row' || variant.phase === 'split-partial';
    if (reduces) add(...opensSums(variant));
    if (reduces && walk !== 'unrolled') add(`walks/${walk}`);
    if (reduces && walk === 'streamed') {
      add(variant.stored ? 'walks/aside-stored' : 'walks/aside-none');
    }
    if (variant.phase === 'split-finish') {
      if (variant.stored) add('walks/refold-chunk');
      else add(tellsPlainRows(variant, op) ? 'walks/refold-lowest' : 'walks/refold-none');
    }
    if (walk === 'unrolled') files.push(unrolled(variant, op, has('y')));
    else if (variant.phase !== 'split-partial') {
      if (!has('y')) add('walks/emit-nothing');
      else if (walk === 'held') add('walks/emit-held');
      else add('walks/emit-streamed', variant.stored ? 'walks/write-stored' : 'walks/write-again');
    }
  }
  for (const role of valueRoles) {
    if (role === 'norm' && variant.reads.includes(role)) add('loaders/load-norm');
    else if (variant.reads.includes(role)) {
      addFor(role, columns ? 'loaders/load-values' : 'loaders/load-value');
    }
    if (variant.writes.includes(role)) {
      addFor(role, columns ? 'loaders/store-values' : 'loaders/store-value');
    }
  }
  if (writesRow) add(outputsPiece(variant));
  if (usesLossOptions(variant)) {
    add(has('weights') ? 'loaders/class-weights' : 'loaders/class-weights-absent');
    if (!variant.reads.includes('norm')) add('loaders/norm-absent');
    if (!has('loss_grad')) add('loaders/loss-grad-absent');
  }
  return `${header(variant, op)}
fn open_row(row: u32) {
${[...opens.map((role) => `  open_${role}(row);`), '  begin_row(row);'].join('\n')}
}

${files.join('\n')}`;
}

function piece(name: Piece): string {
  const source = pieces[name];
  if (source === undefined) throw new Error(`compose: there is no shader file '${name}.wgsl'`);
  return source;
}

/** The walk of a short row: its steps' files, and the calls of them one after the other. */
function unrolled(variant: Variant, op: KernelOp, emits: boolean): string {
  const steps = Array.from({ length: variant.steps }, (_, step) => step);
  const files = steps.flatMap((step) => {
    const part = variant.rest > 0 && step === variant.steps - 1 ? 'end' : 'step';
    const names = [`walks/unrolled-${part}`, ...(emits ? [`walks/emit-unrolled-${part}`] : [])];
    return (names as Piece[]).map((name) =>
      piece(name)
        .replace(/_STEP\b/g, `_${step}`)
        .replace(/\bSTEP\b/g, `${step}u`),
    );
  });
  const takes = steps.flatMap((step) => [
    ...(op.hasPeak ? [] : [`read_${step}();`]),
    `take_${step}();`,
    ...((step + 1) % CHAIN === 0 || step === variant.steps - 1 ? ['close_chain(true);'] : []),
  ]);
  const block = (name: string, lines: readonly string[]) =>
    `fn ${name}(first: u32, last: u32) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  return [
    ...files,
    block('scan', ['clear_peak();', ...steps.flatMap((i) => [`read_${i}();`, `see(x_${i});`])]),
    block('accumulate', ['open_sums(first, last);', ...takes, 'close_block(true);', 'end_sums();']),
    block(
      'emit',
      steps.flatMap((step) => (emits ? [`write_${step}();`] : [])),
    ),
  ].join('\n');
}

function outputsPiece(variant: Variant): Piece {
  const written = valueRoles.filter((role) => variant.writes.includes(role));
  const outputs: Record<string, Piece> = {
    '': 'outputs/none',
    lse: 'outputs/lse',
    loss: 'outputs/loss',
    'lse+loss': 'outputs/loss-and-lse',
    norm: 'outputs/norm',
    total: 'outputs/total',
  };
  const found = outputs[written.join('+')];
  if (!found) throw new Error(`compose: no shader writes ${written.join(' and ')} a row`);
  return found;
}

const usesLossOptions = (variant: Variant) =>
  variant.op.startsWith('cross-entropy') ||
  variant.op === 'kept-weight' ||
  variant.op === 'loss-total';

/** Quads from which on it pays, in straight-line code, to load the target's a second time. */
const APART_STEPS = 16;

/** How a row's sums begin, and how quads join them where that depends on who walks the row. */
function opensSums({ op, lanes, walk, steps, quad }: Variant): Piece[] {
  if (op === 'cross-entropy-smoothed') return [];
  if (op !== 'cross-entropy') return ['reductions/open'];
  const short = walk === 'unrolled' && steps < APART_STEPS;
  if (lanes !== 'invocation' || short) return ['targets/class-index-together'];
  return ['targets/class-index-apart', `targets/place-${quad === 'columns' ? 'four' : 'one'}`];
}

/**
 * Whether rows without a special or far element have loops without guards: where an invocation sees
 * a row alone before it takes it, or finds what was kept of that. Masks make −inf of most rows.
 */
const tellsPlainRows = (variant: Variant, op: KernelOp) =>
  op.hasPeak &&
  variant.lanes === 'invocation' &&
  variant.walk === 'streamed' &&
  variant.mask === 'none' &&
  variant.precision === 'default' &&
  (variant.phase !== 'split-finish' || variant.reads.includes('partials'));

/**
 * Whether a turn of a loop takes two quads, not four: where a quad is addressed one element at a time
 * and has targets besides, the code of four is more than a core's instruction cache.
 */
const walksInPairs = ({ layout, quad }: Variant, { sums }: KernelOp) =>
  layout === 'scalar' && quad === 'row' && sums > 2;

function header(variant: Variant, op: KernelOp): string {
  const lines: string[] = [];
  if (variant.half.length > 0 && variant.halfConversion === 'typed') lines.push('enable f16;');
  if (variant.lanes === 'subgroup') lines.push(SUBGROUPS);
  lines.push('', paramsWgsl);
  lines.push(
    `const WORKGROUP_SIZE = ${variant.workgroupSize}u;`,
    `const STEPS = ${variant.steps}u;`,
    `const SPREAD = ${variant.spread}u;`,
    `const RAGGED = ${variant.layout === 'scalar' && variant.quad === 'row'};`,
    `const ALONE = ${variant.lanes === 'invocation'};`,
    `const HAS_PEAK = ${op.hasPeak};`,
    `const PLAIN = ${tellsPlainRows(variant, op)};`,
    `const IN_PAIRS = ${walksInPairs(variant, op)};`,
    `const HAS_SUMS = ${op.hasSums};`,
    `const PADDING_X = ${op.padding};`,
    'const PADDING_V = 0u;',
    'const PADDING_Y = 0u;',
    'const PADDING_MASK = 0u;',
    '',
  );
  // Elements past the last whole quad.
  lines.push(
    `fn rest() -> u32 { return ${variant.rest > 0 ? `${variant.rest}u` : 'params.length % 4u'}; }`,
  );
  // Workgroups that share a row have a square number of lanes.
  if (variant.lanes === 'workgroup') {
    lines.push(`const FAN = ${Math.sqrt(variant.workgroupSize)}u;`);
  }
  bindingsOf(variant).forEach(({ role, type }, i) => {
    if (role === 'params') {
      lines.push(`@group(0) @binding(${i}) var<uniform> params: Params;`);
      return;
    }
    const access = type === 'storage' ? 'read_write' : 'read';
    lines.push(
      `@group(0) @binding(${i}) var<storage, ${access}> ${role}: ${arrayType(variant, role)};`,
    );
  });
  return `${lines.join('\n')}\n`.trimStart();
}

function arrayType(variant: Variant, role: Role): string {
  if (role === 'partials' || role === 'stats') return 'array<Partial>';
  const quads =
    variant.layout === 'vec4' &&
    ((rowRoles as readonly string[]).includes(role) ||
      (role === 'mask' && variant.maskLayout === 'row'));
  const half = variant.half.includes(role);
  if (half && variant.halfConversion === 'typed') return quads ? 'array<vec4<f16>>' : 'array<f16>';
  if (!quads) return 'array<u32>';
  return half ? 'array<vec2<u32>>' : 'array<vec4<u32>>';
}

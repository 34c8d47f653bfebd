import { composeSelect } from '../select/compose';
import { type SelectRole, selectBindings } from '../select/variant';
import { type Emitted, emit, pathOf, type Source, SUBGROUPS, storage } from '../wgsl/emit';
import { instantiate } from '../wgsl/instantiate';
import { decided } from '../wgsl/text';
import { type KernelOp, kernelOps } from './kernel-ops';
import { rowUniforms } from './params';
import { type Piece, pieces, type Twin } from './pieces';
import { type AnyVariant, type Role, roles, rowRoles, type Variant, valueRoles } from './variant';

/** Quads whose terms are added one after the other before a chain is closed. */
const CHAIN = 8;

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
 * The WGSL of a variant, of constants, bindings and files.
 *
 * @throws Error if the variant asks for a piece there is none of.
 */
export function compose(variant: AnyVariant): Emitted {
  if ('stage' in variant) return composeSelect(variant);
  const op: KernelOp = kernelOps[variant.op];
  const columns = variant.quad === 'columns';
  const has = (role: Role) => variant.reads.includes(role) || variant.writes.includes(role);
  const files: Source[] = [];
  const opens: string[] = [];
  const add = (...names: Piece[]) =>
    files.push(...names.map((name) => ({ file: pathOf(name), text: piece(name) })));
  const high = variant.precision === 'high';
  const addTwins = (...names: Twin[]) =>
    add(...names.map((name) => (high ? (`${name}-high` as const) : name)));
  const typed = variant.halfConversion === 'typed';
  /** Adds files for a role: `data` is renamed, and what depends on its halves decided. */
  const addFor = (role: Role, ...names: Piece[]) => {
    const isHalf = variant.half.includes(role);
    const halves = { HALF: isHalf, PACKED: isHalf && !typed };
    const array = variant.aliased.includes(role) ? 'y' : role;
    for (const name of names) {
      const text = decided(instantiate(piece(name), role, array), halves);
      files.push({ file: `${pathOf(name)} for ${role}`, text });
    }
  };

  add(`lanes/${variant.lanes}`, `regimes/${variant.phase}`);
  add(columns ? 'rows/four' : 'rows/one');
  add('shared/bits', 'shared/log', 'shared/peak', ...op.pieces);
  addTwins('shared/exp', 'shared/sum', 'shared/below-peak', ...op.twins);
  add(high ? 'reductions/exps-high' : 'reductions/merge');
  if (variant.half.length > 0) {
    if (!typed) add('shared/half');
    add(`shared/half-${variant.halfConversion}`);
  }
  if (variant.phase === 'flat') {
    addFor('x', 'loaders/single');
    addFor('y', 'loaders/flat', 'loaders/single');
    return emitted(variant, op, files);
  }
  if (has('partials') || has('stats')) add(op.hasPeak ? 'shared/partial-peak' : 'shared/partial');

  const walks = variant.phase !== 'split-merge';
  if (walks) {
    const { walk } = variant;
    const layout = columns ? (`columns-${variant.layout}` as const) : variant.layout;
    const addQuads = (role: Role) => {
      addFor(role, `loaders/${layout}`, 'loaders/single');
      opens.push(role);
    };
    for (const role of ['x', 'v'] as const) {
      if (has(role)) addQuads(role);
      else addFor(role, 'loaders/load-absent');
    }
    add('walks/elements');
    const { mask, maskLayout } = variant;
    const isRead = mask === 'additive' || mask === 'boolean';
    if (mask !== 'none') add(`masks/${mask}`);
    if (isRead && maskLayout === 'row') addQuads('mask');
    else {
      if (isRead) add('loaders/mask-broadcast');
      else addFor('mask', 'loaders/load-absent');
      if (mask !== 'none') opens.push('mask');
    }
    if (has('y')) addQuads('y');
    const reduces = variant.phase === 'row' || variant.phase === 'split-partial';
    if (reduces) add(...opensSums(variant));
    if (walk === 'unrolled') files.push(...unrolled(variant, op, has('y')));
    else add(`walks/${walk}`);
  }
  for (const role of valueRoles) {
    // The factors that losses are multiplied by are no value of a row.
    if (role === 'norm' && variant.reads.includes(role)) continue;
    if (has(role)) addFor(role, columns ? 'loaders/values' : 'loaders/value');
  }
  checkOutputs(variant);
  if (!op.acrossRows) add('outputs/row');
  if (usesLossOptions(variant)) {
    add('loaders/class-weights', 'loaders/norm');
    if (!has('loss_grad')) add('loaders/loss-grad-absent');
  }
  const calls = [...opens.map((role) => `  open_${role}(row);`), '  begin_row(row);'];
  const openRow = {
    file: 'every role of a row',
    text: `fn open_row(row: u32) {\n${calls.join('\n')}\n}`,
  };
  return emitted(variant, op, [...files, openRow]);
}

function piece(name: Piece): string {
  const source = pieces[name];
  if (source === undefined) throw new Error(`compose: there is no shader file '${name}.wgsl'`);
  return source;
}

/** The walk of a short row: its steps' files, and the calls of them one after the other. */
function unrolled(variant: Variant, op: KernelOp, emits: boolean): Source[] {
  const steps = Array.from({ length: variant.steps }, (_, step) => step);
  const files = steps.map((step) => {
    const ends = variant.rest > 0 && step === variant.steps - 1;
    const text = piece('walks/unrolled')
      .replace(/_STEP\b/g, `_${step}`)
      .replace(/\bSTEP\b/g, `${step}u`);
    return {
      file: `${pathOf('walks/unrolled')} for quad ${step}`,
      text: decided(text, { ENDS: ends }),
    };
  });
  const takes = steps.flatMap((step) => [
    ...(op.hasPeak ? [] : [`read_${step}();`]),
    `take_${step}();`,
    ...((step + 1) % CHAIN === 0 || step === variant.steps - 1 ? ['close_chain(true);'] : []),
  ]);
  const block = (name: string, lines: readonly string[]) =>
    `fn ${name}(first: u32, last: u32) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const walk = [
    block('scan', ['clear_peak();', ...steps.flatMap((i) => [`read_${i}();`, `see(x_${i});`])]),
    block('accumulate', ['open_sums(first, last);', ...takes, 'close_block(true);', 'end_sums();']),
    block(
      'emit',
      steps.flatMap((step) => (emits ? [`write_${step}();`] : [])),
    ),
  ];
  return [{ file: 'every quad of a row', text: walk.join('\n') }, ...files];
}

/** @throws Error for values a row that no operation gives together. */
function checkOutputs({ writes }: Variant): void {
  const written = valueRoles.filter((role) => writes.includes(role));
  if (!['', 'lse', 'loss', 'lse+loss', 'norm', 'total'].includes(written.join('+'))) {
    throw new Error(`compose: no shader writes ${written.join(' and ')} a row`);
  }
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

function emitted(variant: Variant, op: KernelOp, sources: readonly Source[]): Emitted {
  const f16 = variant.half.length > 0 && variant.halfConversion === 'typed';
  const directives = [
    ...(f16 ? ['enable f16;'] : []),
    ...(variant.lanes === 'subgroup' ? [SUBGROUPS] : []),
  ];
  // Elements past the last whole quad.
  const rest = variant.rest > 0 ? `${variant.rest}u` : 'params.length % 4u';
  return emit({
    directives: directives.join('\n'),
    uniforms: rowUniforms,
    bindings: bindingsOf(variant).flatMap(({ role, type }) =>
      role === 'params' ? [] : [storage(role, type, arrayType(variant, role))],
    ),
    constants: {
      WORKGROUP_SIZE: `${variant.workgroupSize}u`,
      // Workgroups that share a row have a square number of lanes.
      FAN: `${Math.sqrt(variant.workgroupSize)}u`,
      STEPS: `${variant.steps}u`,
      SPREAD: `${variant.spread}u`,
      RAGGED: variant.layout === 'scalar' && variant.quad === 'row',
      ALONE: variant.lanes === 'invocation',
      HAS_PEAK: op.hasPeak,
      PLAIN: tellsPlainRows(variant, op),
      IN_PAIRS: walksInPairs(variant, op),
      STORED: variant.stored,
      EMITS: variant.writes.includes('y'),
      HAS_MASK: variant.mask !== 'none',
      HAS_WEIGHTS: variant.reads.includes('weights'),
      READS_NORM: variant.reads.includes('norm'),
      WRITES_LOSS: variant.writes.includes('loss'),
      WRITES_LSE: variant.writes.includes('lse'),
      PADDING_X: op.padding,
      PADDING_V: '0u',
      PADDING_Y: '0u',
      PADDING_MASK: '0u',
    },
    sources: [...sources, { file: 'a row’s tail', text: `fn rest() -> u32 { return ${rest}; }` }],
  });
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

import type { Region } from '../gpu/region';
import { type KernelOp, type KernelOpName, kernelOps } from './kernel-ops';
import type { Params } from './params';
import { MAX_STEPS, phasesOf, type RegimeName, regimes } from './regimes';
import { type Capabilities, canTake, chooseTier, FORCED_CHUNK } from './tiers';
import {
  type Layout,
  type Phase,
  type Role,
  type RowRole,
  rowRoles,
  type ValueRole,
  type Variant,
  valueRoles,
} from './variant';

/** Rows along an axis: `outer · inner` of them, each of `length` elements `inner` apart. */
export interface RowShape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Everything a row operation asks of the kernels. */
export interface RowTask {
  readonly op: KernelOpName;
  readonly shape: RowShape;
  /** Row data: as many elements as the tensor. */
  readonly data: Partial<Record<RowRole, Region>>;
  /** One value a row (or one for all, where its step is 0). */
  readonly values?: Partial<Record<ValueRole, Region>>;
  readonly weights?: Region | undefined;
  readonly mask?: MaskTask | undefined;
  /** Uniforms that are the operation's own. */
  readonly params?: Params;
  /** A regime to use whatever the table says. */
  readonly regime?: RegimeName | undefined;
}

export interface MaskTask {
  readonly kind: 'additive' | 'boolean' | 'causal';
  readonly layout: 'row' | 'broadcast';
  readonly region?: Region;
}

/** What the plan must know of the device. */
export interface PlanDevice extends Capabilities {
  readonly maxBinding: number;
  readonly maxWorkgroups: number;
  readonly subgroupMaxSize: number;
  /** Elements one submission may walk before it takes too long for a watchdog. */
  readonly maxElements: number;
}

/** A range of a buffer as it is bound: the offset is a multiple of 256 bytes. */
export interface BoundRange {
  readonly role: Role;
  readonly buffer: GPUBuffer | 'partials' | 'stats';
  readonly offset: number;
  readonly size: number;
}

export interface Dispatch {
  readonly variant: Variant;
  readonly ranges: readonly BoundRange[];
  readonly params: Params;
  readonly workgroups: readonly [number, number];
  readonly elements: number;
}

export interface Plan {
  readonly regime: RegimeName;
  readonly dispatches: readonly Dispatch[];
  /** Bytes of scratch the dispatches share. */
  readonly scratch: { readonly partials: number; readonly stats: number };
}

const ALIGNMENT = 256;
const floorTo = (n: number, unit: number) => Math.floor(n / unit) * unit;

/**
 * Turns a task into dispatches: picks the regime by row length, cuts the tensor into blocks that a
 * binding can hold and a watchdog will bear, and says for each dispatch what is bound where.
 *
 * @throws RangeError if no block of rows fits a binding; the message names the limit.
 */
export function planRows(label: string, task: RowTask, device: PlanDevice): Plan {
  const { shape } = task;
  const tier = chooseTier(shape.length, shape.inner > 1, device);
  const name = task.regime ?? tier.regime;
  if (!canTake(name, shape.length, device)) {
    throw new RangeError(
      `${label}: regime '${name}' cannot take rows of ${shape.length} elements on this device; ` +
        `it takes up to ${regimes[name].maxLength}${regimes[name].lanes === 'subgroup' && !device.subgroups ? ', and needs subgroups' : ''}`,
    );
  }
  const chunk = task.regime ? FORCED_CHUNK : tier.chunk;
  return new Planner(label, task, device, name, chunk).plan();
}

/** A Jacobian: x of `shape`, y of `[outer, K, K, inner]`. */
export interface JacobianTask {
  readonly shape: RowShape;
  readonly x: Region;
  readonly y: Region;
  readonly scale: number;
}

/**
 * The Jacobian's dispatches: a map over its elements, four an invocation, in blocks that a binding
 * can hold.
 *
 * @throws RangeError if x does not fit a binding.
 */
export function planJacobian(label: string, task: JacobianTask, device: PlanDevice): Plan {
  const { shape, x, y } = task;
  const variant: Variant = {
    op: 'softmax-jacobian',
    phase: 'flat',
    lanes: 'invocation',
    workgroupSize: 64,
    steps: 0,
    layout: 'scalar',
    mask: 'none',
    maskLayout: 'row',
    reads: ['x'],
    writes: ['y'],
    aliased: [],
  };
  const dispatches: Dispatch[] = [];
  const block = Math.min(floorTo((device.maxBinding - ALIGNMENT) / 4, 4), device.maxElements);
  for (let start = 0; start < y.count; start += block) {
    const count = Math.min(block, y.count - start);
    const groups = Math.ceil(count / 4);
    const params: Params = {
      rows: count,
      groups,
      row_start: start,
      length: shape.length,
      inner: shape.inner,
      scale: task.scale,
    };
    const ranges = [
      bind(label, device, params, 'x', x, 0, x.count),
      bind(label, device, params, 'y', y, start, count),
    ];
    dispatches.push({
      variant,
      ranges,
      params,
      workgroups: gridOf(Math.ceil(groups / variant.workgroupSize), device),
      elements: count,
    });
  }
  return { regime: 'row-per-invocation', dispatches, scratch: { partials: 0, stats: 0 } };
}

/** Binds `count` elements of a region from `first` on, and notes where they start. */
function bind(
  label: string,
  device: PlanDevice,
  params: Params,
  role: Exclude<Role, 'partials' | 'stats'>,
  region: Region,
  first: number,
  count: number,
): BoundRange {
  const start = region.byteOffset + first * 4;
  const offset = floorTo(start, ALIGNMENT);
  const size = start - offset + count * 4;
  if (size > device.maxBinding) {
    throw new RangeError(
      `${label}: ${role} needs a binding of ${size} bytes; ` +
        `this device binds at most ${device.maxBinding} (maxStorageBufferBindingSize)`,
    );
  }
  params[`offset_${role}`] = (start - offset) / 4;
  return { role, buffer: region.buffer, offset, size };
}

/** Over 65 535 workgroups need a second dimension. */
function gridOf(workgroups: number, device: PlanDevice): [number, number] {
  const y = Math.ceil(workgroups / device.maxWorkgroups);
  return [Math.ceil(workgroups / y), y];
}

class Planner {
  private readonly op: KernelOp;
  private readonly layout: Layout;
  private readonly dispatches: Dispatch[] = [];
  private readonly scratch = { partials: 0, stats: 0 };
  private readonly rowData: [RowRole | 'mask', Region][];
  private readonly aliased: Role[];

  constructor(
    private readonly label: string,
    private readonly task: RowTask,
    private readonly device: PlanDevice,
    private readonly regime: RegimeName,
    private readonly chunk: number,
  ) {
    this.op = kernelOps[task.op];
    this.rowData = rowRoles.flatMap((role): [RowRole | 'mask', Region][] => {
      const region = task.data[role];
      return region ? [[role, region]] : [];
    });
    const { mask } = task;
    if (mask?.region && mask.layout === 'row') this.rowData.push(['mask', mask.region]);
    const out = task.data.y?.buffer;
    this.aliased = out
      ? this.rowData.flatMap(([role, { buffer }]) => (role !== 'y' && buffer === out ? [role] : []))
      : [];
    const { length, inner } = task.shape;
    const aligned = this.rowData.every(([, { byteOffset }]) => byteOffset % 16 === 0);
    this.layout = inner === 1 && length % 4 === 0 && aligned ? 'vec4' : 'scalar';
  }

  plan(): Plan {
    const { outer, inner } = this.task.shape;
    if (outer * inner > 0) {
      const outers = this.outersPerBlock();
      for (let start = 0; start < outer; start += outers) {
        this.planBlock(start, Math.min(start + outers, outer));
      }
    }
    return { regime: this.regime, dispatches: this.dispatches, scratch: this.scratch };
  }

  private get chunks(): number {
    return Math.ceil(this.task.shape.length / this.chunk);
  }

  /** Outer indices that one binding, one scratch buffer and one submission can hold. */
  private outersPerBlock(): number {
    const { length, inner } = this.task.shape;
    const slab = length * inner * 4;
    const usable = this.device.maxBinding - ALIGNMENT;
    const partials = this.chunks * inner * this.op.partialBytes;
    const byBinding = Math.floor(this.usableSpan() / slab);
    const byScratch = Math.floor(usable / partials);
    const byTime = Math.floor(this.device.maxElements / (length * inner));
    return Math.max(
      1,
      Math.min(byBinding, byTime, regimes[this.regime].split ? byScratch : byBinding),
    );
  }

  /** Bytes of row data a binding can hold; roles that share a binding share its bytes. */
  private usableSpan(): number {
    const usable = this.device.maxBinding - ALIGNMENT;
    if (this.aliased.length === 0) return usable;
    const offsets = this.sharedOffsets();
    return usable - (Math.max(...offsets) - Math.min(...offsets));
  }

  private sharedOffsets(): number[] {
    return this.rowData
      .filter(([role]) => role === 'y' || this.aliased.includes(role))
      .map(([, { byteOffset }]) => byteOffset);
  }

  private planBlock(start: number, end: number): void {
    const { length, inner } = this.task.shape;
    const regime = regimes[this.regime];
    const perElement = inner * 4 * (end - start);
    const usable = this.usableSpan();
    if (length * perElement <= usable) {
      for (const phase of phasesOf(regime, this.op.hasSums)) {
        if (this.wanted(phase)) this.dispatch(phase, start, end, 0, length);
      }
      return;
    }
    // One outer slab is over the binding limit: a split row is bound a range of its axis at a time.
    const segment = floorTo(Math.floor(usable / perElement), this.chunk);
    if (!regime.split || segment < this.chunk) {
      throw new RangeError(
        `${this.label}: ${length} × ${inner} elements take ${length * perElement} bytes; ` +
          `this device binds at most ${this.device.maxBinding} (maxStorageBufferBindingSize)`,
      );
    }
    for (const phase of phasesOf(regime, this.op.hasSums)) {
      if (!this.wanted(phase)) continue;
      if (phase === 'split-merge') this.dispatch(phase, start, end, 0, length);
      else
        for (let k = 0; k < length; k += segment) {
          this.dispatch(phase, start, end, k, Math.min(k + segment, length));
        }
    }
  }

  /** An operation without elements to write has no last phase. */
  private wanted(phase: Phase): boolean {
    return phase !== 'split-finish' || this.task.data.y !== undefined;
  }

  private dispatch(phase: Phase, start: number, end: number, from: number, to: number): void {
    const { length, inner } = this.task.shape;
    const rows = (end - start) * inner;
    const chunkStart = from / this.chunk;
    const chunksHere = Math.ceil((to - from) / this.chunk);
    const whole = phase === 'row' || phase === 'split-merge';
    const groups = whole ? rows : rows * chunksHere;
    const variant = this.variant(phase, groups);
    const params: Params = {
      ...this.task.params,
      rows,
      groups,
      row_start: start * inner,
      length,
      inner,
      axis_start: from,
      chunk_start: chunkStart,
      chunk_quads: this.chunk / 4,
      chunks: this.chunks,
      step_class_index: 1,
      step_lse: 1,
      step_dlse: 1,
      step_norm: 1,
      step_loss_grad: this.task.params?.step_loss_grad ?? 1,
    };
    const ranges: BoundRange[] = [];
    const used = new Set<Role>([...variant.reads, ...variant.writes]);
    this.bindRowData(
      used,
      params,
      ranges,
      (start * length + from) * inner,
      (end - start - 1) * length * inner + (to - from) * inner,
    );
    for (const role of valueRoles) {
      const region = this.task.values?.[role];
      if (!region || !used.has(role)) continue;
      const shared = role === 'norm' || (role === 'loss_grad' && params.step_loss_grad === 0);
      this.bind(
        ranges,
        params,
        role,
        region,
        shared ? 0 : start * inner,
        shared ? region.count : rows,
      );
    }
    for (const role of ['weights', 'mask'] as const) {
      const region = role === 'weights' ? this.task.weights : this.task.mask?.region;
      if (!region || !used.has(role)) continue;
      if (role === 'mask' && this.task.mask?.layout === 'row') continue;
      this.bind(ranges, params, role, region, 0, region.count);
    }
    for (const role of ['partials', 'stats'] as const) {
      if (!used.has(role)) continue;
      const size = rows * this.op.partialBytes * (role === 'partials' ? this.chunks : 1);
      this.scratch[role] = Math.max(this.scratch[role], size);
      ranges.push({ role, buffer: role, offset: 0, size });
    }
    this.dispatches.push({
      variant,
      ranges,
      params,
      workgroups: this.grid(variant, groups),
      elements: whole && phase !== 'row' ? rows * this.chunks : rows * (to - from),
    });
  }

  /** Binds row data; roles in the output's buffer share its binding. */
  private bindRowData(
    used: Set<Role>,
    params: Params,
    ranges: BoundRange[],
    first: number,
    count: number,
  ): void {
    const shared: [RowRole | 'mask', Region][] = [];
    for (const [role, region] of this.rowData) {
      if (!used.has(role)) continue;
      if (this.aliased.length > 0 && used.has('y') && (role === 'y' || this.aliased.includes(role)))
        shared.push([role, region]);
      else this.bind(ranges, params, role, region, first, count);
    }
    if (shared.length === 0) return;
    const starts = shared.map(([, { byteOffset }]) => byteOffset + first * 4);
    const low = Math.min(...starts);
    const span = Math.max(...starts) + count * 4 - low;
    const offset = floorTo(low, ALIGNMENT);
    if (span + low - offset > this.device.maxBinding) {
      throw new RangeError(
        `${this.label}: out shares a buffer with ${shared.map(([role]) => role).join(', ')}, and together they span ` +
          `${span} bytes; this device binds at most ${this.device.maxBinding} (maxStorageBufferBindingSize)`,
      );
    }
    const buffer = shared[0]![1].buffer;
    ranges.push({ role: 'y', buffer, offset, size: span + low - offset });
    shared.forEach(([role], i) => {
      params[`offset_${role}`] = (starts[i]! - offset) / 4;
    });
  }

  private bind(
    ranges: BoundRange[],
    params: Params,
    role: Exclude<Role, 'partials' | 'stats'>,
    region: Region,
    first: number,
    count: number,
  ): void {
    ranges.push(bind(this.label, this.device, params, role, region, first, count));
  }

  private grid(variant: Variant, groups: number): [number, number] {
    const perWorkgroup = {
      invocation: variant.workgroupSize,
      // Of unknown size: enough workgroups for the largest.
      subgroup: Math.max(1, Math.floor(variant.workgroupSize / this.device.subgroupMaxSize)),
      workgroup: 1,
    }[variant.lanes];
    return gridOf(Math.ceil(groups / perWorkgroup), this.device);
  }

  private variant(phase: Phase, groups: number): Variant {
    const { task } = this;
    const regime = regimes[this.regime];
    const walksRow = phase !== 'split-merge';
    const emits = phase === 'row' || phase === 'split-finish' || phase === 'map';
    const writesRow = phase === 'row' || phase === 'split-merge';
    const values = Object.keys(task.values ?? {}) as ValueRole[];
    const outputs = values.filter((role) => isOutput(task.op, role));
    const reads: Role[] = values.filter((role) => !outputs.includes(role));
    const writes: Role[] = writesRow ? [...outputs] : [];
    if (walksRow) for (const [role] of this.rowData) if (role !== 'y') reads.push(role);
    if (walksRow && task.mask?.layout === 'broadcast' && task.mask.region) reads.push('mask');
    if (task.weights) reads.push('weights');
    if (emits && task.data.y) writes.push('y');
    if (phase === 'split-partial') writes.push('partials');
    if (phase === 'split-merge') {
      reads.push('partials');
      writes.push('stats');
    }
    if (phase === 'split-finish') reads.push('stats');
    // A map reads each element once anyway.
    const held = regime.held && this.op.hasSums && (phase === 'row' || phase === 'split-partial');
    const quads = Math.ceil(
      Math.min(task.shape.length, phase === 'row' ? Infinity : this.chunk) / 4,
    );
    const workgroupSize = this.workgroupSize(phase, quads, groups);
    const steps = held ? nextPowerOfTwo(Math.ceil(quads / workgroupSize)) : 0;
    if (steps > MAX_STEPS)
      throw new Error(`a row of ${quads} quads does not fit ${workgroupSize} lanes`);
    return {
      op: task.op,
      phase,
      lanes: regime.lanes,
      workgroupSize,
      steps,
      layout: this.layout,
      mask: walksRow ? (task.mask?.kind ?? 'none') : 'none',
      maskLayout: task.mask?.layout ?? 'row',
      reads: order(reads),
      writes: order(writes),
      aliased: writes.includes('y') ? this.aliased : [],
    };
  }

  /** Invocations that walk alone spread over the cores where there are few of them. */
  private workgroupSize(phase: Phase, quads: number, groups: number): number {
    const sizes = regimes[this.regime].workgroupSizes;
    const [small, large] = [sizes[0]!, sizes[sizes.length - 1]!];
    if (regimes[this.regime].lanes === 'invocation') return groups < 1024 ? small : large;
    if (phase === 'split-merge') return 64;
    return quads <= 4 * small ? small : large;
  }
}

/** Whether a role of one value a row is written by the operation, not read. */
function isOutput(op: KernelOpName, role: ValueRole): boolean {
  if (role === 'loss' || role === 'total') return true;
  if (role === 'lse') return op !== 'log-sum-exp-vjp';
  return role === 'norm' && op === 'kept-weight';
}

const order = (roles: Role[]): Role[] => [...new Set(roles)].sort();

const nextPowerOfTwo = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

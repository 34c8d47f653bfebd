import type { DeviceFacts } from '../gpu/adapter';
import { bufferUsage } from '../gpu/constants';
import type { From } from '../gpu/halves';
import {
  ALIGNMENT,
  type BoundRange,
  bind,
  type Copies,
  type Dispatch,
  floorTo,
  gridOf,
  overBinding,
  type Place,
  type Plan,
} from '../gpu/plan';
import { bytesOf, bytesPer, type Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { wrongValue } from '../util/words';
import { type RowKernel, rowKernel } from './kernel';
import type { Params } from './params';
import type { HighPrecision } from './precision';
import { HELD_STEPS, MAX_UNROLLED, phasesOf, type RegimeName, regimes } from './regimes';
import type { RowOp } from './row-op';
import {
  type Capabilities,
  canTake,
  chooseTier,
  FORCED_CHUNK,
  FORCED_STRIDED_CHUNK,
} from './tiers';
import {
  type Phase,
  type Quad,
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
  readonly op: RowOp;
  readonly shape: RowShape;
  /** Files of high precision, where exponentials of logits and their sums are to have it. */
  readonly high?: HighPrecision | undefined;
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
  /** Rows of the batch before these: what masks are looked up by. Default 0. */
  readonly firstRow?: number;
  /** One phase of one split row, whose data is a range of it. */
  readonly segment?: Segment;
}

/** Elements `from` to `to` of one row (of all its chunks, for the merge); `from` starts a chunk. */
export interface Segment {
  readonly phase: 'split-partial' | 'split-merge' | 'split-finish';
  readonly from: number;
  readonly to: number;
  /** Scratch that the row's phases share: what is kept of its chunks, and of itself. */
  readonly partials: Region;
  readonly stats: Region;
}

/** f32 elements that are kept of a chunk at most. */
export const PARTIAL_ELEMENTS = 12;

export interface MaskTask {
  readonly kind: 'additive' | 'boolean' | 'causal';
  readonly layout: 'row' | 'broadcast';
  readonly region?: Region;
}

/** What the plan must know of the device. */
export interface PlanDevice extends DeviceFacts, Capabilities {}

/** The dispatches of a row operation, and of what converts f16 for it. */
export interface RowPlan extends Plan {
  readonly regime: RegimeName;
}

/** A dispatch that walks rows. */
export type RowDispatch = Dispatch<RowKernel, Params>;

/**
 * Turns a task into dispatches: picks the regime by row length, cuts the tensor into blocks that a
 * binding can hold and a watchdog will bear, and says for each dispatch what is bound where.
 *
 * @throws RangeError if no block of rows fits a binding; the message names the limit.
 */
export function planRows(label: string, given: RowTask, device: PlanDevice): RowPlan {
  const { shape } = given;
  const task = shape.length > 0 ? given : rowsOfNothing(given);
  const tier = chooseTier(shape.length, shape.inner > 1, device);
  const name = task.regime ?? tier.regime;
  const strided = shape.inner > 1;
  if (!canTake(name, shape.length, strided, device)) {
    const { maxQuads, lanes } = regimes[name];
    const may = `one that takes rows of ${shape.length} elements on this device`;
    const got =
      `'${name}', which takes up to ${maxQuads * (strided ? 1 : 4)}` +
      `${lanes === 'invocation' ? '' : ', side by side (the axis is the last)'}` +
      `${lanes === 'subgroup' ? ', and needs subgroups' : ''}`;
    wrongValue(label, 'regime', may, got);
  }
  const chunk = task.regime ? (strided ? FORCED_STRIDED_CHUNK : FORCED_CHUNK) : tier.chunk;
  return new Planner(label, task, device, name, chunk).plan();
}

/**
 * A task whose rows have no elements: only their values are written, and in place of what may have no
 * bytes to bind there is scratch.
 */
const rowsOfNothing = ({ mask: _, weights: __, ...task }: RowTask): RowTask => ({
  ...task,
  data: { x: { buffer: NOTHING, byteOffset: 0, dtype: 'f32', count: 4 } as Place as Region },
});

const NOTHING = 'nothing';

type RowData<P extends Place = Place> = [role: RowRole | 'mask', region: P][];

/** Rows that are planned together: whole outer slabs, or columns gathered from one. */
interface Block {
  readonly rowData: RowData;
  readonly firstRow: number;
  readonly rows: number;
  readonly inner: number;
}

class Planner {
  private readonly op: RowOp;
  private readonly quad: Quad;
  private readonly steps: (Dispatch | Copies)[] = [];
  private readonly scratch = new Map<string, number>();
  private readonly rowData: RowData<Region>;
  private readonly aliased: Role[];
  /**
   * An odd number of packed halves side by side, or a first one in the middle of a word, shares words
   * with what is beside, whose owner is another invocation or somebody else: results are written as f32
   * to scratch, and converted from there.
   */
  private readonly wide: boolean;
  /** Bytes of the largest element of row data. */
  private readonly unit: number;

  constructor(
    private readonly label: string,
    private readonly task: RowTask,
    private readonly device: PlanDevice,
    private readonly regime: RegimeName,
    private readonly chunk: number,
  ) {
    this.op = task.op;
    this.rowData = rowRoles.flatMap((role): RowData<Region> => {
      const region = task.data[role];
      return region ? [[role, region]] : [];
    });
    const { mask } = task;
    if (mask?.region && mask.layout === 'row') this.rowData.push(['mask', mask.region]);
    this.quad = task.shape.inner > 1 ? 'columns' : 'row';
    const contiguous = this.quad === 'row' ? task.shape.length : task.shape.inner;
    const { y } = task.data;
    const typed = device.halves?.conversion === 'typed';
    this.wide = y !== undefined && !typed && sharesWords(y, contiguous);
    this.unit = Math.max(
      ...this.rowData.map(([role, { dtype }]) => (role === 'y' && this.wide ? 4 : bytesPer(dtype))),
    );
    const out = this.wide ? undefined : task.data.y?.buffer;
    this.aliased = out
      ? this.rowData.flatMap(([role, { buffer }]) => (role !== 'y' && buffer === out ? [role] : []))
      : [];
  }

  plan(): RowPlan {
    const { outer, length, inner } = this.task.shape;
    if (length === 0) this.reserve(NOTHING, 16);
    const { segment } = this.task;
    if (segment) {
      const row: Block = { rowData: this.rowData, firstRow: 0, rows: 1, inner: 1 };
      const merges = segment.phase === 'split-merge';
      const [from, to] = merges ? [0, length] : [segment.from, segment.to];
      this.dispatch(segment.phase, row, 0, from, to);
    } else if (outer * inner > 0 && this.writes) {
      for (const [start, end] of blocksOf(outer, this.outersPerBlock())) this.planBlock(start, end);
    }
    return { regime: this.regime, steps: this.steps, scratch: this.scratch };
  }

  /** Whether there is anything to write: of rows of nothing only what is one value a row. */
  private get writes(): boolean {
    const { data, values = {} } = this.task;
    return (
      data.y !== undefined ||
      Object.keys(values).some((role) => isOutput(this.op, role as ValueRole))
    );
  }

  private get chunks(): number {
    return this.chunksOf(this.task.shape.length);
  }

  /** A row of nothing has a chunk too, to say so. */
  private chunksOf(elements: number): number {
    return Math.max(1, Math.ceil(elements / this.chunk));
  }

  /** Groups of rows that one group of lanes takes together: four columns of a slab, or a row. */
  private rowGroups(rows: number, inner: number): number {
    return this.quad === 'row' ? rows : (rows / inner) * Math.ceil(inner / 4);
  }

  /** The number of quads in this many elements of a row. */
  private quadsOf(elements: number): number {
    return this.quad === 'row' ? Math.ceil(elements / 4) : elements;
  }

  /** Size in bytes of WGSL's `Partial`, the record kept of a chunk. */
  private get partialBytes(): number {
    const { sumCount: sums, hasPeak } = this.op;
    // A maximum and a minimum, a sum in two parts and up to three sums besides.
    if (this.task.high) return this.quad === 'columns' ? 128 : 48;
    if (this.quad === 'columns') return (hasPeak ? 48 : 32) + 16 * sums;
    return sums <= 2 ? 16 : 32;
  }

  /** Outer indices that one binding and one scratch buffer can hold. */
  private outersPerBlock(): number {
    const { length, inner } = this.task.shape;
    const byBinding = Math.floor(this.usableSpan() / (length * inner * this.unit));
    if (!regimes[this.regime].split) return Math.max(1, byBinding);
    const partials = this.chunks * this.rowGroups(inner, inner) * this.partialBytes;
    const byScratch = Math.floor((this.device.maxBinding - ALIGNMENT) / partials);
    return Math.max(1, Math.min(byBinding, byScratch));
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
    const { rowData } = this;
    const block: Block = { rowData, firstRow: start * inner, rows: (end - start) * inner, inner };
    const perElement = inner * this.unit * (end - start);
    const usable = this.usableSpan();
    const phases = phasesOf(regime).filter((phase) => this.wanted(phase));
    if (length * perElement <= usable) {
      for (const phase of phases) this.dispatch(phase, block, start * length * inner, 0, length);
      return;
    }
    // One outer slab is over the binding limit. A split row is bound a range of its axis at a time;
    // of other rows, blocks of columns are gathered into scratch.
    const segment = floorTo(Math.floor(usable / perElement), this.chunk);
    if (!regime.split || segment < this.chunk) {
      this.planColumns(start);
      return;
    }
    for (const phase of phases) {
      const step = phase === 'split-merge' ? length : segment;
      for (const [from, to] of blocksOf(length, step)) {
        this.dispatch(phase, block, (start * length + from) * inner, from, to);
      }
    }
  }

  /** Gathers blocks of columns of one outer slab into scratch, and scatters the results. */
  private planColumns(outer: number): void {
    const { length, inner } = this.task.shape;
    /** Halves that cannot be copied, which takes whole words, are converted to f32 and from there. */
    const converted = (region: Region) => sharesWords(region, inner);
    const unit = this.rowData.some(([, region]) => converted(region)) ? 4 : this.unit;
    const most = Math.floor((this.device.maxBinding - ALIGNMENT) / (unit * length));
    // Halves are copied two at a time.
    const columns = this.rowData.some(([, { dtype }]) => dtype === 'f16') ? floorTo(most, 2) : most;
    if (inner === 1 || columns < 1) {
      const what = `a row of ${length} elements in regime '${this.regime}'`;
      overBinding(this.label, what, unit * length, this.device);
    }
    for (const [role, region] of this.rowData) {
      const [usage, name] =
        role === 'y' ? [bufferUsage.COPY_DST, 'COPY_DST'] : [bufferUsage.COPY_SRC, 'COPY_SRC'];
      if (converted(region) || region.buffer.usage & usage) continue;
      throw new TypeError(
        `${this.label}: ${role === 'y' ? 'out' : role} has a buffer without the usage ${name}; give one with it, for ` +
          `a tensor over ${this.device.maxBinding} bytes (maxStorageBufferBindingSize) and an axis that is not the last`,
      );
    }
    for (const [c, end] of blocksOf(inner, columns)) {
      const width = end - c;
      const gathered = this.rowData.map(([role, region]) => {
        const buffer = `columns of ${role}` as const;
        const dtype = converted(region) ? 'f32' : region.dtype;
        this.reserve(buffer, bytesPer(dtype) * length * width);
        const place: Place = { buffer, byteOffset: 0, dtype, count: length * width };
        return { role, region, place };
      });
      const first = (k: number) => (outer * length + k) * inner + c;
      for (const { role, region, place } of gathered) {
        if (role !== 'y') this.moveColumns(region, place, first, width, false);
      }
      const rowData = gathered.map(({ role, place }): RowData[number] => [role, place]);
      const firstRow = outer * inner + c;
      const block: Block = { rowData, firstRow, rows: width, inner: width };
      for (const phase of phasesOf(regimes[this.regime])) {
        if (this.wanted(phase)) this.dispatch(phase, block, 0, 0, length);
      }
      for (const { role, region, place } of gathered) {
        if (role === 'y') this.moveColumns(region, place, first, width, true);
      }
    }
  }

  /**
   * Moves `width` columns of a region, whose row k starts at element `first(k)`, to a place of their
   * own, or back.
   */
  private moveColumns(
    region: Region,
    place: Place,
    first: (k: number) => number,
    width: number,
    back: boolean,
  ): void {
    const { length } = this.task.shape;
    if (region.dtype !== place.dtype) {
      for (let k = 0; k < length; k++) {
        const there: From = [region, first(k)];
        const here: From = [place, k * width];
        if (back) this.convert(here, there, width);
        else this.convert(there, here, width);
      }
      return;
    }
    const bytes = bytesPer(region.dtype);
    const size = bytes * width;
    const offsets = Array.from({ length }, (_, k): [number, number] => {
      const inTensor = region.byteOffset + bytes * first(k);
      return back ? [size * k, inTensor] : [inTensor, size * k];
    });
    const [from, to] = back ? [place.buffer, region.buffer] : [region.buffer, place.buffer];
    this.steps.push({ kind: 'copies', from, to, size, offsets });
  }

  private reserve(scratch: string, bytes: number): void {
    this.scratch.set(scratch, Math.max(bytes, this.scratch.get(scratch) ?? 0));
  }

  /** An operation without elements to write has no last phase. */
  private wanted(phase: Phase): boolean {
    return phase !== 'split-finish' || this.task.data.y !== undefined;
  }

  /**
   * Adds the dispatches of a phase over elements `from` to `to` of a block's rows, whose row data
   * starts at element `first`.
   */
  private dispatch(phase: Phase, block: Block, first: number, from: number, to: number): void {
    const { length } = this.task.shape;
    const { rows, inner, firstRow } = block;
    const whole = phase === 'row' || phase === 'split-merge';
    const rowGroups = this.rowGroups(rows, inner);
    const groups = whole ? rowGroups : rowGroups * this.chunksOf(to - from);
    const variant = this.variant(phase, groups, block);
    const params: Params = {
      ...this.task.params,
      row_groups: rowGroups,
      row_start: firstRow + (this.task.firstRow ?? 0),
      length,
      inner,
      axis_start: from,
      chunk_start: from / this.chunk,
      chunk_quads: this.quadsOf(this.chunk),
      chunks: this.chunks,
      stride_class_index: 1,
      stride_dlse: 1,
      stride_loss_grad: this.task.params?.stride_loss_grad ?? 1,
    };
    const used = new Set<Role>([...variant.reads, ...variant.writes]);
    const outers = rows / inner;
    const count = (outers - 1) * length * inner + (to - from) * inner;
    // Gathered columns are scattered from f32 in any case.
    const writesWide = this.wide && used.has('y') && block.rowData === this.rowData;
    const rowData = writesWide ? block.rowData.filter(([role]) => role !== 'y') : block.rowData;
    const ranges = this.bindRowData(rowData, variant, used, params, first, count);
    const wide = { buffer: 'wide', byteOffset: 0, dtype: 'f32', count } as const;
    if (writesWide) {
      this.reserve('wide', 4 * count);
      ranges.push(bind(this.label, this.device, params, 'y', [wide, 0, count]));
    }
    const add = (
      role: Exclude<Role, 'partials' | 'stats'>,
      region: Region | undefined,
      at: number,
      size: number,
    ) => {
      if (region && used.has(role)) {
        ranges.push(bind(this.label, this.device, params, role, [region, at, size]));
      }
    };
    const { values = {}, weights, mask } = this.task;
    for (const role of valueRoles) {
      const shared = role === 'norm' || (role === 'loss_grad' && params.stride_loss_grad === 0);
      if (shared) add(role, values[role], 0, values[role]?.count ?? 0);
      else add(role, values[role], firstRow, rows);
    }
    add('weights', weights, 0, weights?.count ?? 0);
    if (mask?.layout === 'broadcast') add('mask', mask.region, 0, mask.region?.count ?? 0);
    for (const role of ['partials', 'stats'] as const) {
      if (!used.has(role)) continue;
      const size = rowGroups * this.partialBytes * (role === 'partials' ? this.chunks : 1);
      const shared = this.task.segment?.[role];
      if (!shared) this.reserve(role, size);
      ranges.push({ role, buffer: shared?.buffer ?? role, offset: 0, size });
    }
    this.cut(
      variant,
      ranges,
      params,
      groups,
      phase === 'split-merge' ? this.chunks : (rows * (to - from)) / groups,
    );
    if (!writesWide) return;
    this.convert([wide, 0], [this.task.data.y!, first], count);
  }

  private convert(from: From, to: From, count: number): void {
    const { label, device } = this;
    this.steps.push(...device.halves!.convert(label, device, from, to, count));
  }

  /** Groups are independent, so a dispatch that would take too long is several. */
  private cut(
    variant: Variant,
    ranges: BoundRange[],
    params: Params,
    groups: number,
    elementsPerGroup: number,
  ): void {
    const most = Math.max(1, Math.floor(this.device.maxElements / elementsPerGroup));
    const kernel = rowKernel(variant);
    for (const [start, end] of blocksOf(groups, most)) {
      this.steps.push({
        kind: 'dispatch',
        kernel,
        ranges,
        params: { ...params, group_start: start, group_end: end },
        workgroups: this.grid(variant, end - start),
        elements: (end - start) * elementsPerGroup,
      });
    }
  }

  /** Binds row data; roles in the output's buffer share its binding. */
  private bindRowData(
    rowData: RowData,
    variant: Variant,
    used: Set<Role>,
    params: Params,
    first: number,
    count: number,
  ): BoundRange[] {
    const { label, device } = this;
    const inUse = rowData.filter(([role]) => used.has(role));
    const shares = (role: RowRole | 'mask') =>
      variant.aliased.length > 0 && (role === 'y' || variant.aliased.includes(role));
    const ranges = inUse
      .filter(([role]) => !shares(role))
      .map(([role, region]) => bind(label, device, params, role, [region, first, count]));
    const shared = inUse.filter(([role]) => shares(role));
    if (shared.length === 0) return ranges;
    // An operation's output shares a binding with inputs of its own element size only.
    const { dtype } = shared[0]![1];
    const unit = bytesPer(dtype);
    const starts = shared.map(([, { byteOffset }]) => byteOffset + first * unit);
    const low = Math.min(...starts);
    const offset = floorTo(low, ALIGNMENT);
    const size = bytesOf((Math.max(...starts) - offset) / unit + count, dtype);
    if (size > device.maxBinding) {
      const what = `out, with ${variant.aliased.join(', ')} in the same buffer`;
      overBinding(label, what, size, device);
    }
    shared.forEach(([role], i) => {
      params[`offset_${role}`] = (starts[i]! - offset) / unit;
    });
    return [...ranges, { role: 'y', buffer: shared[0]![1].buffer, offset, size }];
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

  private variant(phase: Phase, groups: number, block: Block): Variant {
    const { task, op, quad } = this;
    const regime = regimes[this.regime];
    const gathered = block.rowData !== this.rowData;
    // Gathered columns have scratch of their own, which starts on 16 bytes.
    const aliased = gathered ? [] : this.aliased;
    const { length } = task.shape;
    const aligned = block.rowData.every(
      ([, { byteOffset, dtype }]) => byteOffset % (4 * bytesPer(dtype)) === 0,
    );
    const contiguous = quad === 'row' ? length : block.inner;
    const layout = aligned && contiguous % 4 === 0 ? 'vec4' : 'scalar';

    const emits = phase === 'row' || phase === 'split-finish';
    const reduces = phase === 'row' || phase === 'split-partial';
    const quads = this.quadsOf(phase === 'row' ? length : Math.min(length, this.chunk));
    const workgroupSize = this.workgroupSize(phase, quads, groups);
    const unrolled =
      phase === 'row' &&
      regime.lanes === 'invocation' &&
      quads <= MAX_UNROLLED[quad] &&
      !op.acrossRows;
    const lanes = {
      invocation: 1,
      // There may be more of them: then the last steps find nothing to do.
      subgroup: this.device.subgroupMinSize,
      workgroup: workgroupSize,
    }[regime.lanes];
    const heldSteps = HELD_STEPS.find((held) => quads <= held * lanes);
    const held = regime.held && reduces && heldSteps !== undefined;
    const walk = unrolled ? 'unrolled' : held ? 'held' : 'streamed';
    const steps = {
      unrolled: quads,
      held: heldSteps ?? 0,
      streamed: 0,
    }[walk];
    // Where arithmetic takes the time, not memory; columns are better read again. Targets in the
    // output's place would be overwritten before their last use, and halves would lose digits.
    const stored =
      op.keeps === true &&
      (task.data.y?.dtype !== 'f16' || (this.wide && !regime.split)) &&
      regime.lanes === 'invocation' &&
      quad === 'row' &&
      !unrolled &&
      task.data.y !== undefined &&
      // A segment's place is the next one's too.
      !task.segment &&
      !aliased.includes('v');

    const { reads, writes } = this.rolesOf(phase, stored, emits);
    const half = block.rowData.flatMap(([role, { dtype }]) =>
      dtype === 'f16' && !(role === 'y' && this.wide) ? [role] : [],
    );
    return {
      op,
      high: this.task.high,
      phase,
      lanes: regime.lanes,
      workgroupSize,
      quad,
      walk,
      steps,
      rest: unrolled && quad === 'row' && layout === 'scalar' ? length % 4 : 0,
      layout,
      spread: this.spread(),
      half: order(half.filter((role) => reads.includes(role) || writes.includes(role))),
      halves: this.device.halves,
      stored: stored && phase !== 'split-merge',
      mask: reads.includes('x') ? (task.mask?.kind ?? 'none') : 'none',
      maskLayout: task.mask?.layout ?? 'row',
      reads: order(reads),
      writes: order(writes),
      aliased: writes.includes('y') ? aliased.filter((role) => reads.includes(role)) : [],
    };
  }

  /** What a phase reads and writes. */
  private rolesOf(
    phase: Phase,
    stored: boolean,
    emits: boolean,
  ): { reads: Role[]; writes: Role[] } {
    const { task } = this;
    const values = Object.keys(task.values ?? {}) as ValueRole[];
    const outputs = values.filter((role) => isOutput(this.op, role));
    const reads: Role[] = values.filter((role) => !outputs.includes(role));
    const writes: Role[] = phase === 'row' || phase === 'split-merge' ? [...outputs] : [];
    const walksRow = phase !== 'split-merge';
    const readsBack = stored && phase === 'split-finish';
    if (walksRow) {
      for (const [role] of this.rowData) {
        if (role === 'v' || (role !== 'y' && !readsBack)) reads.push(role);
      }
      if (task.mask?.layout === 'broadcast' && task.mask.region && !readsBack) reads.push('mask');
    }
    if (task.weights) reads.push('weights');
    if (task.data.y && (emits || (stored && phase === 'split-partial'))) writes.push('y');
    if (phase === 'split-partial') writes.push('partials');
    if (phase === 'split-merge') {
      reads.push('partials');
      writes.push('stats');
    }
    if (phase === 'split-finish') reads.push('stats');
    // What was set aside is below the chunk's maximum. What is read again may need no guards.
    if (readsBack || (phase === 'split-finish' && this.knowsLowest())) reads.push('partials');
    return { reads, writes };
  }

  /**
   * How columns are dealt to the lanes of a subgroup. A GPU joins what neighbours read; a CPU-backed
   * adapter reads for one lane after the other, and eight lanes that find a cache line each wait for
   * memory less often than eight that share two. Four share one, and gain nothing.
   */
  private spread(): number {
    const { adapter, subgroupMinSize } = this.device;
    return this.quad === 'columns' && adapter === 'cpu' && subgroupMinSize > 4
      ? subgroupMinSize
      : 1;
  }

  /** Whether a chunk's lowest logit is kept; the composer asks for it where no mask makes −inf. */
  private knowsLowest(): boolean {
    const alone = regimes[this.regime].lanes === 'invocation';
    return alone && this.op.hasPeak && !this.task.high && !this.task.mask;
  }

  /**
   * Invocations that walk alone spread over the cores where there are few of them, a subgroup in each
   * workgroup (fewer would leave lanes without work); of those that share a row, no more than have
   * about four quads (or partials) each.
   */
  private workgroupSize(phase: Phase, quads: number, groups: number): number {
    const { lanes, workgroupSizes: sizes } = regimes[this.regime];
    const largest = sizes[sizes.length - 1]!;
    if (lanes === 'invocation') {
      return groups < 512
        ? Math.min(Math.max(sizes[0]!, this.device.subgroupMinSize), largest)
        : largest;
    }
    const values = phase === 'split-merge' ? this.chunks : quads;
    return sizes.find((size) => values <= 4 * size) ?? largest;
  }
}

/** Whether adjacent rows of this length share words with each other or with their surroundings. */
const sharesWords = ({ dtype, byteOffset }: Region, contiguous: number): boolean =>
  dtype === 'f16' && (contiguous % 2 === 1 || byteOffset % 4 !== 0);

/** Whether a role of one value a row is written by the operation, not read. */
const isOutput = (op: RowOp, role: ValueRole): boolean =>
  role === 'loss' || role === 'total' || role === 'lse' || role === op.gives;

const order = (roles: Role[]): Role[] => [...new Set(roles)].sort();

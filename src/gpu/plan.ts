/** Plans: what a task's kernels are, what is bound where, and how many workgroups take it. */

import { blocksOf } from '../util/blocks';
import { tooLarge } from '../util/words';
import type { DeviceFacts } from './adapter';
import type { Kernel } from './kernel';
import { bytesOf, bytesPer, type Region } from './region';

/** A buffer, or the name of scratch that the steps of a plan share. */
export type Store = GPUBuffer | string;

/** A region of a buffer, or of scratch. */
export interface Place extends Omit<Region, 'buffer'> {
  readonly buffer: Store;
}

/** A part of a region: its first element and how many. */
export type Part = readonly [region: Place, first: number, count: number];

/** A range as it is bound: the offset is a multiple of 256 bytes. */
export interface BoundRange {
  readonly role: string;
  readonly buffer: Store;
  readonly offset: number;
  readonly size: number;
}

/** A dispatch of a kernel. */
export interface Dispatch<K extends Kernel = Kernel, P extends object = object> {
  readonly kind: 'dispatch';
  readonly kernel: K;
  readonly ranges: readonly BoundRange[];
  /** The kernel's uniforms by name; what is not given is 0. */
  readonly params: P;
  readonly workgroups: readonly [x: number, y: number, z?: number];
  /** What a watchdog takes it for. */
  readonly elements: number;
}

/** Copies between a tensor and scratch, all of one size. */
export interface Copies {
  readonly kind: 'copies';
  readonly from: Store;
  readonly to: Store;
  readonly size: number;
  readonly offsets: readonly (readonly [from: number, to: number])[];
}

/** What a task's commands are to be. */
export interface Plan<K extends Kernel = Kernel, P extends object = object> {
  readonly steps: readonly (Dispatch<K, P> | Copies)[];
  /** Bytes of scratch the steps share. */
  readonly scratch: ReadonlyMap<string, number>;
}

/** A plan that takes no scratch. */
export const planOf = (steps: Plan['steps']): Plan => ({ steps, scratch: new Map() });

export const ALIGNMENT = 256;
export const floorTo = (n: number, unit: number) => Math.floor(n / unit) * unit;

/** @throws RangeError for a binding over the device's limit. */
export const overBinding = (label: string, what: string, bytes: number, device: DeviceFacts) =>
  tooLarge(label, what, bytes, device.maxBinding, 'maxStorageBufferBindingSize');

/**
 * Binds a part of a region as `role`, and notes in `params` where it starts.
 *
 * @throws RangeError if a binding cannot hold it; the message names the limit.
 */
export function bind(
  label: string,
  device: DeviceFacts,
  params: object,
  role: string,
  [region, first, count]: Part,
): BoundRange {
  const unit = bytesPer(region.dtype);
  const start = region.byteOffset + first * unit;
  const offset = floorTo(start, ALIGNMENT);
  // A binding may not be empty, though nothing is read of rows of nothing.
  const size = bytesOf((start - offset) / unit + (count || 4), region.dtype);
  if (size > device.maxBinding) {
    overBinding(label, role, size, device);
  }
  (params as Record<string, number>)[`offset_${role}`] = (start - offset) / unit;
  return { role, buffer: region.buffer, offset, size };
}

/** A dispatch of a kernel on parts of regions, by role. */
export function dispatch<P extends object>(
  label: string,
  device: DeviceFacts,
  kernel: Kernel,
  parts: Readonly<Record<string, Part>>,
  options: P,
  workgroups: Dispatch['workgroups'],
  elements: number,
): Dispatch<Kernel, P> {
  const params = { ...options };
  const ranges = Object.entries(parts).map(([role, [region, first, count]]) =>
    bind(label, device, params, role, [region, first, Math.max(1, count)]),
  );
  return { kind: 'dispatch', kernel, ranges, params, workgroups, elements };
}

/** Over 65 535 workgroups need a second dimension. */
export function gridOf(workgroups: number, device: DeviceFacts): [number, number] {
  const y = Math.ceil(workgroups / device.maxWorkgroups);
  return [Math.ceil(workgroups / y), y];
}

/** Blocks of elements within the binding limit and the watchdog's patience. */
export function elementBlocks(
  count: number,
  device: DeviceFacts,
): (readonly [start: number, count: number])[] {
  const most = Math.min(floorTo((device.maxBinding - ALIGNMENT) / 4, 4), device.maxElements);
  return Array.from(blocksOf(count, most), ([from, to]) => [from, to - from]);
}

import { bufferUsage } from '../gpu/constants';
import type { From } from '../gpu/halves';
import { ALIGNMENT, floorTo, overBinding, type Place } from '../gpu/plan';
import { bytesPer, type Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { addPhase, convert } from './dispatch';
import { type DataRole, entriesOf, type Planning, reserve, sharesWords } from './planning';

/**
 * Plans an outer slab of which a device can bind no whole row: gathers blocks of its columns into
 * scratch, and scatters the results.
 */
export function planColumns(planning: Planning, outer: number): void {
  const { label, task, device, name, data, unit: own } = planning;
  const { length, inner } = task.shape;
  const entries = entriesOf(data);
  /** Halves that cannot be copied, which takes whole words, are converted to f32 and from there. */
  const converted = (region: Region) => sharesWords(region, inner);
  const unit = entries.some(([, region]) => converted(region)) ? 4 : own;
  const most = Math.floor((device.maxBinding - ALIGNMENT) / (unit * length));
  // Halves are copied two at a time.
  const columns = entries.some(([, { dtype }]) => dtype === 'f16') ? floorTo(most, 2) : most;
  if (inner === 1 || columns < 1) {
    overBinding(label, `a row of ${length} elements in regime '${name}'`, unit * length, device);
  }
  for (const [role, region] of entries) {
    const [usage, flag] =
      role === 'y' ? [bufferUsage.COPY_DST, 'COPY_DST'] : [bufferUsage.COPY_SRC, 'COPY_SRC'];
    if (converted(region) || region.buffer.usage & usage) continue;
    throw new TypeError(
      `${label}: ${role === 'y' ? 'out' : role} has a buffer without the usage ${flag}; give one with it, for ` +
        `a tensor over ${device.maxBinding} bytes (maxStorageBufferBindingSize) and an axis that is not the last`,
    );
  }
  for (const [column, end] of blocksOf(inner, columns)) {
    const width = end - column;
    const gathered: Partial<Record<DataRole, Place>> = {};
    for (const [role, region] of entries) {
      const buffer = `columns of ${role}`;
      const dtype = converted(region) ? 'f32' : region.dtype;
      const count = length * width;
      reserve(planning, buffer, bytesPer(dtype) * count);
      gathered[role] = { buffer, byteOffset: 0, dtype, count };
    }
    const first = (k: number) => (outer * length + k) * inner + column;
    const move = (back: boolean) => {
      for (const [role, region] of entries) {
        if ((role === 'y') === back)
          moveColumns(planning, region, gathered[role]!, first, width, back);
      }
    };
    const block = {
      data: gathered,
      // Scratch of its own starts on 16 bytes, and is scattered from f32 in any case.
      aliased: [],
      wide: false,
      start: 0,
      firstRow: outer * inner + column,
      rows: width,
      inner: width,
    };
    move(false);
    for (const phase of planning.phases) addPhase(planning, phase, block, 0, length);
    move(true);
  }
}

/**
 * Moves `width` columns of a region, whose row k starts at element `first(k)`, to a place of their
 * own, or back.
 */
function moveColumns(
  planning: Planning,
  region: Region,
  place: Place,
  first: (k: number) => number,
  width: number,
  back: boolean,
): void {
  const { length } = planning.task.shape;
  const inOrder = <T>(there: T, here: T): [T, T] => (back ? [here, there] : [there, here]);
  if (region.dtype !== place.dtype) {
    for (let k = 0; k < length; k++) {
      convert(planning, ...inOrder<From>([region, first(k)], [place, k * width]), width);
    }
    return;
  }
  const bytes = bytesPer(region.dtype);
  const size = bytes * width;
  const offsets = Array.from({ length }, (_, k) =>
    inOrder(region.byteOffset + bytes * first(k), size * k),
  );
  const [from, to] = inOrder<Place['buffer']>(region.buffer, place.buffer);
  planning.steps.push({ kind: 'copies', from, to, size, offsets });
}

import pickRows from '../../shaders/training/pick-rows.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from './elements';

/** Rows of x gathered by their numbers; `missing` are the bits of elements of a row that is not there. */
export interface PickTask {
  /** Of `rowsOfX` rows of `width` elements of 4 bytes. */
  readonly x: Region;
  readonly rowsOfX: number;
  readonly width: number;
  readonly rows: Region;
  readonly y: Region;
  readonly missing: number;
}

export const pickRowsMap: ElementMap = {
  name: 'pick-rows',
  source: pickRows,
  reads: { x: 'u32', rows: 'u32' },
  writes: { y: 'u32' },
};

/**
 * The dispatches that gather rows.
 *
 * @throws RangeError if x does not fit a binding: any of its rows may be asked for.
 */
export function planPick(label: string, task: PickTask, device: DeviceFacts): Plan {
  const { x, rowsOfX, width, rows, y, missing } = task;
  return planOf([
    mapElements(
      label,
      device,
      pickRowsMap,
      { x: [x, 0, rowsOfX * width], rows: [rows, 0, rows.count], y: [y, 0, y.count] },
      { count: y.count, width, rows_of_x: rowsOfX, missing },
    ),
  ]);
}

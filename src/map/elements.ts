import everyElement from '../../shaders/training/every-element.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { Kernel } from '../gpu/kernel';
import { type Dispatch, dispatch, gridOf, type Part } from '../gpu/plan';
import { type StandAlone, standAlone } from '../wgsl/stand-alone';

/** A kernel that does the same with each of `count` elements: what `take` of its source says. */
export interface ElementMap extends Omit<StandAlone, 'workgroupSize' | 'sources'> {
  readonly source: string;
  /** What it calls. */
  readonly shared?: readonly string[];
}

const WORKGROUP_SIZE = 64;
/** Elements that an invocation takes, a workgroup's size apart. */
const EACH = 4;

export const mapKernel = ({ source, shared = [], ...map }: ElementMap): Kernel =>
  standAlone({
    ...map,
    workgroupSize: WORKGROUP_SIZE,
    sources: () => [everyElement, source, ...shared],
  });

/** The dispatch of a map over `count` elements, of buffers by role. */
export function mapElements<P extends { readonly count: number }>(
  label: string,
  device: DeviceFacts,
  map: ElementMap,
  parts: Readonly<Record<string, Part>>,
  params: P,
): Dispatch {
  const { count } = params;
  const grid = gridOf(Math.ceil(count / (WORKGROUP_SIZE * EACH)), device);
  return dispatch(label, device, mapKernel(map), parts, params, grid, count);
}

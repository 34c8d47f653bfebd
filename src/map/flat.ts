import invocation from '../../shaders/lanes/invocation.wgsl';
import flatLoader from '../../shaders/loaders/flat.wgsl';
import single from '../../shaders/loaders/single.wgsl';
import flatRegime from '../../shaders/regimes/flat.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { Halves } from '../gpu/halves';
import type { Binding, Kernel } from '../gpu/kernel';
import { bind, type Dispatch, gridOf, type Part } from '../gpu/plan';
import type { FloatDType } from '../gpu/region';
import { emit } from '../wgsl/emit';
import { halfConstants, type Instance } from '../wgsl/piece';

/** A map over the elements of y, f32 or f16, four neighbours an invocation. */
export interface FlatMap {
  readonly name: string;
  /** Defines `element_result`. */
  readonly source: string;
}

const WORKGROUP_SIZE = 64;

/** The kernel of a map from one element type to another. */
export function flatKernel(
  { name, source }: FlatMap,
  dtypes: Readonly<Record<'x' | 'y', FloatDType>>,
  halves: Halves | undefined,
): Kernel {
  const roles = ['x', 'y'] as const;
  const isHalf = (role: 'x' | 'y') => dtypes[role] === 'f16';
  /** What converts, where it is asked for. */
  const half = roles.some(isHalf) ? halves : undefined;
  const typed = half?.conversion === 'typed';
  const bindings = roles.map((role): Binding => {
    const elements = typed && isHalf(role) ? 'f16' : 'u32';
    return { role, type: role === 'x' ? 'read-only-storage' : 'storage', elements };
  });
  const [from, to] = roles.map((role) => dtypes[role]);
  return {
    name: `${name} ${from}→${to}${half && half.conversion !== 'integer' ? ` ${half.conversion}` : ''}`,
    bindings,
    emit(tidy) {
      const of = (role: 'x' | 'y', source: string): Instance => ({
        source,
        role,
        data: role,
        constants: halfConstants(isHalf(role), typed),
      });
      return emit({
        tidy,
        directives: typed ? 'enable f16;\n' : '',
        bindings,
        types: { scale: 'f32' },
        constants: { WORKGROUP_SIZE: `${WORKGROUP_SIZE}u` },
        sources: [
          invocation,
          flatRegime,
          source,
          rowsOne,
          bits,
          ...(half?.sources ?? []),
          of('x', single),
          of('y', flatLoader),
          of('y', single),
        ],
      });
    },
  };
}

/** Its dispatch. */
export function mapFlat(
  label: string,
  device: DeviceFacts,
  map: FlatMap,
  options: object,
  [x, y]: readonly [x: Part, y: Part],
): Dispatch {
  const dtypes = { x: x[0].dtype, y: y[0].dtype } as Record<'x' | 'y', FloatDType>;
  const elements = y[2];
  const params = { ...options, elements } as { elements: number; offset_y?: number };
  const ranges = [bind(label, device, params, 'x', x), bind(label, device, params, 'y', y)];
  // Packed halves that start in the middle of a word reach into one word more.
  const before =
    dtypes.y === 'f16' && device.halves?.conversion !== 'typed' ? params.offset_y! % 2 : 0;
  const groups = Math.ceil((before + elements) / 4);
  return {
    kind: 'dispatch',
    kernel: flatKernel(map, dtypes, device.halves),
    ranges,
    params: { ...params, group_end: groups },
    workgroups: gridOf(Math.ceil(groups / WORKGROUP_SIZE), device),
    elements,
  };
}

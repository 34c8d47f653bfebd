import invocation from '../../shaders/lanes/invocation.wgsl';
import scalar from '../../shaders/loaders/scalar.wgsl';
import single from '../../shaders/loaders/single.wgsl';
import vec4 from '../../shaders/loaders/vec4.wgsl';
import softmaxJacobian from '../../shaders/ops/softmax-jacobian.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import type { AdapterClass, DeviceFacts } from '../gpu/adapter';
import type { Halves } from '../gpu/halves';
import type { Kernel } from '../gpu/kernel';
import { ALIGNMENT, bind, type Dispatch, floorTo, gridOf, type Part, type Plan } from '../gpu/plan';
import type { FloatDType, Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { emit } from '../wgsl/emit';
import { halfConstants, type Instance } from '../wgsl/piece';

/** A Jacobian: x of `[outer, length, inner]`; y of `[outer, length, length, inner]`. */
export interface JacobianTask {
  readonly shape: { readonly outer: number; readonly length: number; readonly inner: number };
  readonly x: Region;
  readonly y: Region;
  readonly scale: number;
}

/** One shader of it, fully said. */
export interface JacobianVariant {
  /** Quads side by side and aligned; of any length; or dealt to lanes, so that neighbours store neighbours. */
  readonly layout: 'vec4' | 'scalar' | 'dealt';
  /** Whether rows lie side by side. */
  readonly strided: boolean;
  readonly x: FloatDType;
  readonly y: FloatDType;
  /** What converts f16, where there is any. */
  readonly half: Halves | undefined;
  /** Rows of y that an invocation writes a quad of. */
  readonly run: number;
}

const WORKGROUP_SIZE = 64;
/** Elements from which on each lane of a workgroup has some of them, dealt. */
const DEALT_FROM = 4 * WORKGROUP_SIZE;

/** Rows of an invocation: on a CPU a long loop, on a GPU many invocations. */
export const jacobianRuns: Readonly<Record<AdapterClass, number>> = { cpu: 64, gpu: 4 };

const roles = ['x', 'y'] as const;

export function jacobianKernel(variant: JacobianVariant): Kernel {
  const { layout, strided, half, run, ...dtypes } = variant;
  const typed = half?.conversion === 'typed';
  const isHalf = (role: 'x' | 'y') => dtypes[role] === 'f16';
  const elementsOf = (role: 'x' | 'y') => {
    const one = typed && isHalf(role) ? 'f16' : 'u32';
    return layout !== 'vec4' ? one : `vec${isHalf(role) && !typed ? 2 : 4}<${one}>`;
  };
  const bindings = roles.map((role) => ({
    role,
    type: role === 'x' ? ('read-only-storage' as const) : ('storage' as const),
    elements: elementsOf(role),
  }));
  const how = half && half.conversion !== 'integer' ? ` ${half.conversion}` : '';
  return {
    name: `softmax-jacobian ${layout}${strided ? ' strided' : ''} ${run} rows ${dtypes.x}→${dtypes.y}${how}`,
    bindings,
    emit(tidy) {
      const loadersOf = (role: 'x' | 'y') =>
        layout === 'vec4'
          ? [vec4]
          : [...(isHalf(role) && !typed ? [half!.loaders.row] : []), scalar, single];
      return emit({
        tidy,
        directives: typed ? 'enable f16;\n' : '',
        bindings,
        types: { scale: 'f32' },
        constants: {
          WORKGROUP_SIZE: `${WORKGROUP_SIZE}u`,
          LANES: `${WORKGROUP_SIZE}u`,
          RUN: `${run}u`,
          STRIDED: strided,
          WHOLE: layout === 'vec4',
          HAS_TAIL: layout !== 'vec4',
          KNOWS_TAIL: false,
          COLUMNS: false,
          DEALT: layout === 'dealt',
          PADDING_X: '0u',
          PADDING_Y: '0u',
        },
        sources: [
          invocation,
          softmaxJacobian,
          rowsOne,
          bits,
          ...(half?.sources ?? []),
          ...roles.flatMap((role) =>
            loadersOf(role).map(
              (source): Instance => ({
                source,
                role,
                data: role,
                constants: halfConstants(isHalf(role), typed),
              }),
            ),
          ),
        ],
      });
    },
  };
}

/**
 * The Jacobian's dispatches: of rows of y for as many outer indices as a binding holds, or for one and some
 * of its rows.
 *
 * @throws RangeError if a row of y, or x of one outer index, does not fit a binding.
 */
export function planJacobian(label: string, task: JacobianTask, device: DeviceFacts): Plan {
  const { outer, length, inner } = task.shape;
  const width = length * inner;
  const steps: Dispatch[] = [];
  const scratch = new Map<string, number>();
  if (width === 0) return { steps, scratch };
  const most = Math.min((device.maxBinding - ALIGNMENT) / 4, device.maxElements) / width;
  for (const outers of blocksOf(outer, Math.max(1, Math.floor(most / length)))) {
    for (const rows of blocksOf(
      length,
      Math.max(1, most < 4 ? Math.floor(most) : floorTo(most, 4)),
    )) {
      steps.push(...dispatchBlock(label, task, device, scratch, outers, rows));
    }
  }
  return { steps, scratch };
}

function dispatchBlock(
  label: string,
  { shape: { length, inner }, x, y, scale }: JacobianTask,
  device: DeviceFacts,
  scratch: Map<string, number>,
  [from, to]: readonly [number, number],
  [row_start, end]: readonly [number, number],
): Dispatch[] {
  const { halves, adapter } = device;
  const width = length * inner;
  const jacobian_rows = end - row_start;
  const first = (from * length + row_start) * width;
  const elements = (to - from) * jacobian_rows * width;
  const isPacked = ({ dtype }: Region) => dtype === 'f16' && halves!.conversion !== 'typed';
  // A word of two halves has one owner.
  const converted = isPacked(y) && (width % 2 > 0 || y.byteOffset % 4 > 0);
  const result: Part = converted
    ? [{ ...y, buffer: 'y', byteOffset: 0, dtype: 'f32', count: elements }, 0, elements]
    : [y, first, elements];
  const params = {
    length: width,
    inner,
    scale,
    row_start,
    jacobian_rows,
    offset_x: 0,
    offset_y: 0,
  };
  const ranges = [
    bind(label, device, params, 'x', [x, from * width, (to - from) * width]),
    bind(label, device, params, 'y', result),
  ];
  const dtypes = { x: x.dtype as FloatDType, y: result[0].dtype as FloatDType };
  const half = Object.values(dtypes).includes('f16') ? halves : undefined;
  const strided = inner > 1;
  const { offset_x, offset_y } = params;
  const places = [width, jacobian_rows, row_start, offset_x, offset_y];
  const aligned = places.every((n) => n % 4 === 0);
  const packed = half !== undefined && half.conversion !== 'typed';
  const dealt = adapter === 'gpu' && width >= DEALT_FROM && !packed;
  const layout = aligned && !strided ? 'vec4' : dealt ? 'dealt' : 'scalar';
  const run = jacobianRuns[adapter];
  const quads =
    layout === 'dealt' ? Math.ceil(width / DEALT_FROM) * WORKGROUP_SIZE : Math.ceil(width / 4);
  const groups = (to - from) * Math.ceil(jacobian_rows / run) * quads;
  const step: Dispatch = {
    kind: 'dispatch',
    kernel: jacobianKernel({ layout, strided, ...dtypes, half, run }),
    ranges,
    params: { ...params, group_end: groups },
    workgroups: gridOf(Math.ceil(groups / WORKGROUP_SIZE), device),
    elements,
  };
  if (!converted) return [step];
  scratch.set('y', Math.max(4 * elements, scratch.get('y') ?? 0));
  return [step, ...halves!.convert(label, device, [result[0], 0], [y, first], elements)];
}

/** What the planner makes of picks and draws: the variants of `test/kernels/variants.ts` for these. */
import type { DType, Region } from '../../src/gpu/region';
import type { MaskTask } from '../../src/rows/plan';
import { drawOp } from '../../src/select/draw';
import { reportOp } from '../../src/select/filter';
import { type FilterTask, filterKinds, planFiltered } from '../../src/select/filter-plan';
import { pickOp } from '../../src/select/pick';
import { logProbabilityOp, planPlaces } from '../../src/select/place';
import { planSelect } from '../../src/select/plan';
import type { SelectTask } from '../../src/select/task';
import { selectRegimes } from '../../src/select/tiers';
import { type SelectVariant, selectVariantName } from '../../src/select/variant';
import { device } from './variants';

const region = (count: number, dtype: DType = 'f32'): Region => ({
  buffer: { usage: 0xff } as GPUBuffer,
  byteOffset: 0,
  dtype,
  count,
});

interface Options extends Pick<SelectTask, 'regime' | 'probabilities'> {
  readonly draws?: boolean;
  readonly length: number;
  /** Outer slabs of rows; default 2. */
  readonly outer?: number;
  readonly inner?: number;
  readonly picks?: number;
  readonly dtype?: DType;
  readonly mask?: MaskTask['kind'];
  readonly maskLayout?: MaskTask['layout'];
  readonly picked?: boolean;
  readonly numbered?: boolean;
}

/** A task of these options. */
export function selectTaskOf({
  length,
  outer = 2,
  inner = 1,
  picks = 4,
  ...o
}: Options): SelectTask {
  const rows = outer * inner;
  const count = rows * length;
  const layout = o.maskLayout ?? 'row';
  const maskRegion = o.mask === 'causal' ? {} : { region: region(count) };
  return {
    op: o.draws ? drawOp : pickOp,
    shape: { outer, length, inner },
    x: region(count, o.dtype),
    ...(o.mask && { mask: { kind: o.mask, layout, ...maskRegion } }),
    ...(!o.draws && { values: region(rows * picks) }),
    indices: region(rows * picks, 'i32'),
    picks,
    resultStride: inner,
    probabilities: o.probabilities,
    ...(o.picked && { picked: region(count, 'i32') }),
    ...(o.numbered && { rowNumbers: region(2 * rows, 'u32') }),
    params: {},
    regime: o.regime,
  };
}

const variantsOf = (options: Options): SelectVariant[] =>
  planSelect('select', selectTaskOf(options), device).steps.flatMap((step) =>
    step.kind === 'dispatch' ? [step.kernel.variant] : [],
  );

const { TOP_K, TOP_P, MIN_P } = filterKinds;

/** A task of these options, with filters of each kind. */
export function filterTaskOf({
  weighs = true,
  ...options
}: Options & { weighs?: boolean }): FilterTask {
  const task = selectTaskOf(options);
  return {
    ...task,
    ...(!options.draws && { op: reportOp, picks: 1 }),
    filters: [
      { filter_kind: TOP_K, wanted: 3 },
      ...(weighs ? [{ filter_kind: TOP_P, share: 0.5 }] : []),
      { filter_kind: MIN_P, reach: 1 },
    ],
    filterScale: {},
    isDrawScale: true,
    weighs,
  };
}

const filterVariantsOf = (options: Parameters<typeof filterTaskOf>[0]): SelectVariant[] =>
  planFiltered('select', filterTaskOf(options), device).steps.flatMap((step) =>
    step.kind === 'dispatch' ? [step.kernel.variant] : [],
  );

/** The variants of log-probabilities and ranks. */
const placeVariantsOf = ({ length, inner = 1 }: Options): SelectVariant[] => {
  const task = selectTaskOf({ length, inner });
  const places = { ...task, op: logProbabilityOp, places: task.indices };
  return planPlaces('select', places, device).steps.flatMap((step) =>
    step.kind === 'dispatch' ? [step.kernel.variant] : [],
  );
};

const unique = (variants: SelectVariant[]) => [
  ...new Map(variants.map((variant) => [selectVariantName(variant), variant])).values(),
];

const stages: Partial<Options>[] = [{}, { probabilities: true }, { draws: true }];

/** Every stage in every regime, and every option that changes a shader once. */
export function selectVariants(): SelectVariant[] {
  const [alone] = selectRegimes;
  return unique([
    ...selectRegimes.flatMap((regime) =>
      stages.flatMap((stage) => [
        ...variantsOf({ length: 5000, regime, ...stage }),
        ...variantsOf({ length: 5001, regime, ...stage }),
        ...variantsOf({ length: 5000, inner: 3, regime, ...stage }),
      ]),
    ),
    ...[5000, 5001].flatMap((length) => [
      ...variantsOf({ length, dtype: 'f16', regime: alone }),
      ...variantsOf({ length, mask: 'additive', regime: alone }),
      ...variantsOf({ length, mask: 'boolean', maskLayout: 'broadcast', regime: alone }),
      ...variantsOf({ length, mask: 'causal', regime: alone }),
    ]),
    ...variantsOf({ length: 5000, inner: 3, dtype: 'f16', regime: alone }),
    ...variantsOf({ length: 5001, inner: 3, mask: 'additive', regime: alone }),
    ...selectRegimes.flatMap((regime) => [
      ...filterVariantsOf({ length: 5000, regime }),
      ...filterVariantsOf({ length: 5001, regime, weighs: false }),
      ...filterVariantsOf({ length: 5000, regime, draws: true }),
    ]),
    ...filterVariantsOf({ length: 2 ** 20, regime: alone }),
    ...filterVariantsOf({ length: 5000, dtype: 'f16', mask: 'additive', regime: alone }),
    ...filterVariantsOf({ length: 5001, inner: 3, regime: alone }),
    ...placeVariantsOf({ length: 5000 }),
    ...placeVariantsOf({ length: 5000, inner: 3 }),
    ...variantsOf({ length: 200, picked: true, draws: true, regime: alone }),
    ...variantsOf({ length: 5000, numbered: true, draws: true, picks: 1, regime: alone }),
  ]);
}

/** Those whose WGSL is kept. */
export function goldenSelectVariants(): SelectVariant[] {
  return unique(
    selectRegimes.flatMap((regime) => [
      ...stages.flatMap((stage) => variantsOf({ length: 5000, regime, ...stage })),
      ...filterVariantsOf({ length: 5000, regime }),
      ...filterVariantsOf({ length: 5000, regime, draws: true }),
      ...placeVariantsOf({ length: 5000 }),
    ]),
  );
}

import { quadColumns, type TileSize, tileCode, tileSizes } from '../product/tile';
import { type Piece, pieces } from '../rows/pieces';
import {
  type Emitted,
  emit,
  pathOf,
  type ScalarType,
  type Source,
  SUBGROUPS,
  storage,
  type Uniform,
} from '../wgsl/emit';

/** A kernel that walks no rows: a file with a `main` of its own, and those that complete it. */
interface StandAlone {
  readonly files: readonly Piece[];
  /** Code that is composed, after the files. */
  readonly code?: Source;
  readonly workgroupSize: number;
  /** Whether the device must have subgroups. */
  readonly subgroups?: boolean;
  /** Elements that an invocation takes, a workgroup's size apart; default 1. */
  readonly elements?: number;
  readonly params: Readonly<Record<string, ScalarType>>;
  /** Bindings in their order, and what they are arrays of. */
  readonly reads: Readonly<Record<string, ScalarType>>;
  readonly writes: Readonly<Record<string, ScalarType>>;
}

const product = {
  params: {
    rows: 'u32',
    columns: 'u32',
    length: 'u32',
    part_length: 'u32',
    parts: 'u32',
    a_offset: 'u32',
    a_row: 'u32',
    a_step: 'u32',
    b_offset: 'u32',
    b_column: 'u32',
    b_step: 'u32',
    bias_offset: 'u32',
    has_bias: 'u32',
    accumulate: 'u32',
    c_offset: 'u32',
    c_row: 'u32',
  },
  reads: { a: 'f32', b: 'f32', bias: 'f32' },
  writes: { c: 'f32' },
} as const;

const step = {
  workgroupSize: 64,
  elements: 4,
  params: {
    count: 'u32',
    weight_offset: 'u32',
    grad_offset: 'u32',
    velocity_offset: 'u32',
    learning_rate: 'f32',
    momentum: 'f32',
  },
  reads: { grad: 'f32' },
} as const;

type Registers = `product-registers-${TileSize}x${TileSize}`;
type Quads = `product-quads-8x${(typeof quadColumns)[number]}`;
type InRegisters = typeof product & Pick<StandAlone, 'files' | 'workgroupSize'>;

const inRegisters = (rows: number, columns: number, subgroups: boolean) => ({
  ...product,
  files: [
    'product/operands',
    'product/registers',
    subgroups ? 'product/columns-quad' : 'product/columns-alone',
  ],
  get code() {
    return { file: `a tile of ${rows} × ${columns}`, text: tileCode(rows, columns) };
  },
  workgroupSize: 8,
  subgroups,
});

/** Products in registers, by rows and columns of a tile. */
const registers = Object.fromEntries(
  tileSizes.flatMap((rows) =>
    tileSizes.map((columns) => [
      `product-registers-${rows}x${columns}`,
      inRegisters(rows, columns, false),
    ]),
  ),
) as unknown as Record<Registers, InRegisters>;

/** The same where the tiles of a quad share columns. */
const quads = Object.fromEntries(
  quadColumns.map((columns) => [`product-quads-8x${columns}`, inRegisters(8, columns, true)]),
) as unknown as Record<Quads, InRegisters>;

const standAlone = {
  ...registers,
  ...quads,
  'product-workgroup': {
    ...product,
    files: ['product/operands', 'product/workgroup'],
    workgroupSize: 256,
  },
  'product-merge': {
    ...product,
    files: ['product/merge'],
    workgroupSize: 64,
    reads: { a: 'f32', bias: 'f32' },
  },
  'pick-rows': {
    files: ['training/every-element', 'training/pick-rows'],
    workgroupSize: 64,
    elements: 4,
    params: {
      count: 'u32',
      width: 'u32',
      missing: 'u32',
      rows_of_x: 'u32',
      x_offset: 'u32',
      rows_offset: 'u32',
      y_offset: 'u32',
    },
    reads: { x: 'u32', rows: 'u32' },
    writes: { y: 'u32' },
  },
  'nearest-i32': {
    files: ['training/every-element', 'training/nearest-i32'],
    workgroupSize: 64,
    elements: 4,
    params: { count: 'u32', x_offset: 'u32', y_offset: 'u32' },
    reads: { x: 'u32' },
    writes: { y: 'u32' },
  },
  'sgd-step': {
    ...step,
    files: ['training/every-element', 'training/sgd-step', 'training/along-gradient'],
    writes: { weight: 'f32' },
  },
  'sgd-step-momentum': {
    ...step,
    files: ['training/every-element', 'training/sgd-step', 'training/along-velocity'],
    writes: { weight: 'f32', velocity: 'f32' },
  },
} as const satisfies Record<string, StandAlone>;

/** Of a kernel that stands alone: the label of its module and pipeline. */
export type StandAloneName = keyof typeof standAlone;

export const standAloneNames = Object.keys(standAlone) as StandAloneName[];

/** The kernel's uniforms by name; what is not given is 0. */
export type StandAloneParams<Name extends StandAloneName = StandAloneName> = {
  readonly [Param in keyof (typeof standAlone)[Name]['params']]?: number;
};

const kernelOf = (name: StandAloneName): StandAlone => standAlone[name];

export const workgroupSizeOf = (name: StandAloneName): number => kernelOf(name).workgroupSize;

/** Elements that a workgroup takes. */
export const elementsPerWorkgroup = (name: StandAloneName): number =>
  workgroupSizeOf(name) * (kernelOf(name).elements ?? 1);

/** The bindings: the uniforms, then what is read, then what is written. */
export function standAloneBindings(name: StandAloneName) {
  const { reads, writes } = kernelOf(name);
  const of = <T>(roles: object, type: T) => Object.keys(roles).map((role) => ({ role, type }));
  return [
    { role: 'params', type: 'uniform' as const },
    ...of(reads, 'read-only-storage' as const),
    ...of(writes, 'storage' as const),
  ];
}

/** The WGSL of a kernel, of bindings and files. */
export function composeStandAlone(name: StandAloneName): Emitted {
  const { files, code, workgroupSize, subgroups, params, reads, writes } = kernelOf(name);
  return emit({
    directives: subgroups ? SUBGROUPS : undefined,
    uniforms: Object.entries(params) as Uniform[],
    bindings: standAloneBindings(name)
      .slice(1)
      .map(({ role, type }) => storage(role, type, `array<${reads[role] ?? writes[role]}>`)),
    constants: { WORKGROUP_SIZE: `${workgroupSize}u` },
    sources: [
      ...files.map((file) => ({ file: pathOf(file), text: pieces[file] })),
      ...(code ? [code] : []),
    ],
  });
}

import { instantiate } from '../instantiate';
import { selectParamsWgsl } from '../params';
import { pieces } from '../pieces';
import { selectPieces } from './pieces';
import { type SelectRole, type SelectVariant, selectBindings } from './variant';

const all = { ...pieces, ...selectPieces };

/** The WGSL of a kernel that selects: a header of constants and bindings, then whole files, joined. */
export function composeSelect(variant: SelectVariant): string {
  const { stage, lanes, layout, half, mask, maskLayout, sums, picked } = variant;
  const files: string[] = [];
  const add = (...names: (keyof typeof all)[]) => files.push(...names.map((name) => all[name]));
  /** The loader of a role: its files written for `data`. */
  const addLoader = (role: 'x' | 'mask', isHalf: boolean) => {
    const suffix = isHalf ? ('-half' as const) : '';
    const quads = {
      vec4: [`loaders/load-vec4${suffix}`],
      // Halves that share words are picked out of them, other elements are taken one by one.
      scalar: [
        ...(isHalf ? [] : (['loaders/load-single'] as const)),
        `loaders/load-scalar${suffix}`,
      ],
      strided: [`loaders/load-single${suffix}`, 'loaders/load-strided'],
    } as const;
    const names = [`loaders/address-${layout}` as const, ...quads[layout]];
    files.push(...names.map((name) => instantiate(all[name], role, role)));
  };

  add('rows/one', 'shared/bits', 'shared/log', 'shared/peak', 'shared/exp', 'shared/sum');
  add('shared/below-peak', `lanes/${lanes}`, 'select/keys', 'select/best', 'select/blocks');
  if (sums || stage === 'draw') add('select/sums');
  // Exact on every device; what reads a row once gains little from the other.
  if (half) add('shared/half', 'shared/half-integer');
  addLoader('x', half);
  add(`masks/${mask}`, 'walks/elements');
  if (mask === 'none' || mask === 'causal') {
    files.push(instantiate(all['loaders/load-absent'], 'mask', 'mask'));
  } else if (maskLayout === 'broadcast') add('loaders/mask-broadcast');
  else addLoader('mask', false);
  if (stage === 'scan') {
    add(`select/scan-${lanes}`, `select/scan-${lanes}-${sums ? 'sums' : 'keys'}`);
  } else if (stage === 'pick') {
    add('select/pick', 'select/place', `select/again-${lanes}`);
    add(sums ? 'select/value-probability' : 'select/value-logit');
  } else {
    add('select/draw', 'select/place', 'select/philox');
    add(picked ? 'select/index-picked' : 'select/index-own');
  }
  const opens = mask === 'none' ? ['x'] : ['x', 'mask'];
  return `${header(variant)}
fn open_row(row: u32) {
${opens.map((role) => `  open_${role}(row);`).join('\n')}
}

${files.join('\n')}`;
}

function header(variant: SelectVariant): string {
  const lines = [
    selectParamsWgsl,
    `const WORKGROUP_SIZE = ${variant.workgroupSize}u;`,
    `const FAN = ${Math.sqrt(variant.workgroupSize)}u;`,
    `const RAGGED = ${variant.layout !== 'vec4'};`,
    'const PADDING_X = NEG_INF;',
    'const PADDING_MASK = 0u;',
    '',
    'fn rest() -> u32 { return params.length % 4u; }',
    '@group(0) @binding(0) var<uniform> params: Params;',
  ];
  selectBindings(variant).forEach(({ role, type }, i) => {
    const access = type === 'storage' ? 'read_write' : 'read';
    const array = arrayType(variant, role);
    lines.push(`@group(0) @binding(${i + 1}) var<storage, ${access}> ${role}: array<${array}>;`);
  });
  return `${lines.join('\n')}\n`;
}

function arrayType(variant: SelectVariant, role: SelectRole): string {
  switch (role) {
    case 'x':
    case 'mask': {
      if (variant.layout !== 'vec4' || (role === 'mask' && variant.maskLayout === 'broadcast')) {
        return 'u32';
      }
      return role === 'x' && variant.half ? 'vec2<u32>' : 'vec4<u32>';
    }
    case 'block_keys':
    case 'chunk_keys':
      // A scan writes them one by one.
      return variant.stage === 'pick' ? 'vec4<i32>' : 'i32';
    case 'block_sums':
      return 'f32';
    case 'chunk_sums':
      return 'ChunkSum';
    default:
      return 'u32';
  }
}

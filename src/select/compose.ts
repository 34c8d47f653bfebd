import { selectUniforms } from '../rows/params';
import { pieces } from '../rows/pieces';
import { type Emitted, emit, pathOf, type Source, storage } from '../wgsl/emit';
import { instantiate } from '../wgsl/instantiate';
import { decided } from '../wgsl/text';
import { selectPieces } from './pieces';
import { type SelectRole, type SelectVariant, selectBindings } from './variant';

const all = { ...pieces, ...selectPieces };

/** The WGSL of a kernel that selects, of constants, bindings and files. */
export function composeSelect(variant: SelectVariant): Emitted {
  const { stage, lanes, layout, half, mask, maskLayout, sums, picked } = variant;
  const files: Source[] = [];
  const add = (...names: (keyof typeof all)[]) =>
    files.push(...names.map((name) => ({ file: pathOf(name), text: all[name] })));
  const addFor = (role: 'x' | 'mask', ...names: (keyof typeof all)[]) => {
    const isHalf = role === 'x' && half;
    for (const name of names) {
      const text = decided(instantiate(all[name], role, role), { HALF: isHalf, PACKED: isHalf });
      files.push({ file: `${pathOf(name)} for ${role}`, text });
    }
  };

  add(`lanes/${lanes}`);
  if (stage === 'scan') add(`select/scan-${lanes}`);
  else add(`select/${stage}`);
  add('rows/one', 'shared/bits', 'shared/log', 'shared/peak', 'shared/exp', 'shared/sum');
  add('shared/below-peak', 'select/keys', 'select/best', 'select/blocks');
  if (sums || stage === 'draw') add('select/sums');
  // Exact on every device; what reads a row once gains little from the other.
  if (half) add('shared/half', 'shared/half-integer');
  addFor('x', `loaders/${layout}`, 'loaders/single');
  add('walks/elements');
  if (mask !== 'none') add(`masks/${mask}`);
  if (mask === 'none' || mask === 'causal') {
    addFor('mask', 'loaders/load-absent');
  } else if (maskLayout === 'broadcast') add('loaders/mask-broadcast');
  else addFor('mask', `loaders/${layout}`, 'loaders/single');
  if (stage === 'pick') add('select/values', 'select/place');
  if (stage === 'draw') add('select/place', 'select/philox');
  const opens = mask === 'none' ? ['x'] : ['x', 'mask'];
  const calls = opens.map((role) => `  open_${role}(row);`).join('\n');
  return emit({
    uniforms: selectUniforms,
    bindings: selectBindings(variant).map(({ role, type }) =>
      storage(role, type, `array<${arrayType(variant, role)}>`),
    ),
    constants: {
      WORKGROUP_SIZE: `${variant.workgroupSize}u`,
      FAN: `${Math.sqrt(variant.workgroupSize)}u`,
      RAGGED: variant.layout !== 'vec4',
      PLAIN: false,
      ALONE: lanes === 'invocation',
      HAS_MASK: mask !== 'none',
      SUMS: sums,
      PICKED: picked,
      PADDING_X: 'NEG_INF',
      PADDING_MASK: '0u',
    },
    sources: [
      ...files,
      { file: 'every role of a row', text: `fn open_row(row: u32) {\n${calls}\n}` },
      { file: 'a row’s tail', text: 'fn rest() -> u32 { return params.length % 4u; }' },
    ],
  });
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

/** WGSL as it is handed to the device: files joined, without what a kernel does not reach. */

import type { Binding, Emitted, Uniform } from '../gpu/kernel';
import type { Piece } from './piece';
import { join } from './readable';
import type { Constants } from './text';

/** Directives of a kernel that uses subgroups, whose branches are the same for all that exchange values. */
export const SUBGROUPS = `enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);
`;

/** What a kernel is made of. */
export interface Parts {
  /** `enable`, `requires` and `diagnostic`. */
  readonly directives?: string | undefined;
  readonly bindings: readonly Binding[];
  /** Types of the uniforms that are not u32. */
  readonly types?: Readonly<Record<string, Uniform[1]>> | undefined;
  /** Constants of the kernel. Those that are true or false decide conditions they stand in. */
  readonly constants: Constants;
  /**
   * Files, those with `main` and what it calls first. The first line of one may be its name,
   * `//@ shaders/lanes/workgroup.wgsl`.
   */
  readonly sources: readonly Piece[];
  readonly tidy?: boolean | undefined;
}

/**
 * Joins the parts. Conditions that constants decide are decided here, and what `main` does not reach
 * is left out: declarations, constants. The uniforms are those that what is left reads.
 */
export function emit({
  directives = '',
  bindings,
  types = {},
  constants,
  sources,
  tidy = true,
}: Parts): Emitted {
  const declared = bindings.map(
    ({ role, type, elements }) =>
      `var<storage, ${type === 'storage' ? 'read_write' : 'read'}> ${role}: array<${elements}>;`,
  );
  const joined = join(sources, constants, declared.join('\n'), tidy ? types : undefined);
  const uniforms = uniformsOf(joined, types);
  const members = uniforms.map(([name, type]) => `  ${name}: ${typeOf(type)},\n`);
  const wgsl = [
    directives,
    `struct Params {\n${members.join('')}}\n`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...declared.map((binding, i) => `@group(0) @binding(${i + 1}) ${binding}`),
    joined,
  ].join('\n');
  return { wgsl: wgsl.trimStart(), uniforms };
}

/**
 * The uniforms that a text reads: where the dispatch is in the tensor, options, where each role's data
 * starts; then arrays. Each group is in the order of reading. SwiftShader takes up to 8 % longer where
 * they are mixed.
 */
function uniformsOf(text: string, types: NonNullable<Parts['types']>): Uniform[] {
  const read = new Set(text.match(/(?<=\bparams\.)\w+/g));
  const groupOf = ([name, type]: Uniform) => {
    if (typeof type === 'number') return 3;
    if (/^(?:offset|stride)_/.test(name)) return 2;
    return /^(?:group_|row_|chunk|length$|inner$|axis_start$)/.test(name) ? 0 : 1;
  };
  return [...read]
    .map((name): Uniform => [name, types[name] ?? 'u32'])
    .sort((a, b) => groupOf(a) - groupOf(b));
}

const typeOf = (type: Uniform[1]) =>
  typeof type === 'number' ? `array<vec4<u32>, ${type}>` : type;

/** WGSL as it is handed to the device: files joined, without what a kernel does not reach. */

import { type Constants, decided, declarationsIn, namesIn } from './text';

/** The text of a file, or of code that is composed, under the name a reader knows it by. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Directives of a kernel that uses subgroups, whose branches are the same for all that exchange values. */
export const SUBGROUPS = `enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);`;

/** The file of a piece. */
export const pathOf = (piece: string): string => `shaders/${piece}.wgsl`;

/** The declaration of a storage buffer. */
export const storage = (name: string, type: string, elements: string): string =>
  `var<storage, ${type === 'storage' ? 'read_write' : 'read'}> ${name}: ${elements};`;

export type ScalarType = 'u32' | 'f32';

/** A uniform: a scalar, or an array of so many vec4s. */
export type Uniform = readonly [name: string, type: ScalarType | number];

/** What a device compiles, and the layout of its uniform buffer. */
export interface Emitted {
  readonly wgsl: string;
  readonly uniforms: readonly Uniform[];
}

/** What a kernel is made of. */
export interface Parts {
  /** `enable`, `requires` and `diagnostic`. */
  readonly directives?: string | undefined;
  /** Every uniform that may be used, in their order: scalars before arrays. */
  readonly uniforms: readonly Uniform[];
  /** Bindings after that of the uniforms. */
  readonly bindings: readonly string[];
  /** Constants of the kernel. Those that are true or false decide conditions they stand in. */
  readonly constants: Constants;
  /** Files, those with `main` and what it calls first. */
  readonly sources: readonly Source[];
}

/**
 * Joins the parts. Conditions that constants decide are decided here, and what `main` does not reach
 * is left out: declarations, constants, uniforms.
 */
export function emit({ directives, uniforms, bindings, constants, sources }: Parts): Emitted {
  const files = sources.map(({ file, text }) => ({
    file,
    declarations: declarationsIn(decided(text, constants)),
  }));
  const values = new Map(
    Object.entries(constants).map(([name, value]) => [name, `const ${name} = ${value};`]),
  );
  const namesOf = new Map([
    ...[...values].map(([name, text]) => [name, namesIn(text)] as const),
    ...files.flatMap(({ declarations }) =>
      declarations.map(({ name, text }) => [name, namesIn(text)] as const),
    ),
  ]);
  const reached = new Set<string>();
  const reach = (word: string) => {
    if (reached.has(word)) return;
    reached.add(word);
    namesOf.get(word)?.forEach(reach);
  };
  for (const word of ['main', ...bindings.flatMap(namesIn)]) reach(word);

  const texts = files.flatMap(({ file, declarations }) => {
    const own = declarations.filter(({ name }) => reached.has(name));
    if (own.length === 0) return [];
    // What the file says of itself stands above its first declaration, which may have gone.
    const [first] = declarations;
    const about = first === own[0] ? '' : first!.note;
    const body = own
      .map(
        ({ note, text, follows }, i) =>
          `${i > 0 ? (follows ? '\n' : '\n\n') : ''}${note && `${note}\n`}${text}`,
      )
      .join('');
    return `// ---- ${file} ${'-'.repeat(Math.max(4, 92 - file.length))}\n${about && `${about}\n`}${body}\n`;
  });
  const read = new Set(texts.flatMap((text) => text.match(/\bparams\.\w+/g) ?? []));
  const own = uniforms.filter(([name]) => read.has(`params.${name}`));
  const wgsl = [
    ...(directives ? [`${directives}\n`] : []),
    `struct Params {\n${own.map(([name, type]) => `  ${name}: ${typeOf(type)},\n`).join('')}}\n`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...bindings.map((binding, i) => `@group(0) @binding(${i + 1}) ${binding}`),
    '',
    ...[...values].flatMap(([name, text]) => (reached.has(name) ? [text] : [])),
    '',
    ...texts,
  ].join('\n');
  return { wgsl, uniforms: own };
}

const typeOf = (type: Uniform[1]) =>
  typeof type === 'number' ? `array<vec4<u32>, ${type}>` : type;

/** The content of a uniform buffer; what is not given is 0. Of an array each entry starts a vec4. */
export function packUniforms(
  uniforms: readonly Uniform[],
  values: Readonly<Record<string, unknown>>,
): Uint32Array<ArrayBuffer> {
  const words: number[] = [];
  const floats = new Float32Array(1);
  const bits = new Uint32Array(floats.buffer);
  for (const [name, type] of uniforms) {
    if (typeof type !== 'number') {
      if (type === 'f32') floats[0] = (values[name] as number | undefined) ?? 0;
      else bits[0] = (values[name] as number | undefined) ?? 0;
      words.push(bits[0]!);
      continue;
    }
    const start = 4 * Math.ceil(words.length / 4);
    words.length = start + 4 * type;
    ((values[name] ?? []) as readonly (readonly number[])[]).forEach((entry, i) => {
      entry.forEach((value, at) => {
        words[start + 4 * i + at] = value;
      });
    });
  }
  const packed = new Uint32Array(4 * Math.ceil(words.length / 4));
  packed.set(words);
  return packed;
}

/** A kernel as the device is given it, whatever family it is of. */
export interface Kernel {
  /** The label of its module and pipeline; kernels of one name are the same. */
  readonly name: string;
  /** Its storage buffers, in their order; the uniforms are bound before them. */
  readonly bindings: readonly Binding[];
  /**
   * Its WGSL: only a kernel that is compiled needs it.
   *
   * @param tidy without what it makes no use of, as somebody would read it; else just joined. Default true.
   */
  emit(tidy?: boolean): Emitted;
}

/** A storage buffer of a kernel. */
export interface Binding {
  readonly role: string;
  readonly type: 'read-only-storage' | 'storage';
  /** What it is an array of, in WGSL. */
  readonly elements: string;
}

/** A uniform: a scalar, or an array of this many vec4s. */
export type Uniform = readonly [name: string, type: 'u32' | 'f32' | number];

/** What a device compiles, and the layout of its uniform buffer. */
export interface Emitted {
  readonly wgsl: string;
  readonly uniforms: readonly Uniform[];
}

/** The content of a uniform buffer; what is not given is 0. Of an array each entry starts a vec4. */
export function packUniforms(
  uniforms: readonly Uniform[],
  values: object,
): Uint32Array<ArrayBuffer> {
  const given = values as Readonly<Record<string, unknown>>;
  const words: number[] = [];
  const floats = new Float32Array(1);
  const bits = new Uint32Array(floats.buffer);
  for (const [name, type] of uniforms) {
    if (typeof type !== 'number') {
      (type === 'f32' ? floats : bits)[0] = (given[name] as number | undefined) ?? 0;
      words.push(bits[0]!);
      continue;
    }
    const start = 4 * Math.ceil(words.length / 4);
    words.length = start + 4 * type;
    ((given[name] ?? []) as readonly (readonly number[])[]).forEach((entry, i) => {
      entry.forEach((value, at) => {
        words[start + 4 * i + at] = value;
      });
    });
  }
  const packed = new Uint32Array(4 * Math.ceil(words.length / 4));
  packed.set(words);
  return packed;
}

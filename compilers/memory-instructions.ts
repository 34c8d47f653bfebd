/** Instructions that load and store buffers, counted in a driver's machine code by how much each moves. */
import type { Driver } from './chips';

/** How many instructions move so many bits a lane. */
export type ByWidth = Readonly<Record<number, number>>;

export interface MemoryInstructions {
  readonly loads: ByWidth;
  readonly stores: ByWidth;
}

/** What one instruction does, or undefined for one that is none of them. */
type Reader = (line: string) => { readonly kind: 'loads' | 'stores'; bits: number } | undefined;

const kindOf = (word: string) => (/^(st|store)/.test(word) ? 'stores' : 'loads');

/** `buffer_load_dwordx4`, `buffer_store_short_d16_hi`, of RDNA3 and later `buffer_load_b128`. */
const amd: Reader = (line) => {
  const [, kind, width] = /\b(?:buffer|global)_(load|store)_(\w+)/.exec(line) ?? [];
  if (!kind) return undefined;
  const dwords = /^dword(?:x(\d))?/.exec(width!);
  const bits = /(?:^|_)[bui](8|16|32|64|96|128)$/.exec(width!)?.[1];
  return { kind: kindOf(kind), bits: dwords ? 32 * Number(dwords[1] ?? 1) : Number(bits ?? 16) };
};

/** `ld.global.a64.constant.b128`, `st.global.a64.strong.gpu.u16`. */
const nvidia: Reader = (line) => {
  const [, kind, bits] = /\b(ld|st)\.global\S*\.[bui](8|16|32|64|128)\b/.exec(line) ?? [];
  return kind ? { kind: kindOf(kind), bits: Number(bits) } : undefined;
};

/** `stib.b.untyped.1d.u32.4.imm.base0`, and loads as from an image: `isam.v.base0 (u32)(xyzw)r9.w, …`. */
const qualcomm: Reader = (line) => {
  const [, store, unit, count] = /\b(stib|ldib)\S*\.[uf](16|32)\.(\d)\./.exec(line) ?? [];
  if (store) return { kind: kindOf(store), bits: Number(unit) * Number(count) };
  const [, width, lanes] = /\bisam\S* \([uf](16|32)\)\(([xyzw]+)\)/.exec(line) ?? [];
  return width ? { kind: 'loads', bits: Number(width) * lanes!.length } : undefined;
};

const readers: Record<Driver['name'], Reader | undefined> = {
  radeon: amd,
  nouveau: nvidia,
  asahi: undefined,
  freedreno: qualcomm,
};

/** Of machine code as the driver prints it, an instruction a line. */
export function memoryInstructions({ name, title }: Driver, code: string): MemoryInstructions {
  const read = readers[name];
  if (!read) throw new Error(`the machine code of ${title} is not shown`);
  const counts: Record<'loads' | 'stores', Record<number, number>> = { loads: {}, stores: {} };
  for (const line of code.split('\n')) {
    const found = read(line);
    if (found) counts[found.kind][found.bits] = (counts[found.kind][found.bits] ?? 0) + 1;
  }
  return counts;
}

/** Operands as LLVM's disassembler writes them: `v[4:7]`, `-|v3|`, `vcc`, `0x3fb8aa3b`, `1.0`. */
import { special } from '../machine/registers';

/** Sign bits to clear, then to flip; of f16 operands those are bit 15. */
export interface Signs {
  readonly negate: boolean;
  readonly absolute: boolean;
}

export type Operand =
  /** Vector registers `index … index + count − 1`. */
  | ({ readonly kind: 'vector'; readonly index: number; readonly count: number } & Signs)
  /** Scalar registers, the named ones under their numbers. */
  | ({ readonly kind: 'scalar'; readonly index: number; readonly count: number } & Signs)
  /** The words of a constant where 32 bits are read, and where 64 are. */
  | ({ readonly kind: 'constant'; readonly bits: number; readonly high: number } & Signs)
  /** A block to branch to, a count to wait for, or an address that is not there (`off`). */
  | { readonly kind: 'word'; readonly text: string };

const float = new Float32Array(1);
const bitsOf = new Uint32Array(float.buffer);
const plain: Signs = { negate: false, absolute: false };

/** Registers with names: number, and how many. */
const named: Readonly<Record<string, readonly [number, number]>> = {
  vcc: [special.vcc, 2],
  vcc_lo: [special.vcc, 1],
  vcc_hi: [special.vcc + 1, 1],
  exec: [special.exec, 2],
  exec_lo: [special.exec, 1],
  exec_hi: [special.exec + 1, 1],
  m0: [special.m0, 1],
  null: [special.null, 2],
  src_scc: [special.scc, 1],
};

export function parseOperand(text: string): Operand {
  const { rest, signs } = takeSigns(text.trim());
  const name = named[rest];
  if (name) return { kind: 'scalar', index: name[0], count: name[1], ...signs };
  const register = /^([vs])(?:(\d+)|\[(\d+):(\d+)\])$/.exec(rest);
  if (register) {
    const [, file, one, first, last] = register;
    const index = Number(one ?? first);
    const count = one === undefined ? Number(last) - index + 1 : 1;
    return { kind: file === 'v' ? 'vector' : 'scalar', index, count, ...signs };
  }
  return parseConstant(rest, signs) ?? { kind: 'word', text: rest };
}

/** What is written around an operand: `neg(…)`, `-…` before a register, `|…|`. */
function takeSigns(text: string): { rest: string; signs: Signs } {
  const negated = /^neg\((.*)\)$/.exec(text) ?? /^-([vs|m].*)$/.exec(text);
  const inner = negated?.[1] ?? text;
  const absolute = /^\|(.*)\|$/.exec(inner);
  if (!negated && !absolute) return { rest: text, signs: plain };
  return {
    rest: absolute?.[1] ?? inner,
    signs: { negate: negated !== null, absolute: absolute !== null },
  };
}

function parseConstant(text: string, signs: Signs): Operand | undefined {
  // A literal has 32 bits, and nothing above them where 64 are read.
  if (/^0x[0-9a-f]+$/i.test(text)) {
    return { kind: 'constant', bits: Number(text) >>> 0, high: 0, ...signs };
  }
  if (/^-?\d+$/.test(text)) {
    const value = Number(text);
    return { kind: 'constant', bits: value >>> 0, high: value < 0 ? 0xffff_ffff : 0, ...signs };
  }
  if (/^-?\d+\.\d+$/.test(text)) {
    float[0] = Number(text);
    return { kind: 'constant', bits: bitsOf[0]!, high: 0, ...signs };
  }
  return undefined;
}

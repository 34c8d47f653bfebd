/** A line of machine code as a record. */
import { type Operand, parseOperand } from './operands';

export interface Instruction {
  /** Without the suffix that says how it is encoded. */
  readonly name: string;
  /** `dpp` and `sdwa` take lanes or parts of words; `e32` and `e64` mean the same. */
  readonly encoding: 'plain' | 'dpp' | 'sdwa';
  readonly operands: readonly Operand[];
  /** What follows the operands: `offset:1024`, `row_ror:8`, `offen`. */
  readonly modifiers: ReadonlyMap<string, string>;
  /** As the driver prints it. */
  readonly text: string;
  /** The block that it is in. */
  readonly block: string;
}

const MODIFIER = new RegExp(
  `\\s(${[
    'offen|idxen|glc|slc|dlc|clamp',
    'offset[01]?:\\w+',
    'mul:\\d|div:\\d',
    'quad_perm:\\[[\\d,]+\\]|dpp8:\\[[\\d,]+\\]',
    'row_(?:shl|shr|ror|share|xmask|mask):\\w+|row_mirror|row_half_mirror',
    'bank_mask:\\w+|bound_ctrl:\\d|fi:\\d',
    'op_sel(?:_hi)?:\\[[\\d,]+\\]',
    'dst_sel:\\w+|dst_unused:\\w+|src[01]_sel:\\w+',
  ].join('|')})(?=\\s|$)`,
  'g',
);

export function parseInstruction(text: string, block: string): Instruction {
  const [, mnemonic = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const modifiers = new Map<string, string>();
  const operands = ` ${rest}`.replace(MODIFIER, (_, modifier: string) => {
    const [key, value = ''] = modifier.split(':');
    modifiers.set(key!, value);
    return '';
  });
  const encoding = /_(dpp|sdwa)$/.exec(mnemonic)?.[1] as 'dpp' | 'sdwa' | undefined;
  return {
    name: mnemonic.replace(/_(e32|e64|dpp|sdwa)$/, ''),
    encoding: encoding ?? 'plain',
    operands: operands.trim() ? operands.split(/,(?![^[]*\])/).map(parseOperand) : [],
    modifiers,
    text,
    block,
  };
}

/** The number that a modifier gives, 0 without it. */
export const numberOf = ({ modifiers }: Instruction, name: string): number =>
  Number(modifiers.get(name) ?? 0);

/** The numbers in brackets that a modifier gives. */
export const numbersOf = ({ modifiers }: Instruction, name: string): number[] =>
  (modifiers.get(name) ?? '[]').slice(1, -1).split(',').filter(Boolean).map(Number);

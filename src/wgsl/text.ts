/** WGSL as text: its declarations, and the conditions that constants decide. */

/** A declaration at module scope. */
export interface Declaration {
  readonly name: string;
  /** With the comment above it. */
  readonly text: string;
  /** Comments above that, set apart by a blank line: what a file says of itself. */
  readonly note: string;
  /** Whether it is on the line after the declaration before it. */
  readonly follows: boolean;
}

/** Values of constants that decide conditions. */
export type Constants = Readonly<Record<string, unknown>>;

/** WGSL without comments. */
export const codeOf = (text: string): string => text.replace(/\/\/.*/g, '');

const DECLARED = /\b(?:fn|alias|const|struct|var(?:\s*<[^>]*>)?)\s*\b(\w+)/;

/** The words of a declaration that may name others of its module: its locals hide them. */
export function namesIn(text: string): readonly string[] {
  const code = codeOf(text);
  const locals = /\bfn\b/.test(code) ? localsOf(code) : [];
  return (code.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !locals.includes(word));
}

/** What a function declares, in order: parameters first. */
export function localsOf(text: string): readonly string[] {
  const parameters = text.slice(0, text.indexOf('{')).matchAll(/([A-Za-z_]\w*) ?:/g);
  const body = text.matchAll(/\b(?:let|var|const) ([A-Za-z_]\w*)/g);
  return [...new Set([...parameters, ...body].map((found) => found[1]!))];
}

/** The declarations of a file, in their order. */
export function declarationsIn(text: string): Declaration[] {
  const declarations: Declaration[] = [];
  let start = 0;
  for (let end = endOf(text, 0); end > 0; end = endOf(text, start)) {
    const whole = text.slice(start, end).trim();
    const name = DECLARED.exec(codeOf(whole))?.[1];
    if (name === undefined) throw new Error(`WGSL declares nothing in '${whole}'`);
    const comments = /^(?:\/\/.*\n|\n)*/.exec(whole)![0];
    const apart = comments.lastIndexOf('\n\n') + 1;
    declarations.push({
      name,
      text: whole.slice(apart).trimStart(),
      note: whole.slice(0, apart),
      follows: start > 0 && !/^\s*\n\s*\n/.test(text.slice(start, end)),
    });
    start = end;
  }
  return declarations;
}

/** Where the declaration from `start` on ends, a comment on its last line included; 0 if there is none. */
function endOf(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('//', at)) at = lineEnd(text, at);
    const sign = text[at];
    if (sign === '(' || sign === '{') at = closing(text, at);
    if (sign !== ';' && sign !== '{') continue;
    const rest = text.slice(at + 1, lineEnd(text, at));
    return at + 1 + (/^[ \t]*\/\//.test(rest) ? rest.length : 0);
  }
  return 0;
}

/** A text in which every `if` and `for` that the constants decide is what they make of it. */
export function decided(text: string, constants: Constants): string {
  const heads = /\/\/.*|(?<!\belse )\b(if|for)\s*\(/g;
  let code = text;
  for (let head = heads.exec(code); head; head = heads.exec(code)) {
    if (head[1] === undefined) continue;
    const start = head.index;
    const open = heads.lastIndex - 1;
    const close = closing(code, open);
    const clauses = code.slice(open + 1, close).split(';');
    const at = head[1] === 'for' ? 1 : 0;
    const verdict = verdictOn(clauses[at]!, constants);
    if (typeof verdict === 'string') {
      if (verdict === clauses[at]) continue;
      clauses[at] = verdict;
      code = code.slice(0, open + 1) + clauses.join(';') + code.slice(close);
      continue;
    }
    const arm = armAt(code, close + 1);
    const other = /^\s*else\b/.exec(code.slice(arm.end))
      ? armAt(code, code.indexOf('else', arm.end) + 4)
      : undefined;
    const taken = (verdict ? arm.text : other?.text) ?? '';
    const end = (other ?? arm).end;
    // A line that has nothing left is none.
    const line = taken ? start : code.slice(0, start).trimEnd().length;
    code = code.slice(0, line) + taken + code.slice(end);
    heads.lastIndex = line;
  }
  // No blank lines where something was at the start or the end of a block.
  return code.replace(/\{\n\s*\n/g, '{\n').replace(/\n\s*\n(?= *\})/g, '\n');
}

/** The statements of the block at a place, one level less indented. */
function armAt(code: string, at: number): { readonly text: string; readonly end: number } {
  const open = code.indexOf('{', at);
  const end = closing(code, open) + 1;
  return {
    text: code
      .slice(open + 1, end - 1)
      .trim()
      .replace(/\n {2}/g, '\n'),
    end,
  };
}

/** Whether a condition holds, or what is left of it to be decided while the kernel runs. */
function verdictOn(condition: string, constants: Constants): boolean | string {
  if (condition.includes('||')) return condition;
  const factors = condition.split('&&').map((factor) => {
    const [, not, name = ''] = /^\s*(!?)(\w+)\s*$/.exec(factor) ?? [];
    const value = constants[name];
    return typeof value === 'boolean' ? value !== (not === '!') : factor;
  });
  if (factors.includes(false)) return false;
  const left = factors.filter((factor) => factor !== true);
  if (left.length === factors.length) return condition;
  return left.length === 0 || left.join('&&').trim();
}

/** Where the bracket at a place is closed. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.startsWith('//', at)) at = lineEnd(text, at);
    if (text[at] === '(' || text[at] === '{') depth += 1;
    if ((text[at] === ')' || text[at] === '}') && --depth === 0) return at;
  }
  throw new Error(`no bracket closes the one before '${text.slice(open + 1, open + 40)}'`);
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

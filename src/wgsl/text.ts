/** WGSL as text: the names in it, and the conditions that constants decide. */

/** Values of constants that decide conditions. */
export type Constants = Readonly<Record<string, unknown>>;

/** WGSL without comments. */
export const codeOf = (text: string): string => text.replace(/\/\/.*/g, '');

/** What a declaration says before its name. */
export const DECLARED = /\b(?:fn|alias|const|struct|var(?:\s*<[^>]*>)?)\s*\b(\w+)/;

/** The names that some reach, by what each declaration names. */
export function reachedFrom(
  names: readonly string[],
  namedBy: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set(names);
  // A set's loop goes on to what is added meanwhile.
  for (const name of reached) {
    for (const other of namedBy.get(name) ?? []) reached.add(other);
  }
  return reached;
}

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
  return code;
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
  const marks = /\/\/.*|[(){}]/g;
  marks.lastIndex = open;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if ('({'.includes(mark[0])) depth += 1;
    else if (')}'.includes(mark[0]) && --depth === 0) return mark.index;
  }
  throw new Error(`no bracket closes the one before '${text.slice(open + 1, open + 40)}'`);
}

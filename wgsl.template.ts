import { closing } from './src/wgsl/text.ts';

/**
 * Minified WGSL as the code of a function, which `src/wgsl/minified.ts` calls: of a kernel's constants, and
 * of what a file for any role has in place of `data`, in names and alone. It decides the conditions that
 * constants decide, as `decided` of `src/wgsl/text.ts` does where files are text.
 *
 * @param declared names that WGSL declares itself, whose conditions are decided on the GPU.
 */
export function templateOf(wgsl: string, declared: ReadonlySet<string>): string {
  if (/[`$\\]/.test(wgsl)) throw new Error('templateOf: no WGSL has `, $ or \\');
  // Short names have two signs at most.
  const isConstant = (factor: string) => {
    const [, name = ''] = /^!?([A-Z_]{3,})$/.exec(factor) ?? [];
    return name !== '' && !declared.has(name);
  };
  const text = withChoices(wgsl, isConstant)
    .replace(/\bPADDING_DATA\b/g, `PADDING_\${role.toUpperCase()}`)
    .replace(/\b(?:data|STEP)\b/g, `\${data}`)
    .replace(/_(?:data|STEP|SQUARE)\b/g, `_\${role}`);
  return `function file(constants, role, data) { return \`${text}\`; }`;
}

/** Where the conditions have become those of the template. */
function withChoices(wgsl: string, isConstant: (factor: string) => boolean): string {
  const heads = /(?<!\belse )\b(if|for)\(/g;
  let code = '';
  let at = 0;
  for (let head = heads.exec(wgsl); head; head = heads.exec(wgsl)) {
    const open = heads.lastIndex;
    const close = closing(wgsl, open - 1);
    const clauses = wgsl.slice(open, close).split(';');
    const clause = head[1] === 'for' ? 1 : 0;
    const factors = clauses[clause]!.split('&&');
    if (clauses[clause]!.includes('||') || !factors.some(isConstant)) continue;
    const block = (before: number) => {
      const end = closing(wgsl, before);
      return { text: withChoices(wgsl.slice(before + 1, end), isConstant), end: end + 1 };
    };
    const arm = block(wgsl.indexOf('{', close));
    const other = wgsl.startsWith('else{', arm.end) ? block(arm.end + 4) : undefined;
    const left = factors.filter((factor) => !isConstant(factor));
    clauses[clause] = left.join('&&');
    const taken =
      left.length === 0
        ? arm.text
        : `${head[1]}(${clauses.join(';')}){${arm.text}}${other ? `else{${other.text}}` : ''}`;
    const condition = factors
      .filter(isConstant)
      .map((factor) => factor.replace(/[A-Z]/, 'constants.$&'))
      .join(' && ');
    code += `${wgsl.slice(at, head.index)}\${${condition} ? \`${taken}\` : \`${other?.text ?? ''}\`}`;
    at = (other ?? arm).end;
    heads.lastIndex = at;
  }
  return code + wgsl.slice(at);
}

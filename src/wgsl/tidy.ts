/**
 * Files are written for every kernel that may use them. What one kernel does not use is taken out
 * here, so that its code is what a person would write for it alone. Names are not overloaded, and
 * arguments have no effects: what is not asked for need not be worked out.
 */

import type { Placed } from './readable';
import { closing, codeOf, localsOf, namesIn } from './text';

type Rule = (declarations: readonly Placed[]) => readonly Placed[];

/**
 * The declarations of a kernel, no two of one name.
 *
 * @param types types of the uniforms that are not u32.
 */
export function tidied(
  declarations: readonly Placed[],
  types: Readonly<Record<string, unknown>>,
): readonly Placed[] {
  const isOf = (type: string, name: string) => (types[name] ?? 'u32') === type;
  let tidy: readonly Placed[] = rewrite(withoutAliases(declarations), (text) =>
    text.replace(
      /(?<![\w.])(f32|u32)\((params\.(\w+))\)/g,
      (conversion, type: string, uniform: string, name: string) =>
        isOf(type, name) ? uniform : conversion,
    ),
  );
  for (let before: unknown; before !== tidy; ) {
    before = tidy;
    for (const rule of rules) tidy = rule(tidy);
  }
  return tidy;
}

/** What stays as it is stays the same object. */
function rewrite(
  declarations: readonly Placed[],
  change: (text: string, declaration: Placed) => string,
) {
  const changed = declarations.map((declaration) => {
    const text = change(declaration.text, declaration);
    return text === declaration.text ? declaration : { ...declaration, text };
  });
  return changed.every((d, i) => d === declarations[i]) ? declarations : changed;
}

/** Other names for types and constants. */
const withoutAliases: Rule = (declarations) => {
  const types = new Map<string, string>();
  for (const { text } of declarations) {
    const [, name, type] =
      /\b(?:alias|const) (\w+) ?= ?([A-Z_]+|(?<=alias .*)[\w<>]+);/.exec(text) ?? [];
    if (name !== undefined) types.set(name, type!);
  }
  if (types.size === 0) return declarations;
  const typeOf = (name: string): string => (types.has(name) ? typeOf(types.get(name)!) : name);
  const names = new RegExp(`(?<![\\w.])(?:${[...types.keys()].join('|')})\\b`, 'g');
  return rewrite(
    declarations.filter(({ name }) => !types.has(name)),
    (text) => text.replace(names, typeOf),
  );
};

/** A name, but no member of that name. */
const word = (name: string) => new RegExp(`(?<![\\w.])${name}\\b`, 'g');

/** A function of objects, computed once for each. */
function remembered<K extends object, V>(of: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, of(key));
    return known.get(key)!;
  };
}

/** A function of declarations' texts, computed once for each text. Looked up by the declaration: long texts hash slowly. */
function memo<T>(of: (text: string) => T): (declaration: Placed) => T {
  const known = new Map<string, T>();
  return remembered(({ text }) => {
    if (known.size > 5000) known.clear();
    if (!known.has(text)) known.set(text, of(text));
    return known.get(text)!;
  });
}

const localsIn = memo((text) => localsOf(codeOf(text)));
const globalsIn = memo(namesIn);

/** The arguments of each call in a declaration, by the function's name. */
const callsIn = memo((text): ReadonlyMap<string, readonly string[][]> => {
  const calls = new Map<string, string[][]>();
  for (const call of text.matchAll(/(?<!fn )(?<![\w.])([A-Za-z_]\w*)\(/g)) {
    const open = call.index + call[0].length;
    const args = split(text.slice(open, closing(text, open - 1)));
    calls.set(call[1]!, [...(calls.get(call[1]!) ?? []), args]);
  }
  return calls;
});

/** The arguments of each call of a function. */
const callsOf = (name: string, declarations: readonly Placed[]): readonly string[][] =>
  allCallsIn(declarations).get(name) ?? [];

const allCallsIn = remembered((declarations: readonly Placed[]) => {
  const all = new Map<string, string[][]>();
  for (const declaration of declarations) {
    for (const [name, calls] of callsIn(declaration)) {
      const before = all.get(name);
      if (before) before.push(...calls);
      else all.set(name, [...calls]);
    }
  }
  return all;
});

interface Fn {
  readonly declaration: Placed;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: string;
}

/** The functions, but for the entry point. */
const functionsOf = (declarations: readonly Placed[]): Fn[] =>
  declarations.flatMap((declaration) => {
    const found = declaration.name === 'main' ? undefined : functionIn(declaration);
    return found ? { ...found, declaration, name: declaration.name } : [];
  });

const functionIn = memo((whole): Pick<Fn, 'parameters' | 'body'> | undefined => {
  const text = codeOf(whole);
  const open = text.indexOf('(');
  if (!/\bfn /.test(text.slice(0, open))) return undefined;
  const close = closing(text, open);
  const parameters = split(text.slice(open + 1, close)).map((p) => p.split(':')[0]!.trim());
  return { parameters, body: text.slice(text.indexOf('{', close) + 1, -1).trim() };
});

/** What commas part that are in no brackets. */
function split(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    if ('({'.includes(list[at] ?? '-')) at = closing(list, at);
    if (at < list.length && list[at] !== ',') continue;
    if (list.slice(start, at).trim()) parts.push(list.slice(start, at).trim());
    start = at + 1;
  }
  return parts;
}

/** Functions that do nothing, and calls of them. */
const withoutEmpty: Rule = (declarations) => {
  const empty = functionsOf(declarations).filter(({ body }) => body === '');
  if (empty.length === 0) return declarations;
  const gone = empty.map(({ declaration }) => declaration);
  const calls = new RegExp(
    `[ \\t]*\\b(?:${empty.map(({ name }) => name).join('|')})\\([^;]*\\);\\n?`,
    'g',
  );
  return rewrite(
    declarations.filter((d) => !gone.includes(d)),
    (text) => text.replace(calls, ''),
  );
};

/** A line of code should stay one that can be read. */
const MOST_SIGNS = 100;
/** Statements of a function that is as easily read where it is called. */
const FEW = 3;

/**
 * Calls of functions that are one statement, and of those that are a few and called once, as what they
 * do. A function with a comment of its own says more than its code, and stays.
 */
const withoutShortOnes: Rule = (declarations) => {
  let changed = declarations;
  for (const { declaration, name, parameters, body } of functionsOf(declarations)) {
    const statements = body.split(';').length - 1;
    const isShort = /^[^{}]+;$/.test(body) && statements <= FEW && !declaration.text.includes('//');
    if (!isShort || !changed.includes(declaration)) continue;
    const isValue = /^return\b/.test(body);
    if (statements > 1) {
      if (callsOf(name, changed).length !== 1 || /\b(?:let|var|return)\b/.test(body)) continue;
    }
    const code = body.replace(/^return\b\s*/, '').slice(0, -1);
    const globals = globalsIn(declaration);
    const without = rewrite(changed, (text, caller) =>
      callsIn(caller).has(name) && !localsIn(caller).some((local) => globals.includes(local))
        ? withCallsAs(text, name, parameters, code, isValue)
        : text,
    );
    // A function that some calls need is for all of them.
    if (callsOf(name, without).length === 0) changed = without;
  }
  return changed;
};

/** A text with calls of a function as its code, where no line gets long. */
function withCallsAs(
  text: string,
  name: string,
  parameters: readonly string[],
  code: string,
  isValue: boolean,
): string {
  const calls = new RegExp(`(?<!fn )(?<![\\w.])${name}\\(`, 'g');
  let all = text;
  for (let call = calls.exec(all); call; call = calls.exec(all)) {
    const close = closing(all, calls.lastIndex - 1);
    const args = split(all.slice(calls.lastIndex, close));
    const isPlain = (arg: string) => /^-?[\w.]+(?:\[[\w.]+\])?$/.test(arg);
    // What is given must be the same in every statement.
    const changes = code.match(/\b\w+(?=(?:\[[^\]]*\])? ?[-+*|&]?=[^=])/g) ?? [];
    const stays = !args.some((arg) => changes.some((name) => word(name).test(arg)));
    const once = parameters.every(
      (p, i) => isPlain(args[i]!) || (code.match(word(p)) ?? []).length < 2,
    );
    const own = parameters.length
      ? code.replace(word(`(?:${parameters.join('|')})`), (p, at: number) =>
          inPlace(args[parameters.indexOf(p)]!, code, at, at + p.length),
        )
      : code;
    const start = all.lastIndexOf('\n', call.index) + 1;
    const indent = /^ */.exec(all.slice(start))![0];
    const put = isValue
      ? inPlace(own, all, call.index, close + 1)
      : own.replace(/\n */g, `\n${indent}`);
    const then = all.slice(0, call.index) + put + all.slice(close + 1);
    const lines = then.slice(start, call.index + put.length + 20).split('\n');
    if (
      !once ||
      !(isValue || stays) ||
      lines.slice(0, put.split('\n').length).some((line) => line.length > MOST_SIGNS)
    )
      continue;
    all = then;
    calls.lastIndex = call.index;
  }
  return all;
}

/** An expression as it is in place of what is in a text, in brackets if it must. */
function inPlace(expression: string, text: string, from: number, to: number): string {
  const before = text.slice(0, from).trimEnd();
  const after = text.slice(to).trimStart();
  const apart = /(?:^|[(,[={]|\breturn)$/.test(before) && /^(?:[),;\]]|$)/.test(after);
  return apart || isAtom(expression) ? expression : `(${expression})`;
}

/** Whether an expression holds together beside any operator. */
function isAtom(expression: string): boolean {
  const rest = /^[\w.]+(?:<[\w<>]+>)?/.exec(expression)?.[0].length ?? 0;
  for (let at = rest; at < expression.length; at++) {
    const sign = expression[at]!;
    if (sign === '(') at = closing(expression, at);
    else if (sign === '[') at = expression.indexOf(']', at);
    else if (!/[\w.]/.test(sign) || rest === 0) return false;
  }
  return expression !== '';
}

/** Parameters that are the same constant in every call, and what adds nothing. */
const withoutConstants: Rule = (declarations) => {
  let changed = declarations;
  for (const { declaration, name, parameters } of functionsOf(declarations)) {
    if (parameters.length === 0 || !changed.includes(declaration)) continue;
    const given = callsOf(name, changed);
    parameters.forEach((parameter, i) => {
      const [value = ''] = given.map((args) => args[i]!);
      const isSame =
        /^(?:true|false|\d+u)$/.test(value) && given.every((args) => args[i] === value);
      if (!isSame) return;
      changed = changed.map((d) =>
        d.name === name ? { ...d, text: withValue(d.text, parameter, value) } : d,
      );
    });
  }
  return rewrite(changed, (text) => text.replace(/ \+ 0u(?=[;),\]])/g, ''));
};

/** A function that has a value in place of a parameter. */
function withValue(text: string, parameter: string, value: string): string {
  const open = text.indexOf('{');
  return text.slice(0, open) + text.slice(open).replace(word(parameter), value);
}

/** Parameters that a function does not look at. */
const withoutParameters: Rule = (declarations) => {
  let changed = declarations;
  for (const { name, parameters, body } of functionsOf(declarations)) {
    const keeps = parameters.map((parameter) => word(parameter).test(body));
    if (keeps.includes(false))
      changed = rewrite(changed, (text) => withArguments(text, name, keeps));
  }
  return changed;
};

/** A text in which a function has only these of its parameters, and its calls of their arguments. */
function withArguments(text: string, name: string, keeps: readonly boolean[]): string {
  if (!text.includes(`${name}(`)) return text;
  const heads = new RegExp(`\\b${name}\\(`, 'g');
  let code = text;
  for (let head = heads.exec(code); head; head = heads.exec(code)) {
    const open = heads.lastIndex;
    const close = closing(code, open - 1);
    const kept = split(code.slice(open, close)).filter((_, i) => keeps[i]);
    code = code.slice(0, open) + kept.join(', ') + code.slice(close);
  }
  return code;
}

/** Values that a function names and does not look at, second names of its parameters, and no changes. */
const withoutValues: Rule = (declarations) =>
  rewrite(declarations, (text, declaration) => {
    const [, again, parameter] = /\blet (\w+) ?= ?(\w+);/.exec(text) ?? [];
    if (again && functionIn(declaration)?.parameters.includes(parameter!)) {
      return text
        .replace(word(again), parameter!)
        .replace(new RegExp(`[ \\t]*\\blet ${parameter} ?= ?${parameter};\\n?`), '');
    }
    if (/[;{]\s*(\w+) ?= ?\1;/.test(text))
      return text.replace(/[ \t]*(?<=[;{]\s*)\b(\w+) ?= ?\1;\n?/, '');
    const code = codeOf(text);
    return text.replace(/[ \t]*\blet (\w+) ?= ?[^;]*;\n?/g, (statement, name: string) =>
      code.match(word(name))!.length > 1 ? statement : '',
    );
  });

/** Conversions of what is of the type already: numbers, constants, and what is made of them. */
const withoutConversions: Rule = (declarations) => {
  const values = new Map<string, string>();
  for (const { text } of declarations) {
    const [, name, value] = /\bconst (\w+) ?= ?([^;]+);/.exec(text) ?? [];
    if (name !== undefined) values.set(name, value!);
  }
  const isOf = (type: string, value: string): boolean =>
    (value.match(/[\w.]+(?:(?<=p)[+-]\d+f?)?/g) ?? [' ']).every((part) => {
      if (values.has(part)) return isOf(type, values.get(part)!);
      if (/^(?:0x[\da-f]+|\d+)u$/.test(part)) return type === 'u32';
      if (/^(?:0x[\da-f]+|\d+)$/.test(part)) return type !== 'f32';
      return type === 'f32' && /^(?:\d+\.\d+|0x[\da-f.]+p[+-]?\d+f?)$/.test(part);
    });
  return rewrite(declarations, (text) =>
    text
      .replace(/(?<![\w.])(f32|i32|u32)\(\)/g, (_, type: keyof typeof zeros) => zeros[type])
      .replace(/(?<![\w.])(f32|i32|u32)\((bitcast<\1>\([\w.]+\))\)/g, '$2')
      .replace(
        /(?<![\w.])(f32|i32|u32)\((-?[\w.+-]+(?: \* [\w.]+)?)\)/g,
        (conversion, type: string, value: string) => (isOf(type, value) ? value : conversion),
      ),
  );
};

const zeros = { f32: '0.0', i32: '0', u32: '0u' } as const;

const rules = [
  withoutConversions,
  withoutEmpty,
  withoutShortOnes,
  withoutConstants,
  withoutParameters,
  withoutValues,
];

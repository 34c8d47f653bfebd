/**
 * What a variant's dispatch costs, counted in its WGSL: how often an element is read from and
 * written to the device's memory, barriers, workgroup memory, registers that hold the row.
 *
 * Calls are followed from `main`, branches that a constant of the header rules out are left out, and
 * every index into an array of row data is written in terms of its function's parameters. A pass (a
 * function that `main` or `run` calls) takes each quad once: loops and branches side by side in it
 * take quads of their own, so of them the one that accesses an address most often counts; straight
 * code adds up. `traffic.page.ts` counts the same while the kernels run.
 */
import type { Kernel } from '../../src/gpu/kernel';
import type { RowKernel } from '../../src/rows/kernel';
import type { RowRole } from '../../src/rows/variant';

type Role = RowRole | 'mask';
export type PerRole = Record<Role, number>;

/** What one dispatch of a variant costs. */
export interface Traffic {
  /** Times that an element is read from the device's memory, by role. */
  readonly reads: PerRole;
  /** Times that an element is written to it. */
  readonly writes: PerRole;
  /** Load instructions that a whole quad takes, by role; 0 for one that is not loaded. */
  readonly loads: PerRole;
  /** Store instructions that a whole quad takes. */
  readonly stores: PerRole;
  /** Barriers that each invocation passes. */
  readonly barriers: number;
  /** Bytes of workgroup memory of a workgroup. */
  readonly workgroupBytes: number;
  /** 32-bit registers of an invocation that hold quads of the row from one pass to the next. */
  readonly registers: number;
}

const roles = ['x', 'v', 'y', 'mask'] as const;

/** The sum of numbers. */
export const total = (all: readonly number[]): number => all.reduce((sum, n) => sum + n, 0);

/** The WGSL without what is read once a row, the quad of its target: an element's cost it is not. */
export const perElement = (wgsl: string): string =>
  wgsl.replace(/\b\w+\(clamp\(target_quad[^;]*\)\);/, 'vec4<u32>();');

export function trafficOf(kernel: Kernel & Partial<Pick<RowKernel, 'variant'>>): Traffic {
  const wgsl = new Wgsl(perElement(kernel.emit(false).wgsl));
  const perRole = (count: (role: Role) => number) =>
    Object.fromEntries(roles.map((role) => [role, count(role)])) as PerRole;
  const inQuad = (name: string, role: Role, access: Access) =>
    wgsl.has(name) ? wgsl.inAll(wgsl.visits(name), role, access) : 0;
  const passes = wgsl.passes();
  // A map over the output's elements has no passes over quads: its unit is one of these.
  const flat = wgsl.has('element_result');
  const reads = (role: Role) =>
    flat
      ? inQuad('element_result', role, 'read')
      : total(passes.map((pass) => wgsl.most(pass, role, 'read')));
  return {
    reads: perRole(reads),
    writes: perRole((role) => total(passes.map((pass) => wgsl.most(pass, role, 'written')))),
    loads: perRole((role) => inQuad(flat ? `single_${role}` : `load_${role}`, role, 'read')),
    stores: perRole((role) => inQuad(`store_${role}`, role, 'written')),
    barriers: wgsl.barriers('main'),
    workgroupBytes: wgsl.workgroupBytes(),
    registers: wgsl.registers(kernel.variant?.reads ?? []),
  };
}

type Access = 'read' | 'written';

/** Accesses to addresses, and how many of each: of a pass, those of one quad or several. */
type Visits = ReadonlyMap<string, number>;

/** A statement, a branch, or a loop. */
type Node =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'branch'; readonly condition: string; readonly arms: readonly Node[][] }
  | { readonly kind: 'loop'; readonly body: Node[] };

interface Fn {
  readonly params: readonly string[];
  readonly body: Node[];
}

class Wgsl {
  private readonly source: string;
  private readonly functions = new Map<string, Fn>();
  private readonly constants = new Map<string, string>();
  /** Functions from which row data is reached; no others need to be followed. */
  private readonly touching = new Set<string>();
  private readonly arrays: RegExp;

  constructor(wgsl: string) {
    this.source = wgsl.replace(/\/\/.*$/gm, '');
    const bound = [...this.source.matchAll(/var<storage, \w+> (\w+):/g)].map(([, name]) => name!);
    const rowArrays = bound.filter((name) => (roles as readonly string[]).includes(name));
    this.arrays = new RegExp(`\\b(${rowArrays.join('|') || '-'})\\[`, 'g');
    for (const [, name, value] of this.source.matchAll(/const (\w+) = (\w+);/g)) {
      this.constants.set(name!, value!.replace(/u$/, ''));
    }
    const head = /\bfn (\w+)\(((?:[^()]|\([^()]*\))*)\)[^{;]*(?=\{)/g;
    const texts = new Map<string, string>();
    for (const match of this.source.matchAll(head)) {
      const text = enclosed(this.source, match.index + match[0].length);
      const params = [...match[2]!.matchAll(/(\w+):/g)].map(([, name]) => name!);
      texts.set(match[1]!, text);
      this.functions.set(match[1]!, { params, body: parse(text) });
    }
    const touches = (name: string): boolean =>
      matches(texts.get(name)!, this.arrays).length > 0 ||
      this.callsIn(texts.get(name)!).some((call) => touches(call.name));
    for (const name of texts.keys()) if (touches(name)) this.touching.add(name);
  }

  has(name: string): boolean {
    return this.functions.has(name);
  }

  /** The visits of each call that `main` and `run` make. */
  passes(): Visits[] {
    return ['main', 'run'].flatMap((caller) =>
      this.live(this.functions.get(caller)!.body)
        .flatMap(codeOf)
        .flatMap((text) => this.callsIn(text))
        .filter(({ name }) => name !== 'run' && this.touching.has(name))
        .map(({ name }) => this.visits(name)),
    );
  }

  /** Accesses of a call of a function, by the address in terms of its parameters. */
  visits(name: string, args: readonly string[] = []): Visits {
    const { params, body } = this.functions.get(name)!;
    const names = new Map(params.map((param, i) => [param, args[i] ?? param]));
    return this.visitsOf(this.live(body), names);
  }

  private visitsOf(nodes: readonly Node[], names: Map<string, string>): Visits {
    const straight: Visits[] = [];
    const apart: Visits[] = [];
    for (const node of nodes) {
      if (node.kind === 'loop') apart.push(this.visitsOf(node.body, new Map(names)));
      else if (node.kind === 'branch') {
        apart.push(...node.arms.map((arm) => this.visitsOf(arm, new Map(names))));
      } else {
        straight.push(...this.visitsOfCode(node.text, names));
        const defined = /^let (\w+)[^=]*= ([\s\S]*)$/.exec(node.text);
        if (defined) names.set(defined[1]!, `(${substitute(defined[2]!, names)})`);
      }
    }
    return merge([merge(apart, Math.max), ...straight], (a, b) => a + b);
  }

  private visitsOfCode(text: string, names: Map<string, string>): Visits[] {
    const accesses = matches(text, this.arrays).map((match): Visits => {
      const at = match.index + match[0].length - 1;
      const index = enclosed(text, at);
      const address = substitute(index, names);
      // Row data may be read through the binding of another role.
      const role = /\b(?:base|offset|place)_(\w+)/.exec(address)?.[1] ?? match[1]!;
      const written = match.index === 0 && /^\s*=[^=]/.test(text.slice(at + index.length + 2));
      return new Map([[`${role} ${written ? 'written' : 'read'} ${address}`, 1]]);
    });
    const calls = this.callsIn(text)
      .filter(({ name }) => this.touching.has(name))
      .map(({ name, args }) =>
        this.visits(
          name,
          args.map((arg) => substitute(arg, names)),
        ),
      );
    return [...accesses, ...calls];
  }

  /** How often a pass accesses the address it accesses most. */
  most(visits: Visits, role: Role, access: Access): number {
    return Math.max(0, ...[...visits].map(([key, n]) => (is(key, role, access) ? n : 0)));
  }

  /** How many accesses there are in all. */
  inAll(visits: Visits, role: Role, access: Access): number {
    return total([...visits].map(([key, n]) => (is(key, role, access) ? n : 0)));
  }

  /** Barriers on the way through a function. In a loop there may be none. */
  barriers(name: string): number {
    const inside = (nodes: readonly Node[]): number =>
      total(
        nodes.map((node): number => {
          if (node.kind === 'branch') return Math.max(...node.arms.map(inside));
          if (node.kind === 'loop') {
            if (inside(node.body) > 0) throw new Error(`${name}: a barrier in a loop`);
            return 0;
          }
          return (
            matches(node.text, /\bworkgroupBarrier\(/g).length +
            total(this.callsIn(node.text).map((call) => this.barriers(call.name)))
          );
        }),
      );
    return inside(this.live(this.functions.get(name)!.body));
  }

  /** Bytes of what is in workgroup memory and used: all that the specification counts. */
  workgroupBytes(): number {
    const used = new Set<string>();
    const follow = (name: string) => {
      if (used.has(name)) return;
      used.add(name);
      for (const text of this.functions.get(name)!.body.flatMap(codeOf)) {
        for (const call of this.callsIn(text)) follow(call.name);
      }
    };
    follow('main');
    const code = [...used]
      .flatMap((name) => this.functions.get(name)!.body.flatMap(codeOf))
      .join('\n');
    const variables = [...this.source.matchAll(/var<workgroup> (\w+): array<(.+), ([^,]+)>;/g)];
    return total(
      variables
        .filter(([, name]) => new RegExp(`\\b${name}\\b`).test(code))
        .map(([, , type, count]) => this.strideOf(type!) * this.countOf(count!)),
    );
  }

  /** Registers that hold the quads of the roles that are read. */
  registers(read: readonly string[]): number {
    const quads =
      /var<private> (?:held_([xv])|([xv])_\d+): (?:array<vec4<u32>, (\w+)>|vec4<u32>);/g;
    return total(
      [...this.source.matchAll(quads)]
        .filter(([, held, unrolled]) => read.includes((held ?? unrolled)!))
        .map(([, , , count]) => 4 * (count === undefined ? 1 : this.countOf(count))),
    );
  }

  /** Nodes without the branches that constants rule out; the others' code is as if it had none. */
  private live(nodes: readonly Node[]): Node[] {
    return nodes.flatMap((node): Node[] => {
      if (node.kind === 'code') return [node];
      if (node.kind === 'loop') return [{ kind: 'loop', body: this.live(node.body) }];
      const known = this.known(node.condition);
      if (known !== undefined) return this.live(node.arms[known ? 0 : 1] ?? []);
      return [{ ...node, arms: node.arms.map((arm) => this.live(arm)) }];
    });
  }

  /** The value of a condition, where constants decide it. */
  private known(condition: string): boolean | undefined {
    const parts = condition.split('&&').map((part) => {
      const [, not, name] = /^\s*(!?)(\w+)\s*$/.exec(part) ?? [];
      const value = name === undefined ? undefined : this.constants.get(name);
      if (value !== 'true' && value !== 'false') return undefined;
      return (value === 'true') !== (not === '!');
    });
    if (parts.includes(false)) return false;
    return parts.every((part) => part === true) ? true : undefined;
  }

  /** Calls of the module's own functions, nested ones too. */
  private callsIn(text: string): { name: string; args: string[] }[] {
    return matches(text, /\b(\w+)\(/g)
      .filter((match) => this.functions.has(match[1]!))
      .map((match) => ({
        name: match[1]!,
        args: list(enclosed(text, match.index + match[0].length - 1)),
      }));
  }

  /** Bytes from one element of an array to the next. */
  private strideOf(type: string): number {
    const alias = new RegExp(`\\balias ${type} = (.+);`).exec(this.source)?.[1];
    if (alias !== undefined) return this.strideOf(alias);
    const columns = /^mat(\d)x4<f32>$/.exec(type)?.[1];
    const words = columns
      ? 4 * Number(columns)
      : { u32: 1, f32: 1, 'vec2<f32>': 2, 'vec3<f32>': 4, 'vec4<f32>': 4 }[type];
    if (words === undefined) throw new Error(`how large is a ${type}?`);
    return 4 * words;
  }

  /** A product of constants and numbers. */
  private countOf(text: string): number {
    return text.split('*').reduce((product, part) => {
      const factor = Number(this.constants.get(part.trim()) ?? part.trim().replace(/u$/, ''));
      if (!Number.isInteger(factor)) throw new Error(`how many are ${text}?`);
      return product * factor;
    }, 1);
  }
}

const is = (key: string, role: Role, access: Access) => key.startsWith(`${role} ${access} `);

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)];

/** The text of every statement inside. */
function codeOf(node: Node): string[] {
  if (node.kind === 'code') return [node.text];
  return (node.kind === 'loop' ? node.body : node.arms.flat()).flatMap(codeOf);
}

function merge(all: readonly Visits[], join: (a: number, b: number) => number): Visits {
  const merged = new Map<string, number>();
  for (const visits of all) {
    for (const [key, n] of visits) merged.set(key, join(merged.get(key) ?? 0, n));
  }
  return merged;
}

/** An expression with names replaced by what they stand for. */
function substitute(expression: string, names: ReadonlyMap<string, string>): string {
  // Not members: `params.length` is no local called `length`.
  return expression.replace(/(?<![.\w])[a-z_]\w*/g, (name) => names.get(name) ?? name);
}

/** The parts of a list that commas separate, but for those inside brackets. */
function list(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map((part) => part.trim());
}

/** What is between the bracket at a place and the one that closes it. */
function enclosed(text: string, at: number): string {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    if (')]}'.includes(text[i]!) && --depth === 0) return text.slice(at + 1, i);
  }
  throw new Error(`no bracket closes the one before '${text.slice(at + 1, at + 40)}'`);
}

/** The statements of a function's body. */
function parse(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  const blockAt = (from: number) => {
    const open = text.indexOf('{', from);
    const inside = enclosed(text, open);
    at = open + inside.length + 2;
    return parse(inside);
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const start = /^\s*(if|for|while|loop|switch)?\b/.exec(rest);
    const word = start?.[1];
    if (word === 'for' || word === 'if') {
      const open = text.indexOf('(', at);
      const header = enclosed(text, open);
      const body = blockAt(open + header.length + 2);
      if (word === 'for') {
        nodes.push({ kind: 'code', text: header.trim() }, { kind: 'loop', body });
        continue;
      }
      const arms = [body];
      const otherwise = /^\s*else\s*(if\b)?/.exec(text.slice(at));
      if (otherwise) {
        if (otherwise[1]) {
          // The rest of the chain is one branch of its own.
          const chain = chainAt(text, at + otherwise[0].length - 2);
          at += otherwise[0].length - 2 + chain.length;
          arms.push(parse(chain));
        } else arms.push(blockAt(at));
      }
      nodes.push({ kind: 'branch', condition: header, arms });
      continue;
    }
    if (word !== undefined) throw new Error(`no statement of the kernels starts with '${word}'`);
    const end = rest.indexOf(';');
    if (end < 0) break;
    nodes.push({ kind: 'code', text: rest.slice(0, end).trim() });
    at += end + 1;
  }
  return nodes;
}

/** The text of an `if` with all that is `else` to it. */
function chainAt(text: string, start: number): string {
  let end = start;
  let more: RegExpExecArray | null = null;
  do {
    const open = text.indexOf('{', end);
    end = open + enclosed(text, open).length + 2;
    more = /^\s*else\b/.exec(text.slice(end));
  } while (more);
  return text.slice(start, end);
}

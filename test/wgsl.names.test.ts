/** Short names change nothing: kernels made of short pieces are the kernels of `shaders/`, renamed. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { declarationsIn } from '../src/wgsl/readable';
import { type Part, partsOf, shortNames } from '../wgsl.names';
import { minifier, minifyWgsl } from '../wgsl.plugin';

const small = minifier();

// The package has kernels that are just joined.
async function composed() {
  const { allKernels } = await import('./kernels/all-kernels');
  return new Map(allKernels().map(({ name, emit }) => [name, emit(false).wgsl]));
}

const long = await composed();
const { files } = await import('./kernels/kernels');

const pathOf = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** Has the library find something else in place of each file of WGSL. */
function mockFiles(inPlaceOf: (minified: ReturnType<typeof small>, file: string) => unknown) {
  vi.resetModules();
  for (const [file, text] of files) {
    vi.doMock(pathOf(file), () => ({ default: inPlaceOf(small(text), file) }));
  }
}

// Files keep their names: those for several roles stand together.
mockFiles(({ text }, file) => `//@ ${file}\n${text}`);
const short = await composed();
mockFiles(({ template }) => new Function(`return ${template}`)());
vi.doMock('../src/wgsl/readable', () => import('../src/wgsl/minified'));
const shipped = await composed();
for (const file of files.keys()) vi.doUnmock(pathOf(file));
vi.doUnmock('../src/wgsl/readable');
vi.resetModules();

const tokens = (text: string) =>
  text.match(/\.?[A-Za-z_]\w*|\d[\w.]*(?:(?<=[ep])[+-]\w+)?|\S/g) ?? [];
const isName = (token: string) => /^[A-Za-z_]/.test(token);

/** Notes that one stands for the other, and only for it. Without `expect`: there are a million. */
function pair(names: Map<string, string>, a: string, b: string): void {
  const [before, other] = [names.get(`long ${a}`), names.get(`short ${b}`)];
  if (before !== undefined && before !== b) throw new Error(`${a} became ${before} and ${b}`);
  if (other !== undefined && other !== a) throw new Error(`${other} and ${a} became ${b}`);
  names.set(`long ${a}`, b).set(`short ${b}`, a);
}

/** @throws Error that says what differs in more than names, or is no name for one thing. */
function compare(long: string, short: string): void {
  const [before, after] = [long, short].map((text) => partsOf(minifyWgsl(text))) as [
    Part[],
    Part[],
  ];
  expect(after.length).toBe(before.length);
  const ofModule = new Map<string, string>();
  before.forEach(({ text, locals, isFunction }, i) => {
    const names = new Map<string, string>();
    const [a, b] = [tokens(text), tokens(after[i]!.text)];
    expect(b.length).toBe(a.length);
    a.forEach((token, t) => {
      // Members of structs keep their names.
      const isMember = !isFunction && /[{,]/.test(a[t - 1] ?? '') && a[t + 1] === ':';
      if (isName(token) && !isMember) {
        pair(names, token, b[t]!);
        if (!locals.includes(token)) pair(ofModule, token, b[t]!);
      } else if (token !== b[t]) throw new Error(`${token} became ${b[t]}`);
    });
  });
}

test('every kernel is the same but for its names', () => {
  expect(long.size).toBeGreaterThan(300);
  for (const [name, text] of long) {
    expect(short.get(name), name).not.toContain('exp_below_max');
    compare(text, short.get(name)!);
  }
});

test('every kernel is the same where files are cut and joined as the package does it', () => {
  const declarations = (text: string) =>
    declarationsIn(minifyWgsl(text.replace(/^(?:enable|requires|diagnostic).*/gm, '')))
      // Uniforms are in the order in which they are read.
      .map(({ name, text }) => (name === 'Params' ? text.split(/[{,}]/).sort().join() : text))
      .sort();
  for (const [name, text] of short) {
    expect(declarations(shipped.get(name)!), name).toEqual(declarations(text));
  }
});

test('the comparison tells what is not the same', () => {
  const source = 'var<private> p: u32;\nfn f(a: u32, b: u32) -> u32 {\n  return a - b + p;\n}\n';
  compare(source, 'var<private>A:u32;fn B(d:u32,e:u32)->u32{return d-e+A;}');
  for (const wrong of [
    'var<private>A:u32;fn B(d:u32,e:u32)->u32{return e-d+A;}',
    'var<private>A:u32;fn B(d:u32,d:u32)->u32{return d-d+A;}',
    'var<private>A:u32;fn B(A:u32,e:u32)->u32{return A-e+A;}',
    'var<private>A:u32;fn B(d:u32,e:u32)->u32{return d+e+A;}',
  ]) {
    expect(() => compare(source, wrong)).toThrow();
  }
});

describe('shortNames', () => {
  const one = (piece: string, ...kept: string[]) => shortNames([piece], new Set(kept))(piece);

  test.each([
    [
      'functions and what they declare',
      'fn twice(of:u32)->u32{let t=2u*of;return t;}',
      'fn A(a:u32)->u32{let b=2u*a;return b;}',
    ],
    [
      'variables, constants and types',
      'alias T=f32;const N=1u;var<private>held:array<T,N>;',
      'alias A=f32;const B=1u;var<private>C:array<A,B>;',
    ],
    [
      'the beginning of what is written for a role',
      'fn load_data(i:u32)->u32{return data[i];}fn use_it(){load_x(1u);}',
      'fn A_data(a:u32)->u32{return data[a];}fn B(){A_x(1u);}',
    ],
  ])('renames %s', (_, piece, renamed) => {
    expect(one(piece)).toBe(renamed);
  });

  test.each([
    [
      'members',
      'struct S{sums:f32,}var<private>sums:f32;fn f(s:S){sums=s.sums;}',
      'struct A{sums:f32,}var<private>B:f32;fn C(a:A){B=a.sums;}',
    ],
    ['uniforms', 'fn f()->u32{return params.length;}', 'fn A()->u32{return params.length;}'],
    [
      'numbers',
      'fn f(e:f32,u:f32)->f32{return e+1e-3+0x1.ep+3f+u*2u;}',
      'fn A(a:f32,b:f32)->f32{return a+1e-3+0x1.ep+3f+b*2u;}',
    ],
    [
      'the entry point, attributes and built-in values',
      '@compute@workgroup_size(64)fn main(@builtin(local_invocation_index)index:u32){}',
      '@compute@workgroup_size(64)fn main(@builtin(local_invocation_index)a:u32){}',
    ],
    ['what no piece declares', 'fn f(i:u32){y[i]=min(x[i],a);}', 'fn A(b:u32){y[b]=min(x[b],a);}'],
  ])('leaves %s', (_, piece, renamed) => {
    expect(one(piece)).toBe(renamed);
  });

  test('leaves what other code writes', () => {
    expect(one('fn scan(){see();}fn see(){}', 'scan')).toBe('fn scan(){A();}fn A(){}');
    expect(one('fn read_STEP(){}', 'read_')).toBe('fn read_STEP(){}');
  });

  test('gives a name to each of many', () => {
    const names = Array.from({ length: 100 }, (_, i) => `name${i}`);
    const text = one(`${names.map((name) => `var<private>${name}:u32;`).join('')}`);
    expect(new Set(text.match(/>\w+/g)).size).toBe(100);
  });
});

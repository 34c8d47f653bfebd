/** Kernels hold what they use and nothing else, in the order a reader wants. */
import { describe, expect, test } from 'vitest';
import { emit } from '../../src/wgsl/emit';
import { declarationsIn } from '../../src/wgsl/readable';
import { decided } from '../../src/wgsl/text';

describe('declarationsIn', () => {
  test('names each declaration, with the comments that are its own', () => {
    const text = `// The file.
// On two lines; { and ( are text here.

// Of one.
const ONE = 1.0;  // and this too; as well
const TWO = 2.0;

var<workgroup> shared_sums: array<vec2<f32>, 4>;
alias Row = f32;
struct Pair {
  a: f32,  // a }
  b: f32,
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3<u32>) {
  if (id.x > 1u) { return; }
}
`;
    const declarations = declarationsIn(text);
    expect(declarations.map(({ name }) => name)).toEqual([
      'ONE',
      'TWO',
      'shared_sums',
      'Row',
      'Pair',
      'main',
    ]);
    expect(declarations[0]).toEqual({
      name: 'ONE',
      note: '// The file.\n// On two lines; { and ( are text here.\n',
      text: '// Of one.\nconst ONE = 1.0;  // and this too; as well',
      follows: false,
    });
    expect(declarations.map(({ follows }) => follows)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test('takes text without white space', () => {
    const text = 'const A=1u;var<private>B:array<f32,A>;fn C(a:u32)->u32{return a;}alias D=f32;';
    expect(declarationsIn(text).map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('text that declares nothing is an error', () => {
    expect(() => declarationsIn('x = 1;')).toThrow("WGSL declares nothing in 'x = 1;'");
  });
});

describe('decided', () => {
  const constants = { YES: true, NO: false, FOUR: '4u' };
  test.each([
    ['a branch that is taken', 'a();\n  if (YES) {\n    b();\n  }\n  c();', 'a();\n  b();\n  c();'],
    ['one that is not', 'a();\n  if (NO) {\n    b();\n  }\n  c();', 'a();\n  c();'],
    ['the other arm', 'if (NO) {\n  a();\n} else {\n  b();\n}', 'b();'],
    ['a negation', 'if (!NO) {\n  a();\n}', 'a();'],
    ['part of a condition', 'if (YES && a < b && !NO) {\n  c();\n}', 'if (a < b) {\n  c();\n}'],
    ['a condition that cannot hold', 'a();\nif (b < c && NO) {\n  d();\n}', 'a();'],
    [
      'branches in branches',
      'z();\nif (YES) {\n  if (NO) {\n    a();\n  }\n  b();\n}',
      'z();\nb();',
    ],
    ['a loop', 'a();\nfor (; NO && i < 4u; i++) {\n  b();\n}\nc();', 'a();\nc();'],
    [
      "a loop's condition",
      'for (var i = 0u; YES && i < 4u; i++) {\n  a();\n}',
      'for (var i = 0u;i < 4u; i++) {\n  a();\n}',
    ],
    ['text without white space', 'if(NO){a();}else{if(YES&&b<c){d();}}', 'if(b<c){d();}'],
  ])('%s', (_, text, expected) => {
    expect(decided(text, constants)).toBe(expected);
  });

  test.each([
    'if (FOUR) {\n  a();\n}',
    'if (NO || a) {\n  b();\n}',
    'if (a) {\n  b();\n} else if (NO) {\n  c();\n}',
    'for (var i = 0u; i < FOUR; i++) {\n  a();\n}',
    'fn f() {\n  // if (NO) { is said here\n  a();\n}',
  ])('leaves %j', (text) => {
    expect(decided(text, constants)).toBe(text);
  });
});

describe('emit', () => {
  const { wgsl, uniforms } = emit({
    directives: 'enable f16;\n',
    types: { scale: 'f32', dims: 8 },
    bindings: [{ role: 'y', type: 'storage', elements: 'Out' }],
    constants: { SIZE: '64u', WIDE: false, UNUSED: '1u' },
    sources: [
      '//@ shaders/a.wgsl\n// What a is.\n\nfn gone() { nobody(); }\n\nfn main() { twice(params.length); }\n',
      '//@ shaders/b.wgsl for y\nfn twice(n: u32) {\n  if (WIDE) {\n    wide(params.unread);\n  }\n  y[n] = SIZE;\n}\nfn wide(n: u32) {}\n',
      '//@ shaders/c.wgsl\nfn nobody() { _ = params.dims[0]; }\n',
      '//@ shaders/d.wgsl\nstruct Out { of: u32 }\n',
    ],
  });

  test('leaves out what main does not reach', () => {
    const line = (file: string) => `// ---- ${file} ${'-'.repeat(92 - file.length)}`;
    expect(wgsl).toBe(`enable f16;

struct Params {
  length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<Out>;

const SIZE = 64u;

${line('shaders/a.wgsl')}
// What a is.

fn main() { y[params.length] = SIZE; }

${line('shaders/d.wgsl')}
struct Out { of: u32 }
`);
  });

  test('lists the uniforms that are left', () => {
    expect(uniforms).toEqual([['length', 'u32']]);
  });
});

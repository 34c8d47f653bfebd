import { describe, expect, test } from 'vitest';
import { minifyWgsl } from '../wgsl.plugin';

describe('minifyWgsl', () => {
  test.each([
    ['line comments', 'let x = 1; // one /* not open\nlet y = 2;', 'let x=1;let y=2;'],
    ['every line end of WGSL', 'a; // x\u2028b; // x\u0085c;', 'a;b;c;'],
    ['nested block comments', 'a /* 1 /* 2 */ still // 1 */ = b;', 'a=b;'],
    ['a comment between two words', 'let/**/x=1;', 'let x=1;'],
    ['an empty comment is not closed by its own star', 'a/*/ b */ = c;', 'a=c;'],
    [
      'white space around brackets',
      'fn f ( a : f32 ) -> f32 { return a ; }',
      'fn f(a:f32)->f32{return a;}',
    ],
    [
      'attributes',
      '@compute  @workgroup_size( 64 )\nfn main() {}',
      '@compute@workgroup_size(64)fn main(){}',
    ],
  ])('drops %s', (_, source, minified) => {
    expect(minifyWgsl(source)).toBe(minified);
  });

  test.each([
    ['minus, minus', 'let a = b - -c;', 'let a=b- -c;'],
    ['and, address of', 'let a = b & &c;', 'let a=b& &c;'],
    ['a division and a dereference', 'let a = b / *c;', 'let a=b/ *c;'],
    ['a template and what follows', 'var x : array<f32> = y;', 'var x:array<f32> =y;'],
    ['words', 'enable f16;\noverride k : u32 = 1u;', 'enable f16;override k:u32=1u;'],
    ['numbers', 'let a = 1.5 - .5e-3;', 'let a=1.5-.5e-3;'],
  ])('keeps apart %s', (_, source, minified) => {
    expect(minifyWgsl(source)).toBe(minified);
  });

  test('names vectors and matrices as WGSL does', () => {
    const source =
      'let v: vec4<u32> = vec4 < u32 >(0u); let m = mat2x4<f32>(); let b = vec4<bool>();';
    const minified = 'let v:vec4u=vec4u(0u);let m=mat2x4f();let b=vec4<bool>();';
    expect(minifyWgsl(source)).toBe(minified);
    expect(minifyWgsl('vec2<f16>(array<vec3<i32>, 2>())')).toBe('vec2h(array<vec3i,2>())');
  });

  test('a block comment that does not end is an error', () => {
    expect(() => minifyWgsl('a /* b /* c */')).toThrow('a block comment does not end');
  });
});

/** A template decides what `decided` decides where files are text, and stands for any role. */
import { describe, expect, test } from 'vitest';
import { decided } from '../src/wgsl/text';
import { minifyWgsl } from '../wgsl.plugin';
import { templateOf } from '../wgsl.template';

type Template = (constants: object, role?: string, data?: string) => string;
const functionOf = (wgsl: string): Template =>
  new Function(`return ${templateOf(wgsl, new Set(['OURS']))}`)();

describe('templateOf', () => {
  const constants = { YES: true, NOT: false };
  test.each([
    'a();if(YES){b();}c();',
    'a();if(NOT){b();}c();',
    'if(NOT){a();}else{b();}',
    'if(!NOT&&YES){a();}else{b();}',
    'if(YES&&a<b&&!NOT){c();}',
    'if(YES&&a<b){c();}else{d();}',
    'if(NOT&&a<b){c();}else{d();}',
    'if(YES){if(NOT){a();}b();}else{if(YES){c();}}',
    'for(;NOT&&i<4u;i++){a();}c();',
    'for(var i=0u;!NOT&&i<4u;i++){if(YES){a();}}',
    'if(A){a();}if(NOT||a){b();}if(a){b();}else if(b){c();}',
    'if(YES){const A=1u;fn B(){}}else{const A=2u;}fn main(){}',
  ])('decides %j', (text) => {
    expect(functionOf(text)(constants)).toBe(minifyWgsl(decided(text, constants)));
  });

  test('leaves conditions of what WGSL declares', () => {
    expect(functionOf('if(OURS&&YES){a();}')(constants)).toBe('if(OURS){a();}');
  });

  test('takes a role and its data', () => {
    const text = 'fn A_data(){return data[i]+PADDING_DATA;}fn B_STEP(){A_data(STEP);}';
    expect(functionOf(text)({}, 'x', 'y')).toBe(
      'fn A_x(){return y[i]+PADDING_X;}fn B_x(){A_x(y);}',
    );
  });

  test('text that is no WGSL is an error', () => {
    expect(() => templateOf('`', new Set())).toThrow('templateOf');
  });
});

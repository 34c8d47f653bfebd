/**
 * What the composer emits, kept so that a reviewer sees what a change does to it: eight kernels whole,
 * and of every other variant a manifest of what it consists of. `-u` takes what is emitted now.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Emitted } from '../../src/gpu/kernel';
import { rowKernel } from '../../src/rows/kernel';
import { selectKernel } from '../../src/select/kernel';
import { declarationsIn } from '../../src/wgsl/readable';
import { standAlones } from './kernels';
import { goldenSelectVariants } from './select-variants';
import { goldenVariants } from './variants';

/** One for each way to walk a row, and for each family that walks none. */
const whole = [
  'softmax row workgroup64 held4 vec4 x→y',
  'softmax row invocation32 streamed vec4 stored x→y',
  'softmax row invocation32 streamed columns-vec4 x→y',
  'softmax-vjp row invocation32 unrolled3-tail2 scalar v+x→y',
  'log-softmax row subgroup128 held8 vec4 high x→y',
  'cross-entropy row subgroup128 held8 vec4 class_index+x→loss+y',
  'select scan workgroup64 vec4 sums',
  'product-workgroup',
];

const kernels = new Map<string, Emitted>(
  [
    ...goldenVariants().map(rowKernel),
    ...goldenSelectVariants().map(selectKernel),
    ...standAlones,
  ].map((kernel) => [kernel.name, kernel.emit()]),
);

const fileOf = (name: string) =>
  `${name.replace('→', '-to-').replaceAll(' ', '.').replaceAll('+', '-')}.wgsl`;

/** What a kernel consists of, in order: a line each for its head, a line a file for the rest. */
function manifestOf(name: string, { wgsl }: Emitted): string {
  const [head = '', ...parts] = wgsl.split(/^\/\/ ---- /m);
  const fields = /^struct Params \{\n([^}]*)\}/m.exec(head)![1]!;
  const lines = [
    ...head.matchAll(/^(?:enable|requires) .*/gm),
    `uniforms ${[...fields.matchAll(/(\w+):/g)].map(([, field]) => field).join(' ')}`,
    ...[...head.matchAll(/var<storage, (\w+)> (.*);/g)].map(([, how, what]) => `${how} ${what}`),
    ...[...head.matchAll(/^const (.*);/gm)].map(([, constant]) => constant),
    ...parts.map((part) => {
      const [, file, text] = /^(.*?) -+\n([\s\S]*)$/.exec(part)!;
      return `${file}: ${declarationsIn(text!)
        .map((declaration) => declaration.name)
        .join(' ')}`;
    }),
  ];
  return [name, ...lines.map((line) => `  ${line}`), ''].join('\n');
}

describe('whole', () => {
  test.each(whole)('%s', async (name) => {
    await expect(kernels.get(name)?.wgsl).toMatchFileSnapshot(`../golden/${fileOf(name)}`);
  });
});

describe('manifests', () => {
  const families = new Map<string, string[]>();
  for (const [name, kernel] of kernels) {
    if (whole.includes(name)) continue;
    const family = name.split(' ')[0]!.replace(/-(registers|quads)-.*/, '-$1');
    families.set(family, [...(families.get(family) ?? []), manifestOf(name, kernel)]);
  }

  test.each([...families])('%s', async (family, manifests) => {
    await expect(manifests.join('\n')).toMatchFileSnapshot(`../golden/${family}.txt`);
  });

  test('no file is left of what is gone', () => {
    const files = [...whole.map(fileOf), ...[...families.keys()].map((family) => `${family}.txt`)];
    expect(readdirSync(new URL('../golden', import.meta.url)).sort()).toEqual(files.sort());
  });
});

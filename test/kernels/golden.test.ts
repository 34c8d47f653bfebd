/** The WGSL of every operation in every regime, kept so that a reviewer sees what a change emits. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compose } from '../../src/kernels/compose';
import { variantName } from '../../src/kernels/variant';
import { goldenVariants } from './variants';

const fileOf = (name: string) =>
  `${name.replace('→', '-to-').replaceAll(' ', '.').replaceAll('+', '-')}.wgsl`;

test.each(goldenVariants().map((variant) => [variantName(variant), variant] as const))(
  '%s',
  async (name, variant) => {
    await expect(compose(variant)).toMatchFileSnapshot(`../golden/${fileOf(name)}`);
  },
);

test('no file is left of a variant that is gone', () => {
  const names = goldenVariants().map((variant) => fileOf(variantName(variant)));
  expect(readdirSync(new URL('../golden', import.meta.url)).sort()).toEqual(names.sort());
});

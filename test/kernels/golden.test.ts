/** The WGSL of every operation in every regime, kept so that a reviewer sees what a change emits. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compose } from '../../src/kernels/compose';
import { variantName } from '../../src/kernels/variant';
import { goldenSelectVariants } from './select-variants';
import { goldenVariants } from './variants';

const fileOf = (name: string) =>
  `${name.replace('→', '-to-').replaceAll(' ', '.').replaceAll('+', '-')}.wgsl`;

const variants = [...goldenVariants(), ...goldenSelectVariants()];

test.each(variants.map((variant) => [variantName(variant), variant] as const))(
  '%s',
  async (name, variant) => {
    await expect(compose(variant)).toMatchFileSnapshot(`../golden/${fileOf(name)}`);
  },
);

test('no file is left of a variant that is gone', () => {
  const names = variants.map((variant) => fileOf(variantName(variant)));
  expect(readdirSync(new URL('../golden', import.meta.url)).sort()).toEqual(names.sort());
});

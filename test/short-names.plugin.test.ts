import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROPERTIES } from '../short-names.plugin';
import { files } from './kernels/kernels';

test('uniforms, whose values are read by name, keep their names', () => {
  const uniforms = new Set(
    [...files.keys()].flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bparams\.(\w+)/g)].map(([, name]) => name!),
    ),
  );
  expect(uniforms.size).toBeGreaterThan(30);
  expect(PROPERTIES.filter((name) => uniforms.has(name))).toEqual([]);
});

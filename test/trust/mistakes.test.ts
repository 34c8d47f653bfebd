/** The properties themselves: each holds of the reference, and tells of engines that are wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Property, properties } from './inputs';
import { engineWith, mistakes } from './mistakes';
import * as page from './properties.page';

/** The same in every run: that a mistake is found is not to depend on luck. */
const SEED = 1;

/** What the property finds wrong, at the first of so many inputs where it does; '' for nothing. */
async function found(name: Property, inputs: number): Promise<string> {
  const { of } = properties.find((property) => property.name === name)!;
  for (const input of fc.sample(of, { seed: SEED, numRuns: inputs })) {
    const problem = await page[name](input);
    if (problem !== '') return problem;
  }
  return '';
}

test.each(properties)('$name holds of the reference', async ({ name }) => {
  page.hold(engineWith());
  expect(await found(name, 20)).toBe('');
});

describe.each(mistakes)('$name', (mistake) => {
  test.each(mistake.breaks)('breaks %s', async (name) => {
    page.hold(engineWith(mistake));
    expect(await found(name, 40)).not.toBe('');
  });
});

test('every property has a mistake that breaks it', () => {
  const broken = new Set(mistakes.flatMap(({ breaks }) => breaks));
  expect([...broken].sort()).toEqual(properties.map(({ name }) => name).sort());
});

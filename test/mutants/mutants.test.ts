/** That the mutants are up to date; `npm run test:mutants` says whether they are noticed. */
import { expect, test } from 'vitest';
import { mutants } from './list';
import { staleness } from './mutants';

test('every mutant still applies, and the test that must notice it is there', () => {
  expect(mutants.map(staleness).filter((why) => why !== undefined)).toEqual([]);
});

test('a text that is not there once, and a test that is not there, are told', () => {
  const [mutant] = mutants as [(typeof mutants)[0]];
  expect(staleness({ ...mutant, was: 'no such text' })).toMatch(/occurs 0 times, not once$/);
  expect(staleness({ ...mutant, was: 'e' })).toMatch(/occurs \d\d+ times, not once$/);
  expect(staleness({ ...mutant, file: 'src/none.ts' })).toMatch(/no such file/);
  const [file] = mutant.test;
  expect(staleness({ ...mutant, test: [file, 'no such test'] })).toBe(
    `${file} has no test 'no such test'`,
  );
});

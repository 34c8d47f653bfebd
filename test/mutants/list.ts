/** All mutants. Each area has a list of its own. */
import { host } from './host';
import type { Mutant } from './mutants';
import { reference } from './reference';
import { selection } from './selection';
import { shaders } from './shaders';
import { simulator } from './simulator';
import { walks } from './walks';

export const mutants: readonly Mutant[] = [
  ...host,
  ...reference,
  ...selection,
  ...shaders,
  ...simulator,
  ...walks,
];

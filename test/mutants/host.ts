/** Mutants of the TypeScript: of `src`. */
import type { Mutant } from './mutants';

export const host: readonly Mutant[] = [
  {
    file: 'src/gpu/lru.ts',
    was: 'this.entries.set(key, found);',
    is: '',
    test: ['test/gpu/lru.test.ts', 'the entry unused for longest goes first'],
  },
];

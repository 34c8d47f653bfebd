/** Generated inputs of the properties. */
import fc from 'fast-check';
import { takes } from '../../conformance/matrix';
import { isLong } from './counts';
import type { Input } from './properties.page';

/** Properties of any input, by the name of their function in properties.page.ts. */
const ofInputs = [
  'shiftInvariance',
  'permutationEquivariance',
  'rowsApart',
  'distributions',
  'adjoints',
  'gradientSums',
  'anyAxis',
  'anyPlace',
] as const;
export type Property = (typeof ofInputs)[number] | 'finiteDifferences';

/** Not every length, and few in the short form: each may take a shader of its own. */
const lengths = isLong
  ? fc.constantFrom(1, 2, 3, 5, 8, 16, 31, 40, 64, 257, 1000, 4097, 5000)
  : fc.constantFrom(1, 3, 8, 40);

/** Inputs of up to four dimensions and a few thousand elements. */
const inputs: fc.Arbitrary<Input> = fc
  .record({
    length: lengths,
    others: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    at: fc.nat(3),
    fromEnd: fc.boolean(),
    seed: fc.nat(99_999),
    spread: fc.constantFrom(8, 1, 40, 0),
    scale: fc.constantFrom(1, 1, 0.7, 3, 0),
    regime: isLong
      ? fc.constantFrom(undefined, 'row-per-invocation' as const, 'row-per-workgroup' as const)
      : fc.constant(undefined),
  })
  .map(({ length, others, at, fromEnd, regime, ...rest }) => {
    // In the short form rows are contiguous or strided, and that is all the shaders are to see.
    const axis = at % (others.length + 1);
    const shape = [...others.slice(0, axis), length, ...others.slice(axis)];
    const strided = shape.slice(axis + 1).some((n) => n > 1);
    const can = regime && takes(regime, length, strided, 0);
    return {
      ...rest,
      ...(can && { regime }),
      shape,
      axis: fromEnd ? axis - shape.length : axis,
    };
  });

/** Few elements: finite differences take two evaluations for each. */
const small: fc.Arbitrary<Input> = fc
  .record({
    length: fc.constantFrom(2, 3, 5, 8),
    rows: fc.integer({ min: 1, max: 3 }),
    strided: fc.boolean(),
    seed: fc.nat(99_999),
    spread: fc.constantFrom(1, 4),
    scale: fc.constantFrom(1, 0.7, 3),
  })
  .map(({ length, rows, strided, ...rest }) => ({
    ...rest,
    shape: strided ? [length, rows] : [rows, length],
    axis: strided ? 0 : 1,
  }));

/** Every property, and the inputs that it is held for. */
export const properties: readonly { name: Property; of: fc.Arbitrary<Input> }[] = [
  ...ofInputs.map((name) => ({ name, of: inputs })),
  { name: 'finiteDifferences', of: small },
];

import { type Constants, decided } from './text';

/**
 * A file that is written for the role `data`, for another role: `data` is the array, `…_data` a
 * function, variable or uniform of the role, and constants of the role decide conditions.
 */
export const instantiate = (source: string, role: string, array: string, constants: Constants) =>
  decided(
    source
      .replace(/^\/\/@.*/, `$& for ${role}`)
      .replace(/\bPADDING_DATA\b/g, `PADDING_${role.toUpperCase()}`)
      .replace(/\bdata\b/g, array)
      .replace(/_data\b/g, `_${role}`),
    constants,
  );

/** What files for a role ask of it: whether its elements are f16, and packed in words. */
export const halfConstants = (isHalf: boolean, typed: boolean): Constants => ({
  HALF: isHalf,
  PACKED: isHalf && !typed,
});

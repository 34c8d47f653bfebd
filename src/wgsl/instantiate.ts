/**
 * A file that is written for the role `data`, for another role: `data` is the array, `…_data` a
 * function, variable or uniform of the role.
 */
export function instantiate(source: string, role: string, array: string): string {
  return source
    .replace(/\bPADDING_DATA\b/g, `PADDING_${role.toUpperCase()}`)
    .replace(/\bdata\b/g, array)
    .replace(/_data\b/g, `_${role}`);
}

/** What went wrong in a run, one line each; empty where nothing did. */
import type { ShapeResult } from './bench-shape';
import type { VariantsResult } from './bench-variants';
import { formatShare } from './format';
import { formatInteger, shapeTitle } from './shapes';

/** Of operations: what threw, and what was wrong. */
export function tableFailures(table: readonly ShapeResult[]): string[] {
  return table.flatMap(({ shape, ops }) =>
    ops.flatMap((result): string[] => {
      const where = `${result.op} of ${shapeTitle(shape)}`;
      if ('error' in result) return [`${where}: ${result.error}`];
      const { failures: count, maxShare } = result.check;
      return count > 0 ? [`${where}: ${beyond(count, maxShare)}`] : [];
    }),
  );
}

/** Of regimes that were held to the reference: what was wrong. */
export function variantFailures(variants: readonly VariantsResult[]): string[] {
  return variants.flatMap(({ op, shape, regimes }) =>
    regimes.flatMap(({ regime, check }) =>
      check && check.failures > 0
        ? [`${op} of ${shapeTitle(shape)}, ${regime}: ${beyond(check.failures, check.maxShare)}`]
        : [],
    ),
  );
}

const beyond = (count: number, maxShare: number | null) =>
  `${formatInteger(count)} elements beyond their bounds, at worst ${formatShare(maxShare)} of it`;

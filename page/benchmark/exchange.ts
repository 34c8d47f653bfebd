/** Results as files and as text for others, and read again. */
import { formatVariant } from '../../bench/format';
import { FORMAT, measuredOf, type Results } from '../../bench/results';
import { shapeId, shapeTitle } from '../../bench/shapes';
import { rangeOf } from '../../bench/spread';
import { deviceName } from '../adapter';
import { formatMs, formatPercent, formatRate } from '../results/words';

export const toJson = (results: Results): string => `${JSON.stringify(results, null, 2)}\n`;

/**
 * Reads what `toJson` or the command line wrote.
 *
 * @param where it is from, for messages.
 * @throws Error if it is no JSON, or not results of this benchmark.
 */
export function readResults(text: string, where: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is no JSON: ${(error as Error).message}`);
  }
  const { format, adapter, table, variants, peers, failures } = (value ?? {}) as Partial<Results>;
  if (format !== FORMAT) {
    throw new Error(`${where} has format “${String(format)}”; this page reads “${FORMAT}”`);
  }
  const whole =
    typeof adapter === 'object' &&
    [table, variants, peers, failures].every(Array.isArray) &&
    table!.every((result) => Array.isArray(result?.shape?.dims) && Array.isArray(result.ops)) &&
    variants!.every((result) => Array.isArray(result?.regimes)) &&
    peers!.every((comparison) => Array.isArray(comparison?.peers));
  if (!whole) throw new Error(`${where} is not whole: parts of the results are missing`);
  return {
    ...(value as Results),
    // Results that were written before these were.
    variants: variants!.map((result) => ({ ...result, dtype: result.dtype ?? 'f32' })),
    peerVersions: (value as Results).peerVersions ?? {},
    sample: (value as Results).sample ?? [],
  };
}

/** One line for each timing: of operations, floors, regimes and libraries. */
export function toCsv(results: Results): string {
  const head = [
    ...['device', 'kind', 'name', 'operation', 'shape', 'dtype', 'timer', 'ms', 'ms_10', 'ms_90'],
    ...[
      'gigabytes_per_second',
      'ratio',
      'rows_checked',
      'rows',
      'failures',
      'max_ulp',
      'max_share',
    ],
  ];
  type Cell = string | number | null | undefined;
  const device = deviceName(results.adapter);
  const lines: Cell[][] = [head];
  for (const { shape, dtype, timer, floors, copy, ops } of results.table) {
    const id = shapeId(shape);
    for (const floor of [...floors, ...(copy ? [copy] : [])]) {
      const { traffic, kernel, milliseconds, gigabytesPerSecond } = floor;
      const kind = traffic === 'copy' ? 'copy' : 'floor';
      lines.push([
        ...[device, kind, kernel, traffic, id, dtype, timer, milliseconds],
        ...[undefined, undefined, gigabytesPerSecond, 1],
      ]);
    }
    for (const op of ops) {
      if ('error' in op) {
        lines.push([device, 'failed', op.error, op.op, id, dtype, timer]);
        continue;
      }
      const { check } = op;
      lines.push([
        ...[device, 'operation', formatVariant(op.variants), op.op, id, dtype, timer],
        ...[op.milliseconds, ...rangeOf(op.samples), op.gigabytesPerSecond, op.floorRatio],
        ...[check.checked, check.rows, check.failures, check.maxUlp, check.maxShare],
      ]);
    }
  }
  for (const { shape, op, dtype, timer, regimes } of results.variants) {
    for (const { regime, chosen, milliseconds, ratio, cut, check } of regimes) {
      const kind = chosen ? 'regime, chosen' : 'regime';
      // Of what the probe ruled out there is no time on this shape.
      const ms = cut === 'probe' ? undefined : milliseconds;
      lines.push([
        ...[device, kind, regime, op, shapeId(shape), dtype, timer, ms],
        ...[undefined, undefined, undefined, ratio],
        ...[check?.checked, check?.rows, check?.failures, check?.maxUlp, check?.maxShare],
      ]);
    }
  }
  for (const { shape, op, ours, peers } of results.peers) {
    for (const { library, outcome } of [{ library: 'webgpu-softmax', outcome: ours }, ...peers]) {
      const row: Cell[] = [device, 'library', library, op, shapeId(shape), 'f32', 'wall clock'];
      if (outcome.status !== 'timed') {
        lines.push([...row.slice(0, 1), `library ${outcome.status}`, ...row.slice(2)]);
        continue;
      }
      const ratio = ours.status === 'timed' ? outcome.milliseconds / ours.milliseconds : undefined;
      const { check, milliseconds, samples } = outcome;
      lines.push([
        ...[...row, milliseconds, ...rangeOf(samples), undefined, ratio],
        ...[check.checked, check.rows, check.failures, check.maxUlp, check.maxShare],
      ]);
    }
  }
  const quoted = (cell: Cell) => {
    const text = cell === undefined || cell === null ? '' : String(cell);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lines.map((cells) => `${head.map((_, i) => quoted(cells[i])).join(',')}\n`).join('');
}

/** A table of the operations, for an issue or a post. */
export function toMarkdown(results: Results): string {
  const { adapter, date, version, table } = results;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = measuredOf(table).map(({ result, op }) => {
    const { copy } = result;
    return row([
      shapeTitle(result.shape),
      result.dtype,
      op.op,
      formatMs(op.milliseconds),
      formatRate(op.gigabytesPerSecond),
      copy ? formatPercent(op.gigabytesPerSecond / copy.gigabytesPerSecond) : '',
      op.floorRatio.toFixed(2),
      op.check.failures > 0 ? '**WRONG**' : (op.check.maxUlp?.toFixed(1) ?? '∞'),
    ]);
  });
  return [
    `**${deviceName(adapter)}**, ${adapter.browser}, webgpu-softmax ${version}, ${date.slice(0, 10)}`,
    '',
    row(['shape', 'type', 'operation', 'ms', 'GB/s', 'of copy', '× floor', 'max ULP']),
    '|---|---|---|--:|--:|--:|--:|--:|',
    ...lines,
    '',
  ].join('\n');
}

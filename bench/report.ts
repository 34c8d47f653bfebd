/** The results as text of at most 120 columns. */
import colors from 'picocolors';
import type { ShapeResult } from './bench-shape';
import { tableFailures } from './failures';
import { formatShare, formatUlp, formatVariant } from './format';
import type { BatchResult } from './ocr/batch';
import type { OcrBench } from './ocr/bench';
import { paceOf } from './ocr/pace';
import type { Results } from './results';
import { formatInteger, shapeTitle } from './shapes';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

const columns: readonly Column[] = [
  { title: 'operation', width: 21, align: 'left' },
  { title: 'variant', width: 32, align: 'left' },
  { title: 'ms', width: 9, align: 'right' },
  { title: 'GB/s', width: 7, align: 'right' },
  { title: '× floor', width: 7, align: 'right' },
  { title: 'max ULP', width: 8, align: 'right' },
  { title: 'of bound', width: 8, align: 'right' },
  { title: 'checked', width: 12, align: 'right' },
];

/** Of the table, with two blanks between columns. */
const WIDTH = columns.reduce((sum, { width }) => sum + width + 2, -2);

/** Cells in their columns. */
function line(cells: readonly string[]): string {
  const padded = columns.map(({ width, align }, i) => {
    const cell = cells[i] ?? '';
    return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
  });
  return padded.join('  ').trimEnd();
}

/** What the columns mean, once. */
export const LEGEND = [
  'ms        median of rounds in which all take turns; consecutive calls use other copies of their tensors (64 MiB each)',
  'GB/s      of the traffic that the maths needs;  × floor  time as a multiple of the floor, in the same run',
  'floor     the fastest kernel of a family that reads and writes as many whole tensors, each element once, with exp',
  'max ULP   largest error in ULP of the exact value (much where terms cancel);  of bound  as a share of its bound',
  'checked   rows compared with the float64 reference; where not all: the first, the last and random ones',
].join('\n');

/** The table of one shape. */
export function formatShape({ shape, timer, floors, ops }: ShapeResult): string {
  const lines = [
    `${colors.bold(shapeTitle(shape))}  ${colors.dim(`timer ${timer}`)}`,
    colors.underline(line(columns.map(({ title }) => title)).padEnd(WIDTH)),
  ];
  for (const result of ops) {
    if ('error' in result) {
      lines.push(colors.red(`${result.op.padEnd(21)}  ${result.error}`));
      continue;
    }
    const { check } = result;
    const text = line([
      result.op,
      formatVariant(result.variants),
      result.milliseconds.toFixed(3),
      result.gigabytesPerSecond.toFixed(2),
      result.floorRatio.toFixed(2),
      formatUlp(check.maxUlp),
      formatShare(check.maxShare),
      check.checked === check.rows ? 'all rows' : `${formatInteger(check.checked)} rows`,
    ]);
    lines.push(check.failures > 0 ? colors.red(text) : text);
  }
  for (const { traffic, kernel, milliseconds, gigabytesPerSecond } of floors) {
    const cells = [`floor ${traffic}`, kernel, milliseconds.toFixed(3)];
    lines.push(colors.dim(line([...cells, gigabytesPerSecond.toFixed(2), '1.00'])));
  }
  return lines.join('\n');
}

/** The lines read, and how they came about. */
export function formatOcr({
  lines,
  shape,
  milliseconds,
  probabilities,
  softmax,
  batch,
}: OcrBench): string {
  const width = Math.max(...lines.map(({ text }) => displayWidth(text)));
  const text = [colors.bold('Text read from logits softmaxed on the GPU')];
  for (const { text: read, expected, confidence, exact } of lines) {
    const padding = ' '.repeat(width - displayWidth(read));
    const mark = exact ? colors.green('exact') : colors.red(`expected ${expected}`);
    text.push(`  ${read}${padding}  confidence ${(100 * confidence).toFixed(2)} %  ${mark}`);
  }
  const steps = Object.entries(milliseconds).map(([step, ms]) => `${step} ${Math.round(ms)}`);
  const { count, failures, maxUlp, maxShare } = probabilities;
  const verdict =
    failures === 0
      ? 'all within their bounds'
      : colors.red(`${formatInteger(failures)} beyond their bounds`);
  text.push(
    `  milliseconds   ${steps.join(', ')} (softmax: upload, compile, run, read back)`,
    `  probabilities  ${shape.map(formatInteger).join(' × ')} = ${formatInteger(count)} checked, ${verdict}: ` +
      `max ${formatUlp(maxUlp)} ULP, ${formatShare(maxShare)} of the bound`,
    '',
    formatShape(softmax),
    '',
    ...formatBatch(batch),
  );
  return text.join('\n');
}

/** Hundreds of lines: how well they are read, how fast, and what share softmax has in that. */
function formatBatch(batch: BatchResult): string[] {
  const { provider, lines, styles, accuracy, different, sameModel, confidence } = batch;
  const [softmax, topK] = [paceOf(batch, 'softmax'), paceOf(batch, 'topK')];
  const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
  const same = sameModel ? 'as the model gives it' : colors.red('not what the model gives');
  return [
    colors.bold(`${lines} lines in ${styles} fonts and sizes, ${provider} provider`),
    `  characters     ${percent(accuracy.unmodified)} right from the runtime's own softmax (${same}), ` +
      `${percent(accuracy.ours)} from top-5, ${different.length} lines read differently`,
    `  confidence     ${percent(confidence.mean)} in the mean, ${percent(confidence.least)} at least`,
    `  lines a second ${softmax.linesPerSecond.toFixed(2)} with the runtime's softmax ` +
      `(${percent(softmax.share)} of the time), ` +
      `${topK.linesPerSecond.toFixed(2)} with top-5 (${percent(topK.share)}, copies in it)`,
  ];
}

/** What went wrong, one line each; empty where nothing did. */
export function failuresOf(
  ocr: OcrBench | undefined,
  table: readonly ShapeResult[],
  faults: readonly string[],
): string[] {
  const failures = faults.map((fault) => `the page: ${fault}`);
  for (const { exact, text, expected } of ocr?.lines ?? []) {
    if (!exact) failures.push(`ocr: read '${text}' for '${expected}'`);
  }
  if (ocr && ocr.probabilities.failures > 0) {
    failures.push(`ocr: ${ocr.probabilities.failures} probabilities beyond their bounds`);
  }
  for (const difference of ocr?.batch?.different ?? []) {
    failures.push(`ocr: the runtime's softmax and top-5 read ${difference}`);
  }
  if (ocr?.batch?.sameModel === false) {
    failures.push("ocr: the model does not give the runtime's own softmax of its logits");
  }
  failures.push(...tableFailures(ocr ? [ocr.softmax, ...table] : table));
  return failures;
}

/** The last lines of a run. */
export function formatSummary(results: Results, path: string): string {
  const { ocr, table, growth, failures, seconds } = results;
  const ops = [...table, ...growth.flat()].flatMap((shape) => shape.ops);
  const right = ops.filter((op) => 'check' in op && op.check.failures === 0).length;
  const parts = [
    ...(ocr
      ? [`${ocr.lines.filter((l) => l.exact).length} of ${ocr.lines.length} lines exact`]
      : []),
    ...(ops.length > 0 ? [`${right} of ${ops.length} results within their bounds`] : []),
    `${Math.round(seconds)} s`,
    path,
  ];
  const verdict = failures.length === 0 ? colors.green('passed') : colors.red('FAILED');
  return [
    ...failures.map((failure) => colors.red(`failed: ${failure}`)),
    `${verdict}: ${parts.join(', ')}`,
  ].join('\n');
}

/** Columns of a terminal: a Chinese character or its punctuation takes two. */
const displayWidth = (text: string) =>
  [...text].reduce((width, c) => width + (/[\u2e80-\u9fff\uff00-\uff60]/.test(c) ? 2 : 1), 0);

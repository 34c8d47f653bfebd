/** The libraries' errors as two tables: of the text of a terminal, and of Markdown. */
import colors from 'picocolors';
import { type Accuracy, type AccuracyOutcome, resultNames } from './accuracy';
import { finiteInputs } from './accuracy-inputs';
import type { Judgement } from './judge';

/** A table of words: every line is an input, a result of it, and a cell of each library. */
interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const SAME = '=';

/** What the cells mean, once. */
export const ACCURACY_LEGEND = [
  'errors    the largest in ULP of the exact value; 2²³ to 2²⁴ (8e6 to 1.7e7) where not a digit of it is right',
  `special   ${SAME} is what PyTorch gives, the next column; otherwise what the library gives`,
].join('\n');

/** The errors, and the rows of special values; a table without lines is left out. */
function tablesOf(accuracy: readonly Accuracy[]): Table[] {
  const names = accuracy[0]?.libraries.map(({ library }) => library) ?? [];
  const inUlp = ({ input }: Accuracy) => finiteInputs.some(({ name }) => name === input);
  const linesOf = (of: readonly Accuracy[], cells: (one: Accuracy, i: number) => string[]) =>
    of.flatMap((one) =>
      resultNames[one.op].map((result, i) => [one.input, result, ...cells(one, i)]),
    );
  const each = ({ libraries }: Accuracy, i: number, cell: (judgement: Judgement) => string) =>
    libraries.map(({ outcome }) => cellOf(outcome, i, cell));
  const tables: Table[] = [
    {
      title: 'Largest error in ULP',
      head: ['input', 'result', ...names],
      lines: linesOf(accuracy.filter(inUlp), (one, i) => each(one, i, errorOf)),
    },
    {
      title: 'Special values',
      head: ['row', 'result', 'PyTorch', ...names],
      lines: linesOf(
        accuracy.filter((one) => !inUlp(one)),
        (one, i) => [torchOf(one, i), ...each(one, i, ({ torch }) => torch?.instead ?? SAME)],
      ),
    },
  ];
  return tables.filter(({ lines }) => lines.length > 0);
}

function cellOf(
  outcome: AccuracyOutcome,
  i: number,
  cell: (judgement: Judgement) => string,
): string {
  if (outcome.status === 'measured') return cell(outcome.results[i]!);
  return outcome.status === 'absent' ? '-' : 'failed';
}

function errorOf({ maxUlp }: Judgement): string {
  if (maxUlp === null) return 'not finite';
  return maxUlp < 1e5 ? maxUlp.toFixed(1) : maxUlp.toExponential(1).replace('e+', 'e');
}

/** What PyTorch gives, as whoever was measured knows it. */
function torchOf({ libraries }: Accuracy, i: number): string {
  const measured = libraries.flatMap(({ outcome }) =>
    outcome.status === 'measured' ? [outcome.results[i]!.torch?.gives] : [],
  );
  return measured[0] ?? '';
}

/** For the terminal: a line an input, and under it one a result. */
export function formatAccuracy(accuracy: readonly Accuracy[]): string {
  return tablesOf(accuracy)
    .map(({ title, head, lines }) => {
      const rows = [head, ...lines].map((cells) => cells.slice(1));
      const widths = head.slice(1).map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
      const text = (cells: readonly string[]) =>
        `  ${cells.map((cell, c) => cell.padEnd(widths[c]!)).join('  ')}`.trimEnd();
      const shown = lines.map(([input, ...cells], i) =>
        input === lines[i - 1]?.[0] ? text(cells) : `${input}\n${text(cells)}`,
      );
      return [colors.bold(title), colors.underline(text(rows[0]!)), ...shown].join('\n');
    })
    .join('\n\n');
}

/** For the documentation. */
export function accuracyMarkdown(accuracy: readonly Accuracy[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return tablesOf(accuracy)
    .map(({ title, head, lines }) => {
      const shown = lines.map(([input, ...cells], i) =>
        row([input === lines[i - 1]?.[0] ? '' : input!, ...cells]),
      );
      return [`### ${title}`, '', row(head), `|${'---|'.repeat(head.length)}`, ...shown].join('\n');
    })
    .join('\n\n')
    .concat('\n');
}

/** What the failures in the tables were, one line each. */
export function formatAccuracyErrors(accuracy: readonly Accuracy[]): string[] {
  return accuracy.flatMap(({ input, op, libraries }) =>
    libraries.flatMap(({ library, outcome }) =>
      outcome.status === 'failed' ? [`${library}, ${op}, ${input}: ${outcome.error}`] : [],
    ),
  );
}

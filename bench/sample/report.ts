/** What drawing the next token costs, as text. */
import colors from 'picocolors';
import { formatInteger } from '../shapes';
import type { SampleResult, SampleShape } from './bench';

const vocabularies = [32_000, 72_547, 151_936, 262_144];
const batches = [1, 8, 64];

/** What is run: every vocabulary with every batch, or one vocabulary with two. */
export const sampleShapes = (quick: boolean): SampleShape[] =>
  (quick ? [72_547] : vocabularies).flatMap((classes) =>
    (quick ? [1, 8] : batches).map((rows) => ({ rows, classes })),
  );

export const sampleTitle = ({ rows, classes }: SampleShape): string =>
  `the next token, ${formatInteger(rows)} × ${formatInteger(classes)}`;

export function formatSample(result: SampleResult): string {
  const { timings, source, wrong } = result;
  const width = Math.max(...timings.map(({ name }) => name.length));
  const softmax = timings[0]!.milliseconds;
  return [
    colors.bold(`${sampleTitle(result)}, of ${source}`),
    ...timings.map(
      ({ name, milliseconds, hostMicroseconds, bytes }) =>
        `  ${name.padEnd(width)} ${milliseconds.toFixed(2).padStart(9)} ms a step ` +
        `${(milliseconds / softmax).toFixed(2).padStart(7)} × softmax ` +
        `${hostMicroseconds.toFixed(0).padStart(9)} µs of the host ${formatInteger(bytes).padStart(11)} bytes read`,
    ),
    ...(wrong > 0 ? [colors.red(`  ${wrong} tokens are not the reference's`)] : []),
  ].join('\n');
}

/** What went wrong, one line each. */
export const sampleFailures = (results: readonly SampleResult[]): string[] =>
  results
    .filter(({ wrong }) => wrong > 0)
    .map((result) => `${sampleTitle(result)}: ${result.wrong} tokens are not the reference's`);

/**
 * Writes the tables of docs/accuracy.md from the last whole runs of test/ops/matrix.test.ts in each
 * engine: `npm run docs:accuracy`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const DOC = 'docs/accuracy.md';
const START = '<!-- made by npm run docs:accuracy -->';
const engines = ['chromium', 'firefox'].flatMap((name) => {
  const file = `results/accuracy/${name}.json`;
  return existsSync(file) ? [{ name, lines: JSON.parse(readFileSync(file, 'utf8')) }] : [];
});
if (engines.length === 0) {
  console.error('There is no results/accuracy/*.json: run `npm test -- test/ops/matrix` first.');
  process.exit(1);
}

const unique = (values) => [...new Set(values)];
const all = engines.flatMap(({ lines }) => lines);
const lengths = unique(all.map(({ upTo }) => upTo)).sort((a, b) => a - b);
const heading = (upTo, i) =>
  i === 0 ? `K ≤ ${upTo}` : `K ${lengths[i - 1] + 1} … ${upTo === 2 ** 20 ? '2²⁰' : upTo}`;

/** A table of one number for every kernel, regime and length, the engines' side by side. */
function table(kernels, number) {
  const rows = kernels.flatMap((kernel) =>
    unique(all.filter((line) => line.kernel === kernel).map(({ regime }) => regime)).map(
      (regime) => {
        const cells = lengths.map((upTo) => {
          const found = engines.map(({ lines }) =>
            lines.find((l) => l.kernel === kernel && l.regime === regime && l.upTo === upTo),
          );
          if (found.every((line) => line === undefined)) return '';
          return found.map((line) => (line ? number(line) : '–')).join(' / ');
        });
        return `| ${kernel} | \`${regime}\` | ${cells.join(' | ')} |`;
      },
    ),
  );
  const names = ['operation', 'regime', ...lengths.map(heading)];
  return [`| ${names.join(' | ')} |`, `|${names.map(() => '---').join('|')}|`, ...rows].join('\n');
}

const kernels = unique(all.map(({ kernel }) => kernel));
// Differences may be small where their terms are not: ULPs of the result would say nothing.
const plain = kernels.filter((kernel) => /^(softmax|logSumExpVjp)$/.test(kernel));
const text = readFileSync(DOC, 'utf8');
const head = text.slice(0, text.indexOf(START));
writeFileSync(
  DOC,
  `${head}${START}

Engines: ${engines.map(({ name }) => name).join(' / ')}.

## In ULP

${table(plain, ({ maxUlp }) => maxUlp.toFixed(1))}

## As a share of the bound

${table(kernels, ({ maxShare }) => maxShare.toFixed(2))}
`,
);
console.log(`${DOC}: ${kernels.length} kernels, ${engines.map(({ name }) => name).join(' and ')}`);

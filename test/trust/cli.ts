/**
 * `npm run test:trust`: everything that says whether the library can be trusted, in its long form
 * and in every browser that is here, those beside each other, and at the end what it came to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, enginesHere } from '../browser/launch';
import { compareEngines } from '../engines/engines';
import { type Counted, countsFolder } from './counted';

/** Every kernel on every length, options, special values; repeated bits; faults; bad input; properties. */
const files = [
  'test/ops',
  'test/kernels/plain',
  'test/kernels/reproducible',
  'test/engine',
  'test/trust',
  'test/page/policy',
  'test/page/visit',
];
/** What needs no browser, once: the reference that all else is held to. */
const hostFiles = ['test/reference', 'test/harness'];

/**
 * Files to run may be given as Vitest takes them, and a browser as `BROWSER`; default: all.
 *
 * @returns 0 if nothing failed.
 */
export async function main(): Promise<number> {
  rmSync(countsFolder, { recursive: true, force: true });
  mkdirSync(countsFolder, { recursive: true });
  const chosen = process.argv.slice(2);
  const only = process.env.BROWSER as Engine | undefined;
  const engines = only ? [only] : await enginesHere();
  const failed: string[] = [];
  process.env.SEED ??= String(Date.now() % 2 ** 31);
  for (const engine of engines) {
    const all = engine === 'chromium' ? [...hostFiles, ...files] : files;
    if ((await run(engine, chosen.length > 0 ? chosen : all)) !== 0) failed.push(engine);
  }
  const between = engines.length > 1 ? await compareEngines() : undefined;
  console.log(summaryOf(engines));
  if (between) {
    console.log(`\n== between them: ${between.specials} special values compared`);
    for (const problem of between.problems) console.log(problem);
    if (between.problems.length > 0) failed.push('the comparison');
  }
  for (const what of failed) console.log(`${what}: failed, see above`);
  console.log(`${failed.length} of ${engines.length + (between ? 1 : 0)} runs failed`);
  return failed.length;
}

async function run(engine: Engine, filters: readonly string[]): Promise<number> {
  console.log(`\n== ${engine}`);
  const env = { ...process.env, TRUST: 'long', BROWSER: engine };
  // Verbose: a line for each test as it ends.
  const args = ['vitest', 'run', '--reporter=verbose', ...filters];
  const child = spawn('npx', args, { env, stdio: 'inherit' });
  const [status] = await once(child, 'close');
  return status ?? 1;
}

/** The counts of all files, by engine. */
function summaryOf(engines: readonly Engine[]): string {
  const all = readdirSync(countsFolder).map(
    (name) => JSON.parse(readFileSync(join(countsFolder, name), 'utf8')) as Counted,
  );
  const lines: string[] = [];
  for (const engine of engines) {
    const own = all.filter((counted) => counted.engine === engine);
    lines.push(`\n== ${engine}, seeds ${[...new Set(own.map(({ seed }) => seed))].join(', ')}`);
    for (const group of new Set(own.flatMap(({ counts }) => Object.keys(counts)))) {
      const sums: Record<string, number> = {};
      for (const { counts } of own) {
        for (const [name, n] of Object.entries(counts[group] ?? {})) {
          sums[name] = (sums[name] ?? 0) + n;
        }
      }
      const total = Object.values(sums).reduce((a, b) => a + b, 0);
      lines.push(`${group}: ${total}`, ...table(sums, String));
    }
    const largest: Record<string, number> = {};
    for (const counted of own) {
      for (const [name, value] of Object.entries(counted.largest)) {
        largest[name] = Math.max(largest[name] ?? 0, value);
      }
    }
    const found = table(largest, (value) => value.toPrecision(4));
    if (found.length > 0) lines.push('largest', ...found);
  }
  return lines.join('\n');
}

const table = (values: Record<string, number>, format: (value: number) => string) =>
  Object.entries(values).map(([name, value]) => `  ${format(value).padStart(10)}  ${name}`);

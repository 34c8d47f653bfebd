/**
 * `npm run test:trust`: everything that says whether the library can be trusted, in its long form
 * and in every browser that is here, and at the end what it came to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findFirefox } from '../browser/find';
import type { Engine } from '../browser/launch';
import { type Counted, countsFolder } from './counted';

/** Every kernel on every length, options, special values; repeated bits; faults; bad input; properties. */
const files = ['test/ops', 'test/kernels/reproducible', 'test/engine', 'test/trust'];
/** What needs no browser, once: the reference that all else is held to. */
const hostFiles = ['test/reference', 'test/harness'];

/** @returns 0 if nothing failed. */
export async function main(): Promise<number> {
  rmSync(countsFolder, { recursive: true, force: true });
  mkdirSync(countsFolder, { recursive: true });
  const engines: Engine[] = (await findFirefox()) ? ['chromium', 'firefox'] : ['chromium'];
  const failed: string[] = [];
  process.env.SEED ??= String(Date.now() % 2 ** 31);
  for (const engine of engines) {
    const which = engine === 'chromium' ? [...hostFiles, ...files] : files;
    if ((await run(engine, which)) !== 0) failed.push(engine);
  }
  console.log(summaryOf(engines));
  for (const engine of failed) console.log(`${engine}: tests failed, see above`);
  return failed.length;
}

async function run(engine: Engine, filters: readonly string[]): Promise<number> {
  console.log(`\n== ${engine}`);
  const env = { ...process.env, TRUST: 'long', BROWSER: engine };
  const child = spawn('npx', ['vitest', 'run', ...filters], { env, stdio: 'inherit' });
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
    lines.push('largest', ...table(largest, (value) => value.toPrecision(4)));
  }
  return lines.join('\n');
}

const table = (values: Record<string, number>, format: (value: number) => string) =>
  Object.entries(values).map(([name, value]) => `  ${format(value).padStart(10)}  ${name}`);

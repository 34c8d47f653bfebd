/**
 * `npm run test:mutants`: makes each mutant in a copy of the project and runs the test that must
 * notice it. The project itself is only read.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cac } from 'cac';
import { Copy, type Ran } from './copy';
import { mutants as all } from './list';
import { type Mutant, mutated, ROOT, staleness } from './mutants';

/** @returns 0 if all mutants were noticed, 1 if not, 2 for bad arguments. */
export async function main(argv: readonly string[]): Promise<number> {
  const cli = cac('npm run test:mutants --');
  cli.option('--only <pattern>', 'those whose file, change or test matches; default: all');
  cli.option('--jobs <n>', 'tests that run at a time, each in a copy of its own', { default: 2 });
  cli.option('--list', 'print them, and run nothing');
  cli.help();
  const { options, args } = cli.parse(['', '', ...argv], { run: false });
  if (options.help) return 0;
  const jobs = Number(options.jobs);
  if (args.length > 0 || !(jobs >= 1)) {
    cli.outputHelp();
    return 2;
  }
  const pattern = new RegExp(options.only ?? '');
  const chosen = all.filter((mutant) => pattern.test(JSON.stringify(Object.values(mutant))));
  if (options.list) {
    for (const mutant of chosen) console.log(`${described(mutant)}\n    ${mutant.test.join(': ')}`);
    return 0;
  }
  const stale = chosen.map(staleness).filter((why) => why !== undefined);
  for (const why of stale) console.log(`stale   ${why}`);
  if (chosen.length === 0 || stale.length > 0) {
    console.log(`${chosen.length} chosen of ${all.length}, ${stale.length} of them stale`);
    return 1;
  }
  const copies = Array.from({ length: Math.min(jobs, chosen.length) }, () => new Copy());
  const clear = () => {
    for (const copy of copies.splice(0)) copy.destroy();
  };
  const interrupted = () => {
    clear();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    return await runAll(chosen, [...copies]);
  } finally {
    clear();
  }
}

async function runAll(mutants: readonly Mutant[], copies: readonly Copy[]): Promise<number> {
  const start = performance.now();
  const tests = [...new Map(mutants.map(({ test }) => [test.join(': '), test])).entries()];
  const before = await copies[0]!.run(tests.map(([, test]) => test));
  // What fails without a mutant tells nothing of one.
  const useless = new Set<string>();
  for (const [i, { status, message }] of before.entries()) {
    if (status === 'passed') continue;
    const [name] = tests[i]!;
    useless.add(name);
    console.log(`${name}: ${status} without a mutant\n${message}`);
  }
  const passed = `${tests.length - useless.size} of ${tests.length} tests`;
  console.log(`${passed} pass without a mutant (${seconds(start)})`);

  const able = mutants.filter(({ test }) => !useless.has(test.join(': ')));
  const missed: Mutant[] = [];
  const queue = able.entries();
  const work = async (copy: Copy) => {
    for (const [i, mutant] of queue) {
      const begun = performance.now();
      const { status, message } = await tried(mutant, copy);
      const noticed = status === 'failed' || status === 'hung';
      if (!noticed) missed.push(mutant);
      const at = `${i + 1}/${able.length} ${noticed ? 'noticed' : 'MISSED'}`;
      console.log(`${at} (${seconds(begun)}) ${described(mutant)}`);
      if (status !== 'passed') console.log(`    ${status}: ${oneLine(message).slice(0, 200)}`);
    }
  };
  await Promise.all(copies.map(work));
  const counts = [
    `${able.length - missed.length} noticed`,
    `${missed.length} missed`,
    ...(useless.size > 0 ? [`${mutants.length - able.length} not tried`] : []),
  ];
  console.log(`\n${counts.join(', ')} of ${mutants.length} (${seconds(start)})`);
  for (const mutant of missed) {
    console.log(`missed  ${described(mutant)}\n    by ${mutant.test.join(': ')}`);
  }
  return missed.length + useless.size > 0 ? 1 : 0;
}

/** What the test makes of a mutant. */
async function tried(mutant: Mutant, copy: Copy): Promise<Ran> {
  const path = join(copy.folder, mutant.file);
  const source = readFileSync(join(ROOT, mutant.file), 'utf8');
  writeFileSync(path, mutated(mutant, source));
  const [ran] = (await copy.run([mutant.test])) as [Ran];
  writeFileSync(path, source);
  return ran;
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim() || 'nothing';

const described = ({ file, was, is }: Mutant) => `${file}: ${oneLine(was)}  →  ${oneLine(is)}`;

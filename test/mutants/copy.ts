/** A copy of the project to be changed at will, and Vitest in it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { escaped, type Mutant, ROOT } from './mutants';

/** How long a test may take before it counts as hung. */
const PATIENCE_MS = 5 * 60_000;

/** Whether a test file opens a page. Without a browser a run takes half the time. */
const opensPage = (file: string) =>
  readFileSync(join(ROOT, file), 'utf8').includes('/browser/page');

export interface Ran {
  readonly status: 'passed' | 'failed' | 'hung' | 'did not run';
  /** The first line of the failure, or what Vitest printed where no test ran. */
  readonly message: string;
}

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** What tests in Node have for a GPU, that have one of their own: the name of their folder. */
const hostOf = (file: string) => /^test\/(lavapipe|rdna)\//.exec(file)?.[1];

function engineFor(files: readonly string[]): Record<string, string> {
  const host = hostOf(files[0]!);
  if (host) return { BROWSER: host };
  if (!files.some(opensPage)) return { BROWSER: 'none' };
  return files.length === 1 ? { WORKERS: '1' } : {};
}

/** The project as it is, committed or not, in the system's folder for temporary files. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'webgpu-softmax-mutants-'));
  private child: ReturnType<typeof spawn> | undefined;

  constructor() {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
    for (const file of files) {
      const source = join(ROOT, file);
      if (file && existsSync(source)) cpSync(source, join(this.folder, file));
    }
    // All but the caches, which are of one folder.
    const modules = join(this.folder, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (!/^\.vite/.test(name)) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
  }

  /** Runs these tests, of all files of an engine at once, and says what came of each. */
  async run(tests: readonly Mutant['test'][]): Promise<Ran[]> {
    const ran = new Map<Mutant['test'], Ran>();
    for (const host of new Set(tests.map(([file]) => hostOf(file)))) {
      const of = tests.filter(([file]) => hostOf(file) === host);
      const outcomes = await this.runOnOne(of);
      of.forEach((test, i) => {
        ran.set(test, outcomes[i]!);
      });
    }
    return tests.map((test) => ran.get(test)!);
  }

  private async runOnOne(tests: readonly Mutant['test'][]): Promise<Ran[]> {
    const report = join(this.folder, 'report.json');
    rmSync(report, { force: true });
    const files = [...new Set(tests.map(([file]) => file))];
    const names = [...new Set(tests.map(([, name]) => `${escaped(name)}$`))];
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const options = ['run', '--reporter=json', `--outputFile=${report}`, '-t', names.join('|')];
    const child = spawn(process.execPath, [vitest, ...options, ...files], {
      cwd: this.folder,
      env: { ...process.env, ...engineFor(files) },
    });
    this.child = child;
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        printed += data;
      });
    }
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      child.kill();
    }, PATIENCE_MS * tests.length);
    await once(child, 'close');
    clearTimeout(timer);
    this.child = undefined;
    if (hung) return tests.map(() => ({ status: 'hung', message: '' }));
    if (!existsSync(report)) return tests.map(() => ({ status: 'did not run', message: printed }));
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return tests.map((test) => this.outcomeOf(test, testResults));
  }

  private outcomeOf([file, name]: Mutant['test'], results: Report['testResults']): Ran {
    const of = results.filter((result) => result.name === join(this.folder, file));
    const asserted = of
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ fullName, status }) => status !== 'skipped' && fullName.endsWith(name));
    const failed = asserted.find(({ status }) => status === 'failed');
    if (failed) {
      const message = failed.failureMessages.join('\n').split('\n', 1)[0]!;
      return { status: 'failed', message };
    }
    if (asserted.length > 0) return { status: 'passed', message: '' };
    return { status: 'did not run', message: of.map(({ message }) => message).join('\n') };
  }

  /** Ends what runs in it, and removes it. */
  destroy(): void {
    this.child?.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

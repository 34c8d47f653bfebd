/** The folder of `npm run bench:portable`, made once, run on whatever Vulkan device there is. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import schema from '../../bench/results.schema.json';

const DRIVERS = '/usr/share/vulkan/icd.d';
const lavapipe =
  existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (program: string, argv: readonly string[], env: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { env: { ...process.env, NO_COLOR: '1', ...env }, cwd: folder };
    const child = execFile(program, argv, options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });

let folder: string;
const program = () => join(folder, 'webgpu-softmax-bench', 'run');

describe.runIf(process.platform === 'linux')(
  'the folder to carry (skipped where it is not Linux)',
  () => {
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-portable-'));
      const cli = join(import.meta.dirname, '../../bench/portable/cli.mjs');
      const { status, stdout, stderr } = await run(process.execPath, [cli, '--out', folder]);
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/webgpu-softmax-bench\.tar\.gz, \d+\.\d MiB\n/);
      // What is run has come out of the archive, and knows nothing of the project's folder.
      await rm(join(folder, 'webgpu-softmax-bench'), { recursive: true });
      await run('tar', ['-xzf', 'webgpu-softmax-bench.tar.gz']);
    });
    afterAll(() => rm(folder, { recursive: true }));

    test('checks and measures, and writes what the page opens', async () => {
      const { status, stdout, stderr } = await run(program(), ['--minutes', '0.3', '--seed', '7']);
      if (!lavapipe && status !== 0) {
        expect(stderr).toContain('No GPU adapter');
        return;
      }
      expect(status, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/\d+ of \d+ cases, \d+ elements, all within their bounds/);
      const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
      const results = await read('softmax-gpu.json');
      const validate = new Ajv({ allErrors: true }).compile(schema);
      expect(validate(results), JSON.stringify(validate.errors)).toBe(true);
      expect(results.failures).toEqual([]);
      const more = await read('softmax-gpu-more.json');
      expect(more.checks).toMatchObject({ failed: 0, reports: [] });
      expect(more.checks.cases).toBeGreaterThanOrEqual(16);
      expect(more.seed).toBe(7);
      // What the time does not suffice for is named.
      const shapes =
        results.table.length + more.leftOut.filter((part: string) => /^table/.test(part)).length;
      expect(shapes).toBe(17);
    });

    test.each([
      [['--minutes', '0'], "--minutes: expected a number in (0, 60], got '0'"],
      [['--minutes', 'soon'], "--minutes: expected a number in (0, 60], got 'soon'"],
      [['--seed', '0.5'], "--seed: expected an integer, got '0.5'"],
    ])('refuses %j', async (argv, message) => {
      const { status, stderr } = await run(program(), argv);
      expect(stderr).toContain(message);
      expect(status).toBe(2);
    });

    test('says that there is no driver', async () => {
      const nowhere = { VK_DRIVER_FILES: '/nowhere', VK_ICD_FILENAMES: '/nowhere' };
      const { status, stderr } = await run(program(), [], nowhere);
      expect(stderr).toContain('No GPU adapter');
      expect(status).toBe(1);
    });
  },
);

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments';
import type { OpMeasured } from '../../bench/bench-shape';
import { denoCommand } from '../../bench/deno/main';
import type { Results } from '../../bench/results';

/** Where Linux keeps the names of its Vulkan drivers. */
const DRIVERS = '/usr/share/vulkan/icd.d';
const lavapipe =
  existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

const noDriver = /^Error: Deno (finds no GPU adapter\. It needs|has no program here)/;

/** Runs `npm run bench:deno` with these arguments. */
const run = (argv: readonly string[], variables: Record<string, string> = {}) =>
  new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', ...variables };
    const child = execFile('node', ['bench/deno/cli.mjs', ...argv], { env }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });

it('takes the parts that need no page, and has no window', () => {
  const { ocr, table, growth } = readArguments([], denoCommand)!;
  expect({ ocr, growth }).toEqual({ ocr: false, growth: [] });
  expect(table).toEqual(readArguments(['table'])!.table);
  expect(readArguments(['growth'], denoCommand)).toEqual(readArguments(['growth']));
  expect(() => readArguments(['ocr'], denoCommand)).toThrow(
    /^part: expected table, growth.*, got 'ocr'$/,
  );
  expect(() => readArguments(['--headful'], denoCommand)).toThrow('nknown option `--headful`');
});

it('checks and times a shape in Deno, or says that there is no driver', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-deno-'));
  try {
    const json = join(folder, 'results.json');
    const argv = ['--quick', '--shapes', '7x33', '--ops', 'softmax,crossEntropyWithGrad'];
    const { status, stdout, stderr } = await run([...argv, '--json', json]);
    if (!lavapipe && status !== 0) {
      expect(stderr).toMatch(noDriver);
      expect(status).toBe(1);
      return;
    }
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('passed: 2 of 2 results');
    const results = JSON.parse(await readFile(json, 'utf8')) as Results;
    expect(results.adapter.browser).toMatch(/^Deno \d/);
    const [{ ops }] = results.table as [Results['table'][number]];
    expect(ops.map(({ op }) => op)).toEqual(['softmax', 'crossEntropyWithGrad']);
    for (const op of ops as OpMeasured[]) {
      expect(op.milliseconds).toBeGreaterThan(0);
      expect(op.check).toMatchObject({ checked: 7, rows: 7, failures: 0 });
      // The planner knows a software adapter there.
      if (results.adapter.fallback) expect(op.variants.join()).not.toMatch(/subgroup|workgroup/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says what to install where there is no Vulkan driver', async () => {
  const { status, stderr } = await run(['--shapes', '7x33'], {
    DENO_WEBGPU_BACKEND: 'vulkan',
    VK_DRIVER_FILES: '/nowhere',
    VK_ICD_FILENAMES: '/nowhere',
  });
  expect(stderr).toMatch(noDriver);
  if (process.platform === 'linux') expect(stderr).toContain('apt-get install mesa-vulkan-drivers');
  expect(status).toBe(1);
});

/**
 * The package as an adopter gets it: the tarball of `npm pack`, installed without a network into empty
 * projects, bundled (or not), and run in the browser.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { build as buildWithVite } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Softmax } from '../../src/softmax';
import { hostFolder } from '../browser/host';
import { openPage, waitUntil } from '../browser/page';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = fileURLToPath(new URL('project', import.meta.url));
let folder: string;
let tarball: string;

/** Through a shell: npm is a script of another name on Windows. */
function run(command: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, { cwd, encoding: 'utf8', shell: true });
  if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgpu-softmax-package-'));
  run('npx tsdown --logLevel error', root);
  const [packed] = JSON.parse(run(`npm pack --json --pack-destination "${folder}"`, root));
  tarball = join(folder, packed.filename);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty project with these files and the package, and nothing else. */
function install(name: string, files: Readonly<Record<string, string>>): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  for (const [to, from] of Object.entries(files)) cpSync(join(sources, from), join(project, to));
  run(`npm install --offline --no-audit --no-fund --ignore-scripts "${tarball}"`, project);
  return project;
}

/** What the page of a folder reports: probabilities, what they must be, and the error allowed. */
async function reportOf(site: string) {
  const host = await hostFolder(site);
  try {
    const page = await openPage();
    await page.goto(host.url);
    const isDone = () => document.querySelector('#report')!.textContent !== '';
    await waitUntil(page, isDone, [], 60_000);
    const text = await page.$eval('#report', (element) => element.textContent);
    return JSON.parse(text!) as Record<'actual' | 'expected' | 'bound', number[]>;
  } finally {
    await host.close();
  }
}

async function expectRight(site: string): Promise<void> {
  const { actual, expected, bound } = await reportOf(site);
  expect(actual).toHaveLength(8);
  // 2 4 2 1, as in the README: what the reference itself must say.
  const known = [0.1025, 0.7573, 0.1025, 0.0377];
  for (const [i, p] of known.entries()) expect(expected[i]).toBeCloseTo(p, 4);
  for (const [i, p] of actual.entries()) {
    expect(bound[i]).toBeLessThan(1e-5);
    expect(Math.abs(p - expected[i]!), `element ${i}`).toBeLessThanOrEqual(bound[i]!);
  }
}

describe('installed from the tarball, it computes a softmax', () => {
  test('in a Vite project', async () => {
    const project = install('vite', { 'index.html': 'bundled.html', 'main.js': 'main.js' });
    await buildWithVite({ root: project, configFile: false, logLevel: 'error' });
    await expectRight(join(project, 'dist'));
  });

  test('bundled by esbuild', async () => {
    const project = install('esbuild', { 'main.js': 'main.js', 'dist/index.html': 'bundled.html' });
    await esbuild.build({
      entryPoints: ['main.js'],
      absWorkingDir: project,
      outdir: 'dist',
      bundle: true,
      format: 'esm',
    });
    await expectRight(join(project, 'dist'));
  });

  test('in a plain page with an import map', async () => {
    const files = { 'index.html': 'import-map.html', 'main.js': 'main.js' };
    await expectRight(install('html', files));
  });
});

describe('its types', () => {
  const names = Object.getOwnPropertyNames(Softmax.prototype);
  const operations = names.filter((name) => name !== 'constructor');

  test('are right in a program that calls every operation, and leave out what is internal', () => {
    const files = { 'types.ts': 'types.ts', 'internal.ts': 'internal.ts' };
    const project = install('types', files);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    for (const resolution of ['--module esnext --moduleResolution bundler', '--module nodenext']) {
      const options = `--noEmit --strict --exactOptionalPropertyTypes --target es2022 ${resolution} --lib es2022,esnext.disposable,dom,dom.asynciterable`;
      run(`node "${compiler}" ${options} types.ts internal.ts`, project);
    }
  });

  test.each(operations)('%s is called in that program', (operation) => {
    expect(readFileSync(join(sources, 'types.ts'), 'utf8')).toContain(`sm.${operation}(`);
  });
});

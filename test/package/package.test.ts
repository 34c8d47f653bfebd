/**
 * The package as an adopter gets it: the tarball of `npm pack`, installed without a network into empty
 * projects, bundled (or not), and run in the browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { build as buildWithVite } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostFolder } from '../browser/host';
import { openPage, waitUntil } from '../browser/page';
import { type Installer, packed } from './install';

let installer: Installer;
beforeAll(() => {
  installer = packed();
});
afterAll(() => installer.remove());

interface Report {
  /** Probabilities, what they must be, and the error allowed. */
  readonly actual: number[];
  readonly expected: number[];
  readonly bound: number[];
  /** What is left after `using`; of the page that has it. */
  readonly freed?: unknown;
}

/** What the page of a folder reports; `before` runs in it ahead of all else. */
async function reportOf(site: string, before = () => {}): Promise<Report> {
  const host = await hostFolder(site);
  try {
    const page = await openPage();
    await page.evaluateOnNewDocument(before);
    await page.goto(host.url);
    const isDone = () => document.querySelector('#report')!.textContent !== '';
    await waitUntil(page, isDone, [], 60_000);
    const text = await page.$eval('#report', (element) => element.textContent);
    return JSON.parse(text!);
  } finally {
    await host.close();
  }
}

function expectRight({ actual, expected, bound }: Report): void {
  expect(actual).toHaveLength(8);
  // 2 4 2 1, as in the README: what the reference itself must say.
  const known = [0.1025, 0.7573, 0.1025, 0.0377];
  for (const [i, p] of known.entries()) expect(expected[i]).toBeCloseTo(p, 4);
  for (const [i, p] of actual.entries()) {
    expect(bound[i]).toBeLessThan(1e-5);
    expect(Math.abs(p - expected[i]!), `element ${i}`).toBeLessThanOrEqual(bound[i]!);
  }
}

/** The first browsers with WebGPU. */
const browsers = ['chrome113', 'firefox141', 'safari26'];

/** A page whose program esbuild has bundled for them; its folder. */
async function bundled(name: string, main: string): Promise<string> {
  const files = { 'main.js': main, 'dist/index.html': 'bundled.html' };
  const project = installer.install(name, files);
  await esbuild.build({
    entryPoints: ['main.js'],
    absWorkingDir: project,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    target: browsers,
  });
  return join(project, 'dist');
}

/** Takes `Symbol.dispose` away, which cannot be deleted. */
function withoutDispose(): void {
  const own = Symbol;
  const described = Object.entries(Object.getOwnPropertyDescriptors(own));
  const kept = described.filter(([name]) => !/dispose$/i.test(name));
  const lacking = (description?: string) => own(description);
  Object.defineProperties(lacking, Object.fromEntries(kept));
  globalThis.Symbol = lacking as SymbolConstructor;
}

describe('installed from the tarball, it computes a softmax', () => {
  test('in a Vite project', async () => {
    const project = installer.install('vite', {
      'index.html': 'bundled.html',
      'main.js': 'main.js',
    });
    await buildWithVite({ root: project, configFile: false, logLevel: 'error' });
    expectRight(await reportOf(join(project, 'dist')));
  });

  test('bundled by esbuild', async () => {
    expectRight(await reportOf(await bundled('esbuild', 'main.js')));
  });

  test('and `using` frees it where there is no Symbol.dispose, as in Safari 26', async () => {
    const report = await reportOf(await bundled('using', 'using.js'), withoutDispose);
    expectRight(report);
    expect(report.freed).toEqual({
      hasDispose: false,
      engine: true,
      x: true,
      p: true,
      misnamed: [],
    });
  });

  test('in a plain page with an import map', async () => {
    const files = { 'index.html': 'import-map.html', 'main.js': 'main.js' };
    expectRight(await reportOf(installer.install('html', files)));
  });
});

test('its syntax is that of the first browsers with WebGPU', () => {
  const folder = join(installer.install('syntax', {}), 'node_modules/webgpu-softmax/dist/lib');
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  expect(files).toContain('index.js');
  for (const name of files) {
    const code = readFileSync(join(folder, name), 'utf8');
    const written = (target: string[]) => esbuild.transformSync(code, { target }).code;
    expect(written(browsers), name).toBe(written(['esnext']));
  }
});

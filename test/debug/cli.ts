/**
 * `npm run debug -- '{…}'`: one case, as a failed comparison prints it, in a browser that stays open to
 * be looked into, with the emitted WGSL and the buffers as files in results/debug/.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeAdapter, formatAdapter } from '../../bench/adapter';
import { type Case, testOps } from '../../conformance/cases';
import { type Engine, launchBrowser } from '../browser/launch';
import { serve } from '../browser/serve';
import type { Dump } from './debug.page';

const USAGE = `npm run debug -- '<case>' [--headless]

<case> is what a failed comparison prints after "debug", such as
  '{"op":"softmax","shape":[7,1000],"seed":10007,"regime":"row-per-workgroup"}'
BROWSER=firefox takes Firefox, WEBGPU_SOFTMAX_ADAPTER=default the machine's own GPU.`;

const FOLDER = fileURLToPath(new URL('../../results/debug', import.meta.url));

/** @returns the exit status: 0 if the case is right, 1 if it is not, 2 for bad arguments. */
export async function main(argv: readonly string[], folder = FOLDER): Promise<number> {
  const [text, ...others] = argv.filter((argument) => argument !== '--headless');
  const c = others.length === 0 ? caseOf(text) : undefined;
  if (!c) {
    console.error(USAGE);
    return 2;
  }
  const { platform, env } = process;
  const hasDisplay = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  const headless = argv.includes('--headless') || !hasDisplay;
  if (!hasDisplay)
    console.log('There is no display here (DISPLAY is not set): no window is shown.');
  const server = await serve();
  const engine: Engine = env.BROWSER === 'firefox' ? 'firefox' : 'chromium';
  const launched = await launchBrowser({ engine, headless }).catch(async (error) => {
    await server.close();
    throw error;
  });
  try {
    const [page = await launched.browser.newPage()] = await launched.browser.pages();
    page.on('console', (message) => console.log(`console: ${message.text()}`));
    await page.goto(`${server.url}/test/debug/debug.html`);
    console.log(formatAdapter(await describeAdapter(page)));
    const call = `import('/test/debug/debug.page.ts').then((m) => m.debugCase(${JSON.stringify(c)}))`;
    const dump = (await page.evaluate(call)) as Dump;
    write(dump, folder);
    console.log(
      `\n${dump.report}\n\n${Object.keys(dump.files).length} files in ${relative('', folder)}`,
    );
    if (!headless) {
      console.log('Close the window to end; in its console, again() runs the case once more.');
      await new Promise<void>((closed) => {
        page.once('close', closed);
        launched.browser.once('disconnected', closed);
      });
    }
    return dump.ok ? 0 : 1;
  } finally {
    await launched.close();
    await server.close();
  }
}

/** The case that the text says; undefined if it is none. */
function caseOf(text = ''): Case | undefined {
  try {
    const { op, shape, seed } = JSON.parse(text) as Case;
    const isCase = testOps.includes(op) && Array.isArray(shape) && Number.isInteger(seed);
    return isCase ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** What was there of another case goes. */
function write({ files }: Dump, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files))
    writeFileSync(resolve(join(folder, name)), text);
}

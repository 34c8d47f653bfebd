/** A visitor of the built page, in an engine of the test's own, who notes all that goes wrong. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { type Engine, enginesHere, type LaunchedBrowser, launchBrowser } from '../browser/launch';

type Context = Pick<LaunchedBrowser['browser'], 'newPage'>;
export type Page = Awaited<ReturnType<Context['newPage']>>;

const both: readonly Engine[] = ['chromium', 'firefox'];
const here = await enginesHere();

/**
 * Describes the same tests for both engines, or for the one that `BROWSER` names. Where there is no
 * Firefox its tests count as skipped: a run that had one engine does not pass for two.
 */
export function describeEngines(title: string, tests: (engine: Engine) => void): void {
  const { BROWSER } = process.env;
  for (const engine of both.filter((name) => !BROWSER || name === BROWSER)) {
    const absent = !here.includes(engine);
    describe.skipIf(absent)(`${title} in ${engine}${absent ? ', which is not here' : ''}`, () =>
      tests(engine),
    );
  }
}

/** The engine, faster than it would be; see test/browser/setup.ts. */
export const launch = (engine: Engine): Promise<LaunchedBrowser> =>
  launchBrowser({ engine, dawnFeatures: ['disable_workgroup_init'] });

/** Opens a blank page that writes into `complaints` what goes wrong in it and in its workers. */
export async function openVisit(context: Context, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${String(error)}`));
  page.on('error', (error) => complaints.push(`crashed: ${error.message}`));
  page.on('requestfailed', (request) => {
    complaints.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  await page.evaluateOnNewDocument(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
      console.error(`policy: ${effectiveDirective} forbids ${blockedURI}`),
    );
  });
  return page;
}

/** The text of a file that was downloaded, once it is whole, and its path. */
export async function downloaded(
  folder: string,
  name: RegExp,
): Promise<{ path: string; text: string }> {
  const end = Date.now() + 30_000;
  for (;;) {
    // While it comes, it has another name, or is empty.
    const found = (await readdir(folder)).find((file) => name.test(file));
    const text = found && (await readFile(join(folder, found), 'utf8'));
    if (text) return { path: join(folder, found), text };
    if (Date.now() > end) throw new Error(`${folder} has ${await readdir(folder)}: no ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

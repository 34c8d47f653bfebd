/**
 * Vitest's global setup: one server for the whole run, and one browser a worker. `BROWSER=firefox` selects
 * Firefox, `BROWSER=none` starts neither, for test files that open no page, and
 * `BROWSER=lavapipe` and `BROWSER=rdna` take processes of Node in the place of pages. A machine that cannot test on a GPU adapter fails here;
 * nothing is skipped.
 */
import type { TestProject } from 'vitest/node';
import { describeAdapter, formatAdapter } from '../../bench/adapter';
import { hosts } from '../node/hosts';
import type { NodeHost } from '../node/page';
import { type Engine, launchBrowser } from './launch';
import { serve } from './serve';
import { WORKERS } from './workers';

/** Where the run's server and browser are. */
export interface BrowserUnderTest {
  /** The server's address, without a slash at the end. */
  url: string;
  wsEndpoint: string;
  engine: Engine | 'node';
  /** What a process of Node takes for its GPU. */
  host?: NodeHost;
}

declare module 'vitest' {
  interface ProvidedContext {
    browsers: BrowserUnderTest[];
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = process.env.BROWSER || 'chromium';
  if (engine === 'none') return async () => {};
  const findHost = hosts[engine];
  if (findHost) {
    const host = await findHost();
    console.log(`\n${engine.padEnd(9)} ${host.source}\n`);
    project.provide('browsers', [{ url: '', wsEndpoint: '', engine: 'node', host }]);
    return async () => {};
  }
  if (engine !== 'chromium' && engine !== 'firefox') {
    throw new Error(`BROWSER: expected chromium, firefox, lavapipe, rdna or none, got '${engine}'`);
  }
  const server = await serve();
  const closers = [server.close];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const browsers: BrowserUnderTest[] = [];
    for (let worker = 0; worker < WORKERS; worker++) {
      // Zeros for workgroup memory are most of what SwiftShader compiles of a kernel that has any, and
      // clamps of every index a quarter of the time. No kernel reads what it has not written, nor past a binding: one that did would
      // show without them. Firefox has both.
      const dawnFeatures = ['disable_workgroup_init', 'disable_robustness'];
      const launched = await launchBrowser({ engine, dawnFeatures });
      closers.push(launched.close);
      const page = await launched.browser.newPage();
      await page.goto(`${server.url}/test/browser/blank.html`);
      const adapter = await describeAdapter(page);
      if (worker === 0) {
        const { executablePath, source } = launched.found;
        console.log(`\n${formatAdapter(adapter)}`);
        console.log(`found     ${executablePath} (${source}), ${WORKERS} of it\n`);
      }
      await page.close();
      // Firefox takes one client at a time: from here on it is the test file that runs.
      await launched.browser.disconnect();
      browsers.push({ url: server.url, wsEndpoint: launched.wsEndpoint, engine });
    }
    project.provide('browsers', browsers);
    return closeAll;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

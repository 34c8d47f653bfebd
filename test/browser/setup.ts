/**
 * Vitest's global setup: one server and one browser for the whole run. `BROWSER=firefox` selects
 * Firefox. A machine that cannot test on a GPU adapter fails here; nothing is skipped.
 */
import type { TestProject } from 'vitest/node';
import { describeAdapter, formatAdapter } from './adapter';
import { type Engine, launchBrowser } from './launch';
import { serve } from './serve';

/** Where the run's server and browser are. */
export interface BrowserUnderTest {
  /** The server's address, without a slash at the end. */
  url: string;
  wsEndpoint: string;
  engine: Engine;
}

declare module 'vitest' {
  interface ProvidedContext {
    browser: BrowserUnderTest;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = process.env.BROWSER || 'chromium';
  if (engine !== 'chromium' && engine !== 'firefox') {
    throw new Error(`BROWSER is '${engine}'; it may be chromium or firefox`);
  }
  const server = await serve();
  try {
    const launched = await launchBrowser({ engine });
    try {
      const page = await launched.browser.newPage();
      await page.goto(`${server.url}/test/browser/blank.html`);
      const { executablePath, source } = launched.found;
      console.log(`\n${formatAdapter(await describeAdapter(page))}`);
      console.log(`found     ${executablePath} (${source})\n`);
      await page.close();
      // Firefox takes one client at a time: from here on it is the test file that runs.
      await launched.browser.disconnect();
      const { wsEndpoint } = launched;
      project.provide('browser', { url: server.url, wsEndpoint, engine });
    } catch (error) {
      await launched.close();
      throw error;
    }
    return async () => {
      await launched.close();
      await server.close();
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

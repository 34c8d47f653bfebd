/** The benchmark's server, browser and page, for the command line. */
import { once } from 'node:events';
import type { Page } from 'puppeteer-core';
import { type AdapterReport, describeAdapter } from '../test/browser/adapter';
import { launchBrowser } from '../test/browser/launch';
import { serve } from '../test/browser/serve';

export interface Session {
  readonly adapter: AdapterReport;
  /** Where the browser came from. */
  readonly browser: string;
  /** Errors of the page so far: on its console, uncaught, or a crash. */
  readonly faults: readonly string[];
  /**
   * Calls an exported function of a module in the page.
   *
   * @param module path from the project's root.
   * @param args these and the result pass as JSON.
   * @throws Error if the function throws, or the page crashes meanwhile.
   */
  call<F extends (...args: never[]) => unknown>(
    module: string,
    name: string,
    ...args: Parameters<F>
  ): Promise<Awaited<ReturnType<F>>>;
  close(): Promise<void>;
}

/**
 * Opens the benchmark's page in a browser of its own. An interrupt ends the browser with the
 * process (puppeteer sees to that).
 *
 * @param onProgress what the page reports.
 * @throws Error if there is no browser, or no adapter in it; nothing is left running then.
 */
export async function openSession(options: {
  headless: boolean;
  onProgress: (step: string, done: number, total: number) => void;
}): Promise<Session> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    const ends = await Promise.allSettled(closers.splice(0).map((closer) => closer()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  };
  try {
    const server = await serve();
    closers.push(server.close);
    const {
      browser,
      found,
      close: quit,
    } = await launchBrowser({
      engine: 'chromium',
      headless: options.headless,
    });
    const child = browser.process()!;
    const gone = once(child, 'exit');
    closers.push(async () => {
      // A browser that went away by itself may not have ended yet.
      if (!browser.connected) {
        child.kill('SIGKILL');
        await gone;
      }
      await quit();
    });
    const page = await browser.newPage();
    const { faults, crashed } = watch(page);
    const response = await page.goto(`${server.url}/bench/page.html`);
    if (!response?.ok())
      throw new Error(`bench/page.html: the server answered ${response?.status()}`);
    await page.exposeFunction('reportProgress', options.onProgress);
    const adapter = await describeAdapter(page);
    return {
      adapter,
      browser: `${found.executablePath} (${found.source})`,
      faults,
      close,
      call(module, name, ...args) {
        // As text: what compiles this module would rewrite the import() of a function.
        const call = `(m) => m[${JSON.stringify(name)}](...${JSON.stringify(args)})`;
        const result = page.evaluate(`import(${JSON.stringify(module)}).then(${call})`);
        return Promise.race([result as Promise<never>, crashed]);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Collects what goes wrong in a page; `crashed` rejects if it goes away. */
function watch(page: Page): { faults: string[]; crashed: Promise<never> } {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${String(error)}`));
  const crashed = new Promise<never>((_, reject) => {
    page.on('error', (error) => reject(new Error(`the page crashed: ${error.message}`)));
    page.browser().on('disconnected', () => reject(new Error('the browser went away')));
  });
  // Heard where a call waits for the page.
  crashed.catch(() => {});
  return { faults, crashed };
}

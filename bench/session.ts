/** The benchmark's server, browser and pages, for the command lines. */
import { once } from 'node:events';
import type { Page } from 'puppeteer';
import { launchBrowser } from '../test/browser/launch';
import { serve } from '../test/browser/serve';
import { type AdapterReport, describeAdapter } from './adapter';

/** Told by a page what is being done, and how much of it is done. */
export type OnProgress = (step: string, done: number, total: number) => void;

export interface BenchPage {
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
  /** What the page's browser says of its adapter. */
  adapter(): Promise<AdapterReport>;
  close(): Promise<void>;
}

export interface BenchBrowser {
  /** Where the browser came from. */
  readonly browser: string;
  /** Opens the benchmark's page once more. */
  openPage(onProgress?: OnProgress): Promise<BenchPage>;
  /** Ends the browser and the server, whatever became of them. */
  close(): Promise<void>;
}

/**
 * Starts a server and a browser of its own. An interrupt ends the browser with the process
 * (puppeteer sees to that).
 *
 * @throws Error if there is no browser; nothing is left running then.
 */
export async function openBrowser(options: { headless: boolean }): Promise<BenchBrowser> {
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
    return {
      browser: `${found.executablePath} (${found.source})`,
      openPage: async (onProgress = () => {}) =>
        benchPage(await browser.newPage(), server.url, onProgress),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A browser with one page. */
export interface Session
  extends Pick<BenchPage, 'call' | 'faults'>,
    Pick<BenchBrowser, 'browser' | 'close'> {
  readonly adapter: AdapterReport;
}

/**
 * Opens the benchmark's page in a browser of its own.
 *
 * @param onProgress what the page reports.
 * @throws Error if there is no browser, or no adapter in it; nothing is left running then.
 */
export async function openSession(options: {
  headless: boolean;
  onProgress: OnProgress;
}): Promise<Session> {
  const { browser, openPage, close } = await openBrowser(options);
  try {
    const page = await openPage(options.onProgress);
    return { browser, faults: page.faults, call: page.call, adapter: await page.adapter(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function benchPage(page: Page, url: string, onProgress: OnProgress): Promise<BenchPage> {
  const { faults, crashed } = watch(page);
  const response = await page.goto(`${url}/bench/page.html`);
  // Of a second page the browser may know the answer: 304.
  if (!response || response.status() >= 400) {
    throw new Error(`bench/page.html: the server answered ${response?.status()}`);
  }
  await page.exposeFunction('reportProgress', onProgress);
  return {
    faults,
    call(module, name, ...args) {
      // As text: what compiles this module would rewrite the import() of a function.
      const call = `(m) => m[${JSON.stringify(name)}](...${JSON.stringify(args)})`;
      const result = page.evaluate(`import(${JSON.stringify(module)}).then(${call})`);
      return Promise.race([result as Promise<never>, crashed]);
    },
    adapter: () => describeAdapter(page),
    close: () => page.close(),
  };
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

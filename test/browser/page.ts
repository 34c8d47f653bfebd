/** Pages of the worker's browser for a test file. */
import type { Browser, Page } from 'puppeteer';
import { inject } from 'vitest';
import { NodePage } from '../node/page';
import { connectBrowser } from './launch';

/** The browser of the worker that runs this file. */
export const browserUnderTest = () => {
  const browsers = inject('browsers');
  if (!browsers) throw new Error("BROWSER is 'none', and this test file opens a page");
  return browsers[(Number(process.env.VITEST_POOL_ID ?? 1) - 1) % browsers.length]!;
};

const SHARED = '/test/browser/blank.html?shared';

let connection: Promise<Browser> | undefined;
/** Those that close when the test file ends. */
const pages: Page[] = [];
const faults: string[] = [];

function connect(): Promise<Browser> {
  const { engine, wsEndpoint } = browserUnderTest();
  if (engine === 'node') throw new Error('Node has no pages to look at');
  connection ??= connectBrowser({ engine, wsEndpoint });
  return connection;
}

/** Processes that end when the test file does. */
const processes: NodePage[] = [];

/** A process that modules can be called in, as in a page; it has nothing else of one. */
async function openProcess(): Promise<Page> {
  const opened = await NodePage.open(browserUnderTest().host!);
  processes.push(opened);
  return opened as unknown as Page;
}

const BLANK = '/test/browser/blank.html';

/**
 * Opens a page of the project in the browser under test, by its path from the project's root, and
 * waits until it has loaded. It closes when the test file ends. An error on its console, an
 * uncaught error or a crash is printed at once and fails the file.
 *
 * @param expected errors that the test itself brings about; default: none.
 * @throws Error if the server does not have the page.
 */
export async function openPage(path = BLANK, expected?: RegExp): Promise<Page> {
  if (browserUnderTest().engine === 'node' && path === BLANK) return openProcess();
  const page = await (await connect()).newPage();
  pages.push(page);
  await load(page, path, expected);
  return page;
}

/**
 * The worker's blank page, which stays from file to file, and with it the engines that
 * `conformance/engine.ts` keeps and the kernels that they have compiled. It reports errors as any
 * other page. A test that harms its page or device opens its own.
 */
export async function sharedPage(): Promise<Page> {
  const { url, engine } = browserUnderTest();
  if (engine === 'node') return openProcess();
  const browser = await connect();
  const open = (await browser.pages()).find((page) => page.url() === url + SHARED);
  const page = open ?? (await browser.newPage());
  // Modules that changed under a watching Vitest are stale in a page that has them.
  if (open && process.env.VITEST_MODE !== 'WATCH') reportErrors(page, SHARED);
  else await load(page, SHARED);
  return page;
}

async function load(page: Page, path: string, expected?: RegExp): Promise<void> {
  reportErrors(page, path, expected);
  const response = await page.goto(browserUnderTest().url + path);
  if (!response || response.status() >= 400) {
    throw new Error(`${path}: the server answered ${response?.status()}`);
  }
}

function reportErrors(page: Page, path: string, expected?: RegExp): void {
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !expected?.test(text)) report(`${path}: console: ${text}`);
  });
  page.on('pageerror', (error) => {
    if (!expected?.test(String(error))) report(`${path}: uncaught: ${String(error)}`);
  });
  page.on('error', (error) => report(`${path}: crashed: ${error.message}`));
}

/**
 * Calls an exported function of a module in the page, which Vite compiles as for any page:
 * `callInPage<typeof double>(page, '/test/browser/smoke.page.ts', 'double', [1, 2])`.
 *
 * @param module path from the project's root.
 * @param args these and the result pass as JSON: no typed arrays. NaN and infinities come back as
 * what they are; JSON's null for them would be less than any bound.
 */
export async function callInPage<F extends (...args: never[]) => unknown>(
  page: Page,
  module: string,
  name: string,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> {
  if ((page as unknown) instanceof NodePage) {
    return (page as unknown as NodePage).call(module, name, args) as Promise<
      Awaited<ReturnType<F>>
    >;
  }
  // As text: Vitest would rewrite the import() of a function.
  const call = `(m) => m[${JSON.stringify(name)}](...${JSON.stringify(args)})`;
  const mark = `(_, v) => (typeof v === 'number' && !Number.isFinite(v) ? { '${SPECIAL}': \`\${v}\` } : v)`;
  const text = (await page.evaluate(
    `import(${JSON.stringify(module)}).then(${call}).then((result) => JSON.stringify([result], ${mark}))`,
  )) as string;
  const [result] = JSON.parse(text, (_, v) => (v?.[SPECIAL] ? Number(v[SPECIAL]) : v));
  return result ?? undefined;
}

/** The key of a number that JSON has no word for. */
const SPECIAL = 'not finite';

/**
 * Waits until a function in the page returns true. Puppeteer's own `waitForFunction` compiles text,
 * which a page's content security policy may forbid.
 *
 * @throws Error if it does not in time.
 */
export async function waitUntil<A extends unknown[]>(
  page: Page,
  isSo: (...args: A) => boolean,
  args: A,
  timeout = 30_000,
): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await page.evaluate(isSo as (...args: unknown[]) => boolean, ...args))) {
    if (Date.now() > end) throw new Error(`not so within ${timeout} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Puts text in place of what a field holds, at once as pasting does. */
export async function paste(page: Page, selector: string, text: string): Promise<void> {
  await page.focus(selector);
  await page.$eval(
    selector,
    (field, pasted) => {
      (field as HTMLInputElement).select();
      document.execCommand('insertText', false, pasted);
    },
    text,
  );
}

function report(fault: string): void {
  console.error(fault);
  faults.push(fault);
}

/**
 * Closes what a test file has opened, and leaves the browser to the next one.
 *
 * @throws Error if a page had an error.
 */
export async function closePages(): Promise<void> {
  const [told, opened] = [faults.splice(0), pages.splice(0)];
  for (const one of processes.splice(0)) await one.close();
  const browser = await connection;
  connection = undefined;
  for (const page of opened) if (!page.isClosed()) await page.close();
  await browser?.disconnect();
  if (told.length > 0) throw new Error(`errors in the page:\n${told.join('\n')}`);
}

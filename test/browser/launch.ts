/** Starts a browser with WebGPU for tests and benchmarks, and takes it away without a trace. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type LaunchOptions } from 'puppeteer';
import { type FoundBrowser, findChrome, findFirefox } from './find';

export type Engine = 'chromium' | 'firefox';

export interface LaunchedBrowser {
  browser: Browser;
  engine: Engine;
  /** Where the executable came from, and its version. */
  found: FoundBrowser;
  /** The folder that files are downloaded to. */
  downloads: string;
  /** For `connectBrowser`. Firefox takes one client at a time: disconnect the last one first. */
  wsEndpoint: string;
  /** Ends the browser, whoever is connected, and removes its profile and temporary files. */
  close(): Promise<void>;
}

// One call into a page may wait for minutes of GPU work on a software adapter.
const protocolTimeout = 30 * 60_000;

/**
 * Starts Chromium or Firefox. `WEBGPU_SOFTMAX_ADAPTER=default` asks Chromium for the machine's own
 * GPU in place of SwiftShader; Firefox always takes what Vulkan offers (Mesa's lavapipe on a
 * machine without a GPU).
 *
 * @throws Error if no browser is found (`findChrome`), or the one found does not start.
 */
export async function launchBrowser({
  engine,
  headless = true,
  dawnFeatures = [],
}: {
  engine: Engine;
  headless?: boolean;
  /** Switches of Chromium's WebGPU implementation. */
  dawnFeatures?: readonly string[];
}): Promise<LaunchedBrowser> {
  const found = engine === 'firefox' ? await findFirefox() : await findChrome();
  if (!found) {
    throw new Error(
      'No Firefox of version 141 or later was found. Install it (Debian: apt-get install firefox-esr mesa-vulkan-drivers) or set FIREFOX_PATH to its executable.',
    );
  }
  // The profile, and whatever else the browser writes, lives in here.
  const scratch = await mkdtemp(join(tmpdir(), 'webgpu-softmax-browser-'));
  const removeScratch = () =>
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  // On an exit without close(), puppeteer's own exit handler kills the browser before this runs.
  process.once('exit', removeScratch);

  const profile = join(scratch, 'profile');
  const downloads = join(scratch, 'downloads');
  for (const folder of [profile, downloads]) await mkdir(folder);
  const options: LaunchOptions = {
    executablePath: found.executablePath,
    headless,
    env: {
      ...process.env,
      ...found.env,
      TMPDIR: scratch,
      // Crash reporters and caches keep to these, and would otherwise use the home folder.
      XDG_CACHE_HOME: join(scratch, 'cache'),
      XDG_CONFIG_HOME: join(scratch, 'config'),
    },
    userDataDir: profile,
    downloadBehavior: { policy: 'allow', downloadPath: downloads },
    protocolTimeout,
  };
  const browser =
    engine === 'firefox'
      ? await puppeteer.launch({
          ...options,
          browser: 'firefox',
          extraPrefsFirefox: firefoxPreferences(downloads),
        })
      : await launchChromium(options, dawnFeatures);
  const child = browser.process()!;
  const wsEndpoint = browser.wsEndpoint();
  return {
    browser,
    engine,
    found,
    downloads,
    wsEndpoint,
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'close');
        const client = browser.connected ? browser : await connectBrowser({ engine, wsEndpoint });
        await client.close();
        await gone;
      }
      removeScratch();
      process.off('exit', removeScratch);
    },
  };
}

/** What there is to test in: Chromium, and Firefox where one with WebGPU is installed. */
export const enginesHere = async (): Promise<Engine[]> =>
  (await findFirefox()) ? ['chromium', 'firefox'] : ['chromium'];

/** A client for a browser that `launchBrowser` started, perhaps in another process. */
export function connectBrowser({
  engine,
  wsEndpoint,
}: Pick<LaunchedBrowser, 'engine' | 'wsEndpoint'>): Promise<Browser> {
  return puppeteer.connect({
    browserWSEndpoint: wsEndpoint,
    protocol: engine === 'firefox' ? 'webDriverBiDi' : 'cdp',
    protocolTimeout,
  });
}

function firefoxPreferences(downloads: string): Record<string, unknown> {
  return {
    'dom.webgpu.enabled': true,
    // Software adapters are on the blocklist.
    'gfx.webgpu.ignore-blocklist': true,
    // Or it makes a folder for downloads in the home folder.
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
  };
}

async function launchChromium(
  options: LaunchOptions,
  dawnFeatures: readonly string[],
): Promise<Browser> {
  const flags = chromiumFlags();
  if (dawnFeatures.length > 0) flags.push(`--enable-dawn-features=${dawnFeatures.join(',')}`);
  // Chromium refuses to run as root with its sandbox.
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  try {
    return await puppeteer.launch({ ...options, args: flags });
  } catch (error) {
    // Containers and some distributions forbid the namespaces that the sandbox is made of. Our
    // own pages are all it will open, so it may go without.
    if (!/no usable sandbox/i.test(String(error))) throw error;
    return puppeteer.launch({ ...options, args: [...flags, '--no-sandbox'] });
  }
}

function chromiumFlags(): string[] {
  const flags = [
    '--enable-unsafe-webgpu',
    // Timestamp queries in nanoseconds; without it they are rounded to 100 µs.
    '--enable-webgpu-developer-features',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ];
  if (process.env.WEBGPU_SOFTMAX_ADAPTER !== 'default') {
    flags.push('--use-webgpu-adapter=swiftshader');
  } else if (process.platform === 'linux') {
    flags.push('--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface');
  }
  return flags;
}

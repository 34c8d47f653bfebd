/**
 * Finds a browser on any machine. Chrome or Chromium is looked for in four places, in this order:
 * an explicit path in the environment, an installed one, puppeteer's cache, and the headless
 * Chromium inside the npm package `@sparticuz/chromium`.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { promisify } from 'node:util';
import { getInstalledBrowsers } from '@puppeteer/browsers';
import { unpackEmbedded } from './embedded';

const SOURCES = ['environment', 'installed', 'puppeteer cache', 'embedded'] as const;

/** Where a browser came from, in the order in which the places are looked in. */
export type BrowserSource = (typeof SOURCES)[number];

/** A browser that answered `--version` (on Windows: whose executable is there). */
export interface FoundBrowser {
  executablePath: string;
  source: BrowserSource;
  /** Variables the browser must be started with, on top of the environment. */
  env?: Record<string, string>;
  /** Dotted version; absent on Windows, where asking would open a window. */
  version?: string;
}

/** What the search asks of a machine; tests pass one of their own. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: string;
  home: string;
  env: Record<string, string | undefined>;
  isExecutable(path: string): boolean;
  /** Starts `path --version` and resolves to its output; rejects when it does not run. */
  askVersion(path: string, env?: Record<string, string>): Promise<string>;
  /** Executables in a puppeteer cache folder, the best first; none if there is no such folder. */
  cachedChromes(folder: string): Promise<string[]>;
  unpackEmbedded(): Promise<{ executablePath: string; env: Record<string, string> }>;
}

/** The machine this process runs on. */
export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  home: homedir(),
  env: process.env,
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  async askVersion(path, env) {
    const options = { env: { ...process.env, ...env }, timeout: 60_000 };
    return (await promisify(execFile)(path, ['--version'], options)).stdout;
  },
  async cachedChromes(folder) {
    // A whole Chrome before a headless shell, then the newest first.
    const kinds = ['chrome', 'chromium', 'chrome-headless-shell'];
    return (await getInstalledBrowsers({ cacheDir: folder }))
      .filter((installed) => kinds.includes(installed.browser))
      .sort(
        (a, b) =>
          kinds.indexOf(a.browser) - kinds.indexOf(b.browser) ||
          b.buildId.localeCompare(a.buildId, 'en', { numeric: true }),
      )
      .map((installed) => installed.executablePath);
  },
  unpackEmbedded,
};

const CHROME = {
  /** The first version with WebGPU. */
  oldest: 113,
  variables: ['PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH'],
  names: ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome'],
  linux: ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium', '/snap/bin/chromium'],
  mac: ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium'],
  windows: ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'],
};

const FIREFOX = {
  oldest: 141,
  variables: ['FIREFOX_PATH'],
  names: ['firefox', 'firefox-esr'],
  linux: ['/usr/lib/firefox/firefox', '/usr/lib/firefox-esr/firefox-esr', '/snap/bin/firefox'],
  mac: ['Firefox.app/Contents/MacOS/firefox'],
  windows: ['Mozilla Firefox\\firefox.exe'],
};

/**
 * The Chrome or Chromium to test with: the first that is found and runs, in the order of
 * `BrowserSource`. `WEBGPU_SOFTMAX_BROWSER` set to one of those names looks in that place only.
 *
 * @throws Error if a path given in the environment cannot be used (it is never passed over), or
 * if there is none anywhere; then the message lists the places looked in and how to mend it.
 */
export async function findChrome(machine: Machine = thisMachine): Promise<FoundBrowser> {
  const looked: string[] = [];
  for (const source of sourcesToLookIn(machine)) {
    const { place, candidates, env } = await lookForChrome(source, machine);
    const faults: string[] = [];
    for (const executablePath of candidates) {
      try {
        const version = await probe(executablePath, CHROME, machine, env);
        return {
          executablePath,
          source,
          ...(env && { env }),
          ...(version !== undefined && { version }),
        };
      } catch (error) {
        faults.push(`${executablePath}: ${(error as Error).message.trim()}`);
      }
    }
    if (source === 'environment' && faults.length > 0) throw unusable(place, faults);
    looked.push([`${source}: ${place}`, ...faults].join('\n      '));
  }
  throw new Error(`No Chrome or Chromium was found that runs. Looked in:
${looked.map((line) => `  - ${line}`).join('\n')}
Any one of these mends it:
  - install Chrome or Chromium (Debian and Ubuntu: apt-get install chromium)
  - fill puppeteer's cache: npx @puppeteer/browsers install chrome@stable --path ${cacheFolder(machine)}
  - set PUPPETEER_EXECUTABLE_PATH to the path of a Chrome executable
  - on Linux x64: npm ci, with the development dependencies`);
}

/**
 * Firefox from `FIREFOX_PATH` or from the usual places; undefined when there is none with WebGPU.
 *
 * @throws Error if `FIREFOX_PATH` is set and cannot be used.
 */
export async function findFirefox(
  machine: Machine = thisMachine,
): Promise<FoundBrowser | undefined> {
  const explicit = fromEnvironment(FIREFOX.variables, machine);
  const source = explicit.candidates.length > 0 ? 'environment' : 'installed';
  const candidates =
    explicit.candidates.length > 0 ? explicit.candidates : installed(FIREFOX, machine);
  const faults: string[] = [];
  for (const executablePath of candidates) {
    try {
      const version = await probe(executablePath, FIREFOX, machine);
      return { executablePath, source, ...(version !== undefined && { version }) };
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  if (source === 'environment') throw unusable(explicit.place, faults);
  return undefined;
}

function sourcesToLookIn(machine: Machine): readonly BrowserSource[] {
  const forced = machine.env.WEBGPU_SOFTMAX_BROWSER;
  if (!forced) return SOURCES;
  const source = SOURCES.find((name) => name === forced);
  if (!source) {
    throw new Error(`WEBGPU_SOFTMAX_BROWSER: expected ${SOURCES.join(', ')}, got '${forced}'`);
  }
  return [source];
}

interface Search {
  /** The place, in words for a person. */
  place: string;
  /** Executables to try, the best first. */
  candidates: string[];
  env?: Record<string, string>;
}

async function lookForChrome(source: BrowserSource, machine: Machine): Promise<Search> {
  switch (source) {
    case 'environment':
      return fromEnvironment(CHROME.variables, machine);
    case 'installed': {
      const candidates = installed(CHROME, machine);
      const paths = usualPaths(CHROME, machine);
      return { place: `${CHROME.names.join(', ')} on PATH; ${paths.join(', ')}`, candidates };
    }
    case 'puppeteer cache': {
      const folder = cacheFolder(machine);
      return { place: folder, candidates: await machine.cachedChromes(folder) };
    }
    case 'embedded':
      return fromPackage(machine);
  }
}

function fromEnvironment(variables: string[], machine: Machine): Search {
  const variable = variables.find((name) => machine.env[name]);
  if (variable === undefined) return { place: `${variables.join(', ')} not set`, candidates: [] };
  const path = machine.env[variable] as string;
  return { place: `${variable} is '${path}'`, candidates: [path] };
}

function installed(browser: typeof CHROME, machine: Machine): string[] {
  const { join, delimiter } = machine.platform === 'win32' ? win32 : posix;
  const suffix = machine.platform === 'win32' ? '.exe' : '';
  const folders = (machine.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = browser.names.flatMap((name) => folders.map((f) => join(f, name + suffix)));
  const candidates = [...onPath, ...usualPaths(browser, machine)];
  return [...new Set(candidates)].filter((path) => machine.isExecutable(path));
}

function usualPaths(browser: typeof CHROME, machine: Machine): string[] {
  switch (machine.platform) {
    case 'darwin':
      return ['/Applications', posix.join(machine.home, 'Applications')].flatMap((folder) =>
        browser.mac.map((app) => posix.join(folder, app)),
      );
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
        .flatMap((name) => machine.env[name] ?? [])
        .flatMap((folder) => browser.windows.map((path) => win32.join(folder, path)));
    default:
      return browser.linux;
  }
}

function cacheFolder(machine: Machine): string {
  const { join } = machine.platform === 'win32' ? win32 : posix;
  return machine.env.PUPPETEER_CACHE_DIR || join(machine.home, '.cache', 'puppeteer');
}

async function fromPackage(machine: Machine): Promise<Search> {
  const place = 'npm package @sparticuz/chromium';
  if (machine.platform !== 'linux' || machine.arch !== 'x64') {
    const here = `${machine.platform} ${machine.arch}`;
    return { place: `${place} is for linux x64; this is ${here}`, candidates: [] };
  }
  try {
    const { executablePath, env } = await machine.unpackEmbedded();
    return { place, candidates: [executablePath], env };
  } catch (error) {
    return { place: `${place}: ${(error as Error).message}`, candidates: [] };
  }
}

/** The version of a browser that can be used; throws the reason why it cannot. */
async function probe(
  path: string,
  browser: typeof CHROME,
  machine: Machine,
  env?: Record<string, string>,
): Promise<string | undefined> {
  if (!machine.isExecutable(path)) throw new Error('no executable file is there');
  if (machine.platform === 'win32') return undefined;
  const output = await machine.askVersion(path, env);
  const version = output.match(/\d+(\.\d+)+/)?.[0];
  if (!version) throw new Error(`--version printed '${output.trim()}'`);
  if (Number.parseInt(version, 10) < browser.oldest) {
    throw new Error(`version ${version} has no WebGPU; ${browser.oldest} is the first with it`);
  }
  return version;
}

function unusable(setting: string, faults: string[]): Error {
  return new Error(`${setting}, which cannot be used: ${faults.join('; ')}`);
}

/**
 * Packages of a Debian release, unpacked into `node_modules/.cache`; nothing is installed. Their programs
 * are libraries of that release, so they come with its C library and the loader that starts a program on it.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const CACHE = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** What every program needs that is started on the unpacked libraries. */
const RUNTIME = ['libc6', 'libstdc++6', 'libgcc-s1', 'libvulkan1'];

/** Packages in a folder. */
export interface Packages {
  /** What stands for `/`. */
  readonly root: string;
  /** The folder of its shared libraries. */
  readonly libraries: string;
  /** The loader that starts a program on them. */
  readonly loader: string;
  /** The file that tells a Vulkan loader of a driver, `radeon` for one. */
  driverFile(name: string): string;
  /** Versions by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Packages of a release with all that they depend on; fetched by the first call (half a minute, 100 MB
 * downloaded).
 *
 * @param purpose names the folder in the cache.
 * @throws Error where they cannot be had; the message says why.
 */
export async function fetchPackages(
  purpose: string,
  suite: string,
  names: readonly string[],
): Promise<Packages> {
  const home = join(CACHE, `${purpose}-debian-${suite}`);
  if (!existsSync(home)) await fetchAs(home, suite, [...names, ...RUNTIME]);
  const root = join(home, 'root');
  const libraries = await librariesIn(root);
  const loader = (await readdir(libraries)).find((name) => /^ld-linux.*\.so/.test(name))!;
  return {
    root,
    libraries,
    loader: join(libraries, loader),
    driverFile: (name) => join(home, 'drivers', `${name}.json`),
    versions: JSON.parse(await readFile(join(home, 'versions.json'), 'utf8')),
  };
}

/** The folder of the machine's architecture. */
async function librariesIn(root: string): Promise<string> {
  const lib = join(root, 'usr/lib');
  const folder = (await readdir(lib)).find((name) => existsSync(join(lib, name, 'libvulkan.so.1')));
  return join(lib, folder!);
}

/** Unpacks beside `home` and renames, so that `home` is whole from the moment it exists. */
async function fetchAs(home: string, suite: string, names: readonly string[]): Promise<void> {
  const mirror = await mirrorOf();
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'unpacking-'));
  try {
    const archives = await download(join(folder, 'apt'), `${mirror} ${suite} main`, names);
    const root = join(folder, 'root');
    const versions: [name: string, version: string][] = [];
    for (const archive of archives) {
      await run('dpkg-deb', ['-x', archive, root]);
      const { stdout } = await run('dpkg-deb', ['-f', archive, 'Package', 'Version']);
      versions.push(/^Package: (.*)\nVersion: (.*)$/m.exec(stdout)!.slice(1) as [string, string]);
    }
    await writeFile(join(folder, 'versions.json'), JSON.stringify(Object.fromEntries(versions)));
    await writeDriverFiles(folder, home);
    await rm(join(folder, 'apt'), { recursive: true });
    await rename(folder, home);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads packages with what they depend on, by an apt that knows of nothing installed. */
async function download(apt: string, source: string, names: readonly string[]): Promise<string[]> {
  const archives = join(apt, 'cache/archives');
  await mkdir(join(apt, 'lists/partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(apt, 'status'), '');
  const list = join(apt, 'sources.list');
  await writeFile(list, `deb [signed-by=${KEYRING}] ${source}\n`);
  const options = {
    'Dir::State': apt,
    'Dir::State::status': join(apt, 'status'),
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
  };
  const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runApt([...set, '-qq', 'update']);
  const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install'];
  await runApt([...set, ...install, ...names]);
  const files = await readdir(archives);
  return files.filter((name) => name.endsWith('.deb')).map((name) => join(archives, name));
}

/** @throws Error with the last words of apt-get. */
async function runApt(args: readonly string[]): Promise<void> {
  try {
    await run('apt-get', [...args]);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(`apt-get: ${stderr.trim().split('\n').at(-1) || message}`, { cause: error });
  }
}

/** Those of the packages name libraries where they would be installed: these say where they will be. */
async function writeDriverFiles(folder: string, home: string): Promise<void> {
  const installed = join(folder, 'root/usr/share/vulkan/icd.d');
  const libraries = (await librariesIn(join(folder, 'root'))).replace(folder, home);
  await mkdir(join(folder, 'drivers'));
  for (const file of await readdir(installed)) {
    const driver = JSON.parse(await readFile(join(installed, file), 'utf8'));
    driver.ICD.library_path = join(libraries, driver.ICD.library_path.split('/').at(-1));
    const name = file.replace(/_icd.*/, '.json');
    await writeFile(join(folder, 'drivers', name), JSON.stringify(driver));
  }
}

/** Where this machine has its own Debian packages from. */
async function mirrorOf(): Promise<string> {
  const known = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).catch(
    () => undefined,
  );
  const mirror = known?.stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri));
  if (!mirror || !existsSync(KEYRING)) {
    throw new Error("no mirror of Debian's packages is known here");
  }
  return mirror;
}

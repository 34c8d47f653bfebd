/**
 * Mesa's lavapipe for Dawn in Node: Vulkan on the CPU, with subgroups of 8 lanes and `shader-f16`
 * together, neither of which SwiftShader has. Where the machine's own is too old for Dawn, as Debian
 * 12's is, that of a newer Debian is unpacked into `node_modules/.cache` with the libraries it was
 * built for; nothing is installed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The release whose packages are taken. */
const SUITE = 'trixie';
const PACKAGES = ['mesa-vulkan-drivers', 'libvulkan1', 'libc6', 'libstdc++6', 'libgcc-s1'];
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const OWN = '/usr/share/vulkan/icd.d';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** How Node is started on it. */
export interface Driver {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly source: string;
}

/**
 * The driver, fetched by the first call (half a minute, 100 MB downloaded).
 *
 * @throws Error where it cannot be had; the message says why.
 */
export async function findDriver(): Promise<Driver> {
  const own = existsSync(OWN)
    ? (await readdir(OWN)).find((name) => /^lvp_icd/.test(name))
    : undefined;
  const installed = own && driverOf(join(OWN, own), [process.execPath], 'installed');
  if (installed && (await isTaken(installed))) return installed;
  const home = join(CACHE, `lavapipe-${SUITE}`);
  if (!existsSync(home)) await fetchAs(home);
  const libraries = await librariesIn(home);
  const loader = (await readdir(libraries)).find((name) => /^ld-linux.*\.so/.test(name))!;
  // The C library is of that release too, and comes with a loader of its own.
  const command = [join(libraries, loader), '--library-path', libraries, process.execPath];
  const unpacked = driverOf(join(home, 'lvp_icd.json'), command, `packages of Debian's ${SUITE}`);
  if (await isTaken(unpacked)) return unpacked;
  throw new Error(`Dawn does not take the lavapipe in ${home}`);
}

function driverOf(icd: string, command: readonly string[], source: string): Driver {
  const env = {
    VK_DRIVER_FILES: icd,
    // Eight lanes, whatever the processor has.
    LP_NATIVE_VECTOR_WIDTH: '256',
    // What is kept of an earlier run is not compiled, and so not tested.
    MESA_SHADER_CACHE_DISABLE: 'true',
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
  return { command, env, source };
}

/** Whether Dawn makes an adapter of the driver. */
async function isTaken({ command, env }: Driver): Promise<boolean> {
  const file = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  const [program, ...args] = [...command, file];
  const { stdout } = await run(program!, args, { env: { ...process.env, ...env } });
  return stdout.includes('subgroups of 8');
}

async function librariesIn(home: string): Promise<string> {
  const lib = join(home, 'root/usr/lib');
  const folder = (await readdir(lib)).find((name) =>
    existsSync(join(lib, name, 'libvulkan_lvp.so')),
  );
  return join(lib, folder!);
}

/** Unpacks beside `home` and renames, so that `home` is whole from the moment it exists. */
async function fetchAs(home: string): Promise<void> {
  const mirror = await mirrorOf();
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'unpacking-'));
  try {
    const archives = join(folder, 'apt/cache/archives');
    await mkdir(join(folder, 'apt/lists/partial'), { recursive: true });
    await mkdir(join(archives, 'partial'), { recursive: true });
    await writeFile(join(folder, 'apt/status'), '');
    const list = join(folder, 'apt/sources.list');
    await writeFile(list, `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`);
    const options = {
      'Dir::State': join(folder, 'apt'),
      'Dir::State::status': join(folder, 'apt/status'),
      'Dir::State::lists': join(folder, 'apt/lists'),
      'Dir::Cache': join(folder, 'apt/cache'),
      'Dir::Etc::sourcelist': list,
      'Dir::Etc::sourceparts': '/dev/null',
      'APT::Sandbox::User': 'root',
      'Acquire::Retries': '1',
      'Acquire::http::Timeout': '30',
      'Acquire::https::Timeout': '30',
    };
    const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    await run('apt-get', [...set, '-qq', 'update']);
    const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install'];
    await run('apt-get', [...set, ...install, ...PACKAGES]);
    for (const name of await readdir(archives)) {
      if (name.endsWith('.deb')) {
        await run('dpkg-deb', ['-x', join(archives, name), join(folder, 'root')]);
      }
    }
    await rm(join(folder, 'apt'), { recursive: true });
    const icds = join(folder, 'root/usr/share/vulkan/icd.d');
    const name = (await readdir(icds)).find((icd) => icd.startsWith('lvp_icd'))!;
    const icd = JSON.parse(await readFile(join(icds, name), 'utf8'));
    const place = (await librariesIn(folder)).replace(folder, home);
    icd.ICD.library_path = join(place, 'libvulkan_lvp.so');
    await writeFile(join(folder, 'lvp_icd.json'), JSON.stringify(icd));
    await rename(folder, home);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where this machine has its own Debian packages from. */
async function mirrorOf(): Promise<string> {
  const known = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).catch(
    () => undefined,
  );
  const mirror = known?.stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri));
  if (!mirror || !existsSync(KEYRING)) {
    throw new Error(
      'Mesa 24 or later is not installed, and no Debian mirror is known here to have it from',
    );
  }
  return mirror;
}

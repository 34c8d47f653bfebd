/**
 * Mesa's lavapipe for Dawn in Node: Vulkan on the CPU, with subgroups of 8 lanes and `shader-f16`
 * together, neither of which SwiftShader has. Where the machine's own is too old for Dawn, as Debian
 * 12's is, that of a newer Debian is unpacked into `node_modules/.cache` with the libraries it was
 * built for; nothing is installed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fetchPackages } from '../../compilers/packages';
import type { NodeHost } from '../node/page';

const run = promisify(execFile);

/** The release whose packages are taken. */
const SUITE = 'trixie';
const OWN = '/usr/share/vulkan/icd.d';

/**
 * The driver, fetched by the first call (half a minute, 100 MB downloaded).
 *
 * @throws Error where it cannot be had; the message says why.
 */
export async function findDriver(): Promise<NodeHost> {
  const own = existsSync(OWN)
    ? (await readdir(OWN)).find((name) => /^lvp_icd/.test(name))
    : undefined;
  const installed = own && driverOf(join(OWN, own), [process.execPath], 'installed');
  if (installed && (await isTaken(installed))) return installed;
  const packages = await fetchPackages('lavapipe', SUITE, ['mesa-vulkan-drivers']);
  const { loader, libraries } = packages;
  const command = [loader, '--library-path', libraries, process.execPath];
  const unpacked = driverOf(packages.driverFile('lvp'), command, `packages of Debian's ${SUITE}`);
  if (await isTaken(unpacked)) return unpacked;
  throw new Error(`Dawn does not take the lavapipe in ${packages.root}`);
}

function driverOf(icd: string, command: readonly string[], source: string): NodeHost {
  const env = {
    VK_DRIVER_FILES: icd,
    // Eight lanes, whatever the processor has.
    LP_NATIVE_VECTOR_WIDTH: '256',
    // What is kept of an earlier run is not compiled, and so not tested.
    MESA_SHADER_CACHE_DISABLE: 'true',
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
  return { command, env, source, gpu: '/test/lavapipe/gpu.ts' };
}

/** Whether Dawn makes an adapter of the driver. */
async function isTaken({ command, env }: NodeHost): Promise<boolean> {
  const file = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  const [program, ...args] = [...command, file];
  const { stdout } = await run(program!, args, { env: { ...process.env, ...env } });
  return stdout.includes('subgroups of 8');
}

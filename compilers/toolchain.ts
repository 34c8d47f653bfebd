/** All that compiling for chips takes which are not there, and how a program is started on one. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chip } from './chips';
import { buildLayer, LAYER } from './layer';
import { fetchPackages, type Packages } from './packages';

/** Releases that have drivers and shims of one version, the newest first. */
const SUITES = ['sid', 'trixie-backports'];
const PACKAGES = ['mesa-vulkan-drivers', 'mesa-drm-shim', 'libvulkan-dev'];

export interface Toolchain {
  readonly packages: Packages;
  /** The folder of the layer that captures pipelines. */
  readonly layer: string;
}

/** A program with its arguments and what it finds in its environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Brings drivers and layer; the first call takes half a minute and downloads 100 MB.
 *
 * @throws Error where that cannot be; the message says why and what to do.
 */
export async function findToolchain(): Promise<Toolchain> {
  const packages = await anySuite();
  return { packages, layer: await buildLayer(packages) };
}

async function anySuite(): Promise<Packages> {
  const reasons: string[] = [];
  for (const suite of SUITES) {
    try {
      return await fetchPackages('compilers', suite, PACKAGES);
    } catch (error) {
      reasons.push(`Debian's ${suite}: ${(error as Error).message}`);
    }
  }
  throw new Error(
    `no GPU compilers: ${reasons.join('; ')}. They come as packages of Debian (x64 or arm64): on another system, ` +
      'run this in a container of Debian 12 or later with Node and gcc',
  );
}

/** How a program is started on a chip, each of its pipelines captured in a folder. */
export function onChip(
  { packages, layer }: Toolchain,
  { driver, env }: Chip,
  captures: string,
  [program, ...args]: readonly string[],
): Command {
  const { loader, libraries } = packages;
  const shim = join(libraries, driver.shim);
  return {
    program: loader,
    args: ['--library-path', libraries, '--preload', shim, program!, ...args],
    env: {
      ...env,
      VK_DRIVER_FILES: packages.driverFile(driver.name),
      VK_LAYER_PATH: layer,
      VK_INSTANCE_LAYERS: LAYER,
      CAPTURE_FOLDER: captures,
      // What is kept of an earlier run has nothing to tell.
      MESA_SHADER_CACHE_DISABLE: 'true',
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
    },
  };
}

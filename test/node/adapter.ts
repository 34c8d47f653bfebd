/** A GPU adapter in Node itself: Dawn, from the npm package `webgpu`. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { create, globals } from 'webgpu';
import { findChrome } from '../browser/find';

/** The software Vulkan driver that Chrome and Chromium for Linux bring along. */
async function driverOfChrome(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { executablePath } = await findChrome();
  // What is on the PATH may be a script or a link beside nothing.
  const folders = [executablePath, realpathSync(executablePath), '/usr/lib/chromium/chromium'];
  return folders
    .map((path) => join(dirname(path), 'vk_swiftshader_icd.json'))
    .find((path) => existsSync(path));
}

/**
 * An adapter of the machine's own drivers, or else of the software driver beside Chrome; undefined
 * where there is no driver, or nothing to load one with.
 */
export async function findAdapter(): Promise<GPUAdapter | undefined> {
  Object.assign(globalThis, globals);
  const own = await publish(create([])).requestAdapter();
  if (own) return own;
  const driver = await driverOfChrome();
  if (!driver) return undefined;
  process.env.VK_DRIVER_FILES = driver;
  return (await publish(create([])).requestAdapter()) ?? undefined;
}

/** Puts the entry point where a browser has it, which also keeps it alive while it is in use. */
function publish(gpu: GPU): GPU {
  globalThis.navigator ??= {} as Navigator;
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

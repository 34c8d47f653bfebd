import { findToolchain } from '../../compilers/toolchain';
import type { NodeHost } from '../node/page';

/**
 * A process of Node whose GPU is the simulator. What compiles for that is fetched by the first call.
 *
 * @throws Error where it cannot be had; the message says why.
 */
export async function findSimulator(): Promise<NodeHost> {
  const { packages } = await findToolchain();
  const version = packages.versions['mesa-vulkan-drivers'];
  return {
    command: [process.execPath],
    env: {},
    gpu: '/simulator/device/gpu.ts',
    source: `machine code of RADV ${version} for navi21, simulated`,
  };
}

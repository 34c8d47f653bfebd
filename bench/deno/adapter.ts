import process from 'node:process';
import type { AdapterReport } from '../adapter';

/** Its adapter, for `call`; null if it has none. */
export async function describeAdapter(): Promise<AdapterReport | null> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return null;
  const { info } = adapter;
  return {
    browser: `Deno ${process.versions.deno}`,
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    fallback: info.isFallbackAdapter,
    subgroupMinSize: info.subgroupMinSize,
    subgroupMaxSize: info.subgroupMaxSize,
    features: [...adapter.features].sort(),
  };
}

import process from 'node:process';
import { type AdapterReport, reportOf } from '../adapter';

/** Its adapter, for `call`; null if it has none. */
export async function describeAdapter(): Promise<AdapterReport | null> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter && reportOf(`Deno ${process.versions.deno}`, adapter.info, adapter.features);
}

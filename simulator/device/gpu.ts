/** `navigator.gpu` with one adapter: an RDNA2 chip that is simulated. */
import { Rdna2Compiler } from './compiler';
import { SimulatedDevice } from './device';
import { globals } from './globals';
import { Pipelines } from './pipeline';

/** What devices have that ask for nothing. */
const leastLimits: Readonly<Record<string, number>> = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
};

const FEATURES = ['subgroups', 'shader-f16'];

let compiler: Rdna2Compiler | undefined;

/** Ends the compiler's process. */
export const closeGpu = async (): Promise<void> => compiler?.close();

/**
 * Opens the compiler for RDNA2, through Dawn; the first call fetches it. WebGPU's globals are there then.
 *
 * @throws Error where it cannot be had; the message says why.
 */
export async function openGpu(): Promise<GPU> {
  Object.assign(globalThis, globals);
  compiler = await Rdna2Compiler.open();
  const { info, features, languageFeatures, limits } = compiler.report;
  const pipelines = new Pipelines(compiler.compile);
  const most = { ...leastLimits, ...limits };
  const adapter = {
    info: info as GPUAdapterInfo,
    features: new Set(FEATURES.filter((name) => features.includes(name))),
    limits: most,
    requestDevice: async ({
      requiredFeatures = [],
      requiredLimits = {},
    }: GPUDeviceDescriptor = {}) => {
      for (const name of requiredFeatures) {
        if (!adapter.features.has(name)) throw new Error(`requestDevice: there is no '${name}'`);
      }
      for (const [name, limit] of Object.entries(requiredLimits as Record<string, number>)) {
        if (limit <= (most[name] ?? 0)) continue;
        throw new Error(`requestDevice: ${name}: expected ${most[name]} at most, got ${limit}`);
      }
      return new SimulatedDevice({
        pipelines,
        info: adapter.info,
        features: new Set(requiredFeatures),
        limits: { ...leastLimits, ...(requiredLimits as Record<string, number>) },
      });
    },
  };
  return {
    wgslLanguageFeatures: new Set(languageFeatures),
    requestAdapter: async () => adapter,
  } as unknown as GPU;
}

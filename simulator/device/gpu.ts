/** `navigator.gpu` with one adapter: an RDNA2 chip that is simulated. */
import { chips } from '../../compilers/chips';
import { Compiler } from '../../compilers/compiler';
import { engines } from '../../compilers/engines';
import { findToolchain } from '../../compilers/toolchain';
import { SimulatedDevice } from './device';
import { globals } from './globals';
import { type CompileForRdna2, Pipelines } from './pipeline';

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

let compiler: Compiler | undefined;

/** Ends the compiler's process. */
export const closeGpu = async (): Promise<void> => compiler?.close();

/**
 * Opens the compiler for RDNA2, through Dawn; the first call fetches it. WebGPU's globals are there then.
 *
 * @throws Error where it cannot be had; the message says why.
 */
export async function openGpu(): Promise<GPU> {
  const chip = chips.find(({ name }) => name === 'navi21')!;
  const engine = engines.find(({ name }) => name === 'dawn')!;
  Object.assign(globalThis, globals);
  compiler = await Compiler.open(await findToolchain(), { chip, engine, raised: true });
  const { info, features, languageFeatures, limits } = compiler.report;
  const pipelines = new Pipelines(oneAtATime(compiler));
  const offered = new Set(FEATURES.filter((name) => features.includes(name)));
  const adapter = {
    info: info as GPUAdapterInfo,
    features: offered,
    limits: { ...leastLimits, ...limits },
    requestDevice: async ({ requiredLimits = {} }: GPUDeviceDescriptor = {}) =>
      new SimulatedDevice({
        pipelines,
        info: info as GPUAdapterInfo,
        features: offered,
        limits: { ...leastLimits, ...(requiredLimits as Record<string, number>) },
      }),
  };
  return {
    wgslLanguageFeatures: new Set(languageFeatures),
    requestAdapter: async () => adapter,
  } as unknown as GPU;
}

/** The compiler takes one kernel at a time. */
function oneAtATime(compiler: Compiler): CompileForRdna2 {
  let last: Promise<unknown> = Promise.resolve();
  return (source) => {
    const capture = last.then(() => compiler.compile(source));
    last = capture.catch(() => {});
    return capture;
  };
}

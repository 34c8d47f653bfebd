import type { HalfConversion } from '../../src/gpu/halves';
import { createEngine, f16, softmax } from '../../src/index';

/** The conversion of halves, in a function of its own or where it is called. */
const widened = /vec4<f32>\((halves|vec4<f16>\(x\[[^\]]*\]\))\)/;

/** What a compiler or a device may make of the type f16. */
const defeats: Record<string, readonly [from: RegExp, to: string]> = {
  'subnormals are read as 0': [
    widened,
    'select(vec4<f32>($1), vec4<f32>(), abs(vec4<f32>($1)) < vec4<f32>(0x1p-14f))',
  ],
  'infinities are read as the largest number': [
    widened,
    'clamp(vec4<f32>($1), vec4<f32>(-65504), vec4<f32>(65504))',
  ],
  'what is stored is cut off': [/\(size \+ below_half \+ odd\) >> dropped/, 'size >> dropped'],
  'subnormals are stored as 0': [
    /\(rounded \| \(bits \^ size\)\)/,
    '(select(rounded, vec4<u32>(), rounded < vec4<u32>(0x38800000u)) | (bits ^ size))',
  ],
  'what is too large is stored as the largest number': [
    /vec4<u32>\(0x7f800000u\), rounded >/,
    'vec4<u32>(0x477fe000u), rounded >',
  ],
};

/**
 * Two engines on a device that says it has the type: how many kernels the test takes before each, those
 * of a call on the first, and what that gives.
 */
export async function madeWith(defeat: string, halfConversion?: HalfConversion) {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const requiredFeatures = (['shader-f16'] as const).filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ requiredFeatures });
  Object.defineProperty(device, 'features', { value: new Set([...device.features, 'shader-f16']) });
  const compile = device.createShaderModule.bind(device);
  const labels: string[] = [];
  let isDefeated = defeat === 'none';
  device.createShaderModule = (descriptor) => {
    const [from, to] = defeats[defeat] ?? [];
    labels.push(descriptor.label!);
    const code = from ? descriptor.code.replace(from, to!) : descriptor.code;
    isDefeated ||= code !== descriptor.code;
    return compile({ ...descriptor, code });
  };
  try {
    const options = halfConversion === undefined ? {} : { halfConversion };
    const engine = await createEngine({ device, f16, adapterClass: 'gpu', ...options });
    if (!isDefeated) throw new Error(`there is no WGSL to defeat for '${defeat}'`);
    const tested = [labels.splice(0).length];
    const x = engine.tensor([1, 2, 3], [1, 3], { dtype: 'f16' });
    const y = [...(await softmax(x).read())];
    await engine.done();
    const called = labels.splice(0);
    await createEngine({ device, f16, adapterClass: 'gpu', ...options });
    tested.push(labels.length);
    return { tested, labels: called, y };
  } catch (error) {
    return { error: String(error) };
  } finally {
    device.destroy();
  }
}

import { createSoftmax, type HalfConversion } from '../src/index';

/** What a compiler or a device may make of the type f16. */
const defeats: Record<string, readonly [from: RegExp, to: string]> = {
  'the type is not there': [/enable f16;/, ''],
  'subnormals are read as 0': [
    /return bitcast<vec4<u32>>\(vec4<f32>\(halves\)\);/,
    `let values = vec4<f32>(halves);
  return bitcast<vec4<u32>>(select(values, vec4<f32>(), abs(values) < vec4<f32>(0x1p-14f)));`,
  ],
  'infinities are read as the largest number': [
    /return bitcast<vec4<u32>>\(vec4<f32>\(halves\)\);/,
    'return bitcast<vec4<u32>>(clamp(vec4<f32>(halves), vec4<f32>(-65504), vec4<f32>(65504)));',
  ],
  'what is stored is cut off': [/let below_half = .*;/, 'let below_half = vec4<u32>();'],
  'subnormals are stored as 0': [
    /\(rounded \| \(bits \^ size\)\)/,
    '(select(rounded, vec4<u32>(), rounded < vec4<u32>(0x38800000u)) | (bits ^ size))',
  ],
  'what is too large is stored as the largest number': [
    /vec4<u32>\(0x7f800000u\), rounded >/,
    'vec4<u32>(0x477fe000u), rounded >',
  ],
};

/** The kernel that a call of an engine compiles. */
export async function madeWith(defeat: string | undefined, halfConversion?: HalfConversion) {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const requiredFeatures = (['shader-f16'] as const).filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ requiredFeatures });
  // A device that says so, also where the browser's has no such type.
  Object.defineProperty(device, 'features', { value: new Set([...device.features, 'shader-f16']) });
  const compile = device.createShaderModule.bind(device);
  const labels: string[] = [];
  let rewritten = 0;
  device.createShaderModule = (descriptor) => {
    const [from, to] = defeats[defeat ?? ''] ?? [];
    let { code, label } = descriptor;
    labels.push(label!);
    if (from?.test(code)) {
      code = code.replace(from, to!);
      rewritten++;
    }
    return compile({ ...descriptor, code });
  };
  try {
    const options = halfConversion === undefined ? {} : { halfConversion };
    const sm = await createSoftmax({ device, adapterClass: 'gpu', ...options });
    const tested = labels.splice(0).length;
    const x = sm.tensor([1, 2, 3], [1, 3], { dtype: 'f16' });
    const y = [...(await sm.softmax(x).read())];
    await sm.done();
    return { rewritten, tested, labels, y };
  } catch (error) {
    return { rewritten, error: String(error) };
  } finally {
    device.destroy();
  }
}

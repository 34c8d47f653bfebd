import { bitsOf } from '../../conformance/bits';
import { sharedDevice } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  createEngine,
  crossEntropyWithGrad,
  type Engine,
  softmax,
  softmaxVjp,
} from '../../src/index';

/** An engine that takes its device to be CPU-backed, with subgroups of so many lanes. */
async function engineWith(lanes: number): Promise<Engine> {
  const device = await sharedDevice();
  const { vendor, architecture, description } = device.adapterInfo;
  const value = {
    vendor,
    architecture,
    description,
    subgroupMinSize: lanes,
  };
  Object.defineProperty(device, 'adapterInfo', { value, configurable: true });
  try {
    return await createEngine({ device, adapterClass: 'cpu' });
  } finally {
    // The property of its class is behind it.
    Reflect.deleteProperty(device, 'adapterInfo');
  }
}

/** What differs between columns dealt to neighbours and to lanes that take them apart. */
export async function differing(
  shape: readonly [outer: number, length: number, inner: number],
  lanes: number,
): Promise<string[]> {
  const [outer, length, inner] = shape;
  const data = logits(length, outer * length * inner);
  const indices = Int32Array.from({ length: outer * inner }, (_, i) => (7 * i) % length);
  const resultsWith = async (size: number) => {
    const engine = await engineWith(size);
    const x = engine.tensor(data, shape);
    const targets = engine.tensor(indices, [outer, inner], { dtype: 'i32' });
    const y = softmax(x, { axis: 1 });
    const { loss, grad } = crossEntropyWithGrad(x, targets, { axis: 1, reduction: 'none' });
    const vjp = softmaxVjp(y, x, { axis: 1 });
    const results = { vjp, softmax: y, loss, gradient: grad };
    const found = Object.entries(results).map(
      async ([name, of]) => [name, await bitsOf(of)] as const,
    );
    const bits = Object.fromEntries(await Promise.all(found));
    engine.destroy();
    return bits;
  };
  // One after the other: the device says one number of lanes at a time.
  const near = await resultsWith(4);
  const apart = await resultsWith(lanes);
  return Object.entries(near).flatMap(([name, bits]) => {
    const other = apart[name]!;
    const at = bits.findIndex((b, i) => b !== other[i]);
    return at < 0 ? [] : [`${name}[${at}] is ${other[at]}, by neighbours ${bits[at]}`];
  });
}

import { sharedEngine } from '../../conformance/engine';
import { argmax, softmax } from '../../src/index';

/** Results of few elements, whose logits are all 0. */
export async function byHand() {
  const engine = await sharedEngine();
  const x = engine.tensor(new Float32Array(6), [2, 3]);
  const read = async (bits: Uint32Array | Int32Array) =>
    Array.from((await softmax(x, { mask: { bits } }).read()) as Float32Array);
  const long = engine.tensor(new Float32Array(33), [33]);
  const words = engine.tensor(Uint32Array.of(0, 0xffffffff, 0xffffffff), [3]);
  const rows = await read(Uint32Array.of(0b1101, 0b1110));
  return {
    alike: [...(await read(Uint32Array.of(0b101))).slice(0, 3), ...rows.slice(3)],
    each: await read(Uint32Array.of(0b101, 0b001)),
    signed: await read(Int32Array.of(-3, -2)),
    padded: (await argmax(long, { mask: { bits: words } }).read())[0],
  };
}

/** The messages of calls with wrong bits. */
export async function refused(): Promise<string[]> {
  const engine = await sharedEngine();
  const x = engine.tensor(new Float32Array(80), [2, 40]);
  const tensor = (...shape: number[]) =>
    engine.tensor(new Uint32Array(shape.reduce((a, b) => a * b, 1)), shape);
  return [
    tensor(2, 1),
    tensor(1),
    tensor(3, 2),
    tensor(1, 2, 2),
    new Uint32Array(1),
    new Uint32Array(6),
    new Float32Array(4),
    [1, 2],
    x,
    null,
    3,
  ].map((bits) => {
    try {
      softmax(x, { mask: { bits } as never });
    } catch (error) {
      return String(error);
    }
    return 'no error';
  });
}

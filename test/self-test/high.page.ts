import {
  createEngine,
  high,
  logSoftmax,
  logSoftmaxVjp,
  logSumExp,
  prepare,
  softmax,
} from '../../src/index';

/** What a compiler may make of the WGSL: each is what reassociation would come to. */
const defeats: Record<string, readonly [from: RegExp, to: string][]> = {
  none: [],
  'the error of a sum is folded to 0': [
    [/return (\S+)\(sum, b - opaque\(sum - a\)\);/, 'return $1(sum, f32());'],
    [/return (\S+)\(sum, opaque\(a - of_a\) \+ opaque\(b - of_b\)\);/, 'return $1(sum, f32());'],
  ],
  'the two parts of ln 2 are added': [
    [
      /let r = opaque_quad\(t_high - n \* LN2_HIGH\) \+ \(t_low - n \* LN2_LOW\);/,
      'let r = (t_high + t_low) - n * (LN2_HIGH + LN2_LOW);',
    ],
  ],
  'the two parts of a difference are added': [
    [
      /return exp_parts\(quantum_head \* wholes, quantum_tail \* wholes \+ quantum \* fractions\);/,
      'return exp_parts(quantum * (wholes + fractions), vec4<f32>());',
    ],
  ],
};

/** What calls come to where the compiler does this, on two engines, and how often that was tested. */
export async function callsWith(defeat: string) {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const compile = device.createShaderModule.bind(device);
  let rewritten = 0;
  let tests = 0;
  device.createShaderModule = (descriptor) => {
    let { code } = descriptor;
    // Of the test's long rows; the calls here have short ones.
    if (/^softmax .* streamed .* high /.test(descriptor.label!)) tests++;
    for (const [from, to] of defeats[defeat]!) {
      if (!from.test(code)) continue;
      code = code.replace(from, to);
      rewritten++;
    }
    return compile({ ...descriptor, code });
  };
  const engine = await createEngine({ device });
  const told: Record<string, string> = {};
  const note = async (name: string, promise: Promise<unknown>) => {
    told[name] = await promise.then(
      () => 'well',
      (error: Error) => error.message,
    );
  };
  const x = engine.tensor(new Float32Array([1, 2, 3]), [1, 3]);
  await note('default', softmax(x).read());
  await note('done after default', engine.done());
  const y = softmax(x, { precision: high });
  await note('read', y.read());
  await note('done', engine.done());
  await note('done again', engine.done());
  await note('what was made of it', logSoftmaxVjp(y, x).read());
  await engine.done().catch(() => {});
  await note('another call', logSumExp(x, { precision: high }).read());
  await engine.done().catch(() => {});
  await note('prepare', prepare(engine, [[softmax, x, { precision: high }]]));
  await note('default again', softmax(x).read());
  {
    using other = await createEngine({ device });
    const own = other.tensor([1, 2, 3], [1, 3]);
    await note('another engine', logSoftmax(own, { precision: high }).read());
  }
  if (rewritten === 0 && defeat !== 'none') told.read = 'nothing was rewritten';
  engine.destroy();
  device.destroy();
  return { told, tests };
}

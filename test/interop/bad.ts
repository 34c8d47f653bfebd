import { type Engine, type GpuTensor, softmax } from '../../src/index';

/** A tensor whose work fails on the GPU: its shader does not compile. */
export function badSoftmax(engine: Engine): GpuTensor {
  const { device } = engine;
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) =>
    create({ ...descriptor, code: `${descriptor.code}\nconst bad = no_such_name;` });
  try {
    // A kernel that nobody else has compiled.
    return softmax(engine.tensor([1, 2, 3, 4], [4, 1]), { axis: 0, mask: [0, 0, 0, 1] });
  } finally {
    device.createShaderModule = create;
  }
}

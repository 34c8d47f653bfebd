import type { GpuTensor, Softmax } from '../../src/index';

/** A tensor whose work fails on the GPU: its shader does not compile. */
export function badSoftmax(sm: Softmax): GpuTensor {
  const { device } = sm;
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) =>
    create({ ...descriptor, code: `${descriptor.code}\nconst bad = no_such_name;` });
  try {
    // A kernel that nobody else has compiled.
    return sm.softmax(sm.tensor([1, 2, 3, 4], [4, 1]), { axis: 0, mask: [0, 0, 0, 1] });
  } finally {
    device.createShaderModule = create;
  }
}

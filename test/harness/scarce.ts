/**
 * Makes a device short of memory: after a call of what this returns, it says of the next buffer whose
 * label matches that there is none for it. Taking memory until there is none would take that of the
 * machine that tests.
 */
export function scarce(device: GPUDevice): (label?: RegExp) => void {
  const filters: GPUErrorFilter[] = [];
  let next: RegExp | undefined;
  let failed = false;
  const [push, pop, make] = [
    device.pushErrorScope.bind(device),
    device.popErrorScope.bind(device),
    device.createBuffer.bind(device),
  ];
  device.pushErrorScope = (filter) => {
    filters.push(filter);
    push(filter);
  };
  device.createBuffer = (descriptor) => {
    if (next?.test(descriptor.label ?? '')) [next, failed] = [undefined, true];
    return make(descriptor);
  };
  device.popErrorScope = async () => {
    const tells = filters.pop() === 'out-of-memory' && failed;
    if (tells) failed = false;
    const error = await pop();
    return tells ? new GPUOutOfMemoryError('not enough memory left') : error;
  };
  return (label = /^/) => {
    next = label;
  };
}

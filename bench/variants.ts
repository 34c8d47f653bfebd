/**
 * The kernel variants that a call dispatches, in order: the call records into a pass that only
 * listens. Nothing runs.
 *
 * @param record makes the call with the given pass as its `pass` option.
 */
export function variantsOf(record: (pass: GPUComputePassEncoder) => void): string[] {
  const labels: string[] = [];
  // Of the browser's class, since the library asks for one.
  const pass = Object.create(GPUComputePassEncoder.prototype) as GPUComputePassEncoder;
  const listen = {
    setPipeline: (pipeline: GPUComputePipeline) => labels.push(pipeline.label),
    setBindGroup: () => {},
    dispatchWorkgroups: () => {},
  };
  record(Object.assign(pass, listen));
  return labels;
}

/** Counts what would be a copy through the host: uploads and mappings. */
export function countCopies(device: GPUDevice) {
  const { queue } = device;
  const counts = { writes: 0, maps: 0 };
  const write = queue.writeBuffer.bind(queue);
  queue.writeBuffer = (...args: Parameters<GPUQueue['writeBuffer']>) => {
    counts.writes++;
    write(...args);
  };
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (this: GPUBuffer, ...args) {
    counts.maps++;
    return mapAsync.apply(this, args);
  };
  return {
    /** What was counted since the last time. */
    take: () => {
      const taken = { ...counts };
      counts.writes = 0;
      counts.maps = 0;
      return taken;
    },
  };
}

/**
 * WebGPU's numbers as its specification fixes them. Not every host that has a device has the globals
 * which name them, and not every device has each limit.
 */

export const bufferUsage = {
  MAP_READ: 1,
  COPY_SRC: 4,
  COPY_DST: 8,
  UNIFORM: 64,
  STORAGE: 128,
  QUERY_RESOLVE: 512,
} as const;

export const mapMode = { READ: 1 } as const;

export const shaderStage = { COMPUTE: 4 } as const;

/** What every device allows at least. */
export const leastLimits = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

/** A limit of a device, or the least there is where the device does not say. */
export const limitOf = ({ limits }: GPUDevice, name: keyof typeof leastLimits): number =>
  limits[name] ?? leastLimits[name];

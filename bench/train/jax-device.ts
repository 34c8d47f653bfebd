import * as jax from '@jax-js/jax';

/** The device of jax-js on WebGPU, which it is told to use. */
export async function jaxDevice(): Promise<GPUDevice> {
  const devices = await jax.init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js: no WebGPU device');
  jax.defaultDevice('webgpu');
  return jax.getWebGPUDevice();
}

import { expect, test } from 'vitest';
import { ScratchPool } from '../../src/gpu/scratch';
import { FakeDevice } from './fake-device';

const sizes = (...bytes: number[]) => {
  const device = new FakeDevice();
  const pool = new ScratchPool(device.createBuffer);
  const taken = bytes.map((size) => pool.take(size));
  return { device, pool, taken };
};

test('buffers are made in powers of two, and large ones no larger than they must be', () => {
  const { taken } = sizes(1, 256, 257, 2 ** 26, 2 ** 26 + 5);
  expect(taken.map(({ size }) => size)).toEqual([256, 256, 512, 2 ** 26, 2 ** 26 + 8]);
});

test('a repeated call takes the same buffers in the same order, each the smallest that fits', () => {
  const bytes = [1000, 5000, 300, 300];
  const { device, pool, taken } = sizes(...bytes);
  pool.release();
  expect(bytes.map((size) => pool.take(size))).toEqual(taken);
  pool.release();
  expect(pool.take(600)).toBe(taken[0]);
  expect(pool.take(10)).toBe(taken[2]);
  expect(device.buffers).toHaveLength(4);
});

test('what is taken is nobody else’s until it is released', () => {
  const { device, pool } = sizes(100);
  pool.take(100);
  pool.release();
  pool.take(100);
  expect(device.buffers).toHaveLength(2);
  pool.destroy();
  expect(device.buffers.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

/** What objects and adapters are, whoever made them. */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { adapterClassOf, isSoftware } from '../../src/gpu/device';
import { isA, isGone, typedArrayKind } from '../../src/util/kinds';
import { describe as inWords } from '../../src/util/words';

test('typed arrays of any realm, and what only looks like one', () => {
  for (const kind of ['Float32Array', 'Int32Array', 'Uint32Array', 'Uint8Array', 'BigInt64Array']) {
    expect(typedArrayKind(runInNewContext(`new ${kind}(2)`))).toBe(kind);
  }
  class Own extends Float32Array {}
  expect(typedArrayKind(new Own(2))).toBe('Float32Array');
  expect(typedArrayKind({ [Symbol.toStringTag]: 'Float32Array', length: 2 })).toBeUndefined();
  for (const value of [[1], new ArrayBuffer(4), null, undefined, 5]) {
    expect(typedArrayKind(value)).toBeUndefined();
  }
});

test('typed arrays whose memory is gone', () => {
  const data = new Float32Array(2);
  expect(isGone(data)).toBe(false);
  structuredClone(data, { transfer: [data.buffer] });
  expect(isGone(data)).toBe(true);
  expect(typedArrayKind(data)).toBeUndefined();
  expect(inWords(data)).toBe('a Float32Array whose memory is gone');
  expect(isGone(new Float32Array(0))).toBe(false);
  expect(isGone(new DataView(new ArrayBuffer(0)))).toBe(false);
});

test('objects by their tag, or by the name of a class where they have none, as in Deno', () => {
  class GPUError {}
  class GPUValidationError extends GPUError {}
  const tagged = { [Symbol.toStringTag]: 'GPUDevice' };
  expect(isA(tagged, 'GPUDevice')).toBe(true);
  expect(isA(new GPUValidationError(), 'GPUError')).toBe(true);
  expect(isA(new GPUValidationError(), 'GPUOutOfMemoryError')).toBe(false);
  for (const value of [null, undefined, 5, 'GPUError', {}, Object.create(null), GPUError]) {
    expect(isA(value, 'GPUError')).toBe(false);
  }
});

describe('adapters', () => {
  const none = { vendor: '', architecture: '', device: '', description: '' };
  const software: Record<string, object> = {
    SwiftShader: { vendor: 'google', architecture: 'swiftshader' },
    'llvmpipe under Dawn, as it was': { vendor: 'mesa', architecture: 'software' },
    'llvmpipe under Dawn': { vendor: 'mesa', architecture: 'software', isFallbackAdapter: true },
    'llvmpipe under wgpu': { vendor: '65541', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    WARP: { vendor: 'microsoft', architecture: 'warp' },
    'WARP by its description': { description: 'Microsoft Basic Render Driver' },
    'a fallback without a name': { isFallbackAdapter: true },
  };
  const hardware: Record<string, object> = {
    'an adapter without a name': { isFallbackAdapter: false },
    'nothing known': {},
    NVIDIA: { vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false },
    Honeykrisp: { vendor: 'mesa', architecture: 'software', isFallbackAdapter: false },
    'Honeykrisp where no flag is told': {
      vendor: 'mesa',
      architecture: 'software',
      description: 'Apple M1 (G13G B1)',
    },
    'a name with these letters in it': { description: 'Hyperwarped GPU' },
  };

  test.each(Object.entries(software))('%s is software', (_, told) => {
    const info = { ...none, ...told } as GPUAdapterInfo;
    expect([isSoftware(info), adapterClassOf(info)]).toEqual([true, 'cpu']);
  });

  test.each(Object.entries(hardware))('%s is not', (_, told) => {
    const info = { ...none, ...told } as GPUAdapterInfo;
    expect([isSoftware(info), adapterClassOf(info)]).toEqual([false, 'gpu']);
  });
});

/** Typed arrays of another realm, as a frame's or a test runner's are. */
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { crossEntropy, type HostTensor, softmax } from '../../src/reference';

const there = (code: string) => runInNewContext(code) as HostTensor['data'];

test('are what they say they are', () => {
  const logits = { data: there('new Float32Array([1, 2, 3, 4])'), shape: [2, 2] };
  const own = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
  expect(logits.data).not.toBeInstanceOf(Float32Array);
  for (const kind of ['Int32Array', 'Uint32Array']) {
    const targets = { data: there(`new ${kind}([1, 0])`), shape: [2] };
    const expected = crossEntropy(own, { data: Int32Array.of(1, 0), shape: [2] });
    expect(crossEntropy(logits, targets).loss.data).toEqual(expected.loss.data);
  }
  const mask = { data: there('new Uint32Array([1, 0])'), shape: [2] };
  expect([...softmax(logits, { mask }).data]).toEqual([1, 0, 1, 0]);
  const signed = { data: there('new Int32Array([1, 0])'), shape: [2] };
  expect(() => softmax(logits, { mask: signed })).toThrow('mask holds Int32Array');
});

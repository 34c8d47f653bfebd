/** What error scopes catch, and whom it is told: on a device whose scopes catch what they are told to. */
import { beforeEach, expect, test } from 'vitest';
import { doing, Faults, firstOf, making, noFault } from '../../src/gpu/faults';
import { FakeDevice } from './fake-device';

let device: FakeDevice;
let faults: Faults;
/** The messages that the next scopes catch, in the order in which they are closed. */
let caught: (string | undefined)[];
let filters: string[];
beforeEach(() => {
  device = new FakeDevice();
  caught = [];
  filters = [];
  Object.assign(device, {
    pushErrorScope: (filter: string) => filters.push(filter),
    popErrorScope: async () => {
      const message = caught.shift();
      return message === undefined ? null : { message };
    },
  });
  faults = new Faults(device as unknown as GPUDevice);
});

function watch(label: string, work: () => void) {
  faults.begin();
  work();
  return faults.end(label);
}

const work = (label: string, ...messages: (string | undefined)[]) => {
  caught.push(...messages);
  return watch(label, () => faults.within(doing, () => label));
};

test('work is told under its name, and what went well is no fault', async () => {
  expect(watch('nothing', () => {})).toBe(noFault);
  expect(faults.within(doing, () => 3)).toBe(3);
  expect(await work('fine')).toBeUndefined();
  expect(await work('broken', 'no')).toMatchObject({
    message: 'broken: no',
    cause: { message: 'no' },
  });
});

test('making is watched for every kind of error, doing for invalid commands alone', () => {
  watch('test', () => {
    faults.within(making, () => 1);
    faults.within(doing, () => 2);
  });
  expect(filters).toEqual(['validation', 'out-of-memory', 'internal', 'validation']);
});

test('the first error of a piece of work is its fault, in the words of what was made', async () => {
  caught = [undefined, 'first', 'second'];
  const explain = ({ message }: GPUError) => `${message}, explained`;
  const fault = watch('test', () => faults.within(making, () => 1, explain));
  expect((await fault)?.message).toBe('test: first, explained');
  const noted = watch('test', () => faults.note(new Error('noted')));
  expect((await noted)?.message).toBe('test: noted');
});

test('a scope is closed though the work throws', () => {
  const thrown = () =>
    faults.within(doing, () => {
      throw new Error('thrown');
    });
  expect(() => watch('test', thrown)).toThrow('thrown');
  expect(filters).toEqual(['validation']);
});

test('what failed is told once, the first of it, and what went well is forgotten', async () => {
  const { pending } = faults as unknown as { pending: Set<unknown> };
  await work('fine');
  expect(pending.size).toBe(0);
  work('one', 'a');
  work('two', 'b');
  await expect(faults.settle()).rejects.toThrow('one: a');
  await faults.settle();
  work('three', 'c');
  await expect(faults.settle()).rejects.toThrow('three: c');
  expect(pending.size).toBe(0);
});

test('a lost device answers no scope, and that is no fault', async () => {
  Object.assign(device, { popErrorScope: () => Promise.reject(new Error('lost')) });
  expect(await work('test')).toBeUndefined();
});

test('the first of several promises, in their order', async () => {
  const later = new Promise<string>((resolve) => {
    setTimeout(resolve, 5, 'slow');
  });
  expect(await firstOf([Promise.resolve(undefined), later, Promise.resolve('quick')])).toBe('slow');
  expect(await firstOf<string | undefined>([Promise.resolve(undefined)])).toBeUndefined();
});

/** Saved weights: a snapshot as text that can be downloaded, and read back bit for bit. */
import { type Snapshot, untrained } from '../../bench/train/trainer';

const FORMAT = 'webgpu-softmax training, version 1';
const names = ['weight', 'bias', 'weightVelocity', 'biasVelocity'] as const;

/** The snapshot as JSON; arrays are the base64 of their bytes. */
export function snapshotToText(snapshot: Snapshot): string {
  const arrays = names.map((name) => [name, toBase64(snapshot[name])]);
  return JSON.stringify({ format: FORMAT, step: snapshot.step, ...Object.fromEntries(arrays) });
}

/** @throws Error for what is no saved training of this model; the message says what is wrong. */
export function snapshotFromText(text: string): Snapshot {
  const fail = (what: string): never => {
    throw new Error(`This is no saved training: ${what}.`);
  };
  let saved: Record<string, unknown> = {};
  try {
    saved = Object(JSON.parse(text));
  } catch {
    fail('it is not JSON');
  }
  if (saved.format !== FORMAT) fail(`its format is not “${FORMAT}”`);
  const { step } = saved;
  if (!Number.isSafeInteger(step) || (step as number) < 0) fail('it has no number of steps');
  const zeros = untrained();
  const arrays = names.map((name) => {
    const values = fromBase64(saved[name]);
    const { length } = zeros[name];
    if (values?.length !== length) fail(`${name} is not ${length} numbers`);
    return [name, values!] as const;
  });
  return { ...zeros, step: step as number, ...Object.fromEntries(arrays) };
}

function toBase64(values: Float32Array): string {
  let bytes = '';
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    bytes += String.fromCharCode(byte);
  }
  return btoa(bytes);
}

function fromBase64(text: unknown): Float32Array<ArrayBuffer> | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return bytes.length % 4 === 0 ? new Float32Array(bytes.buffer) : undefined;
  } catch {
    return undefined;
  }
}

import { doing } from '../gpu/faults';
import { ScratchPool, takeFit } from '../gpu/scratch';
import type { Call, RecordTarget, Reserved } from './call';
import type { Bound, CallProgram, Runtime } from './runtime';

/**
 * Scratch of recorded work belongs to the encoder it is recorded in: it cannot be reused before
 * that is submitted, which we cannot see, and it is never destroyed by us.
 */
const recordedScratch = new WeakMap<object, ScratchPool>();

function scratchFor(runtime: Runtime, { encoder, pass }: RecordTarget): ScratchPool {
  const owner = pass ?? encoder;
  if (!owner) return runtime.scratch;
  const pool = recordedScratch.get(owner) ?? new ScratchPool(runtime.createBuffer, false);
  recordedScratch.set(owner, pool);
  return pool;
}

/**
 * Runs a call: plans its tasks, makes or takes the buffers it needs, binds and records its
 * commands, all of them or, on an error, none; and submits them unless that is the caller's to do.
 *
 * @returns what was bound, to be marked when the GPU has taken the commands without an error; nothing
 * of work that is recorded, which the GPU has yet to see.
 * @throws RangeError or Error for work that the device, or the target, cannot take.
 */
export function runCall(runtime: Runtime, call: Call): readonly Bound[] {
  const { target } = call;
  const recorded = (target.pass ?? target.encoder) !== undefined;
  const programs = [...call.work, ...call.moves].map((work) => runtime.program(call.op, work));
  if (target.pass) refuseCopies(call.op, programs);
  if (recorded) refuseLongWork(call.op, programs, runtime.facts.maxElements);
  const pool = call.pool ?? scratchFor(runtime, target);
  /** Whether scratch is not to be had again. */
  const passing = recorded && !call.pool;
  const uploads: [GPUBuffer, Uint32Array<ArrayBuffer>][] = [];
  const made = new Map<object, GPUBuffer>();
  try {
    for (const reserved of call.reserved) {
      made.set(reserved, bufferFor(runtime, call.op, reserved, recorded, pool, uploads));
    }
    // Buffers that no other call will use: then bind groups are not kept.
    const once = call.reserved.some(({ tensor }) => tensor) || (passing && made.size > 0);
    /** What a program needed for itself, for those that run after it. */
    const spare: GPUBuffer[] = [];
    const bound = programs.map(({ program, buffers }) => {
      const lent = program.scratch.map((bytes) => takeFit(spare, bytes) ?? pool.take(bytes));
      spare.unshift(...lent);
      const named = buffers.map((buffer) => made.get(buffer) ?? (buffer as GPUBuffer));
      return runtime.bind(program, [...named, ...lent], once || (passing && lent.length > 0));
    });
    const safe = bound.every((one) => runtime.isSafe(one));
    runtime.faults.within(safe ? [] : doing, () => {
      for (const [buffer, words] of uploads) runtime.device.queue.writeBuffer(buffer, 0, words);
      record(runtime, call.op, target, bound);
    });
    return recorded ? [] : bound;
  } catch (error) {
    for (const reserved of call.reserved) if (made.has(reserved)) reserved.tensor?.destroy();
    throw error;
  } finally {
    pool.release();
    runtime.sweep();
  }
}

function bufferFor(
  runtime: Runtime,
  op: string,
  { size, usage, elements, tensor }: Reserved,
  recorded: boolean,
  pool: ScratchPool,
  uploads: [GPUBuffer, Uint32Array<ArrayBuffer>][],
): GPUBuffer {
  if (tensor) {
    const label = `webgpu-softmax ${op} [${tensor.shape.join(', ')}]`;
    return tensor.placeIn(runtime.createBuffer({ label, size, usage }));
  }
  if (!elements) return pool.take(size);
  const words = new Uint32Array(elements.buffer);
  if (recorded) {
    // The queue would write before the caller submits, whatever else is recorded to come first.
    const descriptor = { label: `webgpu-softmax ${op}`, size, usage };
    return runtime.createFilled(descriptor, words);
  }
  const buffer = pool.take(size);
  uploads.push([buffer, words]);
  return buffer;
}

function refuseCopies(op: string, programs: readonly CallProgram[]): void {
  if (programs.every(({ program }) => program.steps.every(({ kind }) => kind !== 'copies'))) return;
  throw new Error(
    `${op}: pass is open, and this takes a copy (out shares a buffer with another argument, or a tensor ` +
      'is over maxStorageBufferBindingSize); give an encoder instead',
  );
}

function refuseLongWork(op: string, programs: readonly CallProgram[], most: number): void {
  const dispatches = programs
    .flatMap(({ program }) => program.steps)
    .filter((step) => step.kind === 'dispatch');
  const elements = dispatches.reduce((sum, step) => sum + step.elements, 0);
  if (elements <= most || dispatches.length < 2) return;
  throw new RangeError(
    `${op}: ${elements} elements of work need several submissions on this device (${most} at a time), ` +
      'which cannot be recorded; call without encoder and pass, or with fewer rows at a time',
  );
}

/** Records the commands of programs into the target, or into submissions of their own. */
function record(
  { device, facts }: Runtime,
  label: string,
  target: RecordTarget,
  bound: readonly Bound[],
): void {
  const recorded = (target.pass ?? target.encoder) !== undefined;
  let { encoder, pass } = target;
  const openEncoder = () => {
    encoder ??= device.createCommandEncoder({ label });
    return encoder;
  };
  const endPass = () => {
    pass?.end();
    pass = undefined;
  };
  const submit = () => {
    endPass();
    if (encoder) device.queue.submit([encoder.finish()]);
    encoder = undefined;
  };
  let elements = 0;
  for (const { program, groups, buffers } of bound) {
    program.recorded ||= recorded;
    program.steps.forEach((step, i) => {
      if (step.kind === 'copies') {
        endPass();
        for (const [from, to] of step.offsets) {
          const [source, target] = [buffers[step.from]!, buffers[step.to]!];
          openEncoder().copyBufferToBuffer(source, from, target, to, step.size);
        }
        return;
      }
      // Long work is cut into several submissions, so that no watchdog takes the device away.
      if (!recorded && elements > 0 && elements + step.elements > facts.maxElements) {
        submit();
        elements = 0;
      }
      elements += step.elements;
      pass ??= openEncoder().beginComputePass({ label });
      pass.setPipeline(step.pipeline.pipeline);
      pass.setBindGroup(0, groups[i]!);
      pass.dispatchWorkgroups(...step.workgroups);
    });
  }
  if (!recorded) submit();
  else if (!target.pass) endPass();
}

/** This library, as the peers are called: a submission a call. */

import type { Layout } from '../../conformance/operations';
import { createEngine, type Engine, type GpuTensor } from '../../src';
import type { HostTensor } from '../../src/reference';
import { floorCandidates } from '../floor';
import type { Candidate } from '../measure';
import { type BenchOp, type Bound, benchOps } from '../ops';
import { elementsOf, type Shape } from '../shapes';
import { type HostOperands, upload } from './operands';
import { type PeerOp, RECORDED } from './ops';
import type { Peer, Prepared } from './peer';

export async function open(): Promise<Peer> {
  const engine = await createEngine();
  return { device: engine.device, prepare: async (op, operands) => prepare(engine, op, operands) };
}

function prepare(engine: Engine, name: PeerOp, { shape, host, copies }: HostOperands): Prepared {
  const op: BenchOp = benchOps[name];
  const { device } = engine;
  const buffers: GPUBuffer[] = [];
  const place = (tensor: HostTensor): GpuTensor[] => {
    const placed = upload(device, tensor, copies);
    buffers.push(...placed);
    const dtype = tensor.data instanceof Int32Array ? 'i32' : 'f32';
    return placed.map((buffer) => engine.wrap(buffer, tensor.shape, { dtype }));
  };
  const inputs = Object.entries(host).map(([role, tensor]) => [role, place(tensor)] as const);
  const results = op.results.map((layout) => [layout, place(zeros(layout, shape))] as const);
  const pick = (tensors: readonly (readonly [string, GpuTensor[]])[], slot: number) =>
    Object.fromEntries(tensors.map(([role, of]) => [role, of[slot]!]));
  const slots = Array.from({ length: copies }, (_, slot) => {
    return {
      inputs: pick(inputs, slot),
      out: pick(results, slot),
      axis: shape.axis,
    } as unknown as Bound;
  });
  const bound = (call: number) => slots[call % copies]!;
  let next = 0;

  const recorded: Candidate = {
    name: RECORDED,
    record: (pass, call) => op.run({ ...bound(call), pass }),
  };
  const [first, second = first] = inputs;
  const written = results.at(-1)!;
  const floors = floorCandidates(
    device,
    op.traffic,
    elementsOf(shape),
    Array.from({ length: copies }, (_, slot) => ({
      a: { buffer: first![1][slot]!.buffer },
      b: { buffer: (op.traffic.reads > 1 ? second : first)![1][slot]!.buffer },
      result: { buffer: written[1][slot]!.buffer },
    })),
  );
  return {
    run(calls) {
      for (const end = next + calls; next < end; next++) op.run(bound(next));
    },
    done: () => engine.done(),
    async read() {
      const { out } = bound(next);
      op.run(bound(next));
      return Promise.all(op.results.map((layout) => out[layout].read() as Promise<Float32Array>));
    },
    release() {
      for (const buffer of buffers) buffer.destroy();
    },
    passes: [recorded, ...floors],
  };
}

/** Memory for a result. */
function zeros(layout: Layout, { dims }: Shape): HostTensor {
  const shape = layout === 'scalar' ? [] : dims;
  return { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape };
}

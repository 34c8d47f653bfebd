/** What is recorded, to be done when it is submitted. */

import { runDispatch } from '../machine/dispatch';
import { type Binding, bindingOf } from '../machine/memory';
import type { SimulatedBuffer } from './buffer';
import type { Pipeline } from './pipeline';

/** Something to do, which may wait for a kernel to be compiled. */
export type Work = () => void | Promise<void>;

/**
 * What was recorded. It is checked when it is submitted, for what it uses may be destroyed before, and
 * not while it waits.
 *
 * @throws Error for what it cannot be done with.
 */
export type Command = () => Work;

export interface BindGroup {
  readonly entries: readonly {
    readonly binding: number;
    readonly resource: {
      readonly buffer: SimulatedBuffer;
      readonly offset?: number;
      readonly size?: number;
    };
  }[];
}

export class CommandEncoder {
  readonly [Symbol.toStringTag] = 'GPUCommandEncoder';
  private readonly commands: Command[] = [];

  beginComputePass(): ComputePass {
    return new ComputePass(this.commands);
  }

  copyBufferToBuffer(
    source: SimulatedBuffer,
    from: number,
    target: SimulatedBuffer,
    to: number,
    size: number,
  ): void {
    this.commands.push(() => {
      checkRange('copyBufferToBuffer', source, from, size);
      checkRange('copyBufferToBuffer', target, to, size);
      return () => {
        new Uint8Array(target.memory, to, size).set(new Uint8Array(source.memory, from, size));
      };
    });
  }

  clearBuffer(buffer: SimulatedBuffer, offset = 0, size = buffer.size - offset): void {
    this.commands.push(() => {
      checkRange('clearBuffer', buffer, offset, size);
      return () => {
        new Uint8Array(buffer.memory, offset, size).fill(0);
      };
    });
  }

  finish(): { readonly commands: readonly Command[] } {
    return { commands: this.commands };
  }
}

class ComputePass {
  readonly [Symbol.toStringTag] = 'GPUComputePassEncoder';
  private pipeline: Pipeline | undefined;
  private group: BindGroup | undefined;

  constructor(private readonly commands: Command[]) {}

  setPipeline(pipeline: Pipeline): void {
    this.pipeline = pipeline;
  }

  setBindGroup(index: number, group: BindGroup): void {
    if (index !== 0) throw new Error(`setBindGroup: index: expected 0, got ${index}`);
    this.group = group;
  }

  dispatchWorkgroups(x: number, y = 1, z = 1): void {
    const { pipeline, group } = this;
    if (!pipeline || !group)
      throw new Error('dispatchWorkgroups: no pipeline or no bind group is set');
    this.commands.push(() => {
      checkBindings(pipeline, group);
      return async () => {
        const compiled = await pipeline.compiled;
        const bindings = bind(pipeline, group, compiled.program.bindingNames);
        runDispatch(compiled, { bindings, workgroups: [x, y, z] });
      };
    });
  }

  end(): void {}
}

const typeOf = ({ layout }: Pipeline, number: number) =>
  layout.entries.find(({ binding }) => binding === number)?.buffer?.type;

/** A range of a buffer that is bound, whole where nothing else is said. */
function rangeOf({ resource }: BindGroup['entries'][number]) {
  const { buffer, offset = 0, size = buffer.size - offset } = resource;
  return { buffer, offset, size };
}

function checkBindings(pipeline: Pipeline, { entries }: BindGroup): void {
  const { label } = pipeline;
  const written = new Map<SimulatedBuffer, boolean>();
  for (const entry of entries) {
    const { buffer, offset, size } = rangeOf(entry);
    checkRange(label, buffer, offset, size);
    const type = typeOf(pipeline, entry.binding);
    if (!type) throw new Error(`${label}: binding ${entry.binding} is not in its layout`);
    const writes = type === 'storage';
    if (written.has(buffer) && written.get(buffer) !== writes) {
      throw new Error(`${label}: '${buffer.label}' is bound for writing, and for reading alone`);
    }
    written.set(buffer, writes);
  }
}

/** The bound ranges, by number. */
function bind(
  pipeline: Pipeline,
  { entries }: BindGroup,
  names: ReadonlyMap<number, string>,
): Binding[] {
  const bindings: Binding[] = [];
  for (const entry of entries) {
    const { buffer, offset, size } = rangeOf(entry);
    const name = names.get(entry.binding) ?? `binding ${entry.binding}`;
    const writes = typeOf(pipeline, entry.binding) === 'storage';
    bindings[entry.binding] = bindingOf(buffer.memory, offset, size, writes, name);
  }
  return bindings;
}

export function checkRange(
  op: string,
  buffer: SimulatedBuffer,
  offset: number,
  size: number,
): void {
  const { label } = buffer;
  if (buffer.destroyed) throw new Error(`${op}: '${label}' is destroyed`);
  if (offset % 4 !== 0 || size % 4 !== 0 || offset < 0 || size < 0 || offset + size > buffer.size) {
    throw new Error(
      `${op}: bytes ${offset} to ${offset + size} of '${label}' (${buffer.size} bytes)`,
    );
  }
}

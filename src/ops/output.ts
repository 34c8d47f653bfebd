import type { Engine } from '../engine/engine';
import type { Recording } from '../engine/recorder';
import type { GpuTensor } from '../engine/tensor';
import { bytesPer, type DType, endOf, overlapOf, type Region } from '../gpu/region';
import { checkShape, checkTensor } from './arguments';

/** An input of an operation, and whether the output may share its place or its buffer. */
export interface Input {
  readonly name: string;
  readonly region: Region;
  /** Row data: element i of the output depends on it only after it is read, so in place is fine. */
  readonly rowData: boolean;
}

/** Where an operation writes: the tensor to return, and the region the kernel writes. */
export interface Output<D extends DType> {
  readonly tensor: GpuTensor<D>;
  readonly region: Region;
  /** To be called once the kernels are recorded: moves a scratch result into place. */
  finish(recorder: Recording): void;
}

/**
 * The output tensor: `out` if given, else a new one.
 *
 * `out` may be exactly an input of row data where `inPlace` says so, or lie beside inputs in their
 * buffer. WebGPU does not let one dispatch read and write a buffer through two bindings; where one
 * binding cannot serve both (it is of one element type), the kernel writes scratch that is moved.
 *
 * @param dtypes what the output may be; a new one is of the first.
 * @throws RangeError if `out` has another shape or overlaps an input in part.
 */
export function outputOf<D extends DType>(
  engine: Engine,
  op: string,
  name: string,
  out: GpuTensor | undefined,
  shape: readonly number[],
  dtypes: readonly [D, ...D[]],
  inputs: readonly Input[],
  inPlace: boolean,
  recorder: Recording,
): Output<D> {
  if (out === undefined) {
    const tensor = engine.allocate(op, shape, dtypes[0]);
    recorder.results.push(tensor);
    recorder.once = true;
    return { tensor, region: tensor, finish: () => {} };
  }
  checkTensor(engine, op, name, out, dtypes);
  checkShape(op, name, out.shape, shape, 'the shape of the result');
  recorder.results.push(out);
  let moves = false;
  for (const input of inputs) {
    const overlap = overlapOf(out, input.region);
    const alike = inPlace && input.rowData && bytesPer(input.region.dtype) === bytesPer(out.dtype);
    const same = overlap === 'same' && alike;
    if (overlap !== 'none' && !same) {
      throw new RangeError(
        `${op}: ${name} (bytes ${out.byteOffset} … ${endOf(out)}) overlaps ${input.name} ` +
          `(bytes ${input.region.byteOffset} … ${endOf(input.region)}) in the same buffer; ` +
          `it may be ${alike ? `exactly ${input.name}, or ` : ''}apart from it`,
      );
    }
    if (input.region.buffer === out.buffer && !alike) moves = true;
  }
  if (!moves) return { tensor: out, region: out, finish: () => {} };
  const region = recorder.scratch(out.count);
  return { tensor: out, region, finish: (r) => r.move(region, out) };
}

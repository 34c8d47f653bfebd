import type { Call } from '../engine/call';
import { checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { bytesPer, type DType, endOf, overlapOf, type Region } from '../gpu/region';
import { planMove } from '../map/move';
import { checkOptions, checkShape } from '../util/checks';
import { wrongKind } from '../util/words';

/** Where an operation writes: the tensor to return, and the region its kernels write. */
export interface Output<D extends DType> {
  readonly tensor: GpuTensor<D>;
  readonly region: Region;
}

/**
 * A result of a call: `out` if given, else a new tensor. Results added later may not overlap it.
 *
 * `out` may be exactly an input of row data where `inPlace` says so, or occupy another range of their
 * buffer. WebGPU does not let one dispatch read and write a buffer through two bindings; where one
 * binding cannot serve both (it is of one element type), the kernels write scratch that is moved.
 *
 * @param dtypes what the result may be; a new one is of the first.
 * @throws RangeError if `out` has another shape or overlaps an input in part.
 */
export function addOutput<D extends DType>(
  call: Call,
  name: string,
  out: GpuTensor | undefined,
  shape: readonly number[],
  dtypes: readonly [D, ...D[]],
  inPlace: boolean,
): Output<D> {
  const { op, engine, taken, results } = call;
  if (out === undefined) {
    const tensor = call.result(shape, dtypes[0]);
    results.push(tensor);
    return { tensor, region: tensor };
  }
  checkTensor(engine, op, name, out, dtypes);
  checkShape(op, name, out.shape, shape, 'the shape of the result');
  let moves = false;
  for (const input of taken) {
    const overlap = overlapOf(out, input.region);
    const alike = inPlace && input.rowData && bytesPer(input.region.dtype) === bytesPer(out.dtype);
    const same = overlap === 'same' && alike;
    if (overlap !== 'none' && !same) {
      throw new RangeError(
        `${op}: ${name} (bytes ${out.byteOffset} … ${endOf(out)}) overlaps ${input.name} ` +
          `(bytes ${input.region.byteOffset} … ${endOf(input.region)}) in the same buffer; ` +
          `place it ${alike ? `exactly on ${input.name}, or ` : ''}apart from it`,
      );
    }
    if (input.region.buffer === out.buffer && !alike) moves = true;
  }
  results.push(out);
  taken.push({ name, region: out, rowData: false });
  if (!moves) return { tensor: out, region: out };
  const region = call.scratch(out.count);
  call.move(planMove, region, out);
  return { tensor: out, region };
}

/** @throws TypeError unless it is a record of the operation's results. */
export function outsOf<Name extends string>(
  op: string,
  out: { [N in Name]?: GpuTensor } | undefined,
  names: readonly Name[],
): { [N in Name]?: GpuTensor } {
  if (out === undefined) return {};
  checkOptions(op, 'out', out);
  const wrong = Object.keys(out).find((name) => !names.includes(name as Name));
  if (wrong !== undefined) {
    const may = `no names but '${names.join("' and '")}'`;
    wrongKind(op, 'out', may, `'${wrong}'`);
  }
  return out;
}

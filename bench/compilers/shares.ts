/** Modelled shares of bandwidth, for calls that were executed. */
import { type Gpu, gpus, modelShare, type Share } from './bandwidth';
import type { CallResult, CompilerResults, KernelResult } from './results';

/**
 * The calls with their shares: of each GPU whose chip's kernels of the same call were compiled too, for
 * how many subgroups are resident there is their matter.
 */
export function withShares({
  calls,
  kernels,
}: Pick<CompilerResults, 'calls' | 'kernels'>): CallResult[] {
  const figures = new Map(kernels.map((one) => [`${one.chip} ${one.engine} ${one.name}`, one]));
  const kernelsOf = (call: CallResult): KernelResult[] =>
    call.dispatches.map(({ kernel }) => figures.get(`${call.chip} ${call.engine} ${kernel}`)!);
  const twins = new Map(calls.map((call) => [keyOf(call, call.chip), call]));
  return calls.map((call) => {
    if (call.dispatches.some(({ executed }) => !executed)) return call;
    const shares = gpus.flatMap((gpu): Share[] => {
      const twin = twins.get(keyOf(call, gpu.chip));
      // A chip with other subgroups may be planned for otherwise.
      if (twin?.dispatches.length !== call.dispatches.length) return [];
      return [shareOn(gpu, call, kernelsOf(twin))];
    });
    return { ...call, shares };
  });
}

const keyOf = (call: CallResult, chip: string) =>
  JSON.stringify([call.case, chip, call.engine, call.subgroups, call.limits]);

function shareOn(gpu: Gpu, call: CallResult, kernels: readonly KernelResult[]): Share {
  const dispatches = call.dispatches.map(({ executed, invocations }, i) => {
    const { subgroup, waves } = kernels[i]!;
    return { ...executed!, invocations, subgroup, waves };
  });
  return modelShare(gpu, dispatches, call.ownBytes);
}

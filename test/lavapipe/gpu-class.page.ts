/** What a GPU is given to run, on a software adapter that takes it. */
import { sharedArena, sharedEngine } from '../../conformance/engine';
import { kernels, matrixOf, specials, subgroupsOf } from '../../conformance/matrix';
import { runCasesIn } from '../../conformance/run-cases';
import type { Outcome } from './wide.page';

/** Every regime of a GPU, forced, for one operation; then special values. */
export async function runMatrix(kernel: number, strided: boolean): Promise<Outcome> {
  const engine = await sharedEngine({ adapterClass: 'gpu' });
  const subgroups = subgroupsOf(engine.device);
  const of = kernels[kernel]!;
  const cases = [...matrixOf(of, strided, subgroups), ...(strided ? [] : specials(of, subgroups))];
  const results = await runCasesIn(await sharedArena({ adapterClass: 'gpu' }), cases);
  return {
    cases: results.length,
    elements: results.reduce((sum, { count }) => sum + count, 0),
    reports: results.flatMap(({ ok, report }) => (ok ? [] : [report])).slice(0, 4),
  };
}

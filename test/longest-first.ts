import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes on a software adapter, the longest first. */
const longest = [
  'ops/matrix',
  'ops/options',
  'kernels/reproducible',
  'ops/in-place',
  'ops/neighbours',
  'page/page',
  'ops/high',
  'trust/properties',
  'ops/f16',
  'ops/linear-cross-entropy',
  'kernels/overhead',
  'ops/recording',
  'ops/limits',
];

/** Starts the longest files first, so that no worker is left alone with one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

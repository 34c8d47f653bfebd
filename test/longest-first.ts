import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take long on a software adapter, the longest first; but the neighbours come when the
 * worker of the matrix is about to be free, whose browser has compiled most of their kernels.
 */
const longest = [
  'ops/matrix',
  'ops/options',
  'kernels/reproducible',
  'ops/in-place',
  'ops/high',
  'ops/limits',
  'ops/f16',
  'ops/neighbours',
  'page/page',
  'trust/properties',
  'kernels/traffic',
  'kernels/compile',
  'kernels/spread',
  'kernels/overhead',
  'ops/linear-cross-entropy',
  'ops/slice',
  'ops/bounds',
  'kernels/plain',
  'ops/recording',
  'conventions/clones',
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

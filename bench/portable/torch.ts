/** PyTorch on the same GPU, where the machine has it. */
import { spawnSync } from 'node:child_process';

/** Its times, or why there are none. */
export type Torch =
  | { readonly absent: string }
  | {
      readonly version: string;
      readonly device: string;
      readonly results: readonly {
        readonly shape: readonly [rows: number, classes: number];
        /** Of a call, by operation. */
        readonly milliseconds: Readonly<Record<'softmax' | 'logSoftmax' | 'crossEntropy', number>>;
      }[];
    };

/** @param script the path of `time_torch.py`. */
export function timeTorch(
  script: string,
  shapes: readonly (readonly [rows: number, classes: number])[],
  timeout: number,
): Torch {
  const input = JSON.stringify(shapes);
  const found = spawnSync('python3', [script], { input, encoding: 'utf8', timeout });
  if (found.error) return { absent: found.error.message };
  if (found.status !== 0) return { absent: found.stderr.trim().split('\n').at(-1) ?? 'it failed' };
  return JSON.parse(found.stdout) as Torch;
}

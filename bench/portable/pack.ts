/**
 * `npm run bench:portable`: a folder that measures the GPU of another Linux machine, which needs a Vulkan
 * driver and nothing else: Deno, a bundle of the library, its tests' cases and the benchmark, a script
 * that runs it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cac } from 'cac';
import colors from 'picocolors';
// With its extension: '../cli' is cli.mjs first.
import { commit, version } from '../cli.ts';
import { bundle, denoExecutable } from '../deno/program';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'webgpu-softmax-bench';
/** What an upload may take. */
const MAX_BYTES = 60 * 2 ** 20;

/** Makes the folder and its archive; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const cli = cac('npm run bench:portable --');
  const usual = join('dist', 'bench-portable');
  cli
    .command('', 'Make a folder that measures the GPU of another Linux machine')
    .option('--out <folder>', `Where the folder and its archive go; default ${usual}`)
    .action(async ({ out }: { out?: string }) => pack(resolve(out ?? join(ROOT, usual))));
  cli.help();
  try {
    cli.parse(['node', 'portable', ...argv], { run: false });
    await cli.runMatchedCommand();
  } catch (error) {
    console.error(colors.red((error as Error).message));
    process.exitCode = (error as Error).name === 'CACError' ? 2 : 1;
  }
}

/** @throws Error where there is no Linux program to pack, or the archive would be too large. */
async function pack(out: string): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error(
      `bench:portable packs programs of Linux, and runs there; this is ${process.platform}`,
    );
  }
  const folder = join(out, NAME);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.error('bundling');
  await bundle('/bench/portable/main.ts', folder, 'measure.mjs');
  copyFileSync(denoExecutable(), join(folder, 'deno'));
  copyFileSync(join(ROOT, 'node_modules/deno/LICENSE'), join(folder, 'LICENSE.deno'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  for (const file of ['run', 'time_torch.py', 'README.txt']) {
    copyFileSync(join(ROOT, 'bench/portable', file), join(folder, file));
  }
  for (const program of ['run', 'deno']) chmodSync(join(folder, program), 0o755);
  const build = { version: version(), commit: commit() };
  writeFileSync(join(folder, 'build.json'), `${JSON.stringify(build)}\n`);
  console.error('packing');
  const archive = `${folder}.tar.gz`;
  execFileSync('tar', ['-czf', archive, '-C', out, NAME]);
  const bytes = statSync(archive).size;
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (bytes > MAX_BYTES) {
    throw new Error(`${archive}: expected at most ${MAX_BYTES / 2 ** 20} MiB, got ${size}`);
  }
  console.log(`${relative(process.cwd(), archive)}, ${size}

On the machine with the GPU:
  tar -xzf ${NAME}.tar.gz && ${NAME}/run`);
}

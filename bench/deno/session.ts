/** The benchmark in Deno, whose WebGPU is wgpu: no browser, and a clock that is not rounded. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OnProgress, Session } from '../session';
import type { describeAdapter } from './adapter';
import { bundle, denoExecutable } from './program';
import type { Answer, Call } from './worker';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = '/bench/deno/worker.ts';

/**
 * Bundles the measuring code and starts it in Deno, which may use the GPU and nothing else: no
 * files, no network, no environment. It ends with this process.
 *
 * @param onProgress what it reports.
 * @throws Error if Deno has no binary for this machine or finds no adapter; nothing is left running then.
 */
export async function openDenoSession({
  onProgress,
}: {
  onProgress: OnProgress;
}): Promise<Session> {
  // Another run may be reading there.
  const worker = await bundle(WORKER, join(ROOT, 'dist/bench-deno'), 'worker.mjs');
  const executable = denoExecutable();
  const child = fork(worker, [], {
    execPath: executable,
    execArgv: ['run', '--no-prompt', '--no-config', '--no-lock', '--no-remote', '--no-npm'],
    env: {
      ...process.env,
      DENO_DIR: join(ROOT, 'dist/bench-deno/cache'),
      DENO_NO_UPDATE_CHECK: '1',
      // OpenGL, which wgpu falls back on, is another adapter with limits of its own.
      DENO_WEBGPU_BACKEND:
        process.env.DENO_WEBGPU_BACKEND ?? BACKENDS[process.platform] ?? 'vulkan',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const session = sessionOf(child, onProgress);
  try {
    const adapter = await session.call<typeof describeAdapter>(WORKER, 'describeAdapter');
    if (!adapter) throw new Error(`Deno finds no GPU adapter. ${REMEDY}`);
    return { ...session, adapter, browser: `${executable} (npm package deno)` };
  } catch (error) {
    await session.close();
    throw error;
  }
}

const BACKENDS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'metal', win32: 'dx12' };

const REMEDY =
  process.platform === 'linux'
    ? "It needs a Vulkan driver; Mesa's lavapipe is one that needs no GPU (Debian: apt-get install mesa-vulkan-drivers)"
    : 'It needs a GPU and its driver';

/** Calls, one at a time, over the channel to a child. */
function sessionOf(
  child: ChildProcess,
  onProgress: OnProgress,
): Pick<Session, 'call' | 'close' | 'faults'> {
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (text: Buffer) => {
      said = (said + text).slice(-4000);
    });
  }
  const ended = once(child, 'close');
  const died = ended.then(([code, signal]) => {
    throw new Error(`Deno ended (${signal ?? `status ${code}`}): ${said.trim() || 'no word'}`);
  });
  // Heard where a call waits for an answer.
  died.catch(() => {});
  return {
    // An uncaught error ends Deno, and so fails the call in hand.
    faults: [],
    async call(module, name, ...args) {
      const answered = new Promise<never>((resolve, reject) => {
        child.on('message', function hear(answer: Answer) {
          if ('step' in answer) return onProgress(...answer.step);
          child.off('message', hear);
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer.result as never);
        });
      });
      child.send({ module, name, args } satisfies Call);
      return Promise.race([answered, died]);
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A process of Node with a GPU of its own, in the place of a browser's page. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How the process is started, and what is its GPU. */
export interface NodeHost {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The module, by its path from the project's root, whose `openGpu` gives `navigator.gpu`. */
  readonly gpu: string;
  /** Where it comes from, in words. */
  readonly source: string;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export class NodePage {
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, value, error }: Answer) => {
      const call = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(new Error(error));
    });
    child.on('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error(`the test's process ended: ${signal ?? code}`));
      }
    });
  }

  static async open({ command, env, gpu }: NodeHost): Promise<NodePage> {
    const file = fileURLToPath(new URL('./process.mjs', import.meta.url));
    const [program, ...args] = [...command, file];
    const child = spawn(program!, args, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, ...env, GPU_MODULE: gpu },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the test's process ended at its start: ${code}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    // From here on the calls that wait are told.
    ended.catch(() => {});
    return new NodePage(child);
  }

  /** Calls an exported function of a module, by its path from the project's root. */
  call(path: string, name: string, args: readonly unknown[]): Promise<unknown> {
    const id = this.calls++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, path, name, args });
    });
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }
}

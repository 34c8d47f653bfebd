/** Kernels compiled for a chip, in a process of its own, which is begun anew if a kernel ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Capture, takeCapture } from './capture';
import type { Chip } from './chips';
import type { Engine } from './engines';
import { onChip, type Toolchain } from './toolchain';

const SCRIPT = fileURLToPath(new URL('./process.mjs', import.meta.url));
/** A process that is silent for so long has hung. */
const PATIENCE_MS = 120_000;

/** A kernel as WebGPU is given it; its entry point is `main`, its bindings are those of group 0. */
export interface Source {
  readonly name: string;
  readonly wgsl: string;
  readonly bindings: readonly GPUBufferBindingType[];
}

/** What a device says of itself. */
export interface DeviceReport {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly subgroupMinSize: number;
    readonly subgroupMaxSize: number;
    readonly isFallbackAdapter: boolean;
  };
  readonly features: readonly string[];
  /** Of WGSL. */
  readonly languageFeatures: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

export interface Target {
  readonly chip: Chip;
  readonly engine: Engine;
  /** Whether the device has all that its adapter allows, or the least that every device has. */
  readonly raised: boolean;
}

export class Compiler {
  private process: Process | undefined;

  private constructor(
    readonly report: DeviceReport,
    private readonly start: () => Promise<Process>,
    private readonly captures: string,
  ) {}

  /**
   * Opens a device of the chip.
   *
   * @throws Error where the driver does not start, or does not know the chip; the message has its words.
   */
  static async open(toolchain: Toolchain, { chip, engine, raised }: Target): Promise<Compiler> {
    const captures = await mkdtemp(join(tmpdir(), 'captures-'));
    let report!: DeviceReport;
    const start = async () => {
      const process = await Process.start(toolchain, chip, engine, captures);
      report = (await process.call('open', { raised })) as DeviceReport;
      // Engines have pipelines of their own, which they make with the device.
      await clear(captures);
      return process;
    };
    try {
      const first = await start();
      const compiler = new Compiler(report, start, captures);
      compiler.process = first;
      return compiler;
    } catch (error) {
      await rm(captures, { recursive: true });
      throw error;
    }
  }

  /** @throws Error where it does not compile; the message has the reason. */
  async compile(source: Source): Promise<Capture> {
    this.process ??= await this.start();
    try {
      await this.process.call('compile', source);
    } catch (error) {
      if (this.process.ended) this.process = undefined;
      await clear(this.captures);
      throw error;
    }
    const files = await readdir(this.captures);
    if (files.length !== 1)
      throw new Error(`${files.length} pipelines were captured in place of one`);
    return takeCapture(join(this.captures, files[0]!));
  }

  async close(): Promise<void> {
    await this.process?.close();
    await rm(this.captures, { recursive: true });
  }
}

async function clear(folder: string): Promise<void> {
  for (const file of await readdir(folder)) await rm(join(folder, file));
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** One process of `process.mjs`. */
class Process {
  ended = false;
  private calls = 0;
  private said = '';
  private readonly gone: Promise<never>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (text: Buffer) => {
        this.said = (this.said + text).slice(-2000);
      });
    }
    this.gone = once(child, 'close').then(([code, signal]) => {
      this.ended = true;
      const words = this.said.trim().split('\n').at(-1) || 'no word';
      throw new Error(`the driver's process ended (${signal ?? `status ${code}`}): ${words}`);
    });
    // Heard where a call waits for an answer.
    this.gone.catch(() => {});
  }

  static async start(
    toolchain: Toolchain,
    chip: Chip,
    engine: Engine,
    captures: string,
  ): Promise<Process> {
    const { program, args, env } = onChip(toolchain, chip, captures, [...engine.command(), SCRIPT]);
    const child = spawn(program, args, {
      env: { ...process.env, ...env, DENO_WEBGPU_BACKEND: 'vulkan', DENO_NO_UPDATE_CHECK: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = new Process(child);
    await Promise.race([once(child, 'message'), started.gone]);
    return started;
  }

  /** @throws Error with the words of the process, or if it ends or hangs. */
  async call(call: string, args: unknown): Promise<unknown> {
    const id = this.calls++;
    const answered = new Promise<unknown>((resolve, reject) => {
      const hear = (answer: Answer) => {
        if (answer.id !== id) return;
        this.child.off('message', hear);
        if (answer.error === undefined) resolve(answer.value);
        else reject(new Error(answer.error));
      };
      this.child.on('message', hear);
    });
    this.child.send({ id, call, args });
    const patience = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    try {
      return await Promise.race([answered, this.gone]);
    } finally {
      clearTimeout(patience);
    }
  }

  async close(): Promise<void> {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.gone.catch(() => {});
  }
}

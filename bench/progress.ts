import type { WriteStream } from 'node:tty';
import colors from 'picocolors';

/**
 * Shows how far the run is: one line that is written over on a terminal, otherwise a line for each
 * task.
 */
export class Progress {
  private task = '';
  private shown = 0;

  constructor(private readonly stream: WriteStream) {}

  /** Begins task n of m. */
  begin(task: string, n: number, m: number): void {
    this.task = `[${n} of ${m}] ${task}`;
    if (this.stream.isTTY) this.write(this.task);
    else this.stream.write(`${this.task}\n`);
  }

  /** A step of the task. */
  step(step: string, done: number, total: number): void {
    const now = Date.now();
    if (!this.stream.isTTY || now - this.shown < 50) return;
    this.shown = now;
    this.write(`${this.task}: ${step}, ${done} of ${total}`);
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }

  private write(text: string): void {
    const line = text.slice(0, (this.stream.columns || 80) - 1);
    this.stream.write(`\r\x1b[K${colors.dim(line)}`);
  }
}

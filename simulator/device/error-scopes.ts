/** Error scopes, also of what turns out later to be wrong. */

interface Scope {
  readonly filter: GPUErrorFilter;
  error: GPUError | undefined;
  /** What may yet report to it. */
  readonly coming: Promise<void>[];
}

const names: Readonly<Record<GPUErrorFilter, string>> = {
  validation: 'GPUValidationError',
  'out-of-memory': 'GPUOutOfMemoryError',
  internal: 'GPUInternalError',
};

const errorOf = (filter: GPUErrorFilter, message: string): GPUError =>
  ({ [Symbol.toStringTag]: names[filter], message }) as unknown as GPUError;

export class ErrorScopes {
  private readonly open: Scope[] = [];

  /** @param uncaught is told what no scope catches. */
  constructor(private readonly uncaught: (message: string) => void) {}

  push(filter: GPUErrorFilter): void {
    this.open.push({ filter, error: undefined, coming: [] });
  }

  async pop(): Promise<GPUError | null> {
    const scope = this.open.pop();
    if (!scope) throw new Error('popErrorScope: no scope is open');
    await Promise.all(scope.coming);
    return scope.error ?? null;
  }

  report(filter: GPUErrorFilter, message: string): void {
    this.tell(this.innermost(filter), filter, message);
  }

  /** Reports to the scope that is the innermost now, if the promise rejects. */
  reportLater(filter: GPUErrorFilter, done: Promise<unknown>): void {
    const scope = this.innermost(filter);
    const told = done.then(
      () => {},
      ({ message }: Error) => this.tell(scope, filter, message),
    );
    scope?.coming.push(told);
  }

  private innermost(filter: GPUErrorFilter): Scope | undefined {
    return this.open.findLast((scope) => scope.filter === filter);
  }

  private tell(scope: Scope | undefined, filter: GPUErrorFilter, message: string): void {
    if (scope) scope.error ??= errorOf(filter, message);
    else this.uncaught(message);
  }
}

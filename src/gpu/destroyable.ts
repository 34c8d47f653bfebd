/**
 * The name of what `using` calls. Safari 26 has WebGPU and no `Symbol.dispose`; there Babel, esbuild
 * and Oxc have `using` look for the symbol of this key.
 */
const DISPOSE: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** `Symbol.dispose`, if the `lib` of the program being compiled declares it. */
type DisposeKey = SymbolConstructor extends { readonly dispose: infer Key extends symbol }
  ? Key
  : never;

/** `Disposable` to a program whose `lib` has that, and an empty type to one that must do without it. */
type Disposal = { [Key in DisposeKey]: () => void };

/** The base of what has `destroy()`: `using` calls it. */
export const Destroyable = class {
  [DISPOSE](this: { destroy(): void }): void {
    this.destroy();
  }
} as abstract new () => Disposal;

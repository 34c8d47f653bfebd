import columnsPacked from '../shaders/loaders/columns-packed.wgsl';
import packed from '../shaders/loaders/packed.wgsl';
import half from '../shaders/shared/half.wgsl';
import native from '../shaders/shared/half-native.wgsl';
import typed from '../shaders/shared/half-typed.wgsl';
import { Engine } from './engine/engine';
import type { AdapterClass } from './gpu/adapter';
import { checkLoss } from './gpu/faults';
import { fromHalves, toHalves } from './gpu/half';
import {
  type HalfConversion,
  type HalfPrecision,
  type Halves,
  halfConversions,
} from './gpu/halves';
import { conversions } from './map/convert';
import { testTypedHalves } from './self-test/f16';
import { verdictOn } from './self-test/verdicts';
import { describe, expected, wrongValue } from './util/words';

/**
 * Tensors of f16, for an engine: `createEngine({ f16 })`. An engine without it takes none, and what does
 * not use it does not ship it.
 *
 * ```ts
 * using engine = await createEngine({ f16 });
 * const x = engine.tensor([1, 2, 3], [1, 3], { dtype: 'f16' });
 * console.log(await softmax(x).read()); // 0.0900, 0.2448, 0.6650
 * ```
 */
export const f16: HalfPrecision = {
  name: 'f16',
  async on(device, facts, wanted) {
    const op = 'createEngine';
    const mayBeTyped = device.features.has('shader-f16');
    const conversion = wanted ?? chooseHalves(facts.adapter, mayBeTyped);
    if (!halfConversions.includes(conversion)) {
      wrongValue(op, 'halfConversion', "'integer', 'native' or 'typed'", describe(conversion));
    }
    const halves = halvesBy(conversion);
    if (conversion !== 'typed') return halves;
    if (!mayBeTyped) {
      const may = "'integer' or 'native' (this device lacks the feature shader-f16)";
      wrongValue(op, 'halfConversion', may, "'typed'");
    }
    const newEngine = () => new Engine(device, false, { ...facts, halves });
    const error = await verdictOn(testTypedHalves, device, newEngine);
    // What fails on a lost device fails because of that.
    await checkLoss(op, device);
    if (!error) return halves;
    if (wanted === undefined) return halvesBy(chooseHalves(facts.adapter, false));
    const may = `'integer' or 'native' (this device's type f16 fails its test: ${error.message})`;
    throw new Error(expected(op, 'halfConversion', may, "'typed'"), { cause: error });
  },
};

const sources: Record<HalfConversion, readonly string[]> = {
  integer: [half],
  native: [native, half],
  typed: [typed],
};

/** f16 on a device that converts it in this way. */
export const halvesBy = (conversion: HalfConversion): Halves => ({
  conversion,
  sources: sources[conversion],
  packed: sources.integer,
  loaders: { row: packed, columns: columnsPacked },
  convert: conversions,
  toHalves,
  fromHalves,
});

/**
 * How f16 is read and written, best first; 'typed' is for devices that have it. On GPUs it saves the scratch and
 * the second dispatch that packed halves take where words are shared, and they have an instruction for
 * the conversion; on CPU-backed adapters telling apart what that may be given costs more than it
 * saves.
 */
const halfTiers: Record<AdapterClass, readonly HalfConversion[]> = {
  cpu: ['integer'],
  gpu: ['typed', 'native'],
};

/** The best way to read and write f16 on a device whose type f16 can be used, or not. */
const chooseHalves = (adapter: AdapterClass, typed: boolean): HalfConversion =>
  halfTiers[adapter].find((way) => way !== 'typed' || typed)!;

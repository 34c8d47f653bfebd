import { benchSample } from '../../bench/sample/bench';
import { sharedEngine } from '../../conformance/engine';

/** A batch of three short rows, a round. */
export const small = async () =>
  benchSample(await sharedEngine(), { rows: 3, classes: 301 }, { rounds: 1, onProgress: () => {} });

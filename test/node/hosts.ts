import { findDriver } from '../lavapipe/driver';
import { findSimulator } from '../rdna/host';
import type { NodeHost } from './page';

/**
 * GPUs that a process of Node can have in the place of a browser's, by the name that `BROWSER` gives
 * them. Each throws an Error where it cannot be had, which says why.
 */
export const hosts: Readonly<Record<string, () => Promise<NodeHost>>> = {
  lavapipe: findDriver,
  rdna: findSimulator,
};

import { Remote } from '../remote';

/** A worker that reads, with a model of its own. */
export const openReader = (): Remote =>
  new Remote(new Worker(new URL('./ocr.worker.ts', import.meta.url), { type: 'module' }));

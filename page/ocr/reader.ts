import { Remote } from '../remote';
import workerUrl from './ocr.worker.ts?worker&url';

/** A worker that reads, with a model of its own. */
export const openReader = (): Remote => new Remote(workerUrl);

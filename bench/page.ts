/** What the command line calls in its page only. */
import { benchOcr, type OcrBench } from './ocr/bench';
import { type Request, withEngine } from './run';

export const runOcr = (request: Request): Promise<OcrBench> =>
  withEngine((sm) => benchOcr(sm, { ...request, onProgress: reportProgress }));

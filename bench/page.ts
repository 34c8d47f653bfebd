/** What the command line calls in its page only. */
import { benchOcr, type OcrBench } from './ocr/bench';
import { type Request, withEngine } from './run';
import { benchSample, type SampleResult, type SampleShape } from './sample/bench';
import { compareSteps, type StepResult } from './train/compare';
import { type AdamResult, compareAdam } from './train/compare-adam';
import { carried, type DataSetUrls, loadImages } from './train/images';
import { benchLayer, type LayerResult } from './train/layer';
import { type Learned, learn } from './train/learn';
import { EPOCHS, settings } from './train/schedule';
import type { StepShape } from './train/step';

export const runOcr = (request: Request): Promise<OcrBench> =>
  withEngine((engine) => benchOcr(engine, { ...request, onProgress: reportProgress }));

/** @param urls of the whole data set; null for the images that are carried. */
export const runLearn = (urls: DataSetUrls | null, quick: boolean): Promise<Learned> =>
  withEngine(async (engine) => {
    const images = await loadImages(urls ?? carried);
    const epochs = quick ? 4 : EPOCHS;
    return learn(engine, images, { epochs, settings, onProgress: reportProgress });
  });

export const runSteps = (shape: StepShape, rounds: number): Promise<StepResult> =>
  compareSteps(shape, { rounds, onProgress: reportProgress });

export const runAdam = (count: number, rounds: number): Promise<AdamResult> =>
  compareAdam(count, { rounds, onProgress: reportProgress });

/** @param quick an eighth of the rows. */
export const runLayer = (quick: boolean): Promise<LayerResult> =>
  benchLayer(quick ? 512 : 4096, { rounds: 3, onProgress: reportProgress });

export const runSample = (shape: SampleShape, rounds: number): Promise<SampleResult> =>
  withEngine((engine) => benchSample(engine, shape, { rounds, onProgress: reportProgress }));

import { loadImages } from '../../bench/train/images';
import { type Learned, learn } from '../../bench/train/learn';
import { settings } from '../../bench/train/schedule';
import { createEngine } from '../../src/index';

/** A short training on the images that are carried, in small batches. */
export async function learnShortly(epochs: number): Promise<Learned> {
  using engine = await createEngine();
  return await learn(engine, await loadImages(), {
    epochs,
    settings: { ...settings, batch: 100 },
    onProgress: () => {},
  });
}

/** What is said of a file that is no data set. */
export async function notImages(url: string): Promise<string> {
  return loadImages([url, url, url, url]).then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

/** Finds the whole data set on this machine. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataSetUrls } from './images';

/** The files' names, in the order of `DataSetUrls`. */
const files = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
] as const;

/** Where Debian's package `dataset-fashion-mnist` puts it. */
const DEBIAN = '/usr/share/datasets/fashion-mnist';

/**
 * The folder of the whole data set, and its files' addresses on the project's server; undefined where
 * there is none.
 */
export function fullSet(): { folder: string; urls: DataSetUrls } | undefined {
  const folder = resolve(process.env.FASHION_MNIST || DEBIAN);
  const paths = files.map((file) => join(folder, file));
  if (!paths.every((path) => existsSync(path))) return undefined;
  return { folder, urls: paths.map((path) => `/@fs${path}`) as unknown as DataSetUrls };
}

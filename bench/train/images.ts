/** Fashion-MNIST: 28 × 28 images of ten kinds of clothes, in the data set's own format (IDX, gzip). */
import { fetchUnpacked } from '../files';
import testImages from './data/t10k-images-idx3-ubyte.gz?url';
import testLabels from './data/t10k-labels-idx1-ubyte.gz?url';
import trainImages from './data/train-images-idx3-ubyte.gz?url';
import trainLabels from './data/train-labels-idx1-ubyte.gz?url';

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
/** The classes by their index. */
export const CLASSES = [
  'T-shirt',
  'trousers',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const;

export interface Images {
  readonly count: number;
  /** 0 … 1, row by row, image after image: [count, PIXELS]. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Class of each image. */
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface DataSet {
  readonly train: Images;
  readonly test: Images;
}

/** Where the four files of a data set are. */
export type DataSetUrls = readonly [
  trainImages: string,
  trainLabels: string,
  testImages: string,
  testLabels: string,
];

/** 10 000 training and 2 000 test images, which the project carries. */
export const carried: DataSetUrls = [trainImages, trainLabels, testImages, testLabels];

/**
 * Fetches and reads a data set.
 *
 * @throws Error if a file cannot be fetched, or is not what it should be.
 */
export async function loadImages(urls: DataSetUrls = carried): Promise<DataSet> {
  const [a, b, c, d] = await Promise.all(urls.map(fetchIdx));
  return { train: imagesOf(a!, b!), test: imagesOf(c!, d!) };
}

/** An IDX file: dimensions, and bytes. */
interface Idx {
  readonly url: string;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

async function fetchIdx(url: string): Promise<Idx> {
  const buffer = await fetchUnpacked(url);
  const view = new DataView(buffer);
  const rank = buffer.byteLength < 4 ? 0 : view.getUint8(3);
  const start = 4 + 4 * rank;
  if (
    rank === 0 ||
    buffer.byteLength < start ||
    view.getUint16(0) !== 0 ||
    view.getUint8(2) !== 8
  ) {
    throw new Error(`${url}: this is no IDX file of bytes`);
  }
  const dims = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const bytes = new Uint8Array(buffer, start);
  if (bytes.length !== dims.reduce((a, b) => a * b, 1)) {
    throw new Error(
      `${url}: [${dims.join(', ')}] bytes were announced, and ${bytes.length} are there`,
    );
  }
  return { url, dims, bytes };
}

function imagesOf(images: Idx, labels: Idx): Images {
  const [count = 0, height, width] = images.dims;
  if (height !== SIDE || width !== SIDE || labels.dims.length !== 1 || labels.dims[0] !== count) {
    throw new Error(
      `${images.url} has [${images.dims.join(', ')}], ${labels.url} [${labels.dims.join(', ')}]; ` +
        `they should have [n, ${SIDE}, ${SIDE}] and [n]`,
    );
  }
  return {
    count,
    pixels: Float32Array.from(images.bytes, (v) => v / 255),
    labels: Int32Array.from(labels.bytes),
  };
}

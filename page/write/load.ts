import { fetchUnpacked } from '../../bench/files';
import modelUrl from './model/en-us.trigrams?url';
import { decode } from './model/file';

/**
 * Fetches the language model, 4.4 MB.
 *
 * @throws Error if it cannot be had, or is none.
 */
export const loadModel = async () => decode(new Uint8Array(await fetchUnpacked(modelUrl)));

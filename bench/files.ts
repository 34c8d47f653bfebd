/**
 * Files that come with the page, and what its visitor is told where one cannot be had: which, why, and
 * what to do.
 */

const RELOAD = 'The page may have changed since it was opened: reload it.';
const LOOK = 'Check the connection, and whether something blocks the file; then reload the page.';
const LATER = 'Reload the page in a while.';

/** The name of a file by its address. */
const nameOf = (url: string | URL) => new URL(url, location.href).pathname.split('/').at(-1)!;

const missing = (url: string | URL, why: string, remedy: string, options?: ErrorOptions) =>
  new Error(`${nameOf(url)} could not be had: ${why}. ${remedy}`, options);

/**
 * Fetches a file whole.
 *
 * @throws Error if it cannot be had; the message says which file, why, and what to do.
 */
export async function fetchFile(url: string | URL): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url);
    const { ok, status, headers } = response;
    if (!ok) throw missing(url, `the server answered ${status}`, status < 500 ? RELOAD : LATER);
    // Many hosts answer so for what they do not have. No file of the page's is one.
    if (headers.get('Content-Type')?.startsWith('text/html')) {
      throw missing(url, 'the server answered with a web page in its place', RELOAD);
    }
    return await response.arrayBuffer();
  } catch (error) {
    // Whatever the reason is, the platform has a TypeError for it.
    if (!(error instanceof TypeError)) throw error;
    throw missing(url, 'no answer came', LOOK, { cause: error });
  }
}

/**
 * Fetches a file that gzip packed, and unpacks it, unless the browser has: some servers say that the
 * encoding is gzip.
 *
 * @throws Error as `fetchFile` does.
 */
export async function fetchUnpacked(url: string | URL): Promise<ArrayBuffer> {
  const file = await fetchFile(url);
  const head = new Uint8Array(file, 0, Math.min(2, file.byteLength));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return file;
  const unpacking = new Blob([file]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(unpacking).arrayBuffer();
}

/**
 * Imports a part of the page: `importPart(() => import('./part'))`.
 *
 * @throws Error if a file of it cannot be had, as `fetchFile` does; else what the import throws.
 */
export async function importPart<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    // Chromium names what was imported, Firefox what is missing, Safari nothing.
    const named = String(error).match(/https?:\/\/\S+/g) ?? [];
    throw (await missingAmong(named)) ?? error;
  }
}

/**
 * Why a script could not be loaded that the platform loads by itself and says nothing of, such as a
 * worker's: it, or one that it imports.
 */
export const whyNotLoaded = async (url: string): Promise<Error> =>
  (await missingAmong([url])) ??
  new Error(`${nameOf(url)}, or a file that it imports, could not be loaded. ${RELOAD}`);

/** What is to be said of the first that cannot be had: of these files, and of the scripts that failed so far. */
async function missingAmong(urls: readonly string[]): Promise<Error | undefined> {
  const asked = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const failed = asked
    .filter(
      ({ name, responseStatus: status }) => /\.[jt]s\b/.test(name) && !(status < 400 && status),
    )
    .map(({ name }) => name);
  for (const url of [...urls, ...failed]) {
    try {
      await fetchFile(url);
    } catch (error) {
      return error as Error;
    }
  }
  return undefined;
}

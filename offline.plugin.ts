import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Plugin } from 'vite';

/** Where the build puts other libraries, their models and fonts, which only what needs them loads. */
export const OTHERS_FOLDER = 'others';

/**
 * Plugin for Vite: writes `service-worker.js` beside the built page, which keeps all of its files for
 * visits without a network, but those of other libraries.
 *
 * @param source path of the service worker, with places for the list and its version.
 */
export function offline(source: string): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    async writeBundle({ dir }) {
      const all = await readdir(dir!, { recursive: true, withFileTypes: true });
      const files = all
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(dir!.length + 1))
        .map((path) => path.replaceAll(sep, '/'))
        .filter((path) => !path.startsWith(`${OTHERS_FOLDER}/`) && path !== 'service-worker.js')
        .sort();
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update(await readFile(join(dir!, file)));
      const version = `webgpu-softmax ${hash.digest('hex').slice(0, 12)}`;
      const text = (await readFile(source, 'utf8'))
        .replace('/* FILES */ []', JSON.stringify(['./', ...files]))
        .replace("/* VERSION */ ''", JSON.stringify(version));
      await writeFile(join(dir!, 'service-worker.js'), text);
    },
  };
}

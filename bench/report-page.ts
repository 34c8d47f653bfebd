/** The results as one HTML file with everything in it: the page's own plots and tables. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { wgsl } from '../wgsl.plugin';
import type { Results } from './results';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @param path of the file; its folder is there. */
export async function writeReport(results: Results, path: string): Promise<void> {
  const { script, style } = await bundle();
  writeFileSync(path, reportPage(results, script, style));
}

/** The page's results, as a script without imports, and their looks. */
async function bundle(): Promise<{ script: string; style: string }> {
  const [{ output }] = (await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    plugins: [wgsl({ minify: true })],
    build: {
      write: false,
      lib: { entry: `${ROOT}page/report.ts`, formats: ['iife'], name: 'report' },
    },
  })) as [Rolldown.RolldownOutput];
  const script = output.find((file) => file.type === 'chunk')!.code;
  const style = output.find((file) => file.type === 'asset')!;
  return { script, style: String(style.source) };
}

/** JSON and a script that do not end the element they stand in. */
const inertJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
const inertScript = (text: string) => text.replace(/<\/(script)/gi, '<\\/$1');

function reportPage(results: Results, script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>webgpu-softmax benchmark, ${results.date.slice(0, 10)}</title>
<style>${style}</style>
</head>
<body>
<header><div class="brand"><h1>webgpu-softmax</h1><p>What the benchmark found on one device.</p></div></header>
<main id="report"></main>
<script type="application/json" id="results-data">${inertJson(results)}</script>
<script>${inertScript(script)}</script>
</body>
</html>
`;
}

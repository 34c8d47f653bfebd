import { transform } from 'esbuild';

/**
 * Properties of the library's own records, which no user sees and no code reads by a computed name, as
 * uniforms are read. They are what gzip finds least to repeat in.
 */
export const PROPERTIES: readonly string[] = [
  ...['acrossRows', 'aliased', 'bindings', 'buffers', 'capacity', 'checkAlive'],
  ...['constants', 'conversion', 'countToMake', 'createFilled', 'descriptor'],
  ...['directives', 'ending', 'explain', 'facts', 'fault', 'faults', 'forgetOldest'],
  ...['forgotten', 'free', 'gone', 'groups', 'halves', 'hasMax', 'inputs'],
  ...['interleave', 'kernel', 'known', 'lanes', 'lostMessage', 'lostReason'],
  ...['mapsToExp', 'maskLayout', 'maxBinding', 'maxColumn', 'maxElements', 'maxQuads'],
  ...['maxWorkgroups', 'moves', 'offsets', 'orientation', 'outer', 'owned', 'ownFault'],
  ...['ownsDevice', 'padding', 'params', 'parent', 'pending', 'phase', 'phases'],
  ...['pipeline', 'pipelines', 'placed', 'planner', 'program', 'programs'],
  ...['quadsPerLane', 'ranges', 'readAs', 'reads', 'recorded', 'region', 'release'],
  ...['requires', 'reserved', 'results', 'rowData', 'runtime', 'scope', 'scopes'],
  ...['scratch', 'sources', 'steps', 'stored', 'sumCount', 'tail', 'taken', 'target'],
  ...['task', 'tidy', 'typed', 'uniforms', 'unit', 'usable', 'validated', 'variant'],
  ...['weigh', 'wgsl', 'wide', 'workgroups', 'workgroupSize', 'workgroupSizes'],
  ...['writes'],
];

const FIRST_CAPITAL = 65;

/** Plugin for tsdown: gives those properties names of two signs, the same ones in every chunk. */
export function shortProperties() {
  const mangleCache = Object.fromEntries(
    PROPERTIES.map((name, i) => [
      name,
      `${String.fromCharCode(FIRST_CAPITAL + Math.floor(i / 10))}${i % 10}`,
    ]),
  );
  const mangleProps = new RegExp(`^(?:${PROPERTIES.join('|')})$`);
  return {
    name: 'short-properties',
    async renderChunk(code: string, { fileName }: { fileName: string }) {
      if (/\.d\.\w*ts$/.test(fileName)) return null;
      const target = 'es2022';
      const short = await transform(code, { format: 'esm', target, mangleProps, mangleCache });
      return { code: short.code, map: null };
    },
  };
}

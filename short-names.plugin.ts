import { transform } from 'esbuild';

/**
 * Properties of the library's own records, which no user sees and no code reads by a computed name, as
 * uniforms are read. They are what gzip finds least to repeat in.
 */
export const PROPERTIES: readonly string[] = [
  ...['acrossRows', 'aliased', 'bindings', 'buffers', 'capacity', 'constants', 'conversion'],
  ...['countToMake', 'createFilled', 'descriptor', 'directives', 'facts', 'fault', 'faults'],
  ...['forgetOldest', 'forgotten', 'gone', 'groups', 'halves', 'hasMax', 'inputs'],
  ...['interleave', 'kernel', 'known', 'lanes', 'mapsToExp', 'maskLayout', 'maxBinding'],
  ...['maxColumn', 'maxElements', 'maxQuads', 'maxWorkgroups', 'moves', 'offsets'],
  ...['orientation', 'outer', 'ownFault', 'owned', 'padding', 'params', 'pending', 'phase'],
  ...['phases', 'pipeline', 'pipelines', 'placed', 'planner', 'program', 'quadsPerLane'],
  ...['ranges', 'readAs', 'reads', 'recorded', 'region', 'requires', 'reserved', 'results'],
  ...['rowData', 'runtime', 'scope', 'scopes', 'scratch', 'sources', 'stored', 'sumCount'],
  ...['tail', 'taken', 'target', 'task', 'tidy', 'typed', 'uniforms', 'unit', 'usable'],
  ...['validated', 'variant', 'weigh', 'wgsl', 'wide', 'workgroupSize', 'workgroupSizes'],
  ...['workgroups', 'writes'],
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

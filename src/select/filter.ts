import cut from '../../shaders/select/cut.wgsl';
import bracket from '../../shaders/select/cut-bracket.wgsl';
import guess from '../../shaders/select/cut-guess.wgsl';
import keep from '../../shaders/select/cut-keep.wgsl';
import markInvocation from '../../shaders/select/cut-mark-invocation.wgsl';
import markWorkgroup from '../../shaders/select/cut-mark-workgroup.wgsl';
import marks from '../../shaders/select/cut-marks.wgsl';
import report from '../../shaders/select/cut-report.wgsl';
import search from '../../shaders/select/cut-search.wgsl';
import settle from '../../shaders/select/cut-settle.wgsl';
import philox from '../../shaders/select/philox.wgsl';
import wide from '../../shaders/select/wide.wgsl';
import type { SelectOp } from './task';

/** Says between which keys a filter's cut is to be sought. */
export const bracketOp: SelectOp = {
  name: 'bracket',
  sources: [bracket, guess, cut],
  lanes: 64,
  alwaysShared: true,
  written: ['cuts'],
  read: ['tile_keys', 'chunk_keys'],
};

/** Marks what is between them, and adds up what is above. */
export const markOp: SelectOp = {
  name: 'mark',
  sources: [markInvocation, marks, cut, wide, philox],
  shared: [markWorkgroup, marks, cut, wide, philox],
  // One for each tile of a chunk.
  lanes: 64,
  written: ['tile_sums', 'tallies', 'marks'],
  read: ['tile_keys', 'cuts'],
};

/** Finds the cut among what is marked. */
export const settleOp: SelectOp = {
  name: 'settle',
  sources: [settle, search, marks, cut, wide, philox],
  lanes: 64,
  alwaysShared: true,
  written: ['lists', 'cuts'],
  read: ['tallies', 'marks'],
};

/** Adds up what is kept, for a draw. */
export const keepOp: SelectOp = {
  name: 'keep',
  sources: [keep, marks, cut],
  written: ['tile_sums', 'chunk_sums'],
  read: ['tile_keys', 'chunk_keys', 'marks', 'cuts'],
};

/** Writes how much is kept, and the smallest of it. */
export const reportOp: SelectOp = {
  name: 'report',
  sources: [report, cut],
  written: ['values_out', 'indices_out'],
  read: ['cuts'],
};

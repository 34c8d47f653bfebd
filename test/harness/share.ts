/** The part of a long list of cases that a run takes, as the environment says. */

/** 0 to 1. */
export const SHARE = Number(process.env.SHARE ?? 1);
/** Draws them. */
export const SEED = Number(process.env.SEED ?? 1);

if (!(SHARE > 0 && SHARE <= 1)) throw new Error(`SHARE: expected 0 < SHARE <= 1, got ${SHARE}`);

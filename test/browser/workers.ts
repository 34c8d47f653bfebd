/** Test files that run at a time; `WORKERS` says it otherwise. Firefox takes one client at a time, and shares its adapter badly. */
export const WORKERS = Number(process.env.WORKERS) || (process.env.BROWSER === 'firefox' ? 1 : 2);

/** Test files that run at a time. Firefox takes one client at a time, and shares its adapter badly. */
export const WORKERS = process.env.BROWSER === 'firefox' ? 1 : 2;

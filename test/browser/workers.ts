/**
 * Test files that run at a time. A file waits for its page and its GPU by turns, so three of them keep
 * two cores busy. Firefox takes one client at a time, and shares its adapter badly.
 */
export const WORKERS = process.env.BROWSER === 'firefox' ? 1 : 3;

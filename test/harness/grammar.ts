/** The grammar of the library's errors, as docs/glossary.md has it. */

/** For a wrong kind or choice, for a number out of its range, and for a state that does not allow the call. */
const forms = [
  /^\w+: [^:]+: expected .+, got .+$/s,
  /^\w+: [^:]+ is out of range \[\S+, \S+\]( (for|with) .+)?$/,
  /^\w+: .+; (call|create|give|place|see|transpose|tune|use)\b.+$/s,
];

/** Whether a message names what was wrong, and what may be. */
export const isOurs = (message: string): boolean => forms.some((form) => form.test(message));

/** What the build knows; build-facts.plugin.ts writes it. */
declare module 'virtual:build-facts' {
  /** Whether this is the built page, not the one of a development server. */
  export const isBuilt: boolean;
  /** Of the library. */
  export const version: string;
  /** Of the sources; null outside of a repository. */
  export const commit: string | null;
  /** Of the other libraries, by name. */
  export const peerVersions: Readonly<Record<string, string>>;
}

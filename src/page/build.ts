/** What the build knows: vite.config.ts puts it in the place of these names. */
declare const __VERSION__: string;
declare const __COMMIT__: string | null;
declare const __PEER_VERSIONS__: Readonly<Record<string, string>>;

/** Of the library. */
export const version = __VERSION__;
/** Of the sources; null outside of a repository. */
export const commit = __COMMIT__;
/** Of the other libraries, by name. */
export const peerVersions = __PEER_VERSIONS__;

/**
 * The page's state in its address: '#benchmark' is the tab, what follows a '/' there is the tab's own,
 * and the query has the settings, so that a link says all of it.
 */

/** The tab that the address names; undefined for none. */
export const tabOfHash = (): string | undefined =>
  location.hash.slice(1).split('/')[0] || undefined;

/** What the address says to a tab, after '#tab/'. */
export function detailOfHash(tab: string): string | undefined {
  const [name, ...rest] = location.hash.slice(1).split('/');
  return name === tab && rest.length > 0 ? rest.join('/') : undefined;
}

/** Called when the visitor follows a link within the page, or goes back. */
export const onHash = (act: () => void): void => addEventListener('hashchange', act);

/** Names another tab, without a new entry in the history. */
export function setHash(hash: string): void {
  const address = new URL(location.href);
  address.hash = hash;
  history.replaceState(null, '', address);
}

/** Changes the query, without a new entry in the history. */
export function changeQuery(change: (query: URLSearchParams) => void): void {
  const address = new URL(location.href);
  change(address.searchParams);
  // Commas are as good in an address as they are, and better to read.
  address.search = address.search.replaceAll('%2C', ',').replaceAll('%40', '@');
  if (address.href !== location.href) history.replaceState(null, '', address);
}

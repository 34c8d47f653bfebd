import { isBuilt } from 'virtual:build-facts';

/** Keeps the built page for visits without a network; other libraries are not kept. */
export function keepOffline(): void {
  if (!isBuilt || !('serviceWorker' in navigator)) return;
  // After all that the visitor waits for. Where browsers forbid it (private windows), the page works
  // all the same, online.
  const register = () =>
    navigator.serviceWorker
      .register('./service-worker.js')
      .catch((error: Error) => console.info(`Not kept for offline use: ${error.message}`));
  setTimeout(register, 1000);
}

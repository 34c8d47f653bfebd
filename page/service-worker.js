/**
 * Serves the page without a network. The build writes what files it has in the place of FILES, all
 * but those of other libraries, and a name that changes with them in the place of VERSION.
 */
const files = /* FILES */ [];
const cacheName = /* VERSION */ '';

addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files))
      .then(() => skipWaiting()),
  );
});

addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('webgpu-softmax ') && name !== cacheName;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

/** The page itself from the network where there is one, so that a new version is seen; the rest never changes. */
async function answer(request) {
  const kept = await caches.match(request, { ignoreSearch: true, cacheName });
  if (kept && request.mode !== 'navigate') return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && new URL(request.url).origin === location.origin) {
    event.respondWith(answer(request));
  }
});

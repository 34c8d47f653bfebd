/** The tests find a browser themselves (test/browser/find.ts), so that installing downloads none. */
module.exports = { skipDownload: true };

/** The page's first script, small so that it is there to say what else could not be had. */
import { importPart, whyNotLoaded } from '../../bench/files';
import { byId, showBanner } from './dom';
import { keepOffline } from './offline';

const showProblem = ({ message }: Error) => showBanner('bad', message);

importPart(() => import('./start')).catch((error: Error) => {
  byId('glance', HTMLElement).hidden = true;
  showProblem(error);
  throw error;
});
for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
  if (!link.sheet) void whyNotLoaded(link.href).then(showProblem);
}
keepOffline();

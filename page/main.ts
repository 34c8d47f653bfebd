/** The page's first script, small so that it is there to say what else could not be had. */
import { importPart, whyNotLoaded } from '../bench/files';
import { byId, showBanner } from './dom';
import { keepOffline } from './offline';

const showProblem = ({ message }: Error) => showBanner('bad', message);

importPart(() => import('./start')).catch((error: Error) => {
  byId('glance', HTMLElement).hidden = true;
  showProblem(error);
  throw error;
});
const looks = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"]')!;
// Engines do not agree on the sheet of a link that failed; its first rule names the colours.
if (!getComputedStyle(document.body).getPropertyValue('--ground')) {
  void whyNotLoaded(looks.href).then(showProblem);
}
keepOffline();

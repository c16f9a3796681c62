import { networkFolder } from './network-folder.ts';
import { webFiles } from './web/files.ts';

/** <run>-<role>-web/: a page with the network, for any static web server. */
export const webDemo = networkFolder('web-demo', 'web', webFiles);

import { host } from '../host/index.ts';
import { EngineLink } from './engine-link.ts';

/** The window's one connection. */
export const engine = new EngineLink(host);

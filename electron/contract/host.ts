import type { DesktopEngineStatus } from './desktop.ts';
import type { ErrorValue } from './errors.ts';

/** What the browser host answers under /api/, beside images, files and the engine's channel. */

/**
 * Who knows the token of a start may do everything: as `Authorization: Bearer`, or as a WebSocket's subprotocol, for no page can give a
 * socket headers. What a browser asks for by itself (images, downloads) can be given neither: its address carries the token's end as
 * `access`, from which the rest does not follow, and which only reads.
 */
export const socketProtocol = 'distill';
export const tokenProtocol = (token: string): string => `distill.token.${token}`;
/** 22 characters of base64url: 132 bits, as many as the rest of the token has at least. */
export const readKeyOf = (token: string): string => token.slice(-22);

/** GET /api/host */
export interface HostInfo {
  kind: 'browser';
  version: string;
  /** Node's name of the server's system, e.g. 'linux'. */
  platform: string;
  /** The folders that its picker begins with. */
  roots: string[];
  engine: DesktopEngineStatus['state'];
}

/** A message of GET /api/host-events (server-sent events); the first has the current state. */
export interface HostEvent {
  engine: DesktopEngineStatus['state'];
  error: ErrorValue | null;
}

/** GET /api/files?path= */
export interface FolderListing {
  /** The folder that is listed; '' stands for the list of roots. */
  path: string;
  /** null at the top. */
  parent: string | null;
  /** Folders first, by name; hidden ones are left out. */
  entries: FolderEntry[];
  /** How many were left out because there are too many. */
  omitted: number;
}

export interface FolderEntry {
  name: string;
  path: string;
  kind: 'folder' | 'file';
  /** null for folders. */
  bytes: number | null;
}

/** POST /api/upload?name=&batch= */
export interface UploadAnswer {
  /** Where the file lies now. */
  path: string;
  /** The folder of its batch. */
  folder: string;
  bytes: number;
}

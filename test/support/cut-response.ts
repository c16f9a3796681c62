import { statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** Sends bytes and cuts the connection as soon as the receiver has `size` bytes in a file: what it had not read would be lost. */
export function cutOnceKept(response: ServerResponse, bytes: Uint8Array, file: string, size: number): void {
  response.write(bytes);
  const timer = setInterval(() => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= size) response.destroy();
  }, 5);
  response.on('close', () => clearInterval(timer));
}

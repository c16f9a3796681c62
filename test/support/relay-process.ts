/** Sends every message back to its parent: what takes this way has crossed two borders between processes. */
process.on('message', (message: unknown) => process.send?.(message));

interface ProcessLike {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (thrown: unknown) => void): unknown;
}

/** Logs what nobody caught; without these listeners it would end the program. */
export function logUnexpectedErrors(
  process: ProcessLike,
  log: (message: string, thrown?: unknown) => void,
): void {
  process.on('uncaughtException', (thrown) => log('Unexpected error in the main process', thrown));
  process.on('unhandledRejection', (thrown) => log('Unexpected rejection in the main process', thrown));
}

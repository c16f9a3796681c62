/** What a log shows of a thrown value: its stack with those of its causes. */
export function traceText(message: string, thrown: unknown): string {
  if (thrown === undefined) return message;
  if (!(thrown instanceof Error)) return `${message}: ${JSON.stringify(thrown)}`;
  const own = `${message}: ${thrown.stack ?? thrown.message}`;
  return thrown.cause === undefined ? own : `${own}\n${traceText('because of', thrown.cause)}`;
}

import { JsonText } from '../../contract/json-text.ts';
import type { CallContext, CallOptions, ComputePlace } from '../../contract/method.ts';
import { type ComputingHandlers, services } from '../../contract/services.ts';
import type { WorkerClient } from '../../contract/worker.ts';
import type { Workers } from '../work/workers.ts';

type Call = (input: unknown, options: CallOptions) => Promise<unknown>;

/**
 * Every method that computes by the contract, passed on to a worker with its progress and its cancelling. A large result comes as
 * JsonText in place of the type that the contract gives it: `serve` sends it on, and code here that needs its value takes `parsed`.
 */
export function forwarded(workers: Workers): ComputingHandlers {
  const forward = (service: string, method: string, place: ComputePlace) => {
    const call = (client: WorkerClient, input: unknown, { signal, progress }: CallContext) =>
      // Both sides have the contract's methods under the same names; only the compiler cannot follow a name through the table.
      (client as unknown as Record<string, Record<string, Call>>)[service]![method]!(input, {
        signal,
        onProgress: progress,
        // A large result goes on as it came: it is not read here.
        unparsed: true,
      });
    return (input: unknown, context: CallContext) =>
      place === 'shared'
        ? workers.inShared((client) => call(client, input, context))
        : workers.inOwn((client) => call(client, input, context));
  };
  const table = Object.entries(services).map(([service, methods]) => [
    service,
    Object.fromEntries(
      Object.entries(methods).flatMap(
        ([method, { computes }]: [string, { computes: ComputePlace | null }]) =>
          computes === null ? [] : [[method, forward(service, method, computes)]],
      ),
    ),
  ]);
  return Object.fromEntries(table) as ComputingHandlers;
}

/** What a forwarded method gave, as its type says. */
export const parsed = <Output>(given: Output): Output =>
  given instanceof JsonText ? (given.parse() as Output) : given;

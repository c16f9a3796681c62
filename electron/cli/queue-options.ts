import { Option, type Command } from 'commander';
import type { Client } from '../contract/services.ts';
import { queueTopic, type SweepQueue } from '../contract/sweep/queue.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

export interface QueueOptions {
  queue?: string;
  shared?: string;
  address?: string;
}

/** By the environment, a password in it stays out of lists of processes. */
export const queueOption = (): Option =>
  new Option('--queue <url>', 'Redis server: redis://[user:password@]host[:port], rediss:// for TLS').env(
    'DISTILL_QUEUE',
  );

/** The options of a sweep that runs on several machines. */
export const addQueueOptions = (command: Command): Command =>
  command
    .addOption(queueOption())
    .option('--shared <folder>', 'with --queue: a folder that all machines see, with the runs in it')
    .option(
      '--address <url>',
      'with --queue: http://host:port, at which workers reach this machine for files',
    );

/** null: the sweep runs here. */
export const queueOf = ({ queue, shared, address }: QueueOptions, { resolve }: Session): SweepQueue | null =>
  queue === undefined
    ? null
    : { url: queue, shared: shared === undefined ? null : resolve(shared), address: address ?? null };

/** Shows what this machine gives to a queue and takes from it; gives the way to end that. */
export const followQueue = (client: Client, output: Output): (() => void) =>
  client.subscribe(queueTopic, (event, seq) => {
    if (event.type === 'log') output.note(event.message);
    output.event({ ...event, seq });
  });

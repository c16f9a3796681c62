import type { IpcMainInvokeEvent, WebContents } from 'electron';
import {
  desktopCalls,
  type DesktopAnswer,
  type DesktopCall,
  type DesktopInput,
  type CallOutcome,
} from '../contract/desktop.ts';
import { callChannel } from '../contract/desktop-channels.ts';
import { toErrorValue } from '../contract/errors.ts';
import { isOwnFrame, type Frame } from './origin.ts';

/** What may call, seen without Electron. */
export interface CallEvent<Sender> {
  readonly senderFrame: Frame | null;
  readonly sender: Sender;
}

/** A handler for every call of the contract; a missing one does not compile. */
export type DesktopHandlers<Sender = WebContents> = {
  [Name in DesktopCall]: (
    input: DesktopInput<Name>,
    sender: Sender,
  ) => Promise<DesktopAnswer<Name>> | DesktopAnswer<Name>;
};

interface IpcLike<Sender> {
  handle(channel: string, listener: (event: CallEvent<Sender>, input: unknown) => Promise<unknown>): void;
}

/**
 * Answers the preload's calls. Before anything else the sender must be the top frame of our own page; then the input must fit the
 * call's schema. Who fails either gets an error without particulars, which are in the log. What a handler throws is answered as an
 * ErrorValue.
 */
export function setupIpc<Sender = IpcMainInvokeEvent['sender']>(
  ipc: IpcLike<Sender>,
  handlers: DesktopHandlers<Sender>,
  log: (message: string, thrown?: unknown) => void,
): void {
  // Each is called with what the schema of the same name gave; only the compiler cannot follow a name through both tables.
  const table = handlers as Record<DesktopCall, (input: unknown, sender: Sender) => unknown>;
  function handle(name: DesktopCall): void {
    ipc.handle(callChannel(name), async (event, input) => {
      if (!isOwnFrame(event.senderFrame)) {
        log(`A call of "${name}" from a foreign frame was refused: ${event.senderFrame?.url ?? 'no frame'}`);
        throw new Error(`The call "${name}" was refused.`);
      }
      const parsed = desktopCalls[name].safeParse(input);
      if (!parsed.success) {
        log(`A call of "${name}" with wrong input was refused`, parsed.error);
        throw new Error(`The call "${name}" was refused: its input is not valid.`);
      }
      try {
        return { value: await table[name](parsed.data, event.sender) } satisfies CallOutcome<unknown>;
      } catch (thrown) {
        log(`The call "${name}" failed`, thrown);
        return { error: toErrorValue(thrown) } satisfies CallOutcome<unknown>;
      }
    });
  }
  for (const name of Object.keys(desktopCalls) as DesktopCall[]) handle(name);
}

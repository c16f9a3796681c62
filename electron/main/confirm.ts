import type { MessageBoxOptions } from 'electron';

export interface Question {
  message: string;
  detail: string;
  yes: string;
  no: string;
}

/** Asks the user; true: the first answer. */
export type Ask = (question: Question) => Promise<boolean>;

/** A question with two answers; the second one is the safe one. */
export async function confirm(
  show: (options: MessageBoxOptions) => Promise<{ response: number }>,
  { message, detail, yes, no }: Question,
): Promise<boolean> {
  const { response } = await show({
    type: 'question',
    message,
    detail,
    buttons: [yes, no],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

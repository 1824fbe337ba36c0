/** A thread's own side of the conversation: answers what is asked, and says in a line what goes wrong. */
import { parentPort, workerData } from 'node:worker_threads';
import { ready } from '../../replay/ready.js';
import type { GuestAction } from '../../tui/session.js';
import { explain } from '../errors.js';
import type { FromThread, Method, Opening, Requests, ToThread } from './messages.js';

type Answers = { readonly [M in Method]?: (...args: Parameters<Requests[M]>) => unknown };

export interface Serving {
  readonly answers: Answers;
  readonly cancel?: () => void;
  readonly guest?: (action: GuestAction) => void;
  readonly grown?: () => void;
}

export function tell(message: FromThread): void {
  parentPort!.postMessage(message);
}

/** Opens what the thread is for, and answers until it is ended. */
export async function serve(open: (opening: Opening) => Serving): Promise<void> {
  try {
    await ready();
    const serving = open(workerData as Opening);
    parentPort!.on('message', (message: ToThread) => void hear(serving, message));
    tell({ kind: 'ready' });
  } catch (error) {
    tell({ kind: 'failed', ...explain(error) });
  }
}

async function hear({ answers, cancel, guest, grown }: Serving, message: ToThread): Promise<void> {
  if (message.kind === 'cancel') return cancel?.();
  if (message.kind === 'guest') return guest?.(message.action);
  if (message.kind === 'grown') return grown?.();
  const { id, method, argument } = message;
  try {
    const answer = answers[method] as ((argument: unknown) => unknown) | undefined;
    tell({ kind: 'answer', id, value: await answer!(argument) });
  } catch (error) {
    tell({ kind: 'refusal', id, message: explain(error).line });
  }
}

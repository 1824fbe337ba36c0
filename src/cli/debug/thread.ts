/** A thread's own side of the conversation: answers what is asked, and says in a line what goes wrong. */
import { parentPort, workerData } from 'node:worker_threads';
import { ready } from '../../replay/ready.js';
import type { GuestAction } from '../../tui/session.js';
import { explain } from '../errors.js';
import type { FromThread, Method, Opening, Requests, ToThread } from './messages.js';

type Answers = { readonly [M in Method]?: (...args: Parameters<Requests[M]>) => unknown };

type Asked = Extract<ToThread, { kind: 'ask' }>;

export interface Serving {
  readonly answers: Answers;
  readonly cancel?: () => void;
  readonly guest?: (action: GuestAction) => void;
  readonly grown?: () => void;
}

export function tell(message: FromThread): void {
  parentPort!.postMessage(message);
}

/** It cannot go on, and says why. */
export function fail(error: unknown): void {
  tell({ kind: 'failed', ...explain(error) });
}

/** Opens what the thread is for, and answers until it is ended. */
export async function serve(open: (opening: Opening) => Serving): Promise<void> {
  try {
    await ready();
    const serving = open(workerData as Opening);
    parentPort!.on('message', (message: ToThread) => hear(serving, message));
    tell({ kind: 'ready' });
  } catch (error) {
    fail(error);
  }
}

function hear(serving: Serving, message: ToThread): void {
  if (message.kind === 'ask') return void answer(serving, message);
  try {
    if (message.kind === 'cancel') serving.cancel?.();
    else if (message.kind === 'guest') serving.guest?.(message.action);
    else serving.grown?.();
  } catch (error) {
    fail(error);
  }
}

async function answer({ answers }: Serving, { id, method, argument }: Asked): Promise<void> {
  try {
    const answer = answers[method] as ((argument: unknown) => unknown) | undefined;
    tell({ kind: 'answer', id, value: await answer!(argument) });
  } catch (error) {
    tell({ kind: 'refusal', id, ...explain(error) });
  }
}

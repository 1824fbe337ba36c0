/**
 * Commands for the debugger, one at a time. Steps that are asked for while another runs become one command, so that a
 * key held down is never late.
 */
import type { CommandResult } from './session.js';
import { become, type Change, type Job, type LogState, type State } from './state.js';

/** Lines of the log that are kept. */
const LOG_LINES = 2000;
/** Commands that may wait. */
const MOST_WAITING = 64;
/** Steps that are one command: between two the place is seen. */
const MOST_STEPS = 32;

const STEP = /^(step|reverse-step|next|reverse-next)(?: (\d+))?$/;
/** What `arrivalLines` says of the place, which panels show. */
const HERE = /^clock \d+ {2}instruction \d+ {2}/;

/** Has the debugger do it, as soon as it has time. */
export function ask(state: State, line: string, typed = false): Change {
  const job = { line, typed };
  const asked = typed ? { ...state, log: logged(state.log, line, 'asked') } : state;
  if (!state.running) return start({ ...asked, message: undefined }, job);
  if (state.queue.length >= MOST_WAITING) {
    return become(tell(state, `still at "${state.running.line}"; Esc gives it up`, true));
  }
  return become({ ...asked, queue: joined(state.queue, job) });
}

function start(state: State, job: Job): Change {
  return become({ ...state, running: job }, { kind: 'command', line: job.line });
}

/** Two steps in a row are one of two. */
function joined(queue: readonly Job[], job: Job): readonly Job[] {
  const last = queue.at(-1);
  const [, before, often = '1'] = STEP.exec(last?.line ?? '') ?? [];
  const [, again, more = '1'] = STEP.exec(job.line) ?? [];
  const steps = Number(often) + Number(more);
  if (before === undefined || before !== again || steps > MOST_STEPS) return [...queue, job];
  return [...queue.slice(0, -1), { ...job, line: `${before} ${steps}` }];
}

/** The debugger has done what it was asked. */
export function finished(state: State, result: CommandResult): Change {
  const { running } = state;
  const after = shown({ ...arrived(state, running), running: undefined }, running, result);
  const [next, ...queue] = state.queue;
  if (!next) return become(after);
  return result.failed || result.cancelled
    ? become({ ...after, queue: [] })
    : start({ ...after, queue }, next);
}

/** Whatever was done, the place may be another; panels look at it again. */
function arrived(state: State, running: Job | undefined): State {
  const searched = running !== undefined && /^(find|reverse-find)\b/.test(running.line);
  return {
    ...state,
    stamp: state.stamp + 1,
    code: { ...state.code, at: undefined, cursor: undefined },
    events: { ...state.events, cursor: undefined },
    serial: { back: 0 },
    pendingHit: searched,
  };
}

function shown(state: State, running: Job | undefined, { text, failed, cancelled }: CommandResult): State {
  const lines = text.split('\n').filter((line) => line !== '');
  const typed = running?.typed ?? false;
  const log = typed || failed ? logged(state.log, text, failed ? 'failed' : 'said') : state.log;
  if (cancelled) return tell({ ...state, log }, `given up: ${running?.line ?? ''}`, false);
  const news = lines.filter((line) => !HERE.test(line));
  const many = typed && news.length > 1;
  if (many) return { ...state, log, focus: 'log', tab: 'log', message: undefined };
  return news.length > 0 ? tell({ ...state, log }, news.join('; '), failed) : { ...state, log };
}

export function tell(state: State, text: string, failed = false): State {
  return { ...state, message: { text, failed } };
}

function logged(log: LogState, text: string, kind: LogState['lines'][number]['kind']): LogState {
  const added = text.split('\n').filter((line) => line !== '');
  return { lines: [...log.lines, ...added.map((one) => ({ text: one, kind }))].slice(-LOG_LINES), back: 0 };
}

/**
 * Commands for the debugger, one at a time. Steps that are asked for while another runs become one command, so that a
 * key held down is never late.
 */
import { moved } from './jumps.js';
import { logTop } from './logText.js';
import type { CommandResult } from './session.js';
import { become, type Change, type Job, type LogState, type State } from './state.js';
import { widthOf } from './text.js';

/** Lines of the log that are kept. */
const LOG_LINES = 2000;
/** Commands that may wait. */
const MOST_WAITING = 64;
/** Steps that are one command: between two the place is seen. */
const MOST_STEPS = 32;

const STEP = /^(step|reverse-step|next|reverse-next)(?: (\d+))?$/;
/** What `arrivalLines` says of the place, which panels show. */
const HERE = /^clock \d+ {2}instruction \d+ {2}/;
/** To another trace: no jump within one. */
const ELSEWHERE = /^(poke|live|resume|open|parent)\b/;

/** Has the debugger do it, as soon as it has time. */
export function ask(state: State, line: string, how: Partial<Omit<Job, 'line'>> = {}): Change {
  const job = { typed: false, ...how, line };
  const asked = STEP.test(line) ? state : { ...state, log: logged(state.log, line, 'asked') };
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
  const jumped = running !== undefined && !STEP.test(running.line) && !ELSEWHERE.test(running.line);
  return {
    ...state,
    jumps: jumped ? moved(state, running) : state.jumps,
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
  const news = lines.filter((line) => !HERE.test(line));
  const step = !typed && STEP.test(running?.line ?? '');
  const log = step && news.length === 0 ? state.log : logged(state.log, text, failed ? 'failed' : 'said');
  const said = { ...state, log };
  if (cancelled) return { ...said, message: { text: `given up: ${running?.line ?? ''}`, failed: false } };
  // Of a place that was arrived at panels say more than the log.
  const many = typed && news.length > 1 && !HERE.test(lines.at(-1)!);
  if (many) return opened({ ...said, focus: 'log', tab: 'log', message: undefined }, lines.length);
  return news.length > 0 ? { ...said, message: { text: news.join('; '), failed } } : said;
}

/** A long answer is read from its beginning. */
function opened(state: State, lines: number): State {
  return { ...state, log: { ...state.log, back: logTop(state, lines) } };
}

/** What does not fit the line is in the log as a whole. */
export function tell(state: State, text: string, failed = false): State {
  const fits = widthOf(text) <= state.columns;
  const log = fits ? state.log : logged(state.log, text, failed ? 'failed' : 'said');
  return { ...state, log, message: { text, failed } };
}

function logged(log: LogState, text: string, kind: LogState['lines'][number]['kind']): LogState {
  const added = text.split('\n').filter((line) => line !== '');
  return { lines: [...log.lines, ...added.map((one) => ({ text: one, kind }))].slice(-LOG_LINES), back: 0 };
}

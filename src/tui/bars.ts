/** The lines around the panels: where it stands, advice, and the command line with messages and progress. */
import { hintText } from './hints.js';
import { PROMPTS } from './prompts.js';
import type { Message, Running, State } from './state.js';
import { cut, fit, fitText, type Line, line, span, widthOf } from './text.js';

/** The trace, the clock, the time, the mode. */
export function headerLine({ view, facts }: State, columns: number): Line {
  const name = ` ${facts.trace} `;
  if (!view) return [span(name, 'focus'), span(fitText(' opening ...', columns - widthOf(name)), 'title')];
  const { clock, retired, mode, halted, outcome, divergence } = view.position;
  const state = divergence ? ` DIVERGED: ${divergence}` : halted ? ' halted' : '';
  const ended = clock >= facts.end && outcome ? `  ${outcome}` : '';
  const live = facts.live ? (clock < facts.end ? '  LIVE, in the past' : '  LIVE, paused') : '';
  const text = ` clock ${clock}  instr ${retired}  ${mode}${state}${ended}${live}`;
  return fit([span(name, 'focus'), span(fitText(text, columns), 'title')], columns);
}

export const hintLine = (state: State, columns: number): Line =>
  line(fitText(hintText(state), columns), 'hint');

export function promptLine(state: State, columns: number): Line {
  const { prompt, running, message, asking, facts } = state;
  if (asking) return fit(line(asking.text, 'error'), columns);
  if (prompt) return fit(promptSpans(state, columns), columns);
  if (running?.clock !== undefined) return progressLine(state, running, columns);
  if (message) return messageLine(message, columns);
  const help = [span('?', 'key'), span(' help  '), span(':', 'key'), span(' command  '), span('q', 'key')];
  const on = facts.live ? [span('  '), span('R', 'key'), span(' run on')] : [];
  return fit([...help, span(' quit'), ...on], columns);
}

const MORE = '\u2026  o: all of it';

/** What is too long for the line is in the log. */
function messageLine({ text, failed }: Message, columns: number): Line {
  const role = failed ? 'error' : undefined;
  if (widthOf(text) <= columns) return fit(line(text, role), columns);
  return fit([span(cut(text, columns - widthOf(MORE)), role), span(MORE, 'dim')], columns);
}

function promptSpans({ prompt }: State, columns: number): Line {
  const { kind, text, cursor, completions, proposed } = prompt!;
  const { label } = PROMPTS[kind];
  return [
    span(label, 'key'),
    span(text.slice(0, cursor), proposed ? 'note' : undefined),
    span(text.slice(cursor, cursor + 1) || ' ', 'here'),
    span(text.slice(cursor + 1)),
    span(candidates(completions, columns - widthOf(`${label}${text} `)), 'dim'),
  ];
}

/** As many as there is room for; then a sign that there are more. */
function candidates(names: readonly string[], room: number): string {
  let shown = '';
  for (const [i, name] of names.entries()) {
    const next = `${shown}${i === 0 ? '   ' : ' '}${name}`;
    const last = i === names.length - 1;
    if (widthOf(next) > room - (last ? 0 : 2)) return `${shown} \u2026`;
    shown = next;
  }
  return shown;
}

const BAR = 20;

/** What is being searched, and where. */
function progressLine({ facts, queue }: State, { line: what, clock = 0 }: Running, columns: number): Line {
  const part = Math.max(0, Math.min(1, clock / Math.max(1, facts.end)));
  const full = Math.round(part * BAR);
  const bar = '\u2588'.repeat(full) + '\u2591'.repeat(BAR - full);
  const waiting = queue.length > 0 ? `, ${queue.length} more to do` : '';
  const text = ` ${what}: at ${(100 * part).toFixed(0)} % of the run${waiting}`;
  return fit([span(bar, 'changed'), span(text), span('  Esc gives it up', 'dim')], columns);
}

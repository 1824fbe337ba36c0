/** The part of the run that the timeline shows: zooming, panning, and which clock lies in which column. */
import type { State, Zoom } from './state.js';

/** Clocks that are shown at least. */
const LEAST = 64;

export function columnOf({ from, to }: Zoom, clock: number, width: number): number {
  return Math.floor(((clock - from) / Math.max(1, to - from)) * (width - 1));
}

export function clockAt({ from, to }: Zoom, column: number, width: number): number {
  return Math.round(from + ((to - from) * column) / Math.max(1, width - 1));
}

/** Shows `factor` times as many clocks around where it stands. */
export function zoomed(state: State, factor: number): State {
  const { zoom, facts, view } = state;
  const here = Math.max(zoom.from, Math.min(zoom.to, view?.position.clock ?? zoom.from));
  const span = Math.max(LEAST, Math.min(facts.end, (zoom.to - zoom.from) * factor));
  const before = zoom.to > zoom.from ? (here - zoom.from) / (zoom.to - zoom.from) : 0;
  return within(state, here - before * span, span);
}

/** Half a picture on, or back. */
export function panned(state: State, by: number): State {
  const span = state.zoom.to - state.zoom.from;
  return within(state, state.zoom.from + (by * span) / 2, span);
}

/** The picture goes with the position when that leaves it. */
export function following(state: State): State {
  const { zoom, view } = state;
  const clock = view?.position.clock;
  if (clock === undefined || (clock >= zoom.from && clock <= zoom.to)) return state;
  const span = zoom.to - zoom.from;
  return within(state, clock - span / 2, span);
}

function within(state: State, from: number, span: number): State {
  const { end } = state.facts;
  const start = Math.max(0, Math.min(Math.floor(from), Math.ceil(end - span)));
  return { ...state, zoom: { from: start, to: Math.min(end, Math.ceil(start + span)) } };
}

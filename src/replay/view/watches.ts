/** What the user keeps an eye on: expressions, and where runs stop. */
import type { Debugger } from '../debug/debugger.js';
import { valueText } from '../debug/valueText.js';
import { evaluate } from './expressions.js';
import { plain } from './plain.js';
import type { BreakpointView, WatchView } from './view.js';

export function watchesOf(debug: Debugger, sources: readonly string[]): WatchView[] {
  return sources.map((source) => {
    const found = evaluate(debug, source);
    return { source: plain(source), value: plain('error' in found ? found.error : valueText(found.value)) };
  });
}

export function breakpointsOf({ breakpoints }: Debugger): BreakpointView[] {
  return breakpoints.all.map(({ number, text, condition, enabled, target }) => {
    const only = condition ? ` if ${condition.source}` : '';
    const placed = target.kind === 'execute' || target.kind === 'watch';
    return { number, text: plain(text + only), enabled, ...(placed && { address: target.address }) };
  });
}

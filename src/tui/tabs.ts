/** The row of panels' names, each with its key. */
import { panelKey } from './cursor.js';
import type { PanelName } from './layout.js';
import { panelsOf, type State } from './state.js';
import { type Line, span } from './text.js';

/** So that they fit 80 columns. */
const SHORT: Readonly<Partial<Record<PanelName, string>>> = { registers: 'regs', devices: 'devs' };

const nameOf = (name: PanelName): string => SHORT[name] ?? name;

export function tabsLine({ facts: { board }, focus }: State): Line {
  return panelsOf(board).flatMap((name) => {
    const [key, text] = [panelKey(board, name), `${nameOf(name)} `];
    return name === focus ? [span(`${key}${text}`, 'focus')] : [span(key, 'key'), span(text)];
  });
}

export function tabAt(board: string, column: number): PanelName | undefined {
  let end = 0;
  return panelsOf(board).find((name) => column < (end += nameOf(name).length + 2));
}

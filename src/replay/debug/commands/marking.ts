/** Commands for named positions. */
import type { Debugger } from '../debugger.js';
import { isPlaceName } from '../places.js';
import { type Command, CommandError, look } from './command.js';

const NAME = /^[A-Za-z_][\w-]*$/;

export const MARKING: readonly Command[] = [
  look(['mark', 'm'], '[NAME]', 'name this position, for seek; without a name, all marks', (debug, name) => {
    if (name === '') return marksOf(debug);
    if (!NAME.test(name)) throw new CommandError(`"${name}" is no name: letters, digits, _ and -`);
    if (isPlaceName(name)) throw new CommandError(`"${name}" is a position already`);
    debug.marks.set(name, debug.clock);
    return [`${name}: clock ${debug.clock}`];
  }),
  look(['unmark'], 'NAME', 'forget a mark', (debug, name) => {
    if (!debug.marks.delete(name)) throw new CommandError(`no mark is called "${name}"`);
    return [];
  }),
  look(['marks'], '', 'all marks', marksOf),
];

export function marksOf({ marks }: Debugger): string[] {
  const all = [...marks].sort(([, a], [, b]) => a - b);
  return all.length > 0 ? all.map(([name, clock]) => `${String(clock).padStart(14)}  ${name}`) : ['no marks'];
}

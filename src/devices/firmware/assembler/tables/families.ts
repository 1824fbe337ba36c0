/** Rows that differ only in a name and a number. */

/** `rows` of each name and its place in the list; `-` leaves a place out. */
export function numbered(names: string, rows: (name: string, n: number) => string): string {
  return names
    .split(' ')
    .map((name, n) => (name === '-' ? '' : rows(name, n)))
    .join('\n');
}

/** Two hex digits. */
export function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase();
}

/** Condition codes by number, each with all its names (SDM volume 1, appendix B). */
const CONDITIONS: readonly (readonly string[])[] = [
  ['O'],
  ['NO'],
  ['B', 'C', 'NAE'],
  ['NB', 'NC', 'AE'],
  ['Z', 'E'],
  ['NZ', 'NE'],
  ['BE', 'NA'],
  ['NBE', 'A'],
  ['S'],
  ['NS'],
  ['P', 'PE'],
  ['NP', 'PO'],
  ['L', 'NGE'],
  ['NL', 'GE'],
  ['LE', 'NG'],
  ['NLE', 'G'],
];

/** `rows` for every name of every condition. */
export function conditional(rows: (name: string, code: number) => string): string {
  return CONDITIONS.flatMap((names, code) => names.map((name) => rows(name, code))).join('\n');
}

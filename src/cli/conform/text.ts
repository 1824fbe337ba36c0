/** The ledger of single-step tests for people to read: a line per form, the totals, then what differs. */
import type { Counts, Example, FormResult, KindOfFailure, Totals } from '../../core/vectors/ledger.js';
import type { ClockPair } from '../../core/vectors/pins.js';
import { printable } from '../host/host.js';

const COLUMNS = ['tests', 'strict', 'masked', 'excused', 'failed'] as const;
const WIDTH = 9;
const FORM_WIDTH = 8;
const INDENT = '  ';
/** Clocks shown before and after the first one that differs. */
const BEFORE = 30;
const AFTER = 8;

export function ledgerText(forms: readonly FormResult[], totals: Totals): string {
  const chips = [...new Set(forms.map(({ chip }) => chip))].join(', ');
  return [
    `${chips}: ${totals.tests} tests of ${forms.length} forms`,
    '',
    `${'form'.padEnd(FORM_WIDTH)}${COLUMNS.map((name) => name.padStart(WIDTH)).join('')}`,
    ...forms.map((form) => countsLine(form.form, form)),
    countsLine('total', totals),
    ...excuseLines(totals),
    ...totals.kinds.flatMap(kindLines),
    '',
  ].join('\n');
}

function countsLine(name: string, counts: Counts): string {
  return `${name.padEnd(FORM_WIDTH)}${COLUMNS.map((column) => String(counts[column]).padStart(WIDTH)).join('')}`;
}

function excuseLines({ excuses }: Totals): string[] {
  if (excuses.length === 0) return [];
  return [
    '',
    'excused',
    ...excuses.map(({ reason, tests }) => `${String(tests).padStart(FORM_WIDTH)}  ${reason}`),
  ];
}

function kindLines({ kind, tests, first }: KindOfFailure): string[] {
  const differences = first.differences.map((d) => {
    return `${INDENT}${d.where} is ${d.actual || 'nothing'}, not ${d.expected || 'nothing'}`;
  });
  const count = `${tests} ${tests === 1 ? 'test' : 'tests'}`;
  return [
    '',
    `${kind} differs first in ${count}, such as`,
    `${INDENT}${title(first)}`,
    ...differences,
    ...clockLines(first),
  ];
}

function title({ form, index, name, bytes, exception }: Example): string {
  const hex = bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
  const raised = exception === undefined ? '' : `, exception ${exception}`;
  return `${form} #${index} ${printable(name)} [${hex}]${raised}`;
}

/** The clocks around the first that differs; all that end the test, where none does. */
function clockLines({ clocks }: Example): string[] {
  if (clocks.length === 0) return [];
  const differs = ({ expected, actual }: ClockPair) => expected !== actual;
  const found = clocks.findIndex(differs);
  const at = found < 0 ? clocks.length - 1 : found;
  const from = Math.max(0, at - BEFORE);
  const shown = clocks.slice(from, at + AFTER + 1);
  const width = Math.max(...shown.map(({ expected }) => expected.length), 'chip'.length);
  const line = (mark: string, clock: string, chip: string, ours: string) =>
    `${INDENT}${mark} ${clock.padStart(5)}  ${chip.padEnd(width)}  ${ours}`.trimEnd();
  return [
    line(' ', 'clock', 'chip', 'ours'),
    ...shown.map((pair, i) => line(differs(pair) ? '>' : ' ', String(from + i), pair.expected, pair.actual)),
  ];
}

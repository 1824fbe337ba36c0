/** What `who` and `query` ask about, as people write it: a place in memory, a sector, an entry of a page table. */
import type { Machine } from '../../../core/machine.js';
import type { Range } from '../../../core/memory.js';
import { rangesOf } from '../../debug/breakpoints.js';
import { refuseNumber } from '../../debug/searches.js';
import { Expression } from '../../expression/expression.js';
import { diskNamed, sectorIn } from '../../guest/disks.js';
import { GuestMemory } from '../../guest/guestMemory.js';
import { hexText, wholeFrom } from '../../guest/numbers.js';
import { entryThatMaps } from '../../guest/pageTables.js';
import type { Symbols } from '../../guest/symbols.js';

export type Place =
  | { readonly kind: 'memory'; readonly name: string; readonly memory: readonly Range[] }
  | { readonly kind: 'sector'; readonly name: string; readonly disk: string; readonly lba: number }
  /** It has a value, but nowhere in memory: a register, a device's state, a sum. */
  | { readonly kind: 'value'; readonly name: string; readonly expression: Expression };

/**
 * `disk NAME LBA`, `disk:0 LBA`, `pte ADDRESS` or an expression, where the machine stands. Throws a RangeError, in a line, or an
 * `ExpressionError`.
 */
export function placeOf(text: string, machine: Machine, symbols: Symbols): Place {
  const sector = sectorIn(text);
  if (sector) return sectorOf(sector.disk, wholeFrom(sector.lba), machine);
  const [, linear] = /^pte\s+(.+)$/.exec(text) ?? [];
  if (linear !== undefined) return pageEntryOf(linear, machine, symbols);
  const expression = new Expression(text, machine, { symbols });
  refuseNumber(expression);
  const location = expression.location();
  if (!location) return { kind: 'value', name: text, expression };
  const watch = { kind: 'watch', access: 'write', changes: false, ...location } as const;
  const memory = rangesOf(watch, new GuestMemory(machine));
  if (memory.length === 0) throw new RangeError(`no page is mapped at ${hexText(location.address)} there`);
  return { kind: 'memory', name: text, memory };
}

function sectorOf(name: string, lba: number | undefined, machine: Machine): Place {
  const { drive: disk, sectors } = diskNamed(machine, name);
  if (lba === undefined || lba >= sectors) {
    throw new RangeError(`${name} has no such sector: it has 0 to ${sectors - 1}`);
  }
  return { kind: 'sector', name: `sector ${lba} of ${disk}`, disk, lba };
}

function pageEntryOf(text: string, machine: Machine, symbols: Symbols): Place {
  const linear = addressOf(text, machine, symbols);
  const entry = entryThatMaps(machine, linear);
  if (!entry) throw new RangeError('paging is off there: no entry maps anything');
  const where = entry.level === 'table' ? 'page table entry' : 'page directory entry';
  const name = `${where} of ${hexText(linear)}`;
  return { kind: 'memory', name, memory: [{ address: entry.address, length: 4 }] };
}

/** A symbol's own address, or an expression's value. */
export function addressOf(text: string, machine: Machine, symbols: Symbols): number {
  const address = symbols.address(text);
  if (address !== undefined) return address;
  const value = new Expression(text, machine, { symbols }).value();
  if (value === undefined) throw new RangeError(`"${text}" has no value there`);
  return Number(BigInt.asUintN(32, value));
}

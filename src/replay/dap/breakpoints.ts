/**
 * Breakpoints as the protocol has them: a request gives all of one kind, and replaces those of that kind that were
 * there. Conditions are expressions (docs/expressions.md). What cannot be set is answered as not verified, with the
 * reason.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Access, type Condition, rangesOf, type Target } from '../debug/breakpoints.js';
import type { Debugger } from '../debug/debugger.js';
import type { Expression } from '../expression/expression.js';
import { ExpressionError } from '../expression/tokens.js';
import { type Arguments, RequestError } from './arguments.js';
import { addressOf, hex, referenceIn } from './references.js';

/** What is answered to a request to set breakpoints. */
interface Answer {
  readonly breakpoints: DebugProtocol.Breakpoint[];
}
type Watch = Extract<Target, { kind: 'watch' }>;

/** Classes of events to stop at; the protocol calls them exception filters. */
const FILTERS: readonly { readonly filter: string; readonly label: string; readonly target: Target }[] = [
  {
    filter: 'exceptions',
    label: 'Exceptions',
    target: { kind: 'vector', source: 'exception' },
  },
  {
    filter: 'interrupts',
    label: 'External interrupts',
    target: { kind: 'vector', source: 'external' },
  },
  {
    filter: 'software',
    label: 'Software interrupts (INT n)',
    target: { kind: 'vector', source: 'software' },
  },
  { filter: 'cr3', label: 'Changes of CR3', target: { kind: 'control', control: 'cr3' } },
  { filter: 'cpl', label: 'Changes of the privilege level', target: { kind: 'control', control: 'cpl' } },
  { filter: 'inputs', label: 'Inputs admitted', target: { kind: 'event', event: 'input' } },
];

export const EXCEPTION_FILTERS = FILTERS.map(({ filter, label }) => ({
  filter,
  label,
  supportsCondition: true,
  conditionDescription: 'an expression, such as cpl == 3',
}));

const ACCESSES: Readonly<Record<string, Access>> = { write: 'write', read: 'read', readWrite: 'access' };
const SYMBOL = /^[A-Za-z_$@][\w.$@]*$/;
/** The space, where, how many bytes. */
const DATA_ID = /^(linear|physical):(0x[0-9a-f]+):(\d+)$/;
const MOST_WATCHED = 2 ** 16;
const NO_SOURCES = 'a recording knows no sources; set function, instruction or data breakpoints';

export class BreakpointSets {
  readonly #debug: Debugger;
  /** Numbers of those that the last request of each kind has set. */
  readonly #numbers = new Map<string, number[]>();

  constructor(debug: Debugger) {
    this.#debug = debug;
  }

  instructions(request: Arguments): Answer {
    return this.#replace('instructions', request.list('breakpoints'), (each) => {
      const address = referenceIn(this.#debug, each, 'instructionReference') >>> 0;
      return this.#execute(address, hex(address), each);
    });
  }

  functions(request: Arguments): Answer {
    return this.#replace('functions', request.list('breakpoints'), (each) => {
      const name = each.text('name').trim();
      return this.#execute(this.#function(name), name, each);
    });
  }

  /** A symbol, or anything that is an address. */
  #function(name: string): number {
    const { symbols, registers } = this.#debug;
    const isUnknown = SYMBOL.test(name) && symbols.address(name) === undefined && !registers.all.has(name);
    // Asked for as a symbol, it is answered with the name that was probably meant.
    return addressOf(this.#debug, isUnknown ? `&${name}` : name);
  }

  #execute(address: number, text: string, each: Arguments): DebugProtocol.Breakpoint {
    const id = this.#add({ kind: 'execute', address }, text, each);
    return { id, verified: true, instructionReference: hex(address) };
  }

  data(request: Arguments): Answer {
    return this.#replace('data', request.list('breakpoints'), (each) => {
      const access = ACCESSES[each.text('accessType', 'write')];
      if (!access) throw new RequestError('accessType is write, read or readWrite');
      const target = watched(each.text('dataId'), access);
      const id = this.#add(target, each.text('dataId'), each);
      const mapped = rangesOf(target, this.#debug.memory).length > 0;
      return mapped
        ? { id, verified: true }
        : { id, verified: false, message: 'no page is mapped there now' };
    });
  }

  exceptions(request: Arguments): Answer {
    const plain = request.texts('filters').map((filterId) => ({ filterId, options: request }));
    const others = request.list('filterOptions').map((options) => {
      return { filterId: options.text('filterId'), options };
    });
    return this.#replace('exceptions', [...plain, ...others], ({ filterId, options }) => {
      const known = FILTERS.find(({ filter }) => filter === filterId);
      if (!known) throw new RequestError(`no filter is called "${filterId}"`);
      return { id: this.#add(known.target, known.label, options), verified: true };
    });
  }

  /** Clients set those of open files, whatever a debugger can do. */
  sources(request: Arguments): Answer {
    const refused = { verified: false, message: NO_SOURCES };
    return { breakpoints: request.list('breakpoints').map(() => refused) };
  }

  #replace<T>(kind: string, wanted: readonly T[], set: (each: T) => DebugProtocol.Breakpoint): Answer {
    for (const number of this.#numbers.get(kind) ?? []) this.#debug.breakpoints.remove(number);
    const breakpoints = wanted.map((each) => {
      try {
        return set(each);
      } catch (error) {
        if (!(error instanceof ExpressionError || error instanceof RequestError)) throw error;
        return { verified: false, message: error.message };
      }
    });
    const numbers = breakpoints.map(({ id }) => id).filter((id) => id !== undefined);
    this.#numbers.set(kind, numbers);
    return { breakpoints };
  }

  #add(target: Target, text: string, each: Arguments): number {
    return this.#debug.breakpoints.add(target, text, this.#condition(each)).number;
  }

  #condition(each: Arguments): Condition | undefined {
    const condition = each.text('condition', '').trim();
    return condition === '' ? undefined : this.#debug.expression(condition);
  }
}

function locationOf(debug: Debugger, source: string): ReturnType<Expression['location']> {
  try {
    return debug.expression(source).location();
  } catch (error) {
    // Not all that is shown has a name in the language of expressions.
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** What `setDataBreakpoints` gets back; no access is better than the others, the user chooses. */
export function dataBreakpointInfo(
  debug: Debugger,
  request: Arguments,
  named: string | undefined,
): DebugProtocol.DataBreakpointInfoResponse['body'] {
  const source = named ?? request.text('name');
  const bytes = request.whole('bytes', 0);
  const found = request.flag('asAddress')
    ? { address: addressOf(debug, source), length: bytes || 1, physical: false }
    : locationOf(debug, source);
  if (!found) return { dataId: null, description: `"${source}" is no place in memory here` };
  const length = bytes || found.length;
  const where = `${found.physical ? 'physical' : 'linear'}:${hex(found.address)}:${length}`;
  const noun = length === 1 ? 'byte' : 'bytes';
  return {
    dataId: where,
    description: `${source} (${length} ${noun} at ${hex(found.address)})`,
    accessTypes: ['write', 'read', 'readWrite'],
    canPersist: true,
  };
}

function watched(dataId: string, access: Access): Watch {
  const [, space, address, length] = DATA_ID.exec(dataId) ?? [];
  const bytes = Number(length);
  if (address === undefined || !(bytes > 0 && bytes <= MOST_WATCHED)) {
    throw new RequestError(`"${dataId}" is no dataId that dataBreakpointInfo gives`);
  }
  const physical = space === 'physical';
  return { kind: 'watch', access, address: Number(address) >>> 0, length: bytes, physical, changes: false };
}

/**
 * Names of addresses in a guest. Read from what compilers and kernels leave behind: System.map and
 * /proc/kallsyms, the output of nm, lists of address and name, or the symbol table of an ELF file.
 */
import { elfSymbols, isElf } from './elfSymbols.js';
import { hexText } from './numbers.js';

export interface GuestSymbol {
  readonly name: string;
  readonly address: number;
  /** What is there, if it is known. */
  readonly kind?: 'code' | 'data';
}

/** A symbol, and how far behind it an address lies. */
export interface Nearest extends GuestSymbol {
  readonly offset: number;
}

/** Farther from the symbol before it, an address belongs to something without a name. */
const MAX_OFFSET = 0xffff;
const ADDRESSES = 2 ** 32;

/** Address, a size perhaps, a kind perhaps, name, and what a module's symbols have behind it. */
const LINE = /^([0-9a-f]{1,16})(?:\s+[0-9a-f]{8,16})?(?:\s+([a-z?-]))?\s+([^\s]+)(?:\s+\[[^\]]*\])?$/i;
/** Kinds as nm has them; others, absolute ones for instance, may be either. */
const CODE = /^[tTwWi]$/;
const DATA = /^[bBdDrRgGsScCuvV]$/;
/** A symbol that nm knows to be elsewhere. */
const UNDEFINED = /^[Uwv]\s+\S+$/;

export class Symbols {
  readonly #byName = new Map<string, GuestSymbol>();
  readonly #sorted: readonly GuestSymbol[];

  /** Of two with one name the first counts; of several at one address the last is shown. */
  constructor(symbols: Iterable<GuestSymbol> = []) {
    for (const symbol of symbols) {
      if (!this.#byName.has(symbol.name)) this.#byName.set(symbol.name, symbol);
    }
    this.#sorted = [...this.#byName.values()].sort((a, b) => a.address - b.address);
  }

  /** These, and behind them those of `other`. */
  with(other: Symbols): Symbols {
    return new Symbols([...this, ...other]);
  }

  [Symbol.iterator](): Iterator<GuestSymbol> {
    return this.#byName.values();
  }

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  address(name: string): number | undefined {
    return this.#byName.get(name)?.address;
  }

  /** The symbol that an address belongs to. */
  nearest(address: number): Nearest | undefined {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = this.#sorted[low - 1];
    if (!symbol || address - symbol.address > MAX_OFFSET) return undefined;
    return { name: symbol.name, address: symbol.address, offset: address - symbol.address };
  }

  /** As `nearest`, for people: `name+1fh`. */
  show(address: number): string | undefined {
    const found = this.nearest(address);
    return found && (found.offset === 0 ? found.name : `${found.name}+${hexText(found.offset)}`);
  }
}

/** Throws a RangeError that says what is wrong with the file. */
export function readSymbols(file: Uint8Array): Symbols {
  const found = isElf(file) ? elfSymbols(file) : textSymbols(new TextDecoder().decode(file));
  const usable = found.filter(({ address }) => address < ADDRESSES);
  if (usable.length > 0) return new Symbols(usable);
  throw new RangeError(found.length === 0 ? 'it holds no symbols' : 'its symbols are of a 64-bit program');
}

function textSymbols(text: string): GuestSymbol[] {
  return text.split('\n').flatMap((raw, i) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';') || UNDEFINED.test(line)) return [];
    const [, address, letter, name] = LINE.exec(line) ?? [];
    if (address === undefined || name === undefined) {
      throw new RangeError(`line ${i + 1} is no address and name`);
    }
    return [{ name, address: Number.parseInt(address, 16), ...kindOf(letter ?? '') }];
  });
}

function kindOf(letter: string): Pick<GuestSymbol, 'kind'> {
  if (CODE.test(letter)) return { kind: 'code' };
  return DATA.test(letter) ? { kind: 'data' } : {};
}

/**
 * Writes a value change dump, as wave viewers read it (IEEE Std 1364-2005, clause 18, four-state VCD): declarations,
 * then for each time the values that have changed. Text goes on as it comes; nothing is kept but the last values.
 */

export interface VcdSignal {
  readonly name: string;
  readonly bits: number;
}

export interface VcdHeader {
  readonly version: string;
  readonly comment: string;
  /** A number of 1, 10 or 100 and a unit. */
  readonly timescale: string;
  readonly scope: string;
  readonly signals: readonly VcdSignal[];
}

/** The first of the printable characters that identifier codes are made of (18.2.1). */
const FIRST_CODE = 33;
const CODES = 94;
/** Characters handed on at once. */
const CHUNK = 2 ** 16;

/** A value: bits as a string of 0, 1, x and z, the highest first; or a number. */
export type VcdValue = string | number;

export class VcdWriter {
  readonly #sink: (text: string) => void;
  readonly #signals: readonly VcdSignal[];
  readonly #codes: readonly string[];
  readonly #last: (VcdValue | undefined)[];
  #begun = false;
  #text = '';

  constructor(sink: (text: string) => void, header: VcdHeader) {
    this.#sink = sink;
    this.#signals = header.signals;
    this.#codes = header.signals.map((_, i) => identifier(i));
    this.#last = header.signals.map(() => undefined);
    this.#add(this.#declarations(header));
  }

  #declarations({ version, comment, timescale, scope, signals }: VcdHeader): string {
    const variables = signals.map(({ name, bits }, i) => {
      const range = bits === 1 ? '' : ` [${bits - 1}:0]`;
      return `$var wire ${bits} ${this.#codes[i]} ${name}${range} $end\n`;
    });
    return [
      `$version ${version} $end\n$comment ${comment} $end\n$timescale ${timescale} $end\n`,
      `$scope module ${scope} $end\n`,
      ...variables,
      '$upscope $end\n$enddefinitions $end\n',
    ].join('');
  }

  /** The values of all signals from `time` on, in the order in which they were declared. */
  at(time: bigint, values: readonly VcdValue[]): void {
    let changes = '';
    for (let i = 0; i < values.length; i++) {
      if (values[i] === this.#last[i]) continue;
      this.#last[i] = values[i];
      changes += this.#change(i, values[i]!);
    }
    if (changes === '') return;
    this.#add(this.#begun ? `#${time}\n${changes}` : `#${time}\n$dumpvars\n${changes}$end\n`);
    this.#begun = true;
  }

  #change(i: number, value: VcdValue): string {
    const bits = typeof value === 'number' ? value.toString(2) : value;
    return this.#signals[i]!.bits === 1 ? `${bits}${this.#codes[i]}\n` : `b${bits} ${this.#codes[i]}\n`;
  }

  /** The last values hold until `time`. */
  end(time: bigint): void {
    this.#add(`#${time}\n`);
    this.#flush();
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    this.#sink(this.#text);
    this.#text = '';
  }
}

function identifier(i: number): string {
  const low = String.fromCharCode(FIRST_CODE + (i % CODES));
  return i < CODES ? low : identifier(Math.floor(i / CODES) - 1) + low;
}

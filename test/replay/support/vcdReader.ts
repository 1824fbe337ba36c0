/** Reads a value change dump back (IEEE Std 1364-2005, clause 18): every value of every signal at every time. */

export interface Wave {
  readonly timescale: string;
  readonly version: string;
  readonly bits: ReadonlyMap<string, number>;
  /** At each time what all signals are from then on, extended to their width. */
  readonly samples: readonly { readonly time: number; readonly values: Readonly<Record<string, string>> }[];
  readonly end: number;
}

/** Left-extended as the standard has it: x and z with themselves, all else with 0. */
function extend(value: string, bits: number): string {
  return value.padStart(bits, /^[xz]/.test(value) ? value[0] : '0');
}

export function readVcd(text: string): Wave {
  const [head, body] = text.split('$enddefinitions $end\n') as [string, string];
  const section = (name: string) => new RegExp(`\\$${name} (.*?) \\$end`).exec(head)?.[1] ?? '';
  const names = new Map<string, string>();
  const bits = new Map<string, number>();
  for (const [, width, code, name] of head.matchAll(
    /^\$var wire (\d+) (\S+) (\w+)(?: \[\d+:0\])? \$end$/gm,
  )) {
    names.set(code!, name!);
    bits.set(name!, Number(width));
  }
  const samples: { time: number; values: Record<string, string> }[] = [];
  let values: Record<string, string> = {};
  let time = Number.NaN;
  const set = (code: string, value: string) => {
    const name = names.get(code);
    if (name === undefined) throw new Error(`no signal has the code ${code}`);
    values[name] = extend(value, bits.get(name)!);
  };
  for (const line of body.trimEnd().split('\n')) {
    const vector = /^b([01xz]+) (\S+)$/.exec(line);
    if (line.startsWith('#')) {
      if (!Number.isNaN(time)) samples.push({ time, values });
      time = Number(line.slice(1));
      values = { ...values };
    } else if (vector) set(vector[2]!, vector[1]!);
    else if (/^[01xz]\S$/.test(line)) set(line.slice(1), line[0]!);
    else if (line !== '$dumpvars' && line !== '$end') throw new Error(`a line that means nothing: ${line}`);
  }
  return { timescale: section('timescale'), version: section('version'), bits, samples, end: time };
}

/** What a vector of ASCII characters says. */
export function asciiOf(bits: string): string {
  return (bits.match(/.{8}/g) ?? []).map((c) => String.fromCharCode(Number.parseInt(c, 2))).join('');
}

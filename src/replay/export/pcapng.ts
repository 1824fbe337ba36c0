/**
 * Captured frames as pcapng (draft-ietf-opsawg-pcapng), which Wireshark and tcpdump read: one section, one Ethernet
 * interface, an enhanced packet block for each frame with its direction, times in nanoseconds since 1970.
 */
import type { Frequency } from '../../core/time.js';

/** `in`: to the guest. */
export type Direction = 'in' | 'out';

export interface CaptureAbout {
  /** What has written the file. */
  readonly program: string;
  readonly comment: string;
  /** Of the interface. */
  readonly description: string;
  /** Station address, if it is known. */
  readonly address: Uint8Array | undefined;
  readonly frequency: Frequency;
  /** Of clock 0, in seconds since 1970. */
  readonly bootInstant: number;
}

const Block = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const Option = {
  end: 0,
  comment: 1,
  application: 4,
  name: 2,
  description: 3,
  address: 6,
  speed: 8,
  resolution: 9,
  flags: 2,
} as const;
const BYTE_ORDER = 0x1a2b3c4d;
const ETHERNET = 1;
const BITS_A_SECOND = 10_000_000;
const NANOSECONDS = 9;
/** Bits 1-0 and 4-2 of a packet's flags. */
const DIRECTION = { in: 1, out: 2 } as const;
const Cast = { one: 1 << 2, group: 2 << 2, all: 3 << 2 } as const;

type Options = readonly (readonly [code: number, value: Uint8Array])[];

export class PcapngWriter {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #about: CaptureAbout;

  constructor(sink: (bytes: Uint8Array) => void, about: CaptureAbout) {
    this.#sink = sink;
    this.#about = about;
    this.#section();
    this.#interface();
  }

  frame(clock: number, direction: Direction, data: Uint8Array): void {
    const time = this.#nanoseconds(clock);
    const sizes = [data.length, data.length];
    const head = words(0, Number(time >> 32n), Number(time & 0xffffffffn), ...sizes);
    const flags = words(DIRECTION[direction] | castOf(data));
    this.#block(Block.packet, [head, padded(data)], [[Option.flags, flags]]);
  }

  #nanoseconds(clock: number): bigint {
    const { num, den } = this.#about.frequency;
    const since = (BigInt(clock) * BigInt(den) * 1_000_000_000n) / BigInt(num);
    return BigInt(this.#about.bootInstant) * 1_000_000_000n + since;
  }

  /** Version 1.0, of a length that is not said. */
  #section(): void {
    const { program, comment } = this.#about;
    const head = words(BYTE_ORDER, 1, 0xffffffff, 0xffffffff);
    this.#block(
      Block.section,
      [head],
      [
        [Option.comment, utf8(comment)],
        [Option.application, utf8(program)],
      ],
    );
  }

  /** Frames are whole, however long. */
  #interface(): void {
    const { description, address } = this.#about;
    const options: Options = [
      [Option.name, utf8('net0')],
      [Option.description, utf8(description)],
      ...(address ? [[Option.address, address] as const] : []),
      [Option.speed, words(BITS_A_SECOND, 0)],
      [Option.resolution, Uint8Array.of(NANOSECONDS)],
    ];
    this.#block(Block.interface, [words(ETHERNET, 0)], options);
  }

  #block(type: number, body: readonly Uint8Array[], options: Options): void {
    const end: Options[number] = [Option.end, new Uint8Array(0)];
    const parts = [...body, ...[...options, end].map(optionOf)];
    const length = parts.reduce((sum, part) => sum + part.length, 12);
    this.#sink(joined([words(type, length), ...parts, words(length)]));
  }
}

function castOf(frame: Uint8Array): number {
  if (!(frame[0]! & 1)) return Cast.one;
  return frame.subarray(0, 6).every((byte) => byte === 0xff) ? Cast.all : Cast.group;
}

function optionOf([code, value]: Options[number]): Uint8Array {
  return joined([words(code | (value.length << 16)), padded(value)]);
}

/** To whole words. */
function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  out.set(bytes);
  return out;
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

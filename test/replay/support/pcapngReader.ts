/**
 * Reads pcapng by its description (draft-ietf-opsawg-pcapng, sections 3 and 4), as strictly as that allows: one
 * section in the byte order of this host, one interface, enhanced packets with all of their bytes.
 */
export interface CapturedFrame {
  /** Since 1970, in the interface's unit. */
  readonly time: bigint;
  /** The option epb_flags. */
  readonly flags: number;
  readonly data: Uint8Array;
}

export interface Capture {
  readonly linkType: number;
  /** Options of section and interface by code. */
  readonly section: ReadonlyMap<number, Buffer>;
  readonly interface: ReadonlyMap<number, Buffer>;
  readonly frames: readonly CapturedFrame[];
}

export function readPcapng(file: Uint8Array): Capture {
  const blocks = blocksOf(Buffer.from(file));
  const [section, about, ...packets] = blocks;
  if (section?.type !== 0x0a0d0d0a || section.body.readUInt32LE(0) !== 0x1a2b3c4d)
    throw new Error('no section');
  if (section.body.readUInt16LE(4) !== 1 || section.body.readUInt16LE(6) !== 0)
    throw new Error('no version 1.0');
  if (section.body.readBigInt64LE(8) !== -1n) throw new Error('a length of the section');
  if (about?.type !== 1) throw new Error('no interface');
  return {
    section: optionsOf(section.body.subarray(16)),
    linkType: about.body.readUInt16LE(0),
    interface: optionsOf(about.body.subarray(8)),
    frames: packets.map(frameOf),
  };
}

interface Block {
  readonly type: number;
  readonly body: Buffer;
}

function blocksOf(file: Buffer): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    if (length < 12 || length % 4 !== 0 || at + length > file.length)
      throw new Error(`block at ${at}: length`);
    if (file.readUInt32LE(at + length - 4) !== length) throw new Error(`block at ${at}: lengths differ`);
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

function optionsOf(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    const next = at + 4 + Math.ceil(length / 4) * 4;
    if (code === 0) {
      if (next !== bytes.length) throw new Error('options go on behind their end');
      return options;
    }
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at = next;
  }
  throw new Error('options without an end');
}

function frameOf({ type, body }: Block): CapturedFrame {
  if (type !== 6 || body.readUInt32LE(0) !== 0) throw new Error('no packet of the interface');
  const [captured, original] = [body.readUInt32LE(12), body.readUInt32LE(16)];
  if (captured !== original) throw new Error('a packet was cut off');
  const end = 20 + Math.ceil(captured / 4) * 4;
  const time = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8));
  const flags = optionsOf(body.subarray(end)).get(2)!.readUInt32LE(0);
  return { time, flags, data: Uint8Array.from(body.subarray(20, 20 + captured)) };
}

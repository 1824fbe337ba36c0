/**
 * A few words of AML, the byte code of ACPI's definition blocks: as many as describe devices that do
 * nothing but exist. ACPI Specification 2.0c, chapter 17 (encoding) and section 6.4 (resources).
 */

export type Aml = readonly number[];

const word = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff];
const dword = (v: number): number[] => [...word(v & 0xffff), ...word(v >>> 16)];

/** A package: its length, which counts itself, then its contents (section 17.2.4). */
function sized(body: Aml): Aml {
  if (body.length + 1 < 0x40) return [body.length + 1, ...body];
  const extra = body.length + 2 < 0x1000 ? 1 : 2;
  const length = body.length + 1 + extra;
  const lead = (extra << 6) | (length & 15);
  const rest = Array.from({ length: extra }, (_, i) => (length >>> (4 + 8 * i)) & 0xff);
  return [lead, ...rest, ...body];
}

/** A name segment of four characters, or a root path to one (`\_S5_`). */
function nameString(name: string): Aml {
  return [...name.padEnd(name.startsWith('\\') ? 5 : 4, '_')].map((c) => c.charCodeAt(0));
}

export function integer(v: number): Aml {
  if (v <= 1) return [v];
  if (v <= 0xff) return [0x0a, v];
  return v <= 0xffff ? [0x0b, ...word(v)] : [0x0c, ...dword(v)];
}

/** `PNP0A03` as the number that _HID wants (section 6.1.4): big-endian, three 5-bit letters. */
export function eisaId(id: string): Aml {
  const letter = (i: number) => id.charCodeAt(i) - 0x40;
  const vendor = (letter(0) << 10) | (letter(1) << 5) | letter(2);
  const product = Number.parseInt(id.slice(3), 16);
  return [0x0c, vendor >>> 8, vendor & 0xff, product >>> 8, product & 0xff];
}

export function named(name: string, value: Aml): Aml {
  return [0x08, ...nameString(name), ...value];
}

export function pack(elements: readonly Aml[]): Aml {
  return [0x12, ...sized([elements.length, ...elements.flat()])];
}

export function scope(name: string, body: readonly Aml[]): Aml {
  return [0x10, ...sized([...nameString(name), ...body.flat()])];
}

export function device(name: string, body: readonly Aml[]): Aml {
  return [0x5b, 0x82, ...sized([...nameString(name), ...body.flat()])];
}

// ---- resources ----

/** A buffer of resource descriptors with the end tag (checksum 0: not checked). */
export function resources(descriptors: readonly Aml[]): Aml {
  const bytes = [...descriptors.flat(), 0x79, 0];
  return [0x11, ...sized([...integer(bytes.length), ...bytes])];
}

/** `count` ports at a fixed address, all 16 address lines decoded (6.4.2.5). */
export function io(port: number, count: number): Aml {
  return [0x47, 1, ...word(port), ...word(port), 1, count];
}

/** An edge-triggered ISA interrupt (6.4.2.1). */
export function irq(number: number): Aml {
  return [0x22, ...word(1 << number)];
}

/** An ISA DMA channel with 8-bit transfers, compatibility timing (6.4.2.2). */
export function dma(channel: number): Aml {
  return [0x2a, 1 << channel, 0];
}

/** Address ranges that a bridge passes on (6.4.3.5): fixed, positively decoded. */
const FIXED = 0x0c;

export function busNumbers(first: number, last: number): Aml {
  return [0x88, ...word(13), 2, FIXED, 0, ...[0, first, last, 0, last - first + 1].flatMap(word)];
}

export function ioRange(first: number, last: number): Aml {
  const entireRange = 3;
  return [0x88, ...word(13), 1, FIXED, entireRange, ...[0, first, last, 0, last - first + 1].flatMap(word)];
}

export function memoryRange(first: number, last: number): Aml {
  const readWrite = 1;
  return [0x87, ...word(23), 0, FIXED, readWrite, ...[0, first, last, 0, last - first + 1].flatMap(dword)];
}

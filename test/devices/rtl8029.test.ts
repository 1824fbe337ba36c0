import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/core/device.js';
import { addressOfSeed, stationAddress } from '../../src/devices/description.js';
import { PciBus } from '../../src/devices/pci.js';
import { Rtl8029 } from '../../src/devices/rtl8029.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';
import { pciRead, pciWrite } from './support/pciAccess.js';

const IO = 0xc100;
const DATA = IO + 0x10;
const RESET = IO + 0x1f;
const MAC = [0x52, 0x57, 0x00, 0x00, 0x00, 0x01];
const NET = 'net:0';
/** Page numbers of the usual division of the buffer: 6 for sending, the rest a ring. */
const SEND = 0x40;
const RING = 0x46;
const STOP = 0x80;

function card(bus: FakeBus, interrupt: Line) {
  const nic = new Rtl8029(bus, { name: 'nic', address: Uint8Array.from(MAC), interrupt, channel: NET });
  const pci = new PciBus(bus, { name: 'pci' });
  pci.attach(3, 0, nic);
  return { nic, pci, devices: [nic.core, nic, pci] };
}

function powered() {
  const bus = new FakeBus();
  const irqs: boolean[] = [];
  const built = card(bus, (level) => void irqs.push(level));
  for (const device of built.devices) device.reset();
  irqs.length = 0;
  pciWrite(bus, 3, 0, 0x10, IO);
  pciWrite(bus, 3, 0, 0x04, 1, 2);
  return { bus, irqs, ...built };
}

type Card = ReturnType<typeof powered>;

/** Writes register `offset` of page 0. */
const out = ({ bus }: Card, offset: number, value: number): void => bus.out(IO + offset, value);
const status = ({ bus }: Card): number => bus.in(IO + 7);

/** As a driver starts the adapter: ring, address, everything that interrupts. `receive` is RCR. */
function started(receive = 0x04): Card {
  const nic = powered();
  out(nic, 0, 0x21);
  out(nic, 0x0e, 0x49); // words
  out(nic, 0x0a, 0);
  out(nic, 0x0b, 0);
  out(nic, 0x0c, receive);
  out(nic, 0x0d, 0);
  out(nic, 0x04, SEND);
  out(nic, 0x01, RING);
  out(nic, 0x02, STOP);
  out(nic, 0x03, RING);
  out(nic, 0x07, 0xff);
  out(nic, 0x0f, 0x3f);
  out(nic, 0x00, 0x61); // page 1
  MAC.forEach((byte, i) => {
    out(nic, 1 + i, byte);
  });
  for (let i = 0; i < 8; i++) out(nic, 8 + i, 0);
  out(nic, 7, RING + 1);
  out(nic, 0x00, 0x22);
  return nic;
}

/** Sets remote DMA up and gives the command: 0Ah reads, 12h writes. */
function remote(nic: Card, command: number, address: number, bytes: number): void {
  out(nic, 0x08, address & 0xff);
  out(nic, 0x09, address >>> 8);
  out(nic, 0x0a, bytes & 0xff);
  out(nic, 0x0b, bytes >>> 8);
  out(nic, 0, command);
}

function buffer(nic: Card, address: number, bytes: number): number[] {
  remote(nic, 0x0a, address, bytes + (bytes & 1));
  const words = Array.from({ length: Math.ceil(bytes / 2) }, () => nic.bus.in(DATA, 2));
  return words.flatMap((word) => [word & 0xff, word >>> 8]).slice(0, bytes);
}

function fill(nic: Card, address: number, bytes: readonly number[]): void {
  remote(nic, 0x12, address, bytes.length);
  for (let i = 0; i < bytes.length; i += 2) nic.bus.out(DATA, bytes[i]! | (bytes[i + 1]! << 8), 2);
}

function send(nic: Card, bytes: number): void {
  out(nic, 0x05, bytes & 0xff);
  out(nic, 0x06, bytes >>> 8);
  out(nic, 0, 0x26);
}

/** A frame to an address, its contents by a formula. */
function frameTo(address: readonly number[], length = 60): number[] {
  return Array.from({ length }, (_, i) => address[i] ?? (i * 7 + (i >>> 8)) & 0xff);
}

const EVERYBODY = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const whats = ({ bus }: Card): string[] => bus.notes.map(({ what }) => what);
/** CURR, by way of page 1. */
function current(nic: Card): number {
  out(nic, 0, 0x62);
  const page = nic.bus.in(IO + 7);
  out(nic, 0, 0x22);
  return page;
}

/** The CRC as IEEE 802.3 writes it: the highest power first, each byte its lowest bit first. */
function crcBits(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const carry = (crc >>> 31) ^ ((byte >>> bit) & 1);
      crc = (crc << 1) >>> 0;
      if (carry) crc = (crc ^ 0x04c11db7) >>> 0;
    }
  }
  return crc;
}

/** What is sent: the complement, the highest power first, so that a byte's lowest bit is the higher power. */
function fcsOf(bytes: readonly number[]): number[] {
  const crc = ~crcBits(bytes) >>> 0;
  return [24, 16, 8, 0].map((shift) => {
    let out = 0;
    for (let bit = 0; bit < 8; bit++) out |= ((crc >>> (shift + bit)) & 1) << (7 - bit);
    return out;
  });
}

describe('RTL8029AS on PCI', () => {
  it('is an Ethernet controller with 32 ports and INTA#', () => {
    const { bus } = powered();
    expect(pciRead(bus, 3, 0, 0)).toBe(0x802910ec);
    expect(pciRead(bus, 3, 0, 8) >>> 8).toBe(0x020000);
    expect(pciRead(bus, 3, 0, 0x3d, 1)).toBe(1);
    pciWrite(bus, 3, 0, 0x10, 0xffffffff);
    expect(pciRead(bus, 3, 0, 0x10)).toBe(0xffffffe1);
  });

  it('answers where its base address says, if its ports are enabled', () => {
    const { bus } = powered();
    expect([bus.in(IO + 0x0a), bus.in(IO + 0x0b)]).toEqual([0x50, 0x43]);
    pciWrite(bus, 3, 0, 0x10, 0x300);
    expect([bus.in(IO + 0x0a), bus.in(0x30a)]).toEqual([0xff, 0x50]);
    pciWrite(bus, 3, 0, 0x04, 0, 2);
    expect(bus.in(0x30a)).toBe(0xff);
  });

  it('identifies itself on page 3', () => {
    const nic = powered();
    out(nic, 0, 0xe1);
    expect([nic.bus.in(IO + 0x0e), nic.bus.in(IO + 0x0f)]).toEqual([0x29, 0x80]);
  });

  it('has its address in the PROM, byte by byte where words are read as bytes', () => {
    const nic = powered();
    out(nic, 0x0e, 0x49);
    remote(nic, 0x0a, 0, 32);
    const prom = Array.from({ length: 16 }, () => nic.bus.in(DATA));
    expect(prom.slice(0, 6)).toEqual(MAC);
    expect(prom.slice(14)).toEqual([0x57, 0x57]);
  });

  it('has each byte of the PROM twice for who reads bytes', () => {
    const nic = powered();
    out(nic, 0x0e, 0x48);
    remote(nic, 0x0a, 0, 12);
    const prom = Array.from({ length: 12 }, () => nic.bus.in(DATA));
    expect(prom).toEqual(MAC.flatMap((byte) => [byte, byte]));
  });

  it('puts its ports back after loading', () => {
    const saved = powered();
    const fresh = new FakeBus();
    const other = card(fresh, () => {});
    fresh.load(saved.bus.save(saved.devices), other.devices);
    expect(fresh.in(IO + 0x0a)).toBe(0x50);
  });
});

describe('DP8390: reset and registers', () => {
  it('stands still after reset, and says so', () => {
    const nic = started();
    expect(status(nic) & 0x80).toBe(0);
    nic.bus.in(RESET);
    expect(nic.bus.in(IO)).toBe(0x21);
    expect(status(nic)).toBe(0x80);
    out(nic, 7, 0xff);
    expect(status(nic)).toBe(0x80);
    out(nic, 0, 0x22);
    expect(status(nic)).toBe(0);
  });

  // CR, STP: "If the NIC has previously been in start mode and the STP is set, both the STP and STA bits will
  // remain set."
  it('keeps STA when it is stopped', () => {
    const nic = started();
    out(nic, 0, 0x21);
    expect(nic.bus.in(IO)).toBe(0x23);
  });

  it('shows on page 2 what was written on page 0', () => {
    const nic = started(0x1c);
    out(nic, 0x0d, 0x02);
    out(nic, 0, 0xa2);
    const registers = [0x01, 0x02, 0x04, 0x0c, 0x0d, 0x0e, 0x0f].map((offset) => nic.bus.in(IO + offset));
    expect(registers).toEqual([RING, STOP, SEND, 0x1c, 0x02, 0x49, 0x3f]);
  });
});

describe('DP8390: remote DMA', () => {
  it.each([1, 2, 4])('moves what is written and read %d bytes at a time', (size) => {
    const nic = started();
    out(nic, 0x0e, size === 1 ? 0x48 : 0x49);
    const bytes = Array.from({ length: 64 }, (_, i) => (i * 37 + 5) & 0xff);
    remote(nic, 0x12, 0x4000, 64);
    const view = new DataView(Uint8Array.from(bytes).buffer);
    const values = Array.from({ length: 64 / size }, (_, i) => {
      if (size === 1) return view.getUint8(i);
      return size === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
    });
    for (const value of values) nic.bus.out(DATA, value, size);
    expect(status(nic) & 0x40).toBe(0x40);
    out(nic, 7, 0x40);
    remote(nic, 0x0a, 0x4000, 64);
    expect(values.map(() => nic.bus.in(DATA, size))).toEqual(values);
    expect(status(nic) & 0x40).toBe(0x40);
  });

  it('is done when the last byte has moved, and moves no more', () => {
    const nic = started();
    fill(nic, 0x4000, [1, 2, 3, 4]);
    out(nic, 7, 0x40);
    remote(nic, 0x0a, 0x4000, 4);
    expect(nic.bus.in(DATA, 2)).toBe(0x0201);
    expect(status(nic)).toBe(0);
    expect(nic.bus.in(DATA, 2)).toBe(0x0403);
    expect(status(nic)).toBe(0x40);
    expect(nic.bus.in(DATA, 2)).toBe(0xffff);
  });

  it('is done at once if there is nothing to move', () => {
    const nic = started();
    remote(nic, 0x0a, 0x4000, 0);
    expect(status(nic)).toBe(0x40);
  });

  it('moves nothing the other way', () => {
    const nic = started();
    fill(nic, 0x4000, [1, 2, 3, 4]);
    remote(nic, 0x0a, 0x4000, 4);
    nic.bus.out(DATA, 0x5555, 2);
    expect([nic.bus.in(DATA, 2), nic.bus.in(DATA, 2)]).toEqual([0x0201, 0x0403]);
    remote(nic, 0x12, 0x4000, 4);
    expect(nic.bus.in(DATA, 2)).toBe(0xffff);
    expect(buffer(nic, 0x4000, 4)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['RD2', (nic: Card) => out(nic, 0, 0x22)],
    ['a reset', (nic: Card) => void nic.bus.in(RESET)],
  ])('is given up by %s', (_, giveUp) => {
    const nic = started();
    remote(nic, 0x0a, 0x4000, 4);
    giveUp(nic);
    // A command alone: the counter is not written.
    out(nic, 0, 0x0a);
    expect(status(nic) & 0x40).toBe(0x40);
    expect(nic.bus.in(DATA, 2)).toBe(0xffff);
  });

  it('goes on at the beginning of the ring behind its end', () => {
    const nic = started();
    fill(nic, RING * 256, [0xa1, 0xa2]);
    fill(nic, STOP * 256 - 2, [0xb1, 0xb2]);
    expect(buffer(nic, STOP * 256 - 2, 4)).toEqual([0xb1, 0xb2, 0xa1, 0xa2]);
  });

  it('sends the packet at the boundary, and moves the boundary behind it', () => {
    const nic = started();
    out(nic, 0x03, RING + 1);
    const frame = frameTo(EVERYBODY, 300);
    nic.bus.deliver(NET, frame);
    out(nic, 0, 0x1a);
    const count = 304;
    const got = Array.from({ length: count / 2 }, () => nic.bus.in(DATA, 2));
    expect(got.slice(0, 2)).toEqual([0x21 | ((RING + 3) << 8), count]);
    expect(nic.bus.in(IO + 3)).toBe(RING + 3);
  });
});

describe('DP8390: transmission', () => {
  it('puts a frame on the wire for as long as 10 Mbit/s take', () => {
    const nic = started();
    const frame = frameTo(EVERYBODY, 100);
    fill(nic, SEND * 256, frame);
    out(nic, 7, 0x40);
    send(nic, 100);
    expect(nic.bus.in(IO)).toBe(0x26);
    // Preamble 8, frame 100, check sequence 4.
    nic.bus.advanceSeconds((112 * 8 - 1) * 1e-7);
    expect([status(nic), nic.bus.notes, nic.irqs]).toEqual([0, [], []]);
    nic.bus.advanceSeconds(2e-7);
    expect([status(nic), nic.bus.in(IO), nic.bus.in(IO + 4), nic.irqs]).toEqual([2, 0x22, 1, [true]]);
    const fcs = fcsOf(frame);
    const b = (fcs[0]! | (fcs[1]! << 8) | (fcs[2]! << 16) | (fcs[3]! << 24)) >>> 0;
    const data = Uint8Array.from(frame);
    expect(nic.bus.notes).toMatchObject([{ kind: 'net', device: 'nic-core', what: 'tx', a: 100, b, data }]);
    out(nic, 7, 2);
    expect(nic.irqs).toEqual([true, false]);
  });

  it('keeps a frame in loopback to itself', () => {
    const nic = started();
    out(nic, 0x0d, 0x02);
    send(nic, 60);
    nic.bus.advanceSeconds(1e-3);
    expect([status(nic), nic.bus.notes]).toEqual([2, []]);
  });

  it('ends a frame that is on the wire before it stops', () => {
    const nic = started();
    send(nic, 60);
    out(nic, 0, 0x21);
    nic.bus.advanceSeconds(1e-3);
    expect([status(nic), whats(nic)]).toEqual([0x82, ['tx']]);
  });

  it('breaks a frame off when the reset port is read', () => {
    const nic = started();
    send(nic, 60);
    nic.bus.in(RESET);
    nic.bus.advanceSeconds(1e-3);
    expect([status(nic), nic.bus.in(IO), nic.bus.notes]).toEqual([0x80, 0x21, []]);
  });

  it.each([
    ['nothing', 0],
    ['more than a frame', 1519],
  ])('lets nobody hear %s', (_, bytes) => {
    const nic = started();
    send(nic, bytes);
    nic.bus.advanceSeconds(1e-1);
    expect([status(nic), nic.bus.notes]).toEqual([2, []]);
  });
});

describe('DP8390: reception', () => {
  it.each([60, 247, 248, 249, 504, 505, 1514, 1518])('stores a frame of %d bytes', (length) => {
    const nic = started();
    const frame = frameTo(MAC, length);
    nic.bus.deliver(NET, frame);
    expect([status(nic), nic.irqs, whats(nic)]).toEqual([1, [true], ['rx']]);
    const pages = Math.ceil((4 + length + 4) / 256);
    expect(current(nic)).toBe(RING + 1 + pages);
    const count = length + 4;
    const stored = buffer(nic, (RING + 1) * 256, 4 + count);
    expect(stored.slice(0, 4)).toEqual([0x01, RING + 1 + pages, count & 0xff, count >>> 8]);
    expect(stored.slice(4)).toEqual([...frame, ...fcsOf(frame)]);
  });

  it('goes on at the beginning of the ring', () => {
    const nic = started();
    out(nic, 0, 0x62);
    out(nic, 7, STOP - 1);
    out(nic, 0, 0x22);
    out(nic, 3, STOP - 2);
    const frame = frameTo(MAC, 400);
    nic.bus.deliver(NET, frame);
    expect(current(nic)).toBe(RING + 1);
    expect(buffer(nic, (STOP - 1) * 256 + 4, 400)).toEqual(frame);
  });

  /** A multicast address and the register bit that its CRC chooses. */
  const GROUP = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x01];
  const bit = crcBits(GROUP) >>> 26;

  function hears(receive: number, address: readonly number[], hashes: Readonly<Record<number, number>> = {}) {
    const nic = started(receive);
    out(nic, 0, 0x62);
    for (const [i, byte] of Object.entries(hashes)) out(nic, 8 + Number(i), byte);
    out(nic, 0, 0x22);
    nic.bus.deliver(NET, frameTo(address));
    return whats(nic)[0];
  }

  it('is for its own address', () => {
    expect(hears(0, MAC)).toBe('rx');
    expect(hears(0, [...MAC.slice(0, 5), 2])).toBe('ignored');
    expect(hears(0x10, [...MAC.slice(0, 5), 2])).toBe('rx');
  });

  it('is for everybody if RCR says so', () => {
    expect([hears(0, EVERYBODY), hears(4, EVERYBODY), hears(0x10, EVERYBODY)]).toEqual([
      'ignored',
      'rx',
      'ignored',
    ]);
  });

  it('is for the groups whose hash is chosen', () => {
    const chosen = { [bit >>> 3]: 1 << (bit & 7) };
    const others = Object.fromEntries(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i, 0xff & ~(chosen[i] ?? 0)] as const),
    );
    expect(hears(8, GROUP, chosen)).toBe('rx');
    expect(hears(8, GROUP, others)).toBe('ignored');
    expect(hears(0x14, GROUP, chosen)).toBe('ignored');
  });

  it('is of frames of 64 bytes and more with their check sequence, unless RCR says so', () => {
    for (const [receive, what] of [
      [0, 'ignored'],
      [2, 'rx'],
    ] as const) {
      const nic = started(receive);
      nic.bus.deliver(NET, frameTo(MAC, 59));
      expect(whats(nic)).toEqual([what]);
    }
  });

  it('does not happen while it stands still or loops back', () => {
    for (const [offset, value] of [
      [0, 0x21],
      [0x0d, 2],
    ] as const) {
      const nic = started();
      out(nic, offset, value);
      nic.bus.deliver(NET, frameTo(MAC));
      expect(whats(nic)).toEqual(['ignored']);
    }
  });

  it('ends when the ring is full, and goes on when there is room', () => {
    const nic = started();
    // 57 pages are free, BNRY being one of the ring's 58: 9 frames of 6 pages and 3 of one.
    const large = frameTo(MAC, 1514);
    for (let i = 0; i < 9; i++) nic.bus.deliver(NET, large);
    for (let i = 0; i < 3; i++) nic.bus.deliver(NET, frameTo(MAC, 60));
    expect(new Set(whats(nic))).toEqual(new Set(['rx']));
    expect(current(nic)).toBe(RING);
    nic.bus.deliver(NET, frameTo(MAC, 60));
    expect(whats(nic).at(-1)).toBe('missed');
    expect(status(nic) & 0x10).toBe(0x10);
    expect(nic.bus.in(IO + 0x0f)).toBe(1);
    expect(nic.bus.in(IO + 0x0f)).toBe(0);
    expect(buffer(nic, (RING + 1) * 256 + 4, 1514)).toEqual(large);
    out(nic, 3, RING + 6);
    nic.bus.deliver(NET, frameTo(MAC, 1514));
    expect(whats(nic).at(-1)).toBe('rx');
    nic.bus.deliver(NET, frameTo(MAC, 60));
    expect(whats(nic).at(-1)).toBe('missed');
  });

  it('ends before a frame that has too little room, and leaves the ring as it was', () => {
    const nic = started();
    const large = frameTo(MAC, 1514);
    for (let i = 0; i < 9; i++) nic.bus.deliver(NET, large);
    const [before, next] = [current(nic), buffer(nic, (RING + 1) * 256, 256)];
    // 3 pages are left: the boundary lies behind them.
    for (const [length, what] of [
      [1514, 'missed'],
      [761, 'missed'],
      [760, 'rx'],
    ] as const) {
      expect(current(nic)).toBe(before);
      nic.bus.deliver(NET, frameTo(MAC, length));
      expect(whats(nic).at(-1)).toBe(what);
    }
    expect(current(nic)).toBe(RING);
    expect(buffer(nic, (RING + 1) * 256, 256)).toEqual(next);
  });

  it('counts in monitor mode what it would have received, up to 192', () => {
    const nic = started(0x20);
    for (let i = 0; i < 127; i++) nic.bus.deliver(NET, frameTo(MAC));
    expect(status(nic)).toBe(0);
    for (let i = 0; i < 100; i++) nic.bus.deliver(NET, frameTo(MAC));
    expect([status(nic), nic.bus.in(IO + 0x0f), nic.bus.in(IO + 0x0c)]).toEqual([0x20, 192, 0x40]);
  });
});

describe('the address of a network adapter', () => {
  it('is another for each seed, of one station, and given out locally', () => {
    const addresses = [0, 1, 0xffffffff, 0x12345678].map(addressOfSeed);
    expect(new Set(addresses).size).toBe(4);
    expect(addresses[3]).toBe('52:57:12:34:56:78');
    for (const address of addresses) expect(stationAddress(address)![0]! & 3).toBe(2);
  });

  it('is six bytes, and not that of a group', () => {
    for (const text of ['', '52:57', '53:57:00:00:00:01', '52:57:00:00:00:0g', '52:57:00:00:00:01:02']) {
      expect(stationAddress(text)).toBeUndefined();
    }
  });
});

deviceLaws(
  'RTL8029AS',
  (bus, wire) => {
    const { nic, devices } = card(bus, wire('inta'));
    const reset = nic.reset.bind(nic);
    nic.reset = () => {
      reset();
      nic.config.set([0x01, 0xc1], 0x10);
      nic.config[4] = 1;
      nic.configWritten();
    };
    return devices;
  },
  {
    ports: [...Array.from({ length: 16 }, (_, i) => IO + i), DATA, DATA + 4, RESET],
    values: {
      [IO]: [0x21, 0x22, 0x26, 0x0a, 0x12, 0x1a, 0x62, 0xa2],
      [IO + 1]: [RING],
      [IO + 2]: [STOP],
      [IO + 3]: [RING],
      [IO + 4]: [SEND],
      [IO + 6]: [0, 1],
      [IO + 7]: [0xff, RING + 1],
      [IO + 0x0b]: [0, 1],
      [IO + 0x0c]: [0x1e, 0x3e],
      [IO + 0x0d]: [0],
      [IO + 0x0e]: [0x48, 0x49],
      [IO + 0x0f]: [0x7f],
    },
    inputs: { [NET]: 300 },
    longestStep: 2 ** 18,
  },
);

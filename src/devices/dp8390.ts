/**
 * National DP8390D network interface controller (data sheet TL/F/8582; what full and empty rings are, after that
 * of the DP83902A): registers of pages 0 to 2, the ring of receive buffers, remote DMA, transmission at 10 Mbit/s.
 *
 * A frame is what is between preamble and frame check sequence. What is sent leaves as a note `tx` at the end of its
 * time on the wire. What arrives comes through an input channel, at its end and whole: who stands at the other end
 * keeps to the time that a frame takes. Each arrival is noted: `rx` if it is in the ring, `missed` if there was no
 * room, `ignored` if it was not for this station.
 *
 * Left out: collisions and bad frames (the wire has none), the gap between frames, what loopback leaves in the FIFO,
 * byte order and widths other than a PC's (DCR bits 1 and 2), writes to the DMA counters of page 2. After an
 * overflow the chip goes on without the procedure that the data sheet prescribes.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { Rate } from '../core/time.js';
import { crc32 } from './crc32.js';

/** What the chip's local bus leads to: bytes in a space of 64 KiB. */
export interface LocalMemory {
  read(address: number): number;
  write(address: number, value: number): void;
}

export interface Dp8390Options {
  readonly name: string;
  readonly memory: LocalMemory;
  readonly interrupt: Line;
  /** Input channel of the frames that arrive. */
  readonly channel: string;
}

const DP8390 = layout('dp8390', {
  /** CR without TXP. STA stays set when STP is set, too. */
  command: 'u8',
  isr: 'u8',
  imr: 'u8',
  dcr: 'u8',
  tcr: 'u8',
  rcr: 'u8',
  tsr: 'u8',
  rsr: 'u8',
  pstart: 'u8',
  pstop: 'u8',
  bnry: 'u8',
  curr: 'u8',
  /** CURR has caught up with BNRY: the ring is full, not empty. */
  full: 'u8',
  tpsr: 'u8',
  tbcr: 'u16',
  physical: ['u8', 6],
  multicast: ['u8', 8],
  /** Alignment errors, CRC errors, frames lost. */
  tally: ['u8', 3],
  /** Where local DMA has arrived. */
  local: 'u16',
  /** Where remote DMA has arrived, how many bytes are left, and the page behind the packet that it sends. */
  remote: 'u16',
  remoteCount: 'u16',
  remoteNext: 'u8',
  /** 1 while a frame is on the wire, and where it lies. */
  sending: 'u8',
  sendPage: 'u8',
  sendCount: 'u16',
  interrupt: 'u8',
});

const Cr = { stop: 1, start: 2, transmit: 4, remote: 0x38, abort: 0x20 } as const;
/** Bits 5-3 of CR. */
const Remote = { read: 1, write: 2, sendPacket: 3 } as const;
const Isr = {
  received: 1,
  sent: 2,
  overwritten: 0x10,
  counter: 0x20,
  remoteDone: 0x40,
  reset: 0x80,
} as const;
const Dcr = { words: 1, longAddress: 4 } as const;
const TCR_LOOPBACK = 6;
const TSR_SENT = 1;
const Rcr = { runts: 2, broadcast: 4, multicast: 8, promiscuous: 0x10, monitor: 0x20 } as const;
const Rsr = { intact: 1, group: 0x20, disabled: 0x40 } as const;
const LOST = 2;
/** "Network Tally Counters": where they stop, and from where on they ask for attention. */
const TALLY_LIMIT = 192;
const TALLY_ALARM = 128;

const BITS_A_SECOND = 10_000_000;
const PREAMBLE = 8;
const FCS = 4;
const PAGE = 256;
/** Before a packet in the ring: receive status, next page, byte count. */
const PACKET_HEADER = 4;
const SHORTEST = 60;
/** With a VLAN tag. */
const LONGEST = 1518;

export class Dp8390 implements Device {
  readonly name: string;
  readonly state = DP8390.create();
  readonly #bus: Bus;
  readonly #memory: LocalMemory;
  readonly #interrupt: Line;
  readonly #bits: Rate;
  readonly #sent: Timer;

  constructor(bus: Bus, options: Dp8390Options) {
    this.name = options.name;
    this.#bus = bus;
    this.#memory = options.memory;
    this.#interrupt = options.interrupt;
    this.#bits = new Rate({ num: BITS_A_SECOND, den: 1 }, bus.frequency);
    this.#sent = bus.timer(this.name, 'sent', () => this.#frameSent());
    bus.input(options.channel, (frame) => this.#arrived(frame));
  }

  /** RESET (section 10.2); other registers keep what they hold. */
  reset(): void {
    const { state } = this;
    state.command = Cr.abort | Cr.stop;
    state.isr = Isr.reset;
    state.imr = 0;
    state.dcr = Dcr.longAddress;
    state.tcr = 0;
    state.remoteCount = 0;
    state.sending = 0;
    this.#sent.cancel();
    this.#update();
  }

  /** Which set of registers there is at offsets 1 to 15. */
  get page(): number {
    return this.state.command >>> 6;
  }

  #update(): void {
    const { state } = this;
    const level = state.isr & state.imr & ~Isr.reset ? 1 : 0;
    if (level === state.interrupt) return;
    state.interrupt = level;
    this.#interrupt(level === 1);
  }

  // ---- registers ----

  read(offset: number): number {
    if (offset === 0) return this.state.command | (this.state.sending ? Cr.transmit : 0);
    if (this.page === 0) return this.#readStatus(offset);
    if (this.page === 1) return this.#readAddress(offset);
    return this.page === 2 ? this.#readBack(offset) : 0;
  }

  /** Page 0. The FIFO (06h) is seen empty. */
  #readStatus(offset: number): number {
    const { state } = this;
    switch (offset) {
      case 0x01:
        return state.local & 0xff;
      case 0x02:
        return state.local >>> 8;
      case 0x03:
        return state.bnry;
      case 0x04:
        return state.tsr;
      case 0x07:
        return state.isr;
      case 0x08:
        return state.remote & 0xff;
      case 0x09:
        return state.remote >>> 8;
      case 0x0c:
        return state.rsr;
      case 0x0d:
      case 0x0e:
      case 0x0f:
        return this.#readTally(offset - 0x0d);
      default:
        return 0;
    }
  }

  /** Reading it clears it. */
  #readTally(i: number): number {
    const count = this.state.tally[i]!;
    this.state.tally[i] = 0;
    return count;
  }

  /** Page 1. */
  #readAddress(offset: number): number {
    const { physical, curr, multicast } = this.state;
    if (offset < 7) return physical[offset - 1]!;
    return offset === 7 ? curr : multicast[offset - 8]!;
  }

  /** Page 2: what was written on page 0. */
  #readBack(offset: number): number {
    const { state } = this;
    const registers: Readonly<Record<number, number>> = {
      1: state.pstart,
      2: state.pstop,
      3: state.remoteNext,
      4: state.tpsr,
      5: state.curr,
      12: state.rcr,
      13: state.tcr,
      14: state.dcr,
      15: state.imr,
    };
    return registers[offset] ?? 0;
  }

  write(offset: number, value: number): void {
    if (offset === 0) this.#writeCommand(value);
    else if (this.page === 0) this.#writeControl(offset, value);
    else if (this.page === 1) this.#writeAddress(offset, value);
    this.#update();
  }

  #writeControl(offset: number, value: number): void {
    const { state } = this;
    if (offset === 0x01) state.pstart = value;
    else if (offset === 0x02) state.pstop = value;
    else if (offset === 0x03) this.#writeBoundary(value);
    else if (offset === 0x04) state.tpsr = value;
    else if (offset === 0x05) state.tbcr = (state.tbcr & 0xff00) | value;
    else if (offset === 0x06) state.tbcr = (state.tbcr & 0xff) | (value << 8);
    else if (offset === 0x07) state.isr &= ~value | Isr.reset;
    else if (offset === 0x08) state.remote = (state.remote & 0xff00) | value;
    else if (offset === 0x09) state.remote = (state.remote & 0xff) | (value << 8);
    else if (offset === 0x0a) state.remoteCount = (state.remoteCount & 0xff00) | value;
    else if (offset === 0x0b) state.remoteCount = (state.remoteCount & 0xff) | (value << 8);
    else if (offset === 0x0c) state.rcr = value & 0x3f;
    else if (offset === 0x0d) state.tcr = value & 0x1f;
    else if (offset === 0x0e) state.dcr = value & 0x7f;
    else if (offset === 0x0f) state.imr = value & 0x7f;
  }

  /** "If BNDRY caught up with CURR the buffer is empty" (DP83902A, "Removing packets from the ring"). */
  #writeBoundary(page: number): void {
    this.state.bnry = page;
    this.state.full = 0;
  }

  #writeAddress(offset: number, value: number): void {
    const { state } = this;
    if (offset < 7) state.physical[offset - 1] = value;
    else if (offset > 7) state.multicast[offset - 8] = value;
    else {
      state.curr = value;
      state.full = 0;
    }
  }

  #writeCommand(value: number): void {
    const { state } = this;
    state.command = (value & ~Cr.transmit) | (state.command & Cr.start);
    if (value & Cr.stop) state.isr |= Isr.reset;
    else if (this.#running) state.isr &= ~Isr.reset;
    this.#startRemote((value & Cr.remote) >>> 3);
    if (value & Cr.transmit && this.#running && !state.sending) this.#startFrame();
  }

  get #running(): boolean {
    return (this.state.command & (Cr.start | Cr.stop)) === Cr.start;
  }

  get #looping(): boolean {
    return (this.state.tcr & TCR_LOOPBACK) !== 0;
  }

  // ---- remote DMA: between the local memory and the data port ----

  /** A command with bit 5 aborts what goes on; "send packet" takes its place and length from the ring. */
  #startRemote(operation: number): void {
    const { state } = this;
    if (operation > Remote.sendPacket) state.remoteCount = 0;
    else if (operation === Remote.sendPacket) {
      state.remote = state.bnry * PAGE;
      state.remoteNext = this.#memory.read(state.remote + 1);
      state.remoteCount = this.#memory.read(state.remote + 2) | (this.#memory.read(state.remote + 3) << 8);
    }
    const begun = operation !== 0 && operation <= Remote.sendPacket;
    if (begun && state.remoteCount === 0) this.#remoteDone();
  }

  #remoteDone(): void {
    this.state.isr |= Isr.remoteDone;
    if (this.#operation === Remote.sendPacket) this.#writeBoundary(this.state.remoteNext);
  }

  get #operation(): number {
    return (this.state.command & Cr.remote) >>> 3;
  }

  /** Bytes that one transfer at the data port moves at least. */
  get #width(): number {
    return this.state.dcr & Dcr.words ? 2 : 1;
  }

  /** A read of the data port. Of a word that is read as a byte, the upper half is lost. */
  readData(size: number): number {
    const reads = this.#operation === Remote.read || this.#operation === Remote.sendPacket;
    let value = 0;
    for (let i = 0; i < Math.max(size, this.#width); i++) {
      let byte = 0xff;
      if (reads && this.state.remoteCount > 0) {
        byte = this.#memory.read(this.state.remote);
        this.#advance();
      }
      if (i < size) value |= byte << (8 * i);
    }
    this.#update();
    return value >>> 0;
  }

  writeData(value: number, size: number): void {
    for (let i = 0; i < Math.max(size, this.#width); i++) {
      if (this.#operation !== Remote.write || this.state.remoteCount === 0) break;
      this.#memory.write(this.state.remote, i < size ? (value >>> (8 * i)) & 0xff : 0);
      this.#advance();
    }
    this.#update();
  }

  #advance(): void {
    const { state } = this;
    state.remote++;
    if (state.remote === state.pstop * PAGE) state.remote = state.pstart * PAGE;
    if (--state.remoteCount === 0) this.#remoteDone();
  }

  // ---- transmission ----

  #startFrame(): void {
    const { state } = this;
    state.sending = 1;
    state.sendPage = state.tpsr;
    state.sendCount = state.tbcr;
    const bits = 8 * (PREAMBLE + state.tbcr + FCS);
    this.#sent.set(this.#bits.clockOf(this.#bits.ticks(this.#bus.now()) + bits));
  }

  /** Nobody receives what is longer than a frame can be. */
  #frameSent(): void {
    const { state } = this;
    state.sending = 0;
    state.tsr = TSR_SENT;
    state.isr |= Isr.sent;
    if (!this.#looping && state.sendCount > 0 && state.sendCount <= LONGEST) {
      const first = state.sendPage * PAGE;
      const frame = Uint8Array.from({ length: state.sendCount }, (_, i) => {
        return this.#memory.read((first + i) & 0xffff);
      });
      this.#note('tx', frame);
    }
    this.#update();
  }

  /** With the frame check sequence, which vouches for the bytes where notes are only counted and hashed. */
  #note(what: string, frame: Uint8Array): void {
    this.#bus.note('net', this.name, what, frame.length, crc32(frame), frame);
  }

  // ---- reception ----

  #arrived(frame: Uint8Array): void {
    if (!this.#running || this.#looping || !this.#wanted(frame)) this.#note('ignored', frame);
    else if (this.state.rcr & Rcr.monitor) {
      this.state.rsr = Rsr.disabled | (frame[0]! & 1 ? Rsr.group : 0);
      this.#lose(frame);
    } else if (this.#store(frame)) {
      this.state.isr |= Isr.received;
      this.#note('rx', frame);
    } else {
      this.state.isr |= Isr.overwritten;
      this.#lose(frame);
    }
    this.#update();
  }

  /** In length and address ("Receive Configuration Register"). */
  #wanted(frame: Uint8Array): boolean {
    const { rcr, physical } = this.state;
    if (frame.length > LONGEST || (frame.length < SHORTEST && !(rcr & Rcr.runts))) return false;
    const destination = frame.subarray(0, 6);
    if (destination.length < 6) return false;
    if (!(destination[0]! & 1)) {
      return (rcr & Rcr.promiscuous) !== 0 || destination.every((byte, i) => byte === physical[i]);
    }
    if (rcr & Rcr.broadcast && destination.every((byte) => byte === 0xff)) return true;
    return (rcr & Rcr.multicast) !== 0 && this.#hashed(destination);
  }

  /** The six bits that leave the CRC generator first choose one of the 64 bits of the multicast registers. */
  #hashed(address: Uint8Array): boolean {
    const register = ~crc32(address);
    let index = 0;
    for (let i = 0; i < 6; i++) index = (index << 1) | ((register >>> i) & 1);
    return (this.state.multicast[index >>> 3]! & (1 << (index & 7))) !== 0;
  }

  /** Puts it into the ring, with its header and frame check sequence; false, and nothing done, without room. */
  #store(frame: Uint8Array): boolean {
    const { state } = this;
    const bytes = PACKET_HEADER + frame.length + FCS;
    const pages = Math.ceil(bytes / PAGE);
    const { curr } = state;
    if (state.full || !this.#hasRoom(pages)) return false;
    state.rsr = Rsr.intact | (frame[0]! & 1 ? Rsr.group : 0);
    for (let i = 0; i < pages; i++) state.curr = this.#pageAfter(state.curr);
    state.full = state.curr === state.bnry ? 1 : 0;
    const count = frame.length + FCS;
    const fcs = crc32(frame);
    const header = [state.rsr, state.curr, count & 0xff, count >>> 8];
    const trailer = [0, 8, 16, 24].map((shift) => (fcs >>> shift) & 0xff);
    this.#write(curr, [...header, ...frame, ...trailer]);
    return true;
  }

  /** Buffers are linked up to the boundary, and no further ("Linking Receive Buffer Pages"). */
  #hasRoom(pages: number): boolean {
    let page = this.state.curr;
    for (let linked = 1; linked < pages; linked++) {
      page = this.#pageAfter(page);
      if (page === this.state.bnry) return false;
    }
    return true;
  }

  #pageAfter(page: number): number {
    const next = (page + 1) & 0xff;
    return next === this.state.pstop ? this.state.pstart : next;
  }

  #write(first: number, bytes: readonly number[]): void {
    let page = first;
    for (const [i, byte] of bytes.entries()) {
      if (i > 0 && i % PAGE === 0) page = this.#pageAfter(page);
      this.state.local = page * PAGE + (i % PAGE);
      this.#memory.write(this.state.local, byte);
    }
  }

  #lose(frame: Uint8Array): void {
    const { state } = this;
    if (state.tally[LOST]! < TALLY_LIMIT) state.tally[LOST]!++;
    if (state.tally[LOST]! >= TALLY_ALARM) state.isr |= Isr.counter;
    this.#note('missed', frame);
  }
}

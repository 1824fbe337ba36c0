/**
 * Somebody at the other end of the guest's network cable: a UDP socket on loopback that takes datagrams for Ethernet
 * frames. It answers ARP requests for its address (RFC 826) and echo requests (RFC 792), and gives a file away by TFTP
 * (RFC 1350, without options). Every frame is kept.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export const PEER_ADDRESS = '10.86.0.1';
const IP = Uint8Array.from(PEER_ADDRESS.split('.'), Number);
const MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 1);
const ARP = 0x0806;
const IPV4 = 0x0800;
const ICMP = 1;
const UDP = 17;
const TFTP = 69;
const Tftp = { read: 1, data: 3, acknowledgement: 4 } as const;
const TFTP_BLOCK = 512;

export class NetworkPeer {
  readonly received: Buffer[] = [];
  readonly sent: Buffer[] = [];
  readonly #socket: Socket;
  readonly #file: Uint8Array;

  private constructor(socket: Socket, file: Uint8Array) {
    this.#socket = socket;
    this.#file = file;
    socket.on('message', (frame, from) => this.#hear(frame, from));
  }

  /** `file`: what it gives away, whatever name is asked for. */
  static open(file: Uint8Array): Promise<NetworkPeer> {
    const socket = createSocket('udp4');
    return new Promise((resolve) => {
      socket.bind(0, '127.0.0.1', () => resolve(new NetworkPeer(socket, file)));
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }

  #hear(frame: Buffer, { port, address }: RemoteInfo): void {
    this.received.push(frame);
    const answer = answerTo(frame, this.#file);
    if (!answer) return;
    this.sent.push(answer);
    this.#socket.send(answer, port, address);
  }
}

function answerTo(frame: Buffer, file: Uint8Array): Buffer | undefined {
  const type = frame.readUInt16BE(12);
  if (type === ARP) return arpReply(frame);
  return type === IPV4 ? ipReply(frame, file) : undefined;
}

/** Back to the sender; what follows the Ethernet header is to be changed in place. */
function returned(frame: Buffer): Buffer {
  const out = Buffer.from(frame);
  frame.copy(out, 0, 6, 12);
  out.set(MAC, 6);
  return out;
}

function arpReply(frame: Buffer): Buffer | undefined {
  if (frame.readUInt16BE(20) !== 1 || Buffer.compare(frame.subarray(38, 42), IP) !== 0) return undefined;
  const out = returned(frame.subarray(0, 42));
  out.writeUInt16BE(2, 20);
  out.set(MAC, 22);
  out.set(IP, 28);
  frame.copy(out, 32, 22, 32);
  return out;
}

function ipReply(frame: Buffer, file: Uint8Array): Buffer | undefined {
  if (Buffer.compare(frame.subarray(30, 34), IP) !== 0) return undefined;
  const out = returned(frame);
  frame.copy(out, 26, 30, 34);
  frame.copy(out, 30, 26, 30);
  const header = 14 + (frame[14]! & 15) * 4;
  if (frame[23] === ICMP && frame[header] === 8) return echoReply(out, header);
  return frame[23] === UDP ? tftpReply(out, header, file) : undefined;
}

/** Only the type changes, from 8 to 0: the one's complement sum is less by 800h (RFC 1624). */
function echoReply(out: Buffer, header: number): Buffer {
  out[header] = 0;
  const sum = out.readUInt16BE(header + 2) + 0x800;
  out.writeUInt16BE((sum & 0xffff) + (sum >>> 16), header + 2);
  return out;
}

/** The next block of the file; nothing behind the one that is not full. */
function tftpReply(out: Buffer, header: number, file: Uint8Array): Buffer | undefined {
  if (out.readUInt16BE(header + 2) !== TFTP) return undefined;
  const operation = out.readUInt16BE(header + 8);
  if (operation !== Tftp.read && operation !== Tftp.acknowledgement) return undefined;
  const block = operation === Tftp.read ? 1 : out.readUInt16BE(header + 10) + 1;
  const from = (block - 1) * TFTP_BLOCK;
  if (from > file.length) return undefined;
  const data = file.subarray(from, from + TFTP_BLOCK);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(TFTP, 0);
  out.copy(head, 2, header, header + 2);
  head.writeUInt16BE(head.length + data.length, 4);
  // No checksum (6).
  head.writeUInt16BE(Tftp.data, 8);
  head.writeUInt16BE(block, 10);
  return withLength(Buffer.concat([out.subarray(0, header), head, data]), header);
}

/** Sets the length of an IP packet and the checksum of its header. */
function withLength(packet: Buffer, header: number): Buffer {
  packet.writeUInt16BE(packet.length - 14, 16);
  packet.writeUInt16BE(0, 24);
  let sum = 0;
  for (let at = 14; at < header; at += 2) sum += packet.readUInt16BE(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  packet.writeUInt16BE(~(sum + (sum >>> 16)) & 0xffff, 24);
  return packet;
}

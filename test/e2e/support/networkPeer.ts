/**
 * Somebody at the other end of the guest's network cable: a UDP socket on loopback that takes datagrams for Ethernet
 * frames. It answers ARP requests for its address (RFC 826), echo requests (RFC 792), and sends UDP datagrams back to
 * where they come from (RFC 862). Every frame is kept.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export const PEER_ADDRESS = '10.86.0.1';
const IP = Uint8Array.from(PEER_ADDRESS.split('.'), Number);
const MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 1);
const ARP = 0x0806;
const IPV4 = 0x0800;
const ICMP = 1;
const UDP = 17;

export class NetworkPeer {
  readonly received: Buffer[] = [];
  readonly sent: Buffer[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (frame, from) => this.#hear(frame, from));
  }

  static open(): Promise<NetworkPeer> {
    const socket = createSocket('udp4');
    return new Promise((resolve) => {
      socket.bind(0, '127.0.0.1', () => resolve(new NetworkPeer(socket)));
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
    const answer = answerTo(frame);
    if (!answer) return;
    this.sent.push(answer);
    this.#socket.send(answer, port, address);
  }
}

function answerTo(frame: Buffer): Buffer | undefined {
  const type = frame.readUInt16BE(12);
  if (type === ARP) return arpReply(frame);
  return type === IPV4 ? ipReply(frame) : undefined;
}

/** Back to the sender; what follows the Ethernet header is changed in place. */
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

function ipReply(frame: Buffer): Buffer | undefined {
  if (Buffer.compare(frame.subarray(30, 34), IP) !== 0) return undefined;
  const out = returned(frame);
  frame.copy(out, 26, 30, 34);
  frame.copy(out, 30, 26, 30);
  const header = 14 + (frame[14]! & 15) * 4;
  if (frame[23] === ICMP && frame[header] === 8) return echoReply(out, header);
  return frame[23] === UDP ? udpReply(out, frame, header) : undefined;
}

/** Only the type changes, from 8 to 0: the one's complement sum is less by 800h (RFC 1624). */
function echoReply(out: Buffer, header: number): Buffer {
  out[header] = 0;
  const sum = out.readUInt16BE(header + 2) + 0x800;
  out.writeUInt16BE((sum & 0xffff) + (sum >>> 16), header + 2);
  return out;
}

/** The checksum stays: the sum knows no order. */
function udpReply(out: Buffer, frame: Buffer, header: number): Buffer {
  frame.copy(out, header, header + 2, header + 4);
  frame.copy(out, header + 2, header, header + 2);
  return out;
}

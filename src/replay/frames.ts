/** Ethernet frames for the eye: who sends to whom, and what kind of protocol is inside (IEEE 802 numbers). */

const PROTOCOLS: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  33024: 'VLAN',
  34525: 'IPv6',
  34915: 'PPPoE',
  34916: 'PPPoE',
  35020: 'LLDP',
};
/** What is less is not a type but a length. */
const FIRST_TYPE = 0x600;
const HEADER = 14;

/** In a line: `52:57:00:00:00:01 > broadcast ARP, 60 bytes`. */
export function describeFrame(frame: Uint8Array): string {
  const size = `${frame.length} bytes`;
  if (frame.length < HEADER) return `a fragment of a frame, ${size}`;
  const [to, from] = [address(frame.subarray(0, 6)), address(frame.subarray(6, 12))];
  return `${from} > ${to} ${protocol((frame[12]! << 8) | frame[13]!)}, ${size}`;
}

function address(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0xff)) return 'broadcast';
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function protocol(type: number): string {
  if (type < FIRST_TYPE) return '802.3';
  return PROTOCOLS[type] ?? `type ${type.toString(16).padStart(4, '0')}h`;
}

/** The request `readMemory`: RAM and ROM at linear addresses, as the supervisor could read it; changes nothing. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PAGE_SIZE } from '../../core/memory.js';
import type { Debugger } from '../debug/debugger.js';
import { type Arguments, RequestError } from './arguments.js';
import { hex, referenceIn } from './references.js';

/** A client that wants more asks again. */
const MOST = 2 ** 18;
const ADDRESSES = 2 ** 32;

export function readMemory(
  debug: Debugger,
  request: Arguments,
): NonNullable<DebugProtocol.ReadMemoryResponse['body']> {
  const address = referenceIn(debug, request, 'memoryReference');
  const count = request.whole('count');
  if (count < 0) throw new RequestError('the argument "count" is negative');
  if (address < 0 || address >= ADDRESSES)
    return { address: hex(Math.max(0, address)), unreadableBytes: count };
  const wanted = Math.min(count, MOST, ADDRESSES - address);
  const bytes = debug.memory.bytes(address, wanted);
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const missing = wanted - bytes.length;
  if (missing === 0) return { address: hex(address), data };
  // What is not mapped, or no memory, is so by the page.
  const toPageEnd = PAGE_SIZE - ((address + bytes.length) % PAGE_SIZE);
  return { address: hex(address), data, unreadableBytes: Math.min(missing, toPageEnd) };
}

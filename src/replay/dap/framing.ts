/**
 * Messages in a stream of bytes, as the Debug Adapter Protocol has them ("Base Protocol" in its overview): a header
 * of `Name: value` lines that gives the length of the JSON text behind it. What cannot be understood is passed over
 * up to the next header, so that one bad message costs no other.
 */

export type Received =
  | { readonly kind: 'message'; readonly value: unknown }
  /** Something that is no message was passed over. */
  | { readonly kind: 'fault'; readonly what: string }
  /** The other side does not speak this protocol at all. */
  | { readonly kind: 'foreign'; readonly what: string };

/** Nobody sends longer ones to a debugger. */
const MAX_BODY = 4 << 20;
const MAX_HEADER = 4096;
const END_OF_HEADER = '\r\n\r\n';
/** A JSON text cannot hold it: within a string, ends of lines are escaped. */
const HEADER = /Content-Length: *\d+\r\n/i;
/** More than a header's beginning needs that has only arrived in part. */
const MAX_PARTIAL = 64;
/** What a browser sends, wherever it is told to: a page could speak for the user. */
const HTTP = /^[A-Z]+ \S+ HTTP\//;

export class Framing {
  #rest = new Uint8Array(0);
  /** Of the body that is awaited. */
  #length: number | undefined;
  #lost = false;

  /** What has come to its end with these bytes. */
  receive(bytes: Uint8Array): Received[] {
    this.#rest = joined(this.#rest, bytes);
    const out: Received[] = [];
    for (let next = this.#next(); next; next = this.#next()) out.push(next);
    return out;
  }

  #next(): Received | undefined {
    if (this.#lost && !this.#find()) return undefined;
    if (this.#length === undefined) {
      const problem = this.#header();
      if (problem) return problem;
    }
    if (this.#length === undefined || this.#rest.length < this.#length) return undefined;
    const body = this.#take(this.#length);
    this.#length = undefined;
    return parsed(body);
  }

  /** To where a header begins, if there is one. */
  #find(): boolean {
    const at = latin1(this.#rest).search(HEADER);
    this.#take(at >= 0 ? at : Math.max(0, this.#rest.length - MAX_PARTIAL));
    this.#lost = at < 0;
    return !this.#lost;
  }

  /** Reads a header, if all of it is there; gives what is wrong with it. */
  #header(): Received | undefined {
    const text = latin1(this.#rest.subarray(0, MAX_HEADER));
    if (HTTP.test(text)) {
      this.#take(this.#rest.length);
      return { kind: 'foreign', what: 'this is no HTTP server' };
    }
    const end = text.indexOf(END_OF_HEADER);
    if (end < 0 && this.#rest.length < MAX_HEADER) return undefined;
    // Without the first byte, it is not found again as the next header.
    if (end < 0) this.#take(1);
    if (end < 0) return this.#fault('a header without an end');
    this.#take(end + END_OF_HEADER.length);
    const length = lengthIn(text.slice(0, end));
    if (length === undefined) return this.#fault('a header without a Content-Length');
    if (length > MAX_BODY) return this.#fault(`a message of ${length} bytes, which is more than ${MAX_BODY}`);
    this.#length = length;
    return undefined;
  }

  #fault(what: string): Received {
    this.#lost = true;
    return { kind: 'fault', what };
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** A message with its header. */
export function framed(message: object): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(message));
  return joined(new TextEncoder().encode(`Content-Length: ${body.length}${END_OF_HEADER}`), body);
}

function parsed(body: Uint8Array): Received {
  try {
    return { kind: 'message', value: JSON.parse(new TextDecoder().decode(body)) };
  } catch {
    return { kind: 'fault', what: 'a message that is no JSON text' };
  }
}

function lengthIn(header: string): number | undefined {
  const line = header.split('\r\n').find((line) => /^content-length:/i.test(line));
  const digits = /^[^:]+:\s*(\d+)\s*$/.exec(line ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A character a byte. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

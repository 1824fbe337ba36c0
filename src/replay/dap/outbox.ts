/** What the client is sent: responses and events, numbered. */
import { framed } from './framing.js';

export class Outbox {
  readonly #write: (bytes: Uint8Array) => void;
  #seq = 0;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  #send(message: object): void {
    this.#write(framed({ seq: ++this.#seq, ...message }));
  }

  event(event: string, body?: object): void {
    this.#send({ type: 'event', event, ...(body && { body }) });
  }

  /** Text for the debug console. */
  output(category: 'console' | 'important' | 'stdout' | 'stderr', output: string): void {
    this.event('output', { category, output });
  }

  success(request: number, command: string, body?: object): void {
    const response = { type: 'response', request_seq: request, command, success: true };
    this.#send({ ...response, ...(body && { body }) });
  }

  /** `message` is for programs and may be a word of the protocol's, `text` for people. */
  failure(request: number, command: string, message: string, text = message): void {
    const error = { id: 1, format: text, showUser: true };
    this.#send({ type: 'response', request_seq: request, command, success: false, message, body: { error } });
  }
}

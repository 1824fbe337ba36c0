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

  /** `text` says why, in a line. */
  failure(request: number, command: string, text: string): void {
    // What is asked while the mouse passes by is not worth a notice.
    const error = { id: 1, format: text, showUser: command !== 'evaluate' };
    this.#send({
      type: 'response',
      request_seq: request,
      command,
      success: false,
      message: text,
      body: { error },
    });
  }

  /** With one of the reasons that clients know by themselves. */
  refusal(request: number, command: string, message: 'notStopped' | 'cancelled'): void {
    this.#send({ type: 'response', request_seq: request, command, success: false, message });
  }
}

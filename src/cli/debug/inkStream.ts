/** The stream that Ink writes its frames to: the little of a terminal's stream that it uses. */
import { EventEmitter } from 'node:events';
import type { Output } from '../host/host.js';
import type { TerminalScreen } from './terminalScreen.js';

/** Takes whole frames. */
export function screenStream(screen: TerminalScreen): NodeJS.WriteStream {
  return stream(screen, (frame) => {
    if (frame !== '') screen.draw(frame);
  });
}

/** Takes text as it is to be read out. */
export function readerStream(screen: TerminalScreen, out: Output): NodeJS.WriteStream {
  return stream(screen, (text) => out.write(text));
}

function stream(screen: TerminalScreen, write: (text: string) => void): NodeJS.WriteStream {
  const own = {
    get columns() {
      return screen.size.columns;
    },
    get rows() {
      return screen.size.rows;
    },
    write(text: string): boolean {
      write(text);
      return true;
    },
  };
  return Object.defineProperties(
    new EventEmitter(),
    Object.getOwnPropertyDescriptors(own),
  ) as unknown as NodeJS.WriteStream;
}

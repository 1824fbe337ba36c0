/** What every machine of the benchmark does: the files, the commands, and the sign of their end. */
import { join } from 'node:path';

export function guestIn(folder) {
  return {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.gz'),
    disk: join(folder, 'disk.img'),
  };
}

/** With `cryptomgr.notests` the kernel skips testing its own cryptography, which is most of its boot. */
export const APPEND = process.env.GUEST_APPEND ?? 'console=ttyS0';
export const PROMPT = 'guest# ';
/** The quotes keep the echo of the command from looking like its end. */
export const COMMAND = "dd if=/dev/zero bs=1M count=32 | sha256sum; echo 'do'ne-2\n";
export const END = 'done-2';
export const ZEROS_32M = '83ee47245398adee79bd9c0a8bc57b821e92aba10f5f9ade8a5d1fae4d8c4302';

/** The same for `rewind86 --script`. */
export const SCRIPT = [
  `- wait: ${JSON.stringify(PROMPT)}\n  timeout: 600000`,
  `- type: ${JSON.stringify(COMMAND)}`,
  `- wait: ${JSON.stringify(END)}\n  timeout: 600000\n`,
].join('\n');

/** Types the command at the prompt; calls `done` with whether the hash was right. */
export class Operator {
  #text = '';
  #typed = false;

  constructor(type, done) {
    this.type = type;
    this.done = done;
  }

  hear(text) {
    this.#text += text;
    if (!this.#typed && this.#text.includes(PROMPT)) {
      this.#typed = true;
      this.type(COMMAND);
    }
    if (this.#typed && this.#text.includes(END)) this.done(this.#text.includes(ZEROS_32M));
  }
}

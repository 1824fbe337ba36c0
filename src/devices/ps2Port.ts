/** What the 8042 sees of whatever is plugged into one of its two connectors. */
export interface Ps2Device {
  /** A byte from the host. */
  receive(byte: number): void;
  /** True while it has a byte to send. */
  readonly ready: boolean;
  /** The next byte to send; call only while `ready`. */
  send(): number;
  /** Called once by the controller: `ready` may have become true. */
  attach(notify: () => void): void;
}

/** Replies that keyboard and mouse share. */
export const Ps2Reply = { ack: 0xfa, resend: 0xfe, selfTestPassed: 0xaa } as const;

/**
 * Duration of the self-test after a reset command. Real devices take 300 to 500 ms; drivers only bound
 * it from above, and nobody gains by waiting.
 */
export const SELF_TEST_SECONDS = 0.02;

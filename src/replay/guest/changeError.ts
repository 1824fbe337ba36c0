/** A change that a machine cannot be given; the message is one line that says why. */
export class ChangeError extends Error {
  override name = 'ChangeError';
}

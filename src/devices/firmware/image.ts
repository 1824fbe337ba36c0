/** Images as they stand in generated modules: base64 (RFC 4648, section 4). */
export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Cuts chunks into bodies, each after its length in four bytes. */
export function eachBody(take: (body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE();
      if (rest.length < end) return;
      take(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  };
}

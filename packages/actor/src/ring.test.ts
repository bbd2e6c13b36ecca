import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateRing, Ring } from "./ring.ts";

const text = (id: number, bytes: Buffer): string => `${id}:${bytes.toString()}`;

test("records come out as they went in, and in order, wherever the ring wraps", () => {
  const step = fc.oneof(fc.record({ write: fc.uint8Array({ maxLength: 90 }) }), fc.constant({ write: undefined }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memory = allocateRing(256);
      const [writer, reader] = [new Ring(memory), new Ring(memory)];
      const expected: string[] = [];
      const shifted: string[] = [];
      const sent: string[] = [];
      steps.forEach(({ write }, id) => {
        if (write === undefined) {
          const next = reader.shift(text);
          expect(next).toBe(expected.shift());
          if (next !== undefined) shifted.push(next);
        } else if (writer.write(id, write)) {
          expected.push(text(id, Buffer.from(write)));
          sent.push(expected.at(-1)!);
        }
      });
      expect([...shifted, ...expected]).toEqual(sent);
    }),
  );
});

test("a record that does not fit, or would take the spare bytes, is not written", () => {
  const ring = new Ring(allocateRing(64));
  expect(ring.write(1, new Uint8Array(57))).toBe(false);
  expect(ring.write(1, new Uint8Array(24), 64)).toBe(false);
  expect(ring.write(1, new Uint8Array(24), 32)).toBe(true);
  expect(ring.write(2, new Uint8Array(24), 8)).toBe(false);
  expect(ring.write(2, new Uint8Array(24))).toBe(true);
  expect(ring.write(3, new Uint8Array(0))).toBe(false);
});

test("another reader goes on where the first one stopped, and knows the last id", () => {
  const memory = allocateRing(64);
  const writer = new Ring(memory);
  writer.write(7, Buffer.from("a"));
  writer.write(8, Buffer.from("b"));
  expect(new Ring(memory).shift(text)).toBe("7:a");
  expect(writer.shifted).toBe(7);
  expect(new Ring(memory).shift(text)).toBe("8:b");
});

test("a reader that sleeps is woken once, and does not sleep over a record", () => {
  const memory = allocateRing(64);
  const [writer, reader] = [new Ring(memory), new Ring(memory)];
  expect(reader.sleep()).toBe(true);
  writer.write(1, Buffer.from("a"));
  expect([writer.wake(), writer.wake()]).toEqual([true, false]);
  expect(reader.sleep()).toBe(false);
  expect(writer.wake()).toBe(false);
});

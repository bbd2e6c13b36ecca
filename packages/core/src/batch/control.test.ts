import fc from "fast-check";
import { expect, test } from "vitest";
import { Control } from "./control.ts";

const both = (strands: number): [host: Control, place: Control] => {
  const words = Control.allocate(strands);
  return [new Control(words), new Control(structuredClone(words))];
};

test("S1: a strand is begun once, or taken back: whoever comes first has it", () => {
  const [host, place] = both(2);
  expect([place.claim(0), host.takeBack(0), place.claim(0)]).toEqual([true, false, false]);
  expect([host.takeBack(1), place.claim(1)]).toEqual([true, false]);
});

test("both sides see the same words", () => {
  const [host, place] = both(1);
  host.stop();
  host.yield();
  place.running = 3;
  expect([place.stopped, place.yields, host.running]).toEqual([true, true, 3]);
});

test("S5: what is left is what was neither begun nor taken back, the first strand apart", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.nat(40), (strands, begun, most) => {
      const [host, place] = both(strands);
      for (let strand = 0; strand < Math.min(begun, strands); strand++) place.claim(strand);
      const taken = host.takeBackLast(strands, most);
      const free = strands - Math.max(1, Math.min(begun, strands));
      expect(taken).toHaveLength(Math.min(most, free));
      expect(host.left(strands)).toBe(free - taken.length);
    }),
  );
});

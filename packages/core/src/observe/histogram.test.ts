import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram.ts";

/** From a nanosecond to some days, in milliseconds. */
const DURATION = fc.double({ min: 0, max: 47, noNaN: true }).map((octave) => 2 ** octave / 1e6);

describe("Histogram", () => {
  test("a percentile is off by at most a twelfth", () => {
    fc.assert(
      fc.property(
        fc.array(DURATION, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.01, 0.5, 0.95, 1),
        (durations, share) => {
          const exact = durations.toSorted((a, b) => a - b)[Math.ceil(share * durations.length) - 1]!;
          const found = histogramOf(durations).percentile(share);
          expect(Math.abs(found - exact) / exact).toBeLessThan(1 / 12);
        },
      ),
    );
  });

  test("merged ones count what each of them counted", () => {
    fc.assert(
      fc.property(fc.array(DURATION), fc.array(DURATION), (some, others) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        const all = histogramOf([...some, ...others]);
        for (const share of [0.1, 0.5, 0.95]) expect(merged.percentile(share)).toBe(all.percentile(share));
      }),
    );
  });

  test("counts a duration as often as it is told", () => {
    const histogram = new Histogram();
    histogram.add(1, 99);
    histogram.add(1000);
    expect(histogram.percentile(0.99)).toBeCloseTo(1, 0);
    expect(histogram.percentile(1)).toBeGreaterThan(900);
  });

  test("takes nothing, zero and the longest without falling out of its buckets", () => {
    expect(new Histogram().percentile(0.5)).toBe(0);
    expect(histogramOf([0]).percentile(0.5)).toBeCloseTo(1e-6, 6);
    expect(histogramOf([Number.MAX_VALUE]).percentile(0.5)).toBeGreaterThan(1e12);
  });
});

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.add(duration);
  return histogram;
}
